"""SQL text is read as data: any value is returned unchanged."""

from __future__ import annotations

from contextlib import suppress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from models.errors import InvalidInput
from seeds.importing.columns import Record
from seeds.importing.sql_text import SqlText

HEAD = (
    "INSERT INTO assignment_history "
    "(AssignmentID, AgentID, CustomerName, CommunicationMethod, LeadSource, AssignedDateTime) VALUES "
)

cells = st.one_of(st.text(), st.none(), st.integers().map(str), st.decimals(allow_nan=False).map(str))


def read(text: str) -> list[Record]:
    return list(SqlText("leads.sql", text).records())


def names(text: str) -> list[str | None]:
    return [record.values[2] for record in read(text)]


def row(name: str) -> str:
    return f"(1, 2, {name}, 'Text', 'Organic', NULL)"


@given(
    st.lists(st.tuples(*[cells] * 6), min_size=1),
    st.sampled_from(["", "\n", " -- a comment, (with) 'all';\n", "/*'*/"]),
)
def test_any_value_is_read_back_unchanged(rows: list[tuple[str | None, ...]], between: str) -> None:
    written = ("," + between).join(
        "(" + ", ".join("NULL" if cell is None else "'" + cell.replace("'", "''") + "'" for cell in row) + ")"
        for row in rows
    )

    assert [record.values for record in read(HEAD + written + ";")] == rows


@given(st.text())
def test_no_text_breaks_the_reader(text: str) -> None:
    with suppress(InvalidInput):
        read("INSERT " + text)


@given(st.integers(0, 400))
def test_a_file_truncated_anywhere_is_an_error(at: int) -> None:
    whole = HEAD + row("'O''Brien; (Ltd), x'") + ",\n" + row("'second'") + ";"
    cut = whole[:at].rstrip()
    if not cut or cut == whole:
        return

    with pytest.raises(InvalidInput, match=r"leads\.sql: .*line \d+|leads\.sql: no INSERT"):
        read(cut)


@pytest.mark.parametrize(
    ("literal", "value"),
    [
        ("'O''Brien'", "O'Brien"),
        ("''", ""),
        ("'a;b'", "a;b"),
        ("'(a), (b)'", "(a), (b)"),
        ("'two\nlines'", "two\nlines"),
        ("'-- no comment'", "-- no comment"),
        ("'/* none */'", "/* none */"),
        ("null", None),
        ("-12.50", "-12.50"),
        ("+3", "+3"),
        (".5", ".5"),
        ("1e3", "1e3"),
        ("/* a ' */ 'x' -- '\n", "x"),
    ],
)
def test_literals(literal: str, value: str | None) -> None:
    assert names(HEAD + row(literal) + ";") == [value]


@pytest.mark.parametrize(
    "expression", ["now()", "'a' || 'b'", "1 + 2", "NaN", "x'41'", "", "(SELECT 1, 2)", "CURRENT_DATE"]
)
def test_an_invalid_literal_spoils_only_its_row(expression: str) -> None:
    broken, whole = read(HEAD + row(expression) + ", " + row("'x'") + ";")

    assert broken.fault is not None
    assert (whole.fault, whole.values[2]) == (None, "x")


def test_a_row_with_too_few_values_is_a_fault() -> None:
    assert read(HEAD + "(7, 2);")[0] == Record(
        "assignments", 1, 1, ("7", "2", None, None, None, None), "2 values for 6 columns"
    )


def test_rows_have_their_line_and_ordinal() -> None:
    text = (
        "-- first\nDROP TABLE x;\r\n"
        + HEAD
        + "\n"
        + row("'a\nb'")
        + ",\n"
        + row("'c'")
        + ";\n"
        + HEAD
        + row("'d'")
        + ";"
    )

    assert [(record.row, record.line) for record in read(text)] == [(1, 4), (2, 6), (3, 7)]


def test_other_statements_are_skipped_and_reported() -> None:
    sql = SqlText(
        "x.sql",
        "CREATE TABLE bookings (a INT, b TEXT DEFAULT ';');\nDELETE FROM bookings;\n"
        "INSERT INTO other (a) VALUES (1);\n" + HEAD + row("'x'") + ";\nUPDATE bookings SET a = 'x;y';",
    )

    assert len(list(sql.records())) == 1
    assert sql.passed_over == [(2, "DELETE"), (3, "INSERT INTO other"), (5, "UPDATE")]


@pytest.mark.parametrize(
    "start",
    [
        "insert into Assignment_History",
        "INSERT OR IGNORE INTO main.assignment_history",
        'REPLACE INTO "assignment_history"',
        "INSERT INTO `desk`.[assignment_history]",
    ],
)
def test_the_table_is_found_in_every_notation(start: str) -> None:
    columns = (
        '("assignment_id", [AgentID], `customer_name`, CommunicationMethod, LeadSource, AssignedDateTime)'
    )

    assert names(f"{start} {columns} values {row(chr(39) + 'x' + chr(39))};") == ["x"]


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ("INSERT INTO bookings VALUES (1);", "names no columns"),
        ("INSERT INTO bookings (BookingID) VALUES (1);", "no column AssignmentID"),
        (HEAD + row("'x'") + " " + row("'y'") + ";", "is expected after a row"),
        (HEAD + "SELECT 1;", "a row in parentheses is expected"),
        ("CREATE TABLE bookings (a INT);", "no INSERT INTO"),
        (HEAD + row("'x'"), "line 1: the statement or row that begins here has no end"),
        (HEAD + row("'x'") + ",\n(1, 2;", "line 2: the row that begins here is not closed"),
        (HEAD + row("'x'") + ",\n(1, 2, 'no end", "line 2: the text that begins here has no end"),
        (HEAD + row("'x'") + ";\n/* no end", "line 2: the comment that begins here has no end"),
    ],
)
def test_the_error_of_a_damaged_file_names_file_and_place(text: str, problem: str) -> None:
    with pytest.raises(InvalidInput, match=r"leads\.sql: ") as caught:
        read(text)

    assert problem in caught.value.message


def test_a_long_value_needs_no_deep_stack() -> None:
    assert names(HEAD + row("'" + "''" * 100_000 + "'") + ";") == ["'" * 100_000]
    assert read(HEAD + row("(" * 50_000 + ")" * 50_000) + ";")[0].fault is not None
