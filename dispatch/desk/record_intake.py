"""Intake of a file of records: each row is a command of its own, and the file one act (file_acts.py)."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import TypedDict

from dispatch.desk.commands import REQUEST_ID_REUSED
from dispatch.desk.desk import Desk
from dispatch.desk.file_acts import Undone, format_refusal
from dispatch.inputs.rows.record_file import Record, RecordFile
from dispatch.outputs.rejected_rows import RejectedRows
from models.errors import DatabaseUnavailable, DeskError, NotPermitted, Refused

Progress = Callable[[int, int], None]
"""Told the bytes read so far, and all of the file's."""


class Line(TypedDict):
    """A line of the file, and what is said about it."""

    line: int
    error: str


def receive_rows(
    desk: Desk,
    file: RecordFile[Record],
    take: Callable[[int, str, Record], object],
    rejects: RejectedRows | None,
    progress: Progress | None,
) -> list[Line]:
    """Take in each row's record by its line and its place in the file; return the lines refused.

    Raises DatabaseUnavailable, NotPermitted, and Undone if somebody undoes the file meanwhile; what was
    committed before stays.
    """
    rejected = []
    with desk.flushed_once():
        for number, (line, record) in enumerate(file, start=1):
            try:
                error = record if isinstance(record, str) else ""
                if not isinstance(record, str):
                    _with_second_look(partial(take, line, f"{file.digest}:{number}", record))
            except (DatabaseUnavailable, NotPermitted, Undone):
                raise
            except DeskError as refused:
                error = format_refusal(refused)
            if error:
                rejected.append(Line(line=line, error=error))
                if rejects is not None:
                    rejects.add(file.row.names, file.row.values, error)
            if progress is not None:
                progress(file.read_bytes(), file.size)
    return rejected


def _with_second_look(take: Callable[[], object]) -> None:
    """Take a row in; if another person has just taken in the same one, look again, and find it."""
    try:
        take()
    except Refused as error:
        if error.code != REQUEST_ID_REUSED:
            raise
        take()
