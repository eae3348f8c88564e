"""The head of a CSV file: its separator, and the line with the names of the columns."""

from __future__ import annotations

import csv
import re
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import islice

from dispatch.inputs.rows.row import Known

SEPARATORS = ",;\t|"
NAMED = {",": "a comma", ";": ";", "\t": "a tab", "|": "|"}
MOST_RECORDS = 25  # titles and remarks above a header are fewer
SEPARATOR_LINE = re.compile(r'"?sep=(.)"?\s*\Z', re.IGNORECASE)
ENOUGH_KNOWN = 2  # names in one line, so that it is no title

Record = tuple[int, int, list[str]]
"""A record's first line, the number of its lines, and its cells."""


@dataclass(frozen=True)
class CsvHead:
    """The separator, the columns (none: the first line is a row), the header's line, and notes.

    ``lines`` is the number of those up to the first row.
    """

    separator: str
    columns: tuple[str, ...]
    line: int
    lines: int
    notes: tuple[str, ...] = ()


def read_head(text: str, known: Known, *, bare: bool) -> CsvHead | str:
    """Find separator and header in the beginning of a text; returns why there are none.

    The header is the line with the most known names. ``bare`` texts may lack it. If no name is known, the
    first line is the header, and the separator the one that makes the rows equally long.
    """
    lines = text.splitlines(keepends=True)
    skipped = next((number for number, line in enumerate(lines) if line.strip()), 0)
    asked = SEPARATOR_LINE.match(lines[skipped]) if lines else None
    if asked:
        skipped += 1
    tables = {sign: _records(lines, skipped, sign) for sign in (asked[1] if asked else SEPARATORS)}
    count, _, sign, header = max(
        (
            (_known_in(record, known), -record[0], sign, record)
            for sign, records in tables.items()
            for record in records
        ),
        key=lambda one: one[:2],
        default=(0, 0, "", None),
    )
    if header is None or count < ENOUGH_KNOWN:
        sign = max(tables, key=lambda sign: _regularity(tables[sign]))
        if not tables[sign]:
            return _why_unreadable(lines[skipped:], sign)
        header = tables[sign][0]
        if bare and not _known_in(header, known):
            return CsvHead(sign, (), 0, skipped)
    titles = sum(1 for record in tables[sign] if record[0] < header[0])
    notes = [f"separator {NAMED.get(sign, sign)}"] if sign != "," else []
    if titles:
        notes.append(f"{titles} title line{'s' * (titles > 1)} skipped")
    columns = tuple(column.strip() for column in header[2])
    return CsvHead(sign, columns, header[0] + 1, header[0] + header[1], tuple(notes))


def _records(lines: list[str], skipped: int, separator: str) -> list[Record]:
    return list(islice(_parsed(lines, skipped, separator), MOST_RECORDS))


def _parsed(lines: list[str], skipped: int, separator: str) -> Iterator[Record]:
    reader = csv.reader(lines[skipped:], delimiter=separator, strict=True, skipinitialspace=True)
    before = 0
    try:
        for cells in reader:
            if any(cell.strip() for cell in cells):
                yield skipped + before, reader.line_num - before, cells
            before = reader.line_num
    except csv.Error:
        return


def _known_in(record: Record, known: Known) -> int:
    return known(None, record[2])


def _regularity(records: list[Record]) -> tuple[int, int]:
    """Return how many of the first records have as many cells as the first (more than one), and how many."""
    width = len(records[0][2]) if records else 0
    return (sum(len(record[2]) == width for record in records) if width > 1 else 0), width


def _why_unreadable(lines: list[str], separator: str) -> str:
    try:
        next(csv.reader(lines, delimiter=separator, strict=True, skipinitialspace=True), None)
    except csv.Error as error:
        return str(error)
    return "it has no columns"
