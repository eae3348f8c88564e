"""CSV as people and programs write it: headers, quotation marks, long cells."""

from __future__ import annotations

import io
from collections.abc import Sequence

import pytest

from dispatch.inputs.rows import Row, RowReader, lines
from models.errors import InvalidInput

FIELDS = ("name", "method", "source", "phone")
HEAD = ",".join(FIELDS)


def known(_table: str | None, names: Sequence[str]) -> int:
    return sum(name.strip().lower() in FIELDS for name in names)


def opened(text: str, *, bare: bool = False) -> RowReader:
    return RowReader(io.BytesIO(text.encode()), "leads.csv", known, bare=bare)


def read(text: str) -> list[Row]:
    return list(opened(text))


@pytest.mark.parametrize(
    ("text", "header", "line"),
    [
        (f"{HEAD}\n", FIELDS, 1),
        (f"\n\n{HEAD}\n", FIELDS, 3),
        (f"A title; with, marks\n{HEAD}\n", FIELDS, 2),
        ("Name;Method,or;phone\n", ("Name", "Method,or", "phone"), 1),
        ('"na\nme",method,phone\n', ("na\nme", "method", "phone"), 1),
        ("who;how much\nKate;1,5\nBo;2,5\n", ("who", "how much"), 1),
        ("sep=;\nname,x;method\n", ("name,x", "method"), 2),
        ('"sep=\t"\nname\tmethod\n', ("name", "method"), 2),
        ("just one\nKate\n", ("just one",), 1),
        ("Start date,name,method\n", ("Start date", "name", "method"), 1),
        ("Update set,name,method\n", ("Update set", "name", "method"), 1),
    ],
)
def test_the_header_is_found(text: str, header: tuple[str, ...], line: int) -> None:
    reader = opened(text)
    assert (reader.header, reader.header_line) == (header, line)


def test_a_text_without_a_header_has_rows_without_names() -> None:
    reader = opened("Kate,Text,paid,1\nBo;x,Text,paid\n", bare=True)
    assert [(row.line, row.names, row.values) for row in reader] == [
        (1, (), ("Kate", "Text", "paid", "1")),
        (2, (), ("Bo;x", "Text", "paid")),
    ]


def test_a_header_that_cannot_be_read_is_refused() -> None:
    with pytest.raises(InvalidInput, match="the header cannot be read"):
        opened('"name,method\n')


@pytest.mark.parametrize("size", [200_000, 3_000_000])
def test_a_long_cell_of_many_lines_is_one_row(size: int) -> None:
    cell = ("x" * 99 + "\n") * (size // 100)
    first, second = read(f'{HEAD}\nKate,Text,paid,"{cell}"\nBo,Text,paid,1\n')
    assert (first.values[3], first.fault) == (cell, "")
    assert (second.line, second.values[0]) == (3 + size // 100, "Bo")


def test_every_stray_quotation_mark_costs_its_own_line(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(lines, "USUAL_RECORD", 2_000)
    monkeypatch.setattr(lines, "LONGEST_RECORD", 20_000)
    between = "Kate,Text,paid,1\n" * 300
    rows = read(f"{HEAD}\n" + f'"Bo,Text,paid,2\n{between}' * 7)
    broken = [row for row in rows if row.fault]
    assert [row.line for row in broken] == [2 + 301 * number for number in range(7)]
    assert broken[0].values == ('"Bo,Text,paid,2', "", "", "")
    assert len(rows) == 7 * 301


@pytest.mark.parametrize(
    ("text", "cut"),
    [
        ("Kate,Text,paid,1", ""),
        ("Kate,Text", "line 2: 2 values for 4 columns, the file is cut off"),
        ("Bo,Text\nKate,Text", ""),  # rows of this file are short
        ("Kate,Text\n", ""),
        ('Kate,Text,paid,"1', "line 2: unexpected end of data, the file is cut off"),
    ],
)
def test_a_file_is_cut_off_only_if_its_text_is(text: str, cut: str) -> None:
    reader = opened(f"{HEAD}\n{text}")
    assert len(list(reader)) == text.strip().count("\n") + 1
    assert (reader.stopped, reader.is_cut) == (cut, bool(cut))


def test_a_line_of_many_megabytes_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("dispatch.inputs.rows.reader.LONGEST_LINE_BYTES", 3_000_000)
    with pytest.raises(InvalidInput, match="a line has 4,000,"):
        opened(f"{HEAD}\nKate,{'x' * 4_000_000}\n")
