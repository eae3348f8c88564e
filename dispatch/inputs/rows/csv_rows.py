"""Rows of CSV. An extra quotation mark costs its own line only; what a row lacks at its end is empty."""

from __future__ import annotations

import csv
import re
from collections.abc import Iterator
from typing import Any

from dispatch.inputs.rows.csv_head import CsvHead
from dispatch.inputs.rows.lines import LONGEST_RECORD, Lines, LongRecord
from dispatch.inputs.rows.row import Row

DEFUSED = re.compile(r"'+[=+\-@\t\r]")
"""How cells begin that dispatch/outputs/tables.py keeps from being formulas."""
BLANKS_BEHIND_QUOTE = re.compile(r'"[ \t]+(?=[,;|\t]|\r?\n?\Z)')

csv.field_size_limit(LONGEST_RECORD)


class CsvRows:
    """The rows below a head. ``cut_off`` says afterwards if the text ends in the middle of a row."""

    def __init__(self, lines: Lines, head: CsvHead) -> None:
        self._lines = lines
        self._head = head
        self._has_short_rows = False
        self.cut_off = ""
        for _ in range(head.lines):
            next(lines, None)
            lines.taken()

    def __iter__(self) -> Iterator[Row]:
        lines, names = self._lines, self._head.columns
        width = len(names)
        while True:
            try:
                for cells in self._reader(lines):
                    self.cut_off = ""
                    if not any(cells):
                        lines.taken()
                    elif len(cells) == width and lines.is_plain():
                        yield Row(None, lines.taken(), names, tuple(cells))
                    else:
                        yield self._uneven(cells)
                return
            except (csv.Error, LongRecord) as error:
                if isinstance(error, csv.Error) or not lines.allow_longer():
                    yield self._mended() or self._broken(error)

    def _reader(self, lines: Any) -> Any:
        return csv.reader(lines, delimiter=self._head.separator, strict=True, skipinitialspace=True)

    def _uneven(self, cells: list[str]) -> Row:
        """Return a row with line breaks or apostrophes in it, or of another length than the header."""
        names, width = self._head.columns, len(self._head.columns)
        is_ended = self._lines.record().endswith(("\n", "\r"))
        begins = self._lines.taken()
        cells = [cell.replace("\r\n", "\n").replace("\r", "\n") for cell in cells]
        fault = ""
        if width and len(cells) < width:
            if not is_ended and not self._has_short_rows:
                self.cut_off = f"line {begins}: {len(cells)} values for {width} columns, the file is cut off"
            self._has_short_rows = True
            cells += [""] * (width - len(cells))
        elif width and len(cells) > width:
            if any(cell.strip() for cell in cells[width:]):
                fault = f"{len(cells)} fields; the header names {width}"
            cells = cells[:width]
        return Row(None, begins, names, restored(cells), fault)

    def _mended(self) -> Row | None:
        """Return the row of a line whose only fault is blanks behind a quotation mark."""
        record = self._lines.record()
        if self._lines.is_one and BLANKS_BEHIND_QUOTE.search(record):
            try:
                cells = next(self._reader([BLANKS_BEHIND_QUOTE.sub('"', record)]))
            except csv.Error:
                return None
            return self._uneven(cells)
        return None

    def _broken(self, error: Exception) -> Row:
        """Return a line that is no CSV, whole in its first value; the lines below it are read again."""
        lines = self._lines
        record = lines.record()
        first = record.splitlines()[0] if record else ""
        is_last = lines.is_one and "unexpected end" in str(error)
        begins = lines.back_to_second()
        said = "a quotation mark is not closed" if isinstance(error, LongRecord) else str(error)
        fault = f"the line cannot be read as CSV: {said}"
        self.cut_off = f"line {begins}: {said}, the file is cut off" if is_last else ""
        values = (first, *[""] * (len(self._head.columns) - 1))
        return Row(None, begins, self._head.columns, values, fault)


def restored(cells: list[str]) -> tuple[str, ...]:
    """Return the cells without the apostrophe that kept a text from being a formula."""
    for cell in cells:
        if cell[:1] == "'":
            return tuple([one[1:] if DEFUSED.match(one) else one for one in cells])
    return tuple(cells)
