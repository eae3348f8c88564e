"""The sheets of an Excel workbook (.xlsx, .xlsm), row by row.

Of a formula the value is read that Excel has stored beside it; macros are not read. The standard library is
enough for that: openpyxl would be a dependency for reading only, and XlsxWriter only writes.
"""

from __future__ import annotations

import re
import zipfile
import zlib
from collections.abc import Iterator
from datetime import datetime, timedelta
from pathlib import PurePosixPath
from typing import IO, BinaryIO, NamedTuple
from xml.etree import ElementTree

BOOK = "xl/workbook.xml"
RELATIONS = "xl/_rels/workbook.xml.rels"
MOST_UNPACKED_BYTES = 1_000_000_000
MOST_TEXT_BYTES = 200_000_000  # of the texts that all sheets share, and that are held in memory
# A row is held in memory as a tree, and so is what is no row: a few MB of them unpack to a GB of empty cells.
MOST_ROW_BYTES, MOST_ELEMENTS = 32_000_000, 500_000
DATE_FORMATS = frozenset((*range(14, 23), *range(27, 37), *range(45, 48), *range(50, 59)))
NO_DATE = re.compile(r'"[^"]*"|\[[^\]]*\]|\\.|_.|\*.')  # what stands in a format as text
COLUMN = re.compile(r"[A-Z]{1,3}")
ESCAPED = re.compile("_x([0-9A-F]{4})_")
MOST_COLUMNS = 16_384
DAY_ZERO, DAY_ZERO_1904 = datetime(1899, 12, 30), datetime(1904, 1, 1)  # noqa: DTZ001  # days of a calendar
LARGEST_DAY = 2_958_465  # 31 December 9999
BROKEN = (
    *(zipfile.BadZipFile, ElementTree.ParseError, zlib.error),
    *(LookupError, ValueError, EOFError, NotImplementedError, OverflowError, RuntimeError),
)


class NoWorkbook(Exception):
    """The file cannot be read as a workbook; ``line`` is the row where that ended."""

    def __init__(self, problem: str, line: int = 1) -> None:
        super().__init__(problem)
        self.line = line


class Sheet(NamedTuple):
    """A visible sheet: its name, and its part of the archive."""

    name: str
    part: str


class Workbook:
    """An opened workbook. Raises NoWorkbook, also while its rows are read."""

    def __init__(self, stream: BinaryIO) -> None:
        try:
            self._archive = zipfile.ZipFile(stream)
            self._refuse_bomb()
            self._texts = list(self._shared_texts())
            self._dates = self._date_styles()
            self.sheets = list(self._sheets())
        except BROKEN as error:
            raise NoWorkbook(str(error)) from error

    def rows(self, sheet: Sheet) -> Iterator[tuple[int, list[str]]]:
        """Yield the rows that are not blank, with their numbers."""
        number = 0
        try:
            with self._open(sheet.part) as part:
                for element in _ended(part, "row"):
                    number = int(element.get("r") or number + 1)
                    cells = self._cells(element)
                    if any(cells):
                        yield number, cells
        except BROKEN as error:
            where = f"row {max(number, 1)} of the sheet {sheet.name}"
            raise NoWorkbook(f"{where} is broken: {error}", max(number, 1)) from error

    def _cells(self, row: ElementTree.Element) -> list[str]:
        cells: list[str] = []
        for cell in row:
            place = _column(cell.get("r") or "", len(cells))
            cells += [""] * (place - len(cells))
            cells.append(self._text(cell))
        return cells

    def _text(self, cell: ElementTree.Element) -> str:
        kind = cell.get("t")
        if kind == "inlineStr":
            return _joined(cell)
        value = next((child.text or "" for child in cell if _name(child) == "v"), "")
        if kind == "s":
            return self._texts[int(value)] if value else ""
        if kind == "b":
            return "true" if value == "1" else "false"
        if kind in ("str", "e", "d") or not value:
            return value
        number = float(value)
        style = int(cell.get("s") or 0)
        if style < len(self._dates) and self._dates[style] and 0 <= number <= LARGEST_DAY:
            return self._date(number)
        return str(int(number)) if number.is_integer() and abs(number) < 1e15 else repr(number)

    def _date(self, days: float) -> str:
        moment = self._day_zero + timedelta(seconds=round(days * 86_400))
        if days < 1:
            return f"{moment:%H:%M:%S}"
        return f"{moment:%Y-%m-%d}" if days.is_integer() else f"{moment:%Y-%m-%d %H:%M:%S}"

    def _open(self, part: str) -> IO[bytes]:
        with self._archive.open(part) as begins:
            if b"<!DOCTYPE" in begins.read(4_096):
                raise ValueError("it has a document type")
        return self._archive.open(part)

    def _refuse_bomb(self) -> None:
        sizes = {one.filename: one.file_size for one in self._archive.infolist()}
        total, texts = sum(sizes.values()), sizes.get("xl/sharedStrings.xml", 0)
        if total > MOST_UNPACKED_BYTES or texts > MOST_TEXT_BYTES:
            raise NoWorkbook(f"unpacked it has {total / 1e6:,.0f} MB")

    def _shared_texts(self) -> Iterator[str]:
        if "xl/sharedStrings.xml" in self._archive.namelist():
            with self._open("xl/sharedStrings.xml") as part:
                yield from map(_joined, _ended(part, "si"))

    def _date_styles(self) -> list[bool]:
        """Return for each style whether its numbers are dates."""
        if "xl/styles.xml" not in self._archive.namelist():
            return []
        with self._open("xl/styles.xml") as part:
            root = _tree(part)
        own = {
            int(one.get("numFmtId", 0)): _is_date(one.get("formatCode", ""))
            for one in root.iter()
            if _name(one) == "numFmt"
        }
        styles = next((one for one in root if _name(one) == "cellXfs"), ())
        formats = [int(one.get("numFmtId", 0)) for one in styles]
        return [own.get(number, number in DATE_FORMATS) for number in formats]

    def _sheets(self) -> Iterator[Sheet]:
        with self._open(RELATIONS) as part:
            parts = {one.get("Id"): one.get("Target", "") for one in _tree(part)}
        with self._open(BOOK) as part:
            book = list(_tree(part).iter())
        is_1904 = any(_name(one) == "workbookPr" and one.get("date1904") in ("1", "true") for one in book)
        self._day_zero = DAY_ZERO_1904 if is_1904 else DAY_ZERO
        for one in book:
            if _name(one) == "sheet" and one.get("state", "visible") == "visible":
                target = parts[next((value for key, value in one.items() if key.endswith("}id")), None)]
                if "sheets/" in target:  # others are charts
                    path = target[1:] if target.startswith("/") else str(PurePosixPath("xl") / target)
                    yield Sheet(one.get("name", ""), path)


