"""Files to import: their rows as rows of the three tables."""

from __future__ import annotations

import os
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import NamedTuple

from dispatch.inputs.rows import Row, RowReader, open_stream
from seeds.importing.columns import (
    ACCEPTED,
    BY_TABLE,
    LAYOUTS,
    NAME_PARTS,
    Layout,
    Record,
    Value,
    check_columns,
    layouts_of,
    refuse,
    whole_name,
    with_parts,
)

NO_TABLE = "unknown columns: BookingID, AssignmentID or FirstName is needed"
CUT_OFF = "nothing was imported; get the complete file"
ENDINGS = (".csv", ".tsv", ".json", ".jsonl", ".ndjson", ".sql")
MOST_SHAPES = 1_000  # of JSON objects, whose columns are remembered


class Shape(NamedTuple):
    """What rows with the same names are: the tables with the places of their columns, and of further ones.

    ``whole_name`` is the place of an agent's full name, from which the first and last are made.
    """

    tables: list[tuple[Layout, list[int | None], dict[str, int]]]
    whole_name: int | None


def files_of(path: str | Path) -> list[str | Path]:
    """Return a file itself, or the files in a folder that are named after a table, as an export has them.

    The lists of accepted values come first. Raises InvalidInput if a folder has none.
    """
    if not os.path.isdir(path):
        return [path]
    found = [file for file in sorted(Path(path).iterdir()) if file.suffix.lower() in ENDINGS]
    named = [str(file) for kind in LAYOUTS for file in found if file.stem.lower() == kind]
    if not named:
        refuse(str(path), "it is a folder without tables", f"named {', '.join(LAYOUTS)}, ending with .csv")
    return [*named]


class Source:
    """One file, under the ``name`` the user gave; the other attributes are filled while reading.

    ``notes`` says how it is read; ``passed_over`` lists skipped statements of SQL text.
    """

    def __init__(self, path: str | Path, encoding: str | None = None) -> None:
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
                self._reader = RowReader(stream, self.name, _known, encoding=self._encoding, hint=ACCEPTED)
                yield from self._read(self._reader)
        except FileNotFoundError:
            refuse(self.name, "no such file")
        except IsADirectoryError:
            refuse(self.name, "it is a folder within a folder")
        except OSError as error:
            refuse(self.name, f"cannot read it ({error.strerror})")
        except ValueError:  # a NUL in the name
            refuse(self.name, "not a valid file name")

    def _read(self, reader: RowReader) -> Iterator[Row]:
        self.digest, self.notes = reader.digest, reader.notes
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
            for layout, places, further in shape.tables:
                record = self._record(layout, places, number, row, values)
                if further:
                    more = {
                        name: values[place] or None for name, place in further.items() if place < len(values)
                    }
                    record = record._replace(more=more)
                yield record

    def _record(
        self, layout: Layout, places: list[int | None], number: int, row: Row, values: Sequence[Value]
    ) -> Record:
        cells = [None if place is None or place >= len(values) else values[place] for place in places]
        if not self._reader.is_sql:
            is_csv = bool(self._reader.header)
            cells = [
                # NULL can be a customer's name, but not a date
                None if not cell or (is_csv and cell == "NULL" and column in layout.nullable) else cell
                for cell, column in zip(cells, layout.columns, strict=True)
            ]
        fault = row.fault
        for column, place in zip(layout.columns, places, strict=True) if row.unfit else ():
            if place in row.unfit and not fault:
                fault = f"{column} is neither text nor number"
        return Record(layout.kind, number, row.line, tuple(cells), fault or None)

    def _shape_of(self, row: Row) -> Shape:
        """Return what the rows with these names are; those without known names are like the first."""
        names = row.names
        is_json = not (self._reader.header or self._reader.is_sql)
        layouts = layouts_of(row.table, names)
        if not layouts:
            if self._first is None:
                refuse(self.name, f"line {row.line}: {row.fault or NO_TABLE}")
            layouts = [layout for layout, _, _ in self._first.tables]
        name = whole_name(names)
        every = names if name is None else (*names, *NAME_PARTS)
        may_lack = is_json and self._first is not None
        tables = [
            (
                layout,
                check_columns(self.name, row.line, layout, every, is_json=is_json, may_lack=may_lack),
                layout.further(names),
            )
            for layout in layouts
        ]
        shape = Shape(tables, name)
        if len(self._shapes) < MOST_SHAPES:
            self._shapes[row.table, names] = shape
        return shape


def _known(table: str | None, names: Sequence[str]) -> int:
    """Count the columns of a table among names; one with a foreign name must be complete."""
    layouts = layouts_of(table, names)
    if not layouts:
        return 0
    count = len(layouts[0].positions(names))
    if table is None or table.lower() in BY_TABLE:
        return max(1, count)
    return 0 if layouts[0].missing(layouts[0].positions(names)) else count
