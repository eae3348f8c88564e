"""A table as a file, which is written whole or not at all."""

from __future__ import annotations

import os
from collections.abc import Iterable, Sequence
from pathlib import Path

from dispatch.outputs.tables import ENDINGS, FORMS, Cells
from models import private_files
from models.errors import InvalidInput
from models.files import free_name

ACCEPTED = "end it with " + ", ".join(ending for ending in ENDINGS)


def new_file(name: str) -> Path:
    """Return the path of a file to be written. Raises InvalidInput if it exists or has no known ending."""
    if not name.strip():
        raise InvalidInput("path", "File is required", ACCEPTED)
    if "\0" in name:
        raise InvalidInput("path", "not a path", "choose another file")
    try:
        path = Path(name.strip()).expanduser()
        is_there, has_folder = path.exists(), path.parent.is_dir()
    except (RuntimeError, OSError) as error:
        raise InvalidInput("path", f"not a path: {error}", "choose another file") from error
    if path.suffix.lower() not in ENDINGS:
        raise InvalidInput("path", f"{path.name} has no known ending", ACCEPTED)
    if is_there:
        raise InvalidInput("path", f"{path} already exists", "choose another file")
    if not has_folder:
        raise InvalidInput("path", f"no folder {path.parent}", "choose a folder that exists")
    return path


def usual_file(name: str, day: str) -> Path:
    """Return the path to offer for a list: named and dated, in the folder Astra runs in, else at home."""
    folder = Path.cwd()
    if not os.access(folder, os.W_OK):
        folder = Path.home()
    return free_name(folder / f"{name}-{day}.csv")


def write_table(path: Path, header: Sequence[str], rows: Iterable[Cells]) -> int:
    """Write a table in the form of the path's ending, and return how many rows it has.

    Until it is whole it lies beside its place, so an interrupted one leaves nothing; only its owner can read
    it. A file made there meanwhile stays. Raises InvalidInput if it cannot be written.
    """
    count = 0

    def counted() -> Iterable[Cells]:
        nonlocal count
        for row in rows:
            count += 1
            yield row

    try:
        with private_files.replacing(path, may_exist=False) as file:
            file.writelines(FORMS[ENDINGS[path.suffix.lower()]](header, counted()))
    except FileExistsError as error:
        raise InvalidInput("path", f"{path} already exists", "choose another file") from error
    except OSError as error:
        reason = error.strerror or str(error)
        raise InvalidInput("path", f"cannot write {path}: {reason}", "choose another file") from error
    return count
