"""Files and folders that only their owner can read; those that exist keep their permissions."""

from __future__ import annotations

import os
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import TextIO

PRIVATE_FILE, PRIVATE_FOLDER = 0o600, 0o700


def make_folder(folder: Path) -> None:
    """Make a folder and those above it that are missing. Raises OSError."""
    missing = [place for place in (folder, *folder.parents) if not place.exists()]
    for place in reversed(missing):
        place.mkdir(PRIVATE_FOLDER, exist_ok=True)
    if not missing:
        folder.mkdir(exist_ok=True)  # says so if it is a file


def opener(path: str, flags: int) -> int:
    """Open a file as ``open(..., opener=opener)`` does."""
    return os.open(path, flags, PRIVATE_FILE)


def write(path: Path, text: str) -> None:
    """Write a whole file. Raises OSError."""
    with open(path, "w", encoding="utf-8", opener=opener) as file:
        file.write(text)


@contextmanager
def replacing(path: Path, *, flush: bool = True, may_exist: bool = True) -> Iterator[TextIO]:
    """Write a whole file inside the block: readers see it old or new, never half. Raises OSError.

    It keeps the permissions of the one it replaces; if it must not replace any (``may_exist``), it raises
    FileExistsError. Without ``flush`` it survives the process but maybe not the machine.
    """
    descriptor, name = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}-")
    try:
        with os.fdopen(descriptor, "w", encoding="utf-8", newline="") as file:
            yield file
            if flush:
                file.flush()
                os.fsync(file.fileno())
        if may_exist:
            if path.exists():
                os.chmod(name, path.stat().st_mode)
            os.replace(name, path)
        else:
            _put(name, path)
    except BaseException:  # an interrupt too must not leave half a file
        with suppress(OSError):
            os.unlink(name)
        raise


def _put(name: str, path: Path) -> None:
    """Give a file its name, unless there is one of that name."""
    try:
        os.link(name, path)
    except FileExistsError:
        raise
    except OSError as error:  # a file system without hard links
        if path.exists():
            raise FileExistsError(path) from error
        os.replace(name, path)
    else:
        os.unlink(name)