def is_workbook(stream: BinaryIO, head: bytes) -> bool:
    """Return whether a stream is a workbook of this kind; it is at its beginning before and after."""
    if not head.startswith(b"PK"):
        return False
    try:
        with zipfile.ZipFile(stream) as archive:
            return BOOK in archive.namelist()
    except BROKEN:
        return False
    finally:
        stream.seek(0)


class _Measured:
    """A part of the archive. Raises ValueError if too much is read since ``read_bytes`` was set to 0."""

    def __init__(self, part: IO[bytes]) -> None:
        self._part = part
        self.read_bytes = 0

    def read(self, size: int = -1, /) -> bytes:
        block = self._part.read(size)
        self.read_bytes += len(block)
        if self.read_bytes > MOST_ROW_BYTES:
            raise ValueError(f"more than {MOST_ROW_BYTES / 1e6:,.0f} MB in one piece")
        return block


def _tree(part: IO[bytes]) -> ElementTree.Element:
    """Return the root of a part, which is held in memory whole. Raises ValueError if that is too much."""
    root: ElementTree.Element | None = None
    for number, (_, element) in enumerate(ElementTree.iterparse(_Measured(part), ("start",))):
        if root is None:
            root = element
        if number > MOST_ELEMENTS:
            raise _too_many()
    if root is None:
        raise ValueError("it is empty")
    return root


def _ended(part: IO[bytes], name: str) -> Iterator[ElementTree.Element]:
    """Yield the elements of a name, and forget each afterwards. Raises ValueError if one is too large."""
    measured = _Measured(part)
    root = None
    held = before = 0
    for event, element in ElementTree.iterparse(measured, ("start", "end")):
        if root is None:
            root = element
        if event == "start":
            before = held if _name(element) == name else before
            held += 1
            if held > MOST_ELEMENTS:
                raise _too_many()
        elif _name(element) == name:
            yield element
            held, measured.read_bytes = before, 0
            element.clear()
            for parent in (root, *root):
                if element in parent:
                    parent.remove(element)


def _too_many() -> ValueError:
    return ValueError(f"more than {MOST_ELEMENTS:,} cells or marks in one piece")


def _is_date(form: str) -> bool:
    return re.search("[dmyhs]", NO_DATE.sub("", form.lower())) is not None


def _name(element: ElementTree.Element) -> str:
    return element.tag.rpartition("}")[2]


def _joined(element: ElementTree.Element) -> str:
    """Return the text of an element's runs, without how it is pronounced."""
    parts = []
    for child in element:
        if _name(child) == "t":
            # here alone: what an escape stands for is not read as an escape once more
            parts.append(ESCAPED.sub(lambda found: chr(int(found[1], 16)), child.text or ""))
        elif _name(child) in ("r", "is"):
            parts.append(_joined(child))
    return "".join(parts).replace("\r\n", "\n")


def _column(reference: str, following: int) -> int:
    """Return the place of a cell like ``C7``, from 0; without a reference it is the following one."""
    letters = COLUMN.match(reference)
    if letters is None:
        return following
    place = 0
    for letter in letters[0]:
        place = place * 26 + ord(letter) - 64
    return max(min(place, MOST_COLUMNS) - 1, following)
