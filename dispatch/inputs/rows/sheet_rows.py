"""Rows of the sheets of a workbook, below their headers."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import islice
from typing import NamedTuple

from dispatch.inputs.rows.csv_head import ENOUGH_KNOWN, MOST_RECORDS
from dispatch.inputs.rows.csv_rows import restored
from dispatch.inputs.rows.row import Known, Row, Unreadable
from dispatch.inputs.rows.workbook import NoWorkbook, Sheet, Workbook


class Head(NamedTuple):
    """The header of a sheet: its line and the names of the columns."""

    line: int
    names: tuple[str, ...]


class SheetRows:
    """The rows of the first sheet with a header, and of further ones that have all columns of a table.

    ``header`` and ``header_line`` are those of the first, ``notes`` says which sheets are read if there are
    several. Raises NoWorkbook, and Unreadable while reading.
    """

    cut_off = ""

    def __init__(self, book: Workbook, known: Known) -> None:
        self._book = book
        heads = [(sheet, head) for sheet in book.sheets if (head := _head(book, sheet, known))]
        first = max(heads, key=lambda one: min(known(None, one[1].names), ENOUGH_KNOWN), default=None)
        self._read = [one for one in heads if one is first or known(one[0].name, one[1].names)]
        self.header = first[1].names if first else ()
        self.header_line = first[1].line if first else 0
        names = ", ".join(sheet.name for sheet, _ in self._read)
        self.notes = [f"read of {len(book.sheets)} sheets: {names}"] if len(book.sheets) > 1 else []

    def __iter__(self) -> Iterator[Row]:
        for sheet, head in self._read:
            try:
                for line, cells in self._book.rows(sheet):
                    if line > head.line:
                        yield _row(line, head.names, cells)
            except NoWorkbook as error:
                raise Unreadable(error.line, str(error)) from error


def _row(line: int, names: tuple[str, ...], cells: list[str]) -> Row:
    width = len(names)
    fault = f"{len(cells)} cells; the header names {width}" if any(cells[width:]) else ""
    return Row(None, line, names, restored((cells + [""] * width)[:width]), fault)


def _head(book: Workbook, sheet: Sheet, known: Known) -> Head | None:
    """Return the line with the most known names among the first, else the first; None for an empty sheet."""
    records = list(islice(book.rows(sheet), MOST_RECORDS))
    if not records:
        return None
    best = max(records, key=lambda record: known(None, record[1]))
    line, cells = best if known(None, best[1]) >= ENOUGH_KNOWN else records[0]
    return Head(line, tuple(cell.strip() for cell in cells))
