"""Tables as text: what a reader of CSV and TSV gets is what the desk has, and no cell is a formula."""

from __future__ import annotations

import csv
import io
import json

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from dispatch.inputs.rows import RowReader
from dispatch.outputs.tables import ACTIVE, FORMS, cell_text

texts = st.text(st.characters(codec="utf-8") | st.sampled_from("=+-@\t\r\n\"',;\\"), max_size=12)
cells = texts | st.integers() | st.booleans() | st.none() | st.floats(allow_nan=False, allow_infinity=False)
tables = st.lists(st.lists(cells, min_size=3, max_size=3), max_size=5)
HEADER = ("name", "note", "amount")
BACK = {"\\\\": "\\", "\\t": "\t", "\\n": "\n", "\\r": "\r"}


def told(form: str, rows: list[list[object]]) -> str:
    return "".join(FORMS[form](HEADER, rows))


def from_tsv(cell: str) -> str:
    """Read a cell as docs/outputs.md says."""
    parts, rest = [], cell
    while rest:
        length = 2 if rest[:2] in BACK else 1
        parts.append(BACK.get(rest[:length], rest[:length]))
        rest = rest[length:]
    return "".join(parts)


@given(tables)
@example([["=cmd|' /C calc'!A0", '"', "a\rb"], ["\r", "-1+1", "@SUM(A1)"], ["a,b\nc", "\t=1", ""]])
def test_csv_is_read_back_by_the_csv_module(rows: list[list[object]]) -> None:
    read = list(csv.reader(io.StringIO(told("csv", rows), newline="")))
    assert read == [list(HEADER), *([cell_text(value) for value in row] for row in rows)]


@given(tables)
@example([["\\n", "\n", "a\tb"], ["\\", "\\\t", "\r"]])
def test_tsv_has_one_line_a_row_and_is_read_back(rows: list[list[object]]) -> None:
    lines = told("tsv", rows).split("\n")
    assert lines.pop() == ""
    assert all("\r" not in line for line in lines)
    read = [[from_tsv(cell) for cell in line.split("\t")] for line in lines]
    assert read == [list(HEADER), *([cell_text(value) for value in row] for row in rows)]


@given(tables)
def test_json_lines_keep_every_value(rows: list[list[object]]) -> None:
    assert [list(json.loads(line).values()) for line in told("ndjson", rows).split("\n")[:-1]] == rows


@given(texts)
def test_no_text_begins_like_a_formula(text: str) -> None:
    shown = cell_text(text)
    assert not shown.startswith(ACTIVE)
    assert shown.removeprefix("'" if text.lstrip("'").startswith(ACTIVE) else "") == text


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (-5, "-5"),
        (-5.5, "-5.5"),
        ("-5", "'-5"),
        (None, ""),
        (True, "true"),
        (["a"], '["a"]'),
        ("'Tis", "'Tis"),
    ],
)
def test_only_texts_are_defused(value: object, text: str) -> None:
    assert cell_text(value) == text


@pytest.mark.parametrize("text", ["=1", "'=1", "''@", "'Tis", "'", "-"])
def test_reading_takes_off_what_writing_puts_on_even_of_a_text_that_looks_defused(text: str) -> None:
    """Otherwise '=1 and =1 would be the same cell."""
    table = "".join(FORMS["csv"](("name", "note"), [[text, "x"]]))
    (row,) = RowReader(io.BytesIO(table.encode()), "file", lambda _, names: len(names))
    assert row.values == (text, "x")
