"""Files to import: their rows as rows of the three tables."""

from __future__ import annotations

import os
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import NamedTuple, NoReturn

from dispatch.inputs.column_choice import ColumnChoice
from dispatch.inputs.column_names import Columns, match
from dispatch.inputs.layouts import AGENTS, LEADS, Layout
from dispatch.inputs.rows import Row, RowReader, open_stream
from models.hints import act
from seeds.importing.columns import (
    ACCEPTED,
    BY_TABLE,
    KINDS,
    Record,
    Value,
    check_columns,
    columns_of,
    refuse,
    whole_name,
    with_parts,
)
from seeds.importing.desk_tables import FURTHER, further_places
from seeds.importing.heads import AS_NAMED, MOST_SHAPES, WHOLE_NAME, Heads

LEADS_HAVE = frozenset({"name", "destination"})
"""The fields of a lead by which a file of leads is told from one of anything else with names."""
NO_TABLE = "unknown columns: BookingID, AssignmentID or FirstName is needed"
CUT_OFF = "nothing was imported; get the complete file"
UNTOLD = frozenset({"TotalRevenue", "AgentID"})  # of bookings: they only repeat what is said elsewhere
ENDINGS = (".csv", ".tsv", ".json", ".jsonl", ".ndjson", ".sql", ".xlsx")


class Cell(NamedTuple):
    """Where a column of a table is in a file's rows: several places are joined by the text ``between``."""

    places: tuple[int, ...]
    between: str
    is_nullable: bool


class Part(NamedTuple):
    """A table in a file: its columns, where their cells are, which it lacks, and the further ones' places."""

    columns: Columns
    cells: list[Cell]
    lacks: frozenset[str]
    further: dict[str, int]


class Shape(NamedTuple):
    """What rows with the same names are: one table, or two.

    ``whole_name`` is the place of an agent's full name, from which the first and last are made.
    """

    tables: list[Part]
    whole_name: int | None


def files_of(path: str | Path) -> list[str | Path]:
    """Return a file itself, or the files in a folder that are named after a table, as an export has them.

    The lists of accepted values come first. Raises InvalidInput if a folder has none.
    """
    if not os.path.isdir(path):
        return [path]
    found = [file for file in sorted(Path(path).iterdir()) if file.suffix.lower() in ENDINGS]
    named = [str(file) for kind in KINDS for file in found if file.stem.lower() == kind]
    if not named:
        refuse(str(path), "it is a folder without tables", f"named {', '.join(KINDS)}, ending with .csv")
    return [*named]


def _refuse_unknown(file: str, row: Row, names: Sequence[str]) -> NoReturn:
    """Refuse rows of no known table; leads have another way in."""
    if row.fault or not match(names, LEADS).places.keys() >= LEADS_HAVE:
        refuse(file, f"line {row.line}: {row.fault or NO_TABLE}")
    ways = f"{act('palette')}, then Leads from a file, takes them in; {act('lead.from')} takes them in"
    refuse(file, f"line {row.line}: unknown columns: they look like those of leads", ways)


def _cells(columns: Columns) -> list[Cell]:
    layout = columns.layout
    return [
        Cell(columns.places.get(name, ()), layout.joined.get(name, " "), name in layout.nullable)
        for name in layout.fields
    ]


def _part(columns: Columns, names: Sequence[str]) -> Part:
    return Part(columns, _cells(columns), _lacks(columns), further_places(columns.layout.kind, names))


def _lacks(columns: Columns) -> frozenset[str]:
    """Return the columns without a place, of which a difference could be told."""
    return frozenset(columns.layout.fields) - columns.places.keys() - UNTOLD


