"""Leads from files of any form: rows whose columns are a lead's fields."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import BinaryIO, NamedTuple

from dispatch.inputs.column_choice import ColumnChoice, FileChoice
from dispatch.inputs.column_names import Columns
from dispatch.inputs.layouts import LEADS, layouts
from dispatch.inputs.rows import Row, RowReader, open_stream
from dispatch.inputs.rows.row import REASON
from dispatch.inputs.trip_facts import FACTS
from models.errors import InvalidInput

REQUIRED = ("name", "method", "source", "destination", "launch")
BARE = (*REQUIRED, "requests", "phone", "email", "priority")
"""The order of a line's values without a header."""
OPTIONAL = (*BARE[len(REQUIRED) :], *FACTS)
FIELDS = (*REQUIRED, *OPTIONAL)
IDENTIFIER = "external_id"
IGNORED_NAMED = 20
LONGEST_ID = 18  # digits, which SQLite holds
MOST_SHAPES = 1_000  # of JSON objects, whose columns are remembered
HINT = "give CSV with a header line, JSONL, SQL text or .xlsx; fields: " + ", ".join(FIELDS)
BARE_FIELDS = f"{len(REQUIRED)}: {', '.join(REQUIRED)}, then optionally {', '.join(BARE[len(REQUIRED) :])}"

LISTED_ID, LISTED_TIMES = "lead_id", ("received_at", "created_at")
"""What the listings of leads and of bookings call a lead's number, and the time when it came in."""

AS_NAMED = ColumnChoice()

Fields = dict[str, str | None]
Record = tuple[int, Fields | str]
"""The physical line number, and its fields or its error."""


class Listed(NamedTuple):
    """A lead as a desk's own listing names it."""

    lead_id: int
    received_at: str


class LeadFile:
    """An opened file of leads. ``digest`` identifies its content, ``ignored`` lists unknown fields.

    With ``bare`` a CSV may lack its header: if the first line names no field, all lines hold values, in the
    order of BARE. ``notes`` says how the file is read, ``row`` is the one read last, with the
    ``external_id`` that another program gave it, ``columns`` how it was understood, and ``choices`` what was
    said about them, now or before. One that ``is_draft`` is read before its columns are decided.
    """

    def __init__(
        self,
        stream: BinaryIO,
        name: str,
        *,
        bare: bool = False,
        encoding: str | None = None,
        errors: str = "strict",
        choice: ColumnChoice = AS_NAMED,
        is_draft: bool = False,
    ) -> None:
        self.name, self._choice, self._bare = name, choice, bare
        self.choices = FileChoice(choice, layouts()[LEADS].field_of)
        self._rows = RowReader(
            stream, name, self._known, bare=bare, encoding=encoding, errors=errors, hint=HINT
        )
        self.digest, self.size = self._rows.digest, self._rows.size
        self.notes = self._rows.notes
        self.ignored: list[str] = []
        self.row = Row(None, 0, (), ())
        self.external_id: str | None = None
        self._columns: dict[tuple[str, ...], Columns] = {}
        self.columns: Columns | None = None
        self._names: tuple[str, ...] | None = None
        self._ahead: Iterator[Row] = iter(self._rows)
        self._has_begun = False
        if self._rows.header:
            own = self.choices.begin(self._rows.header)
            if not is_draft:
                with self.choices.explained():
                    own.check(own.columns(self._rows.header, LEADS), name)
            self._columns_of(self._rows.header)
        self._records = self._read()

    def __iter__(self) -> Iterator[Record]:
        return self._records

    def begin(self) -> None:
        """Read on to the first row, which tells the columns where there is no header."""
        if not self._has_begun:
            self._has_begun = True
            self._ahead = self.choices.begun(self._ahead)

    def read_bytes(self) -> int:
        """Return how many bytes have been read."""
        return self._rows.read_bytes()

    def listed(self) -> Listed | None:
        """Return which lead of a desk the row read last lists, if the file is such a listing."""
        names, values = self.row.names, self.row.values
        if LISTED_ID not in names:
            return None
        time = next((name for name in LISTED_TIMES if name in names), None)
        number = (values[names.index(LISTED_ID)] or "").strip()
        if time is None or not (number.isascii() and number.isdecimal() and len(number) <= LONGEST_ID):
            return None
        return Listed(int(number), (values[names.index(time)] or "").strip())

    @property
    def has_own_lines(self) -> bool:
        return self._rows.has_own_lines

    def detach(self) -> None:
        """Leave the stream open for the caller."""
        self._rows.detach()

    def _read(self) -> Iterator[Record]:
        is_empty = True
        for row in self._ahead:
            is_empty = False
            self.row, self.external_id = row, None
            yield row.line, row.fault or (self._fields(row) if row.names else _bare_fields(row))
        if is_empty and self._rows.is_sql:
            raise InvalidInput("file", f"{self.name} has no INSERT INTO of leads", HINT)
        if self._rows.is_cut:
            self.notes.append(self._rows.stopped)

    def _known(self, table: str | None, names: Sequence[str]) -> int:
        """Count a lead's fields among names; a table of SQL text needs all that are required.

        Without a header, a single value may be the name of a field by chance.
        """
        columns = self.choices.of(names).columns_of_one(names, LEADS)
        if table is not None and columns.missing(self._choice.defaults):
            return 0
        count = sum(map(len, (*columns.places.values(), *columns.doubled.values())))
        return 0 if self._bare and count == 1 else count

    def _fields(self, row: Row) -> Fields | str:
        columns = self._columns_of(row.names)
        if row.unfit:
            for name, places in columns.places.items():
                if not set(places).isdisjoint(row.unfit):
                    return f"{name} is not a text"
        if doubt := self._choice.doubt(columns):
            return doubt
        fields: Fields = dict.fromkeys(REQUIRED)
        fields |= self._choice.filled(columns.values(row.values))
        self.external_id = fields.pop(IDENTIFIER, None)
        return fields

    def _columns_of(self, names: tuple[str, ...]) -> Columns:
        if names is self._names and self.columns is not None:
            return self.columns
        columns = self._columns.get(names)
        if columns is None:
            self.choices.begin(names)
            columns = self.choices.of(names).columns_of_one(names, LEADS)
            if len(self._columns) < MOST_SHAPES:
                self._columns[names] = columns
            new = [head for head in columns.ignored if head not in (*self.ignored, REASON)]
            self.ignored += new[: IGNORED_NAMED - len(self.ignored)]
        self._names, self.columns = names, columns
        return columns


def _bare_fields(row: Row) -> Fields | str:
    count = len(row.values)
    if not len(REQUIRED) <= count <= len(BARE):
        return f"{count} field{'' if count == 1 else 's'}; a lead needs {BARE_FIELDS}"
    return dict(zip(BARE, row.values, strict=False))


@contextmanager
def open_leads(
    stream: BinaryIO, name: str, encoding: str | None = None, choice: ColumnChoice = AS_NAMED
) -> Iterator[LeadFile]:
    """Open a file of leads from a stream; a stream that cannot be reread (a pipe) is copied first.

    Raises InvalidInput if it is empty, not text, lacks a column, or is a pipe that does not end.
    """
    with open_stream(stream, name) as file:
        leads = LeadFile(file, name, encoding=encoding, choice=choice)
        try:
            yield leads
        finally:
            leads.detach()
