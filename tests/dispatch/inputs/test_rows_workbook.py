"""Workbooks of Excel: their sheets, values and faults."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from dispatch.inputs.rows import Row, RowReader, workbook
from models.errors import DeskError, InvalidInput

NOVEMBER = (Path(__file__).with_name("corpus") / "november.xlsx").read_bytes()
XMLNS = 'xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"'
R = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
HEAD = "".join(f'<c t="inlineStr"><is><t>{name}</t></is></c>' for name in ("name", "phone"))


def known(table: str | None, names: Sequence[str]) -> int:
    return sum(name in ("name", "phone") for name in names)


def made(rows: str, parts: dict[str, str] | None = None) -> bytes:
    """Write a workbook with one sheet of these rows."""
    content = {
        "xl/workbook.xml": f'<workbook {XMLNS} xmlns:r="{R}"><sheets>'
        '<sheet name="One" sheetId="1" r:id="rId1"/></sheets></workbook>',
        "xl/_rels/workbook.xml.rels": '<R><x Id="rId1" Target="/xl/worksheets/sheet1.xml"/></R>',
        "xl/worksheets/sheet1.xml": f"<worksheet {XMLNS}><sheetData><row>{HEAD}</row>{rows}</sheetData>"
        "</worksheet>",
    }
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, text in (content | (parts or {})).items():
            archive.writestr(name, text)
    return stream.getvalue()


def read(content: bytes) -> list[Row]:
    return list(RowReader(io.BytesIO(content), "book.xlsx", known))


@pytest.mark.parametrize(
    ("cell", "value"),
    [
        ("<c><v>491711234567</v></c>", "491711234567"),
        ("<c><v>4.9171123456700000E+11</v></c>", "491711234567"),
        ("<c><v>4.2000000000000002</v></c>", "4.2"),
        ('<c t="b"><v>1</v></c>', "true"),
        ('<c t="str"><f>1+1</f><v>two</v></c>', "two"),
        ('<c t="e"><v>#N/A</v></c>', "#N/A"),
        ('<c t="inlineStr"><is><r><t>a </t></r><r><t>b_x000D_</t></r><rPh><t>no</t></rPh></is></c>', "a b\r"),
        ('<c t="inlineStr"><is><t>_x005F_x0041_</t></is></c>', "_x0041_"),
        ("<c t='inlineStr'><is><t>'=1+1</t></is></c>", "=1+1"),
        ("<c t='inlineStr'><is><t>''+49</t></is></c>", "'+49"),
        ("<c t='inlineStr'><is><t>'Eve</t></is></c>", "'Eve"),
        ('<c s="1"><v>66170.5</v></c>', "2081-02-28 12:00:00"),
        ('<c s="1"><v>66170</v></c>', "2081-02-28"),
        ('<c s="2"><v>66170</v></c>', "66170"),
        ("<c><f>NOW()</f></c>", ""),
    ],
)
def test_a_cell_is_read_as_excel_shows_it(cell: str, value: str) -> None:
    styles = (
        f"<styleSheet {XMLNS}><numFmts><numFmt numFmtId='170' formatCode='yyyy&quot;x&quot;'/>"
        "<numFmt numFmtId='171' formatCode='[Red]0.00 &quot;days&quot;'/></numFmts>"
        "<cellXfs><xf numFmtId='0'/><xf numFmtId='170'/><xf numFmtId='171'/></cellXfs></styleSheet>"
    )
    rows = f'<row r="3"><c t="inlineStr"><is><t>Kate</t></is></c>{cell}</row>'
    (row,) = read(made(rows, {"xl/styles.xml": styles}))
    assert (row.line, row.values) == (3, ("Kate", value))


def test_sheets_with_the_columns_are_read_and_told() -> None:
    reader = RowReader(io.BytesIO(NOVEMBER), "november.xlsx", known)
    assert (reader.header_line, reader.notes) == (3, ["read of 4 sheets: November, more"])
    assert [row.values[0] for row in reader] == ["Jörg\nSüß", "Bo", "Gap", "Cy"]


@pytest.mark.parametrize(
    ("content", "problem"),
    [
        (made("<row><c><v>x</v></c></row>"), "row 2 of the sheet One is broken"),
        (made('<row><c t="s"><v>7</v></c></row>'), "row 2 of the sheet One is broken"),
        (made("<row>"), "of the sheet One is broken"),
        (NOVEMBER[:3_000], "it is an Excel workbook that cannot be read"),
        (made("", {"xl/workbook.xml": "<!DOCTYPE x><workbook/>"}), "document type"),
        (made("", {"xl/workbook.xml": "<workbook/>"}), "the file is empty"),
    ],
)
def test_what_is_no_workbook_is_refused(content: bytes, problem: str) -> None:
    with pytest.raises(InvalidInput) as caught:
        read(content)
    assert problem in caught.value.message


def test_a_bomb_is_refused_by_its_size(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(workbook, "MOST_UNPACKED_BYTES", 1_000_000)
    with pytest.raises(InvalidInput, match="unpacked it has 1 MB"):
        read(made(" " * 1_000_000))


def problem_of(content: bytes) -> str:
    """Return why a workbook is refused, or not read to its end."""
    try:
        return read(content)[-1].fault
    except InvalidInput as error:
        return error.message


@pytest.mark.parametrize(
    ("rows", "parts"),
    [
        ("<row>" + "<c/>" * 600 + "</row>", {}),
        ("<x/>" * 600, {}),
        ("<row><c><v>1</v></c></row><x/>" * 600, {}),
        (f'<row><c t="inlineStr"><is><t>{"x" * 70_000}</t></is></c></row>', {}),
        ("", {"xl/styles.xml": f"<styleSheet><cellXfs>{'<xf/>' * 600}</cellXfs></styleSheet>"}),
        ("", {"xl/sharedStrings.xml": f"<sst><si>{'<t/>' * 600}</si></sst>"}),
        ("", {"xl/workbook.xml": f"<workbook>{'<sheet/>' * 600}</workbook>"}),
    ],
    ids=["cells", "marks", "marks between rows", "one text", "styles", "runs", "sheets"],
)
def test_a_bomb_within_that_size_is_refused_where_it_goes_off(
    monkeypatch: pytest.MonkeyPatch, rows: str, parts: dict[str, str]
) -> None:
    monkeypatch.setattr(workbook, "MOST_ELEMENTS", 500)
    monkeypatch.setattr(workbook, "MOST_ROW_BYTES", 40_000)
    assert "in one piece" in problem_of(made(rows, parts))


def test_many_rows_are_no_bomb(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(workbook, "MOST_ELEMENTS", 50)
    monkeypatch.setattr(workbook, "MOST_ROW_BYTES", 40_000)
    assert len(read(made("<row><c><v>1</v></c></row>" * 5_000))) == 5_000


@given(st.lists(st.tuples(st.integers(0, len(NOVEMBER) - 1), st.integers(0, 255)), max_size=8), st.booleans())
@settings(max_examples=100, deadline=None)
def test_a_damaged_workbook_is_read_or_refused(changes: list[tuple[int, int]], is_plain: bool) -> None:
    content = bytearray(made("<row><c><v>1</v></c></row>") if is_plain else NOVEMBER)
    for place, byte in changes:
        content[place % len(content)] = byte
    with suppress(DeskError):
        read(bytes(content))
