"""A file of rows of one kind, whose columns are known by their names: tickets and agents are read so."""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Collection, Iterator, Sequence
from contextlib import contextmanager
from typing import BinaryIO, Generic, Self, TypeVar

from dispatch.inputs.column_choice import ColumnChoice, FileChoice
from dispatch.inputs.column_names import Columns
from dispatch.inputs.layouts import layouts
from dispatch.inputs.rows import open_stream
from dispatch.inputs.rows.reader import RowReader
from dispatch.inputs.rows.row import REASON, Row
from models.errors import InvalidInput

MOST_SHAPES = 1_000
IGNORED_NAMED = 20
AS_NAMED = ColumnChoice()

Fields = dict[str, str | None]
Record = TypeVar("Record")


class RecordFile(Generic[Record]):
    """An opened file; iterating it yields each row's line with its record, or why it has none.

    ``layout`` names the columns (column_names.toml), of which one of ``needs`` must be there. Values of
    ``lists`` may be lists in JSON. ``hint`` says what to give. ``choices`` is what was said of the columns,
    now or before. Raises InvalidInput.
    """

    layout: str
    needs: Sequence[str]
    lists: Collection[str] = ()
    hint: str

    def __init__(
        self, stream: BinaryIO, name: str, encoding: str | None = None, choice: ColumnChoice = AS_NAMED
    ) -> None:
        self.name, self._choice = name, choice
        self.choices = FileChoice(choice, layouts()[self.layout].field_of)
        self._rows = RowReader(stream, name, self._known, encoding=encoding, hint=self.hint)
        self.digest, self.size, self.notes = self._rows.digest, self._rows.size, self._rows.notes
        self.ignored: list[str] = []
        self.columns: Columns | None = None
        self.row = Row(None, 0, (), ())
        self._shapes: dict[tuple[str, ...], Columns] = {}
        self._ahead: Iterator[Row] = iter(self._rows)
        self._has_begun = False
        if self._rows.header:
            own = self.choices.begin(self._rows.header)
            with self.choices.explained():
                columns = own.columns(self._rows.header, self.layout)
                own.check(columns, name)
                self._check_needs(columns)
            self._columns_of(self._rows.header)

    @classmethod
    @contextmanager
    def open(
        cls, stream: BinaryIO, name: str, encoding: str | None = None, choice: ColumnChoice = AS_NAMED
    ) -> Iterator[Self]:
        """Open a file from a stream; a pipe is copied first. Raises InvalidInput."""
        with open_stream(stream, name) as rereadable:
            file = cls(rereadable, name, encoding, choice)
            try:
                yield file
            finally:
                file.detach()

    def begin(self) -> None:
        """Read on to the first row, which tells the columns where there is no header."""
        if not self._has_begun:
            self._has_begun = True
            self._ahead = self.choices.begun(self._ahead)

    @abstractmethod
    def record(self, fields: Fields) -> Record | str:
        """Return the record of a row's fields, or why it has none."""

    def __iter__(self) -> Iterator[tuple[int, Record | str]]:
        for row in self._ahead:
            self.row = row
            fields = row.fault or self._fields(row)
            yield row.line, fields if isinstance(fields, str) else self.record(fields)
        if self._rows.is_cut:
            self.notes.append(self._rows.stopped)

    def read_bytes(self) -> int:
        """Return how many bytes have been read."""
        return self._rows.read_bytes()

    def detach(self) -> None:
        """Leave the stream open for the caller."""
        self._rows.detach()

    def _known(self, table: str | None, names: Sequence[str]) -> int:
        places = self.choices.of(names).columns_of_one(names, self.layout).places
        return len(places) if {*self.needs} & {*places, *self._choice.defaults} else 0

    def _check_needs(self, columns: Columns) -> None:
        if not {*self.needs} & set(columns.places):
            found = ", ".join(filter(None, columns.heads[:IGNORED_NAMED]))
            ways = " or ".join(f"--map HEAD={field}" for field in self.needs)
            problem = f"{self.name} lacks the column {' or '.join(self.needs)}"
            raise InvalidInput("file", problem, f"found: {found}; say which it is, like {ways}")

    def _fields(self, row: Row) -> Fields | str:
        """Return the fields of a row, those without a value filled as was chosen."""
        columns = self._columns_of(row.names)
        for field, places in columns.places.items():
            if field not in self.lists and not set(places).isdisjoint(row.unfit):
                return f"{field} holds a list or object, no text"
        return self._choice.doubt(columns) or self._choice.filled(columns.values(row.values))

    def _columns_of(self, names: tuple[str, ...]) -> Columns:
        columns = self._shapes.get(names)
        if columns is None:
            self.choices.begin(names)
            columns = self.choices.of(names).columns_of_one(names, self.layout)
            if len(self._shapes) < MOST_SHAPES:
                self._shapes[names] = columns
            new = [head for head in columns.ignored if head not in (*self.ignored, REASON)]
            self.ignored += new[: IGNORED_NAMED - len(self.ignored)]
        self.columns = self.columns or columns
        return columns
