"""Export of a desk: a folder with a CSV file for every table, whole or not at all."""

from __future__ import annotations

import os
import shutil
import tempfile
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from difflib import get_close_matches
from pathlib import Path
from typing import TypedDict

from dispatch.desk.desk import Desk
from dispatch.inputs.validation import excerpt
from dispatch.outputs.files import write_table
from dispatch.outputs.tables import Cells
from models.database import current_database
from models.errors import InvalidInput, Refused
from models.files import sync
from seeds.exporting.tables import TABLES, Table

ENDING = ".csv"
REPORT_EVERY = 10_000

Progress = Callable[[int, int, str], object]
"""Called with the rows done, the total and the table at work."""


class ExportedFile(TypedDict):
    """A table's file; ``imported``: an import reads it, the others are to be read by people and programs.

    The tables of a workbook are in one file, and ``cut`` counts texts that are longer there than a cell.
    """

    table: str
    file: str
    rows: int
    imported: bool
    cut: int


class ExportResult(TypedDict):
    """An export: its folder, and the files in it."""

    folder: str
    files: list[ExportedFile]


def chosen(what: str) -> list[Table]:
    """Return the tables named in a list with commas, all for an empty one. Raises InvalidInput."""
    names = [name for name in (one.strip().lower() for one in what.split(",")) if name]
    for name in names:
        if name not in TABLES:
            near = get_close_matches(name, TABLES, 1)
            like = f"did you mean {near[0]}? " if near else ""
            hint = f"{like}tables: {', '.join(TABLES)}"
            raise InvalidInput("what", f"{excerpt(name)} is not a table", hint)
    return [table for name, table in TABLES.items() if not names or name in names]


def export_folder(
    desk: Desk,
    folder: str | Path,
    what: str = "",
    *,
    force: bool = False,
    progress: Progress | None = None,
) -> ExportResult:
    """Write tables of the desk, all of one moment, into a new folder that only its owner can read.

    Until it is whole it lies beside its place, so an interrupted export leaves no folder of this name. With
    ``force`` it replaces a folder that holds nothing but an export. Raises Refused if the folder is in use,
    and InvalidInput if it cannot be written.
    """
    tables = chosen(what)
    target = _checked(folder, force=force)
    try:
        with beside(target) as made:
            with desk.reading(), current_database.obj.snapshot():
                files = _write(made, tables, progress)
            sync(made)
            _put(made, target, force=force)
    except OSError as error:
        reason = error.strerror or str(error)
        raise InvalidInput("folder", f"cannot write {target}: {reason}", "choose another folder") from error
    return {"folder": str(target), "files": files}


def _checked(folder: str | Path, *, force: bool) -> Path:
    """Return the folder's whole path, if it may be written. Raises InvalidInput, Refused."""
    if not str(folder).strip() or "\0" in str(folder):
        raise InvalidInput("folder", "not a folder's name", "name a new folder")
    try:
        target = Path(folder).expanduser().resolve()
        is_there, is_folder, has_parent = target.exists(), target.is_dir(), target.parent.is_dir()
        names = [file.name for file in target.iterdir()] if is_folder else []
    except (OSError, RuntimeError) as error:
        raise InvalidInput("folder", f"not a folder: {error}", "choose another folder") from error
    if is_there and not is_folder:
        raise InvalidInput("folder", f"{target} is a file", "name a new folder")
    if not has_parent:
        raise InvalidInput("folder", f"no folder {target.parent}", "choose a folder that exists")
    if names and not force:
        raise Refused("exists", f"{target} is not empty", "name a new folder; --force replaces an export")
    others = sorted(set(names) - {name + ENDING for name in TABLES})
    if others:
        problem = f"{target} also holds {excerpt(others[0])}"
        raise Refused("exists", problem, "only a folder with nothing but an export is replaced")
    return target


@contextmanager
def beside(target: Path) -> Iterator[Path]:
    """A folder beside the target, removed in the end unless renamed."""
    made = Path(tempfile.mkdtemp(dir=target.parent, prefix=f".{target.name[:100]}-"))
    try:
        yield made
    finally:
        shutil.rmtree(made, ignore_errors=True)


def _put(made: Path, target: Path, *, force: bool) -> None:
    """Give the finished folder its name; an export that it replaces is only then removed. Raises OSError."""
    if force and target.is_dir() and any(target.iterdir()):
        with beside(target) as old:
            os.rename(target, old)
            try:
                os.rename(made, target)
            except OSError:
                os.rename(old, target)
                raise
    else:
        os.rename(made, target)
    sync(target.parent)


def _write(folder: Path, tables: Sequence[Table], progress: Progress | None) -> list[ExportedFile]:
    files: list[ExportedFile] = []
    for table, rows in counted(tables, progress):
        path = folder / f"{table.name}{ENDING}"
        count = write_table(path, table.header, rows)
        files.append(exported(table, path.name, count))
    return files


def exported(table: Table, file: str, rows: int, cut: int = 0) -> ExportedFile:
    """Return what the result says of a table."""
    return {"table": table.name, "file": file, "rows": rows, "imported": table.is_imported, "cut": cut}


def counted(tables: Sequence[Table], progress: Progress | None) -> Iterator[tuple[Table, Iterable[Cells]]]:
    """Yield the tables with their rows, whose reading is reported."""
    counts = [table.count() for table in tables]
    for place, table in enumerate(tables):
        rows = table.rows()
        if progress is not None:
            rows = _reported(rows, sum(counts[:place]), sum(counts), f"writing {table.name}", progress)
        yield table, rows


def _reported(rows: Iterable[Cells], done: int, total: int, what: str, progress: Progress) -> Iterator[Cells]:
    for count, row in enumerate(rows):
        if count % REPORT_EVERY == 0:
            progress(done + count, total, what)
        yield row