class Source:
    """One file, under the ``name`` the user gave; the other attributes are filled while reading.

    ``notes`` says how it is read; ``passed_over`` lists skipped statements of SQL text; ``heads`` is what is
    said about its columns.
    """

    def __init__(
        self, path: str | Path, encoding: str | None = None, choice: ColumnChoice = AS_NAMED
    ) -> None:
        self.heads = Heads(choice, Path(path).name)
        self.path = Path(path)
        self.name = str(path)
        self._encoding = encoding
        self._first: Shape | None = None
        self._shapes: dict[tuple[str | None, tuple[str, ...]], Shape] = {}
        self.passed_over: list[dict[str, object]] = []
        self.notes: list[str] = []
        self.digest = ""

    def rows(self) -> Iterator[Row]:
        """Yield every row as it is in the file. Raises InvalidInput if that is unreadable or cut off."""
        try:
            with self.path.open("rb") as file, open_stream(file, self.name) as stream:
                self._reader = RowReader(
                    stream, self.name, self._known, encoding=self._encoding, hint=ACCEPTED
                )
                yield from self._read(self._reader)
        except FileNotFoundError:
            refuse(self.name, "no such file")
        except IsADirectoryError:
            refuse(self.name, "it is a folder")
        except OSError as error:
            refuse(self.name, f"cannot read it ({error.strerror})")
        except ValueError:  # a NUL in the name
            refuse(self.name, "not a valid file name")

    def _read(self, reader: RowReader) -> Iterator[Row]:
        self.digest, self.notes, self._is_sql = reader.digest, reader.notes, reader.is_sql
        is_empty = True
        if reader.header:
            self._first = self._shape_of(Row(None, reader.header_line, reader.header, ()))
        for row in reader:
            is_empty = False
            yield row
        reader.detach()
        self.passed_over = [{"file": self.name, **one._asdict()} for one in reader.passed_over]
        if reader.stopped:
            refuse(self.name, reader.stopped, CUT_OFF if reader.is_cut else ACCEPTED)
        if is_empty and reader.is_sql:
            refuse(self.name, "no INSERT INTO " + " or ".join(BY_TABLE))

    def records(self) -> Iterator[Record]:
        """Yield the record of every row: two, if it holds a booking and its assignment."""
        for number, row in enumerate(self.rows(), start=1):
            shape = self._shapes.get((row.table, row.names)) or self._shape_of(row)
            if self._first is None:
                self._first = shape
            values = with_parts(row.values, shape.whole_name)
            for columns, cells, lacks, further in shape.tables:
                found = tuple([self._value(values, cell) for cell in cells])
                fault = _fault(columns, row) or None
                record = Record(columns.layout.kind, number, row.line, found, fault, lacks)
                yield record._replace(more=_more(values, further)) if further else record

    def _value(self, values: Sequence[Value], cell: Cell) -> Value:
        found = [values[place] for place in cell.places if place < len(values)]
        value = found[0] if len(found) == 1 else cell.between.join(filter(None, found))
        if self._is_sql and len(found) == 1:
            return value
        # NULL can be a customer's name, but not a date
        return None if not value or (value == "NULL" and cell.is_nullable and self._reader.header) else value

    def _shape_of(self, row: Row) -> Shape:
        """Return what the rows with these names are; those without known names are like the first."""
        self.heads.begin(row.names)
        names = self.heads.named(row.names)
        is_json = not (self._reader.header or self._reader.is_sql)
        tables = columns_of(row.table, names)
        if tables:
            names = self._fit(row.names, [columns.layout for columns in tables])
            tables = columns_of(row.table, names)
        if not tables:
            if self._first is None:
                _refuse_unknown(self.name, row, names)
            tables = [match(names, part.columns.layout) for part in self._first.tables]
        if not is_json or self._first is None:  # later objects that lack a column are refused alone
            with self.heads.explained():
                for columns in tables:
                    check_columns(self.name, row.line, columns, is_json=is_json)
        shape = Shape([_part(columns, names) for columns in tables], whole_name(names))
        if len(self._shapes) < MOST_SHAPES:
            self._shapes[row.table, row.names] = shape
        return shape

    def _fit(self, names: tuple[str, ...], layouts: Sequence[Layout]) -> tuple[str, ...]:
        """Return the names without what is said of columns for other tables."""
        kinds = [layout.kind for layout in layouts]
        fields = [name for layout in layouts for name in (*layout.fields, *FURTHER.get(layout.kind, ()))]
        return self.heads.fit(names, kinds, [*dict.fromkeys(fields), *[WHOLE_NAME] * (AGENTS in kinds)])

    def _known(self, table: str | None, names: Sequence[str]) -> int:
        return _known(table, self.heads.named(tuple(names)))


def _more(values: Sequence[Value], further: dict[str, int]) -> dict[str, Value]:
    return {name: values[place] or None for name, place in further.items() if place < len(values)}


def _fault(columns: Columns, row: Row) -> str:
    if row.unfit and not row.fault:
        for name, places in columns.places.items():
            if not set(places).isdisjoint(row.unfit):
                return f"{name} is neither text nor number"
    return row.fault


def _known(table: str | None, names: Sequence[str]) -> int:
    """Count the columns of a table among names; one with a foreign name must be complete."""
    tables = columns_of(table, names)
    if not tables:
        return 0
    if table is None or table.lower() in BY_TABLE:
        return max(1, len(tables[-1].places))
    return 0 if tables[-1].missing() else len(tables[-1].places)
