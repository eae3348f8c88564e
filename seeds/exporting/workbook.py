"""Export of a desk as a workbook: a sheet for every table, all in one file, whole or not at all."""

from __future__ import annotations

import os
from collections.abc import Sequence
from pathlib import Path

from dispatch.desk.desk import Desk
from dispatch.inputs.rows import workbook
from dispatch.outputs.workbooks import ENDING, MOST_CHARACTERS, MOST_ROWS, TooLong, Workbook, new_workbook
from models.clock import from_text
from models.database import current_database
from models.errors import InvalidInput, Refused
from models.files import put_in_place, sync
from models.private_files import PRIVATE_FILE
from seeds.exporting.exporter import (
    ExportedFile,
    ExportResult,
    Progress,
    beside,
    chosen,
    counted,
    export_folder,
    exported,
)
from seeds.exporting.tables import TABLES, Table

IN_A_FOLDER = "name a folder for CSV files, or fewer tables with --what"


def export(
    desk: Desk, path: str, what: str = "", *, force: bool = False, progress: Progress | None = None
) -> ExportResult:
    """Write tables of the desk into a new folder or, if the name ends with .xlsx, a workbook.

    Raises as ``export_folder`` and ``export_workbook`` do.
    """
    write = export_workbook if path.strip().lower().endswith(ENDING) else export_folder
    return write(desk, path, what, force=force, progress=progress)


def export_workbook(
    desk: Desk,
    path: str | Path,
    what: str = "",
    *,
    force: bool = False,
    progress: Progress | None = None,
) -> ExportResult:
    """Write tables of the desk, all of one moment, as sheets of a new file that only its owner can read.

    Texts that no cell holds are cut in tables that are only read. Raises Refused if the file exists, unless
    it is a workbook of an export and this is with ``force``; InvalidInput if it cannot be written, or an
    imported table is larger than a sheet or has a text that no cell holds.
    """
    tables = chosen(what)
    target = _checked(path, force=force)
    try:
        with beside(target) as folder:
            made = folder / target.name
            with (
                desk.reading(),
                current_database.obj.snapshot(),
                new_workbook(made, from_text(desk.now()).replace(tzinfo=None)) as book,
            ):
                _check_rows(tables)
                files = _write(book, target.name, tables, progress)
            _check_readable(made)
            made.chmod(PRIVATE_FILE)
            sync(made)
            put_in_place(made, target, force=force)
    except FileExistsError as error:
        raise _in_use(target) from error
    except OSError as error:
        reason = error.strerror or str(error)
        raise InvalidInput("file", f"cannot write {target}: {reason}", "choose another file") from error
    return {"folder": str(target.parent), "files": files}


def _checked(path: str | Path, *, force: bool) -> Path:
    """Return the file's whole path, if it may be written. Raises InvalidInput, Refused."""
    if "\0" in str(path):
        raise InvalidInput("file", "not a file's name", "name a new file")
    try:
        target = Path(str(path).strip()).expanduser().resolve()
        is_there, has_parent = os.path.lexists(target), target.parent.is_dir()
    except (OSError, RuntimeError) as error:
        raise InvalidInput("file", f"not a file: {error}", "choose another file") from error
    if target.is_dir():
        raise InvalidInput("file", f"{target} is a folder", "name a new file")
    if not has_parent:
        raise InvalidInput("file", f"no folder {target.parent}", "choose a folder that exists")
    if is_there and not force:
        raise _in_use(target)
    if is_there and not _is_export(target):
        problem = f"{target} is not a workbook of an export"
        raise Refused("exists", problem, "only a workbook with nothing but an export is replaced")
    return target


def _in_use(target: Path) -> Refused:
    return Refused("exists", f"{target} already exists", "name a new file; --force replaces an export")


def _is_export(path: Path) -> bool:
    try:
        with path.open("rb") as stream:
            names = {sheet.name for sheet in workbook.Workbook(stream).sheets}
    except (OSError, workbook.NoWorkbook):
        return False
    return bool(names) and names <= TABLES.keys()


def _check_readable(path: Path) -> None:
    """Refuse a workbook that could not be imported: unpacked it would be too large."""
    try:
        with path.open("rb") as stream:
            workbook.Workbook(stream)
    except workbook.NoWorkbook as error:
        raise InvalidInput("what", f"the workbook would be too large: {error}", IN_A_FOLDER) from error


def _check_rows(tables: Sequence[Table]) -> None:
    for table in tables:
        if (count := table.count()) > MOST_ROWS:
            problem = f"{table.name} has {count:,} rows, and a sheet holds {MOST_ROWS:,}"
            raise InvalidInput("what", problem, IN_A_FOLDER)


def _write(
    book: Workbook, file: str, tables: Sequence[Table], progress: Progress | None
) -> list[ExportedFile]:
    files: list[ExportedFile] = []
    for table, rows in counted(tables, progress):
        try:
            written = book.add(table.name, table.header, rows, cuts=not table.is_imported)
        except TooLong as error:
            problem = f"{table.name}, {error}, and a cell holds {MOST_CHARACTERS:,}"
            raise InvalidInput("what", problem, IN_A_FOLDER) from error
        files.append(exported(table, file, *written))
    return files
