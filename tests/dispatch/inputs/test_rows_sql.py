"""SQL text is read as data: any value is returned unchanged."""

from __future__ import annotations

import io
from collections.abc import Sequence
from contextlib import suppress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dispatch.inputs.rows import Row
from dispatch.inputs.rows.row import Unreadable
from dispatch.inputs.rows.sql_rows import SqlRows
from dispatch.inputs.rows.sql_tokens import Tokens

HEAD = (
    "INSERT INTO assignment_history "
    "(AssignmentID, AgentID, CustomerName, CommunicationMethod, LeadSource, AssignedDateTime) VALUES "
)

cells = st.one_of(st.text(), st.none(), st.integers().map(str), st.decimals(allow_nan=False).map(str))


TABLES = ("assignment_history", "bookings", "t")


def known(table: str | None, _names: Sequence[str]) -> int:
    return (table or "").lower() in TABLES


def sql(text: str) -> SqlRows:
    return SqlRows(Tokens(io.StringIO(text), text), known)


def read(text: str) -> list[Row]:
    return list(sql(text))


def names(text: str) -> list[str | None]:
    return [row.values[2] for row in read(text)]


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

    assert [row.values for row in read(HEAD + written + ";")] == rows


@given(st.text())
def test_no_text_breaks_the_reader(text: str) -> None:
    with suppress(Unreadable):
        read("INSERT " + text)


@given(st.integers(0, 400))
def test_a_file_truncated_anywhere_is_an_error(at: int) -> None:
    whole = HEAD + row("'O''Brien; (Ltd), x'") + ",\n" + row("'second'") + ";"
    cut = whole[:at].rstrip()
    if not cut or cut == whole:
        return

    with pytest.raises(Unreadable) as caught:
        read(cut)
    assert caught.value.is_cut


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

    assert broken.fault
    assert (whole.fault, whole.values[2]) == ("", "x")


def test_a_row_with_too_few_values_is_a_fault() -> None:
    row = read(HEAD + "(7, 2);")[0]
    assert (row.table, row.line, row.values) == (
        "assignment_history",
        1,
        ("7", "2", None, None, None, None),
    )
    assert row.fault == "2 values for 6 columns"


def test_rows_have_their_line() -> None:
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

    assert [row.line for row in read(text)] == [4, 6, 7]


def test_other_statements_are_skipped_and_reported() -> None:
    found = sql(
        "CREATE TABLE bookings (a INT, b TEXT DEFAULT ';');\nDELETE FROM bookings;\n"
        "INSERT INTO other (a) VALUES (1);\n" + HEAD + row("'x'") + ";\nUPDATE bookings SET a = 'x;y';",
    )

    assert len(list(found)) == 1
    assert found.passed_over == [(2, "DELETE"), (3, "INSERT INTO other"), (5, "UPDATE")]


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
        ("CREATE TABLE t (a);\nINSERT INTO t VALUES (1);\nfoo", "line 3: the statement or row that begins"),
        ("INSERT INTO bookings (a) VALUES (1);\n, 2;", "line 2: ',' is not understood"),
        ("COPY t (a) FROM stdin;\n1\n", "line 1: the rows of the COPY that begins here have no end"),
        ("COPY t (a) FROM stdin WITH csv;\n1\n", "'WITH' is not understood"),
        (HEAD + row("'x'") + " " + row("'y'") + ";", "is expected after a row"),
        (HEAD + "SELECT 1;", "a row in parentheses is expected"),
        (HEAD + row("'x'"), "line 1: the statement or row that begins here has no end"),
        (HEAD + row("'x'") + ",\n(1, 2;", "line 2: the row that begins here is not closed"),
        (HEAD + row("'x'") + ",\n(1, 2, 'no end", "line 2: the text that begins here has no end"),
        (HEAD + row("'x'") + ";\n/* no end", "line 2: the comment that begins here has no end"),
    ],
)
def test_the_error_of_a_damaged_file_names_its_place(text: str, problem: str) -> None:
    with pytest.raises(Unreadable) as caught:
        read(text)

    assert problem in f"line {caught.value.line}: {caught.value.problem}"


