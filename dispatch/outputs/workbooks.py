"""Tables as the sheets of an Excel workbook (.xlsx), which grows row by row on the disk."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

from dispatch.outputs.tables import Cells, cell_text

if TYPE_CHECKING:
    from xlsxwriter.worksheet import Worksheet

ENDING = ".xlsx"
MOST_ROWS = 1_048_575
"""Below a header; Excel opens no sheet with more."""
MOST_CHARACTERS = 32_767
"""In a cell, in units of UTF-16."""


class TooLong(Exception):
    """A text is longer than a cell: the row, counted from 1 below the header, the column and the length."""

    def __init__(self, row: int, column: str, length: int) -> None:
        super().__init__(f"row {row}: {column} has {length:,} characters")


class Written(NamedTuple):
    """What became of a table: its rows, and how many of its texts were cut to what a cell holds."""

    rows: int
    cut: int


class Workbook:
    """A workbook that is being written."""

    def __init__(self, book: Any) -> None:
        self._book = book

    def add(self, name: str, header: Sequence[str], rows: Iterable[Cells], *, cuts: bool = False) -> Written:
        """Add a table as a sheet. Raises TooLong for a text that no cell holds, unless it ``cuts`` such ones.

        Cells are as in CSV: a text that looks like a formula is defused, and nothing else can be one.
        """
        sheet = self._book.add_worksheet(name)
        sheet.freeze_panes(1, 0)
        for place, title in enumerate(header):
            _write_text(sheet, 0, place, title)
        count = cut = 0
        for count, row in enumerate(rows, start=1):
            for place, value in enumerate(row):
                if (text := _written(sheet, count, place, value)) is None:
                    continue
                length = len(text.encode("utf-16-le", "surrogatepass")) // 2
                if length > MOST_CHARACTERS and not cuts:
                    raise TooLong(count, header[place], length)
                cut += length > MOST_CHARACTERS
                _write_text(sheet, count, place, text)
        return Written(count, cut)


def _written(sheet: Worksheet, row: int, place: int, value: object) -> str | None:
    """Write a number, true or false; return what is left to write as a text, None for nothing."""
    if isinstance(value, bool):
        sheet.write_boolean(row, place, value)
    elif isinstance(value, int | float) and float(f"{value:.16G}") == value:
        sheet.write_number(row, place, value)
    else:  # a number with more digits than the writer gives is a text, and is read as that number
        return cell_text(value) or None
    return None


def _write_text(sheet: Worksheet, row: int, place: int, text: str) -> None:
    if text.startswith("<r>") and text.endswith("</r>"):  # the writer would take it for XML of its own
        sheet.write_rich_string(row, place, text[:1], text[1:2], text[2:])
    else:
        sheet.write_string(row, place, text)


@contextmanager
def new_workbook(path: Path, made_at: datetime) -> Iterator[Workbook]:
    """Write a workbook inside the block; what it needs meanwhile lies in the same folder. Raises OSError."""
    import xlsxwriter  # slow to import, seldom needed
    from xlsxwriter.exceptions import XlsxFileError

    options = {"constant_memory": True, "tmpdir": str(path.parent), "use_zip64": True}
    book = xlsxwriter.Workbook(str(path), options)
    book.set_properties({"created": made_at})
    try:
        yield Workbook(book)
        book.close()
    except XlsxFileError as error:
        raise OSError(str(error)) from error
    finally:
        for sheet in book.worksheets():
            sheet._opt_close()
