"""Leads from files of any form: rows whose columns are a lead's fields."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import BinaryIO

from dispatch.inputs.rows import Row, RowReader, open_stream
from dispatch.inputs.rows.row import REASON
from models.errors import InvalidInput

REQUIRED = ("name", "method", "source", "destination", "launch")
OPTIONAL = ("requests", "phone", "email")
FIELDS = (*REQUIRED, *OPTIONAL)
IGNORED_NAMED = 20
MOST_SHAPES = 1_000  # of JSON objects, whose columns are remembered
HINT = "give CSV with a header line, JSONL or SQL text; fields: " + ", ".join(FIELDS)
BARE_FIELDS = f"{len(REQUIRED)}: {', '.join(REQUIRED)}, then optionally {', '.join(OPTIONAL)}"

Fields = dict[str, str | None]
Record = tuple[int, Fields | str]
"""The physical line number, and its fields or its error."""


@dataclass(frozen=True)
class Columns:
    """Which columns of a header are fields of a lead, and which are not read."""

    places: Mapping[str, int]
    ignored: tuple[str, ...]
    doubled: tuple[str, ...]

    def missing(self) -> list[str]:
        return [name for name in REQUIRED if name not in self.places]

    def check(self, file: str) -> None:
        """Raise InvalidInput if a field is missing or has two columns."""
        if self.missing():
            raise InvalidInput("file", f"{file} lacks the column {', '.join(self.missing())}", HINT)
        for name in self.doubled:
            raise InvalidInput("file", f"{file} has the column {name} twice", HINT)


def match(header: Sequence[str]) -> Columns:
    """Find the fields of a lead in a header."""
    heads = [head.strip().lower() for head in header]
    return Columns(
        {name: heads.index(name) for name in FIELDS if name in heads},
        tuple(head for head in heads if head not in FIELDS and head != REASON),
        tuple(name for name in FIELDS if heads.count(name) > 1),
    )


def _known(table: str | None, names: Sequence[str]) -> int:
    """Count a lead's fields among names; a table of SQL text needs all that are required."""
    columns = match(names)
    return 0 if table is not None and columns.missing() else len(columns.places)


class LeadFile:
    """An opened file of leads. ``digest`` identifies its content, ``ignored`` lists unknown fields.

    With ``bare`` a CSV may lack its header: if the first line names no field, all lines hold values, in the
    order of FIELDS. ``notes`` says how the file is read, ``row`` is the one read last.
    """

    def __init__(
        self,
        stream: BinaryIO,
        name: str,
        *,
        bare: bool = False,
        encoding: str | None = None,
        errors: str = "strict",
    ) -> None:
        self._name = name
        self._rows = RowReader(stream, name, _known, bare=bare, encoding=encoding, errors=errors, hint=HINT)
        self.digest, self.size = self._rows.digest, self._rows.size
        self.notes = self._rows.notes
        self.ignored: list[str] = []
        self.row = Row(None, 0, (), ())
        self._last: tuple[tuple[str, ...] | None, Columns] = None, Columns({}, (), ())
        self._columns: dict[tuple[str, ...], Columns] = {}
        if self._rows.header:
            self._columns_of(self._rows.header).check(name)
        self._records = self._read()

    def __iter__(self) -> Iterator[Record]:
        return self._records

    def read_bytes(self) -> int:
        """Return how many bytes have been read."""
        return self._rows.read_bytes()

    @property
    def has_own_lines(self) -> bool:
        return self._rows.has_own_lines

    def detach(self) -> None:
        """Leave the stream open for the caller."""
        self._rows.detach()

    def _read(self) -> Iterator[Record]:
        is_empty = True
        for row in self._rows:
            is_empty = False
            self.row = row
            yield row.line, row.fault or (self._fields(row) if row.names else _bare_fields(row))
        if is_empty and self._rows.is_sql:
            raise InvalidInput("file", f"{self._name} has no INSERT INTO of leads", HINT)
        if self._rows.is_cut:
            self.notes.append(self._rows.stopped)

    def _fields(self, row: Row) -> Fields | str:
        columns = self._columns_of(row.names)
        places, values = columns.places, row.values
        fields: Fields = {name: values[place] for name, place in places.items()}
        for name, place in places.items() if row.unfit else ():
            if place in row.unfit:
                return f"{name} is not a text"
        if len(fields) < len(FIELDS):
            for name in REQUIRED:
                fields.setdefault(name, None)
        return fields

    def _columns_of(self, names: tuple[str, ...]) -> Columns:
        if names is self._last[0]:
            return self._last[1]
        columns = self._columns.get(names)
        if columns is None:
            columns = match(names)
            if len(self._columns) < MOST_SHAPES:
                self._columns[names] = columns
            new = [name for name in columns.ignored if name not in self.ignored]
            self.ignored += new[: IGNORED_NAMED - len(self.ignored)]
        self._last = names, columns
        return columns


def _bare_fields(row: Row) -> Fields | str:
    count = len(row.values)
    if not len(REQUIRED) <= count <= len(FIELDS):
        return f"{count} field{'' if count == 1 else 's'}; a lead needs {BARE_FIELDS}"
    return dict(zip(FIELDS, row.values, strict=False))


@contextmanager
def open_leads(stream: BinaryIO, name: str, encoding: str | None = None) -> Iterator[LeadFile]:
    """Open a file of leads from a stream; a stream that cannot be reread (a pipe) is copied first.

    Raises InvalidInput if it is empty, not text, lacks a column, or is a pipe that does not end.
    """
    with open_stream(stream, name) as file:
        leads = LeadFile(file, name, encoding=encoding)
        try:
            yield leads
        finally:
            leads.detach()
