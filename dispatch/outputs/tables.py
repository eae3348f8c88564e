"""Rows as text for spreadsheets and scripts: CSV, TSV and JSON lines, one row at a time."""

from __future__ import annotations

import csv
import json
import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from itertools import chain

DEFUSER = "'"
ACTIVE = ("=", "+", "-", "@", "\t", "\r")
"""What a spreadsheet takes for the beginning of a formula."""
LIKE_FORMULA = re.compile(f"{DEFUSER}*[{re.escape(''.join(ACTIVE))}]")
"""How a text begins that is one, or looks like one defused."""
IN_TSV = str.maketrans({"\\": "\\\\", "\t": "\\t", "\n": "\\n", "\r": "\\r"})

Cells = Sequence[object]
Lines = Callable[[Sequence[str], Iterable[Cells]], Iterator[str]]
"""Makes the text of a table from its header and its rows, piece by piece."""


class _Echo:
    """A file whose ``write`` returns the text, for csv.writer."""

    def write(self, text: str) -> str:
        return text


def defused(text: str) -> str:
    """Return a text that no spreadsheet runs as a formula: such a one gets an apostrophe before it.

    So does one that begins like a defused one: dispatch/inputs/rows/csv_rows.py takes one apostrophe off.
    """
    return DEFUSER + text if LIKE_FORMULA.match(text) else text


def cell_text(value: object) -> str:
    """Return a cell's text: numbers as in JSON, texts defused, a list or object as JSON, nothing for None."""
    if isinstance(value, str):
        return defused(value)
    return "" if value is None else _encode(value)


def csv_lines(header: Sequence[str], rows: Iterable[Cells]) -> Iterator[str]:
    """Yield CSV, as the csv module reads it: a cell with a comma, quote or line break is quoted."""
    # ended by both, so that either one inside a cell is quoted
    write = csv.writer(_Echo(), lineterminator="\r\n").writerow
    for row in chain((header,), rows):
        line: str = write([cell_text(value) for value in row])
        yield line.removesuffix("\r\n") + "\n"


def tsv_lines(header: Sequence[str], rows: Iterable[Cells]) -> Iterator[str]:
    r"""Yield TSV, one line a row: a tab, line break or backslash inside a cell is \t, \n, \r or \\."""
    yield _tsv_line(header)
    for row in rows:
        yield _tsv_line(row)


def _tsv_line(cells: Cells) -> str:
    return "\t".join(cell_text(value).translate(IN_TSV) for value in cells) + "\n"


def json_lines(header: Sequence[str], rows: Iterable[Cells]) -> Iterator[str]:
    """Yield one JSON object a line; values stay what they are, so nothing has to be defused."""
    for row in rows:
        yield _encode(dict(zip(header, row, strict=True))) + "\n"


_encode = json.JSONEncoder(ensure_ascii=False).encode

FORMS: Mapping[str, Lines] = {"csv": csv_lines, "tsv": tsv_lines, "ndjson": json_lines}
ENDINGS = {".csv": "csv", ".tsv": "tsv", ".ndjson": "ndjson", ".jsonl": "ndjson", ".json": "ndjson"}
"""The form of a file by the end of its name."""