def test_a_long_value_needs_no_deep_stack() -> None:
    assert names(HEAD + row("'" + "''" * 100_000 + "'") + ";") == ["'" * 100_000]
    assert read(HEAD + row("(" * 50_000 + ")" * 50_000) + ";")[0].fault


def values(text: str) -> list[tuple[str | None, ...]]:
    return [row.values for row in read(text)]


def test_the_columns_of_a_dump_come_from_its_create_table() -> None:
    found = read(
        'CREATE TABLE IF NOT EXISTS "t" (AgentID INT PRIMARY KEY, "key" TEXT DEFAULT \'a,(b\', '
        "Price DECIMAL(12,2), CONSTRAINT c CHECK (a > (1)), PRIMARY KEY (AgentID));\n"
        "INSERT INTO t VALUES(1,'x',NULL);"
    )
    assert [(row.names, row.values) for row in found] == [(("AgentID", "key", "Price"), ("1", "x", None))]


@pytest.mark.parametrize(
    ("literal", "value"),
    [
        (r"'O\'Hara'", "O'Hara"),
        (r"'back\\slash'", "back\\slash"),
        (r"'two\nlines'", "two\nlines"),
        ("'it''s'", "it's"),
        ('"quoted"', "quoted"),
        ("_binary 'x'", "x"),
        ("_utf8mb4'x'", "x"),
        (r"'a\\'", "a\\"),
    ],
)
def test_texts_of_mysql(literal: str, value: str) -> None:
    assert values(f"-- MySQL dump 10.13\nINSERT INTO `t` (`a`, `b`) VALUES ({literal},2),(1,2);") == [
        (value, "2"),
        ("1", "2"),
    ]


@pytest.mark.parametrize(
    ("literal", "value"),
    [
        (r"'C:\'", "C:\\"),
        (r"E'it\'s'", "it's"),
        ("N'x'", "x"),
        ("true", "true"),
        (r"replace('a\nb','\n',char(10))", "a\nb"),
        (r"replace(replace('a\r\nb','\r',char(13)),'\n',char(10))", "a\r\nb"),
        (r"unistr('a\u000ab')", "a\nb"),
    ],
)
def test_texts_of_sqlite_and_postgresql(literal: str, value: str) -> None:
    assert values(f"INSERT INTO t (a, b) VALUES ({literal}, 2);") == [(value, "2")]


def test_the_lines_of_a_copy() -> None:
    text = (
        "\\restrict abc\nSET a = 1;\nSELECT pg_catalog.set_config('search_path', '', false);\n"
        "COPY public.other (a) FROM stdin;\n1\n\\.\n"
        'COPY public.t (a, "B") FROM stdin;\nO\'Hara\t\\N\ntwo\\nlines\t\\\\\n\\.\n'
        "\nALTER TABLE t OWNER TO x;\n"
    )
    found = sql(text)
    assert [(row.table, row.line, row.names, row.values) for row in found] == [
        ("t", 8, ("a", "B"), ("O'Hara", None)),
        ("t", 9, ("a", "B"), ("two\nlines", "\\")),
    ]
    assert found.passed_over == [(4, "COPY other")]


def test_what_stands_in_triggers_and_routines_is_no_data() -> None:
    found = sql(
        "CREATE TRIGGER x AFTER INSERT ON t BEGIN INSERT INTO t (a) VALUES (1);"
        " UPDATE t SET a = CASE WHEN 1 THEN 2 ELSE 3 END; END;\n"
        "CREATE FUNCTION f() RETURNS trigger AS $body$ BEGIN INSERT INTO t (a) VALUES (2); END; $body$;\n"
        "DELIMITER ;;\nCREATE PROCEDURE p() BEGIN INSERT INTO t (a) VALUES (3); END ;;\nDELIMITER ;\n"
        "ATTACH 'x' AS y; DROP TABLE t;\nINSERT INTO t (a) VALUES (4) ON CONFLICT DO NOTHING;\n"
    )
    assert [row.values for row in found] == [("4",)]
    assert found.passed_over == [(1, "CREATE TRIGGER"), (2, "CREATE FUNCTION"), (6, "ATTACH")]


@given(st.text(alphabet="'\"`[]()/*-$;,.\\\n eE1xI"))
def test_no_marks_break_the_reader(text: str) -> None:
    with suppress(Unreadable):
        read("INSERT INTO t (a) VALUES " + text)
