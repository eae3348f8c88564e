"""Small files in the forms that programs write, byte for byte, and the rows that are read of them."""

from __future__ import annotations

import io
import json
from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path
from typing import Any

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from dispatch.inputs.rows import RowReader
from models.errors import DeskError

CORPUS = Path(__file__).with_name("corpus")
EXPECTED: dict[str, dict[str, Any]] = json.loads((CORPUS / "expected.json").read_text("utf-8"))
KNOWN = frozenset({"name", "method", "source", "destination", "launch", "requests", "phone", "email"}) | {
    *("first name", "last name", "id", "subject", "bookingid", "agentid")
}
FILES = sorted(file for file in CORPUS.iterdir() if file.name not in ("expected.json", ".gitattributes"))


def known(table: str | None, names: Sequence[str]) -> int:
    if table == "sqlite_sequence":
        return 0
    return sum(name.strip().lower() in KNOWN for name in names) + (table == "bookings")


def read(content: bytes, name: str, encoding: str | None = None) -> dict[str, Any]:
    """Return everything that a reader says of a file, as JSON has it."""
    try:
        reader = RowReader(io.BytesIO(content), name, known, encoding=encoding)
        rows = [[row.table, row.line, [*row.names], [*row.values], row.fault] for row in reader]
    except DeskError as error:
        return {"refused": error.message, "hint": error.hint}
    said: dict[str, Any] = {"rows": rows, "notes": reader.notes, "stopped": reader.stopped}
    return said | {"cut": reader.is_cut, "skipped": [list(one) for one in reader.passed_over]}


@pytest.mark.parametrize("file", FILES, ids=lambda file: file.name)
def test_a_file_is_read_as_expected(file: Path) -> None:
    assert read(file.read_bytes(), file.name) == EXPECTED[file.name]


def test_the_corpus_is_complete() -> None:
    assert sorted(EXPECTED) == [file.name for file in FILES]
    assert len(FILES) >= 40


def test_a_named_encoding_is_used_or_refused() -> None:
    content = (CORPUS / "kana.csv").read_bytes()
    assert read(content, "kana.csv", "Shift JIS")["rows"][0][3] == ["名前", "Text"]
    assert read(content, "kana.csv", "utf-8")["refused"] == "kana.csv: line 2 is not UTF-8 text"
    assert "shift-jis" in read(content, "kana.csv", "shift-jiss")["hint"]
    assert "utf-8" in read(content, "kana.csv", "rot13")["hint"]


CELLS = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0'"), max_size=12)
PIECES = st.sampled_from(
    [file.read_bytes()[:400] for file in FILES]
    + [
        b'"',
        b"\r\n",
        b"\n",
        b";",
        b",",
        b"{",
        b"[",
        b"}",
        b"'",
        b"\\",
        b"\xff",
        b"\0",
        b"/*",
        b"INSERT INTO t",
    ]
)


@given(st.lists(st.one_of(PIECES, st.binary(max_size=30)), max_size=6).map(b"".join))
@example(b'[{"name": 1e999}]')
@example(b"[1" + b"0" * 5_000 + b"]")
@settings(max_examples=300, deadline=None)
def test_any_bytes_are_rows_or_a_refusal(content: bytes) -> None:
    with suppress(DeskError):
        for row in RowReader(io.BytesIO(content), "any", known):
            assert isinstance(row.values, tuple)
            assert row.fault or len(row.values) == len(row.names)
            assert row.line >= 1


@given(
    st.binary(max_size=60),
    st.sampled_from(["utf-16", "cp1252", "shift_jis", "utf-7", "hz", "rot13", "x", "", "idna", "utf-32-le"]),
)
@settings(max_examples=200, deadline=None)
def test_any_bytes_in_any_encoding_are_rows_or_a_refusal(content: bytes, encoding: str) -> None:
    with suppress(DeskError):
        list(RowReader(io.BytesIO(content), "any", known, encoding=encoding))


@given(
    st.lists(st.lists(CELLS, min_size=3, max_size=3), min_size=1, max_size=5),
    st.sampled_from(",;\t|"),
    st.sampled_from(["utf-8", "utf-8-sig", "utf-16"]),
)
@settings(max_examples=200, deadline=None)
def test_any_table_is_read_back(rows: list[list[str]], separator: str, encoding: str) -> None:
    def cell(text: str) -> str:
        return '"' + text.replace('"', '""') + '"'

    lines = [separator.join(("name", "method", "phone")), *(separator.join(map(cell, row)) for row in rows)]
    content = "".join(f"{line}\r\n" for line in lines).encode(encoding)
    found = [row.values for row in RowReader(io.BytesIO(content), "any", known)]
    assert found == [
        tuple(text.replace("\r\n", "\n").replace("\r", "\n") for text in row) for row in rows if any(row)
    ]
