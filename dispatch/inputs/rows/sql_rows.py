"""Rows of SQL text: of INSERT and COPY statements, with the columns named there or in CREATE TABLE.

Nothing is ever executed. All other statements are skipped, and named afterwards.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import NamedTuple, NoReturn

from dispatch.inputs.rows.row import Known, Row, Unreadable
from dispatch.inputs.rows.sql_tokens import Token, Tokens, bare, unescaped
from dispatch.inputs.rows.sql_values import Value, literal, plain_values

# Statements that every dump contains; any other that is skipped is reported.
EXPECTED = frozenset(
    {"CREATE", "DROP", "BEGIN", "START", "COMMIT", "END", "SET", "USE", "PRAGMA", "LOCK", "UNLOCK"}
) | {"SELECT", "ALTER", "COMMENT", "ANALYZE", "DELIMITER"}
NO_COLUMN = frozenset({"CONSTRAINT", "PRIMARY", "FOREIGN", "UNIQUE", "KEY", "INDEX", "CHECK"}) | {
    *("FULLTEXT", "SPATIAL", "EXCLUDE", "LIKE", "PERIOD")
}
ROUTINES = frozenset({"TRIGGER", "FUNCTION", "PROCEDURE", "EVENT"})
MOST_SKIPPED = 1_000
COPY_END = re.compile(r"\\\.\r?\n?\Z")
SQL_START = re.compile(
    r"""\s*(?:-- | /\* | \\(?:un)?restrict\b
      | INSERT\s+(?:INTO|OR|IGNORE)\b | REPLACE\s+INTO\b | COPY\s+\S+.{0,4000}?\bFROM\s+stdin\b
      | (?:CREATE|DROP|ALTER)\s+(?:TABLE|DATABASE|SCHEMA|INDEX|UNIQUE|VIEW|TRIGGER|TEMP\w*|OR|USER)\b
      | BEGIN(?:\s+TRANSACTION)?\s*; | START\s+TRANSACTION\b | COMMIT\s*; | SET\s+(?:\S+\s*(?:=|TO\b)|NAMES\b)
      | USE\s+\S+\s*; | PRAGMA\s | SELECT\s+pg_catalog | ATTACH\s+(?:DATABASE|') | DELETE\s+FROM\b
      | UPDATE\s+\S+\s+SET\b | LOCK\s+TABLES\b)""",
    re.IGNORECASE | re.VERBOSE | re.DOTALL,
)


class PassedOver(NamedTuple):
    """A skipped statement: its line and first words."""

    line: int
    statement: str


class SqlRows:
    """The rows of a text. Raises Unreadable for what is not understood.

    ``passed_over`` lists the skipped statements, each of a kind once.
    """

    cut_off = ""

    def __init__(self, tokens: Tokens, known: Known) -> None:
        self._tokens = tokens
        self._known = known
        self._columns: dict[str, tuple[str, ...]] = {}
        self.passed_over: list[PassedOver] = []
        self._skipped: set[str] = set()

    def __iter__(self) -> Iterator[Row]:
        for token in self._tokens:
            word = token.text.upper() if token.kind == "word" else ""
            if token.kind == "end":
                return
            if word in ("INSERT", "REPLACE"):
                yield from self._insert(token)
            elif word == "COPY":
                yield from self._copy(token)
            elif word == "CREATE":
                self._create(token)
            elif word == "DELIMITER":
                self._pass_over_routines()
            elif token.text == "\\":  # a command of psql
                self._tokens.skip_line()
            elif word:
                self._pass_over(token)
            elif token.text != ";":
                self._refuse(token)

    # INSERT

    def _insert(self, first: Token) -> Iterator[Row]:
        table, token = self._target(first)
        names = self._columns.get(table.lower(), ())
        if token.text == "(" and token.kind == "mark":
            names = self._names(first)
            token = self._next(first)
        if token.text.upper() in ("OVERRIDING", "SYSTEM", "VALUE"):
            while token.kind == "word" and token.text.upper() != "VALUES":
                token = self._next(first)
        if not self._known(table, names):
            self._pass_over(first, f"{first.text} INTO {table}", token)
            return
        if token.text.upper() != "VALUES":
            self._unexpected(token, "VALUES is expected")
        if not names:
            problem = f"the INSERT INTO {table} names no columns, and no CREATE TABLE above does"
            raise Unreadable(first.line, problem)
        yield from self._rows(first, table, names)

    def _target(self, first: Token) -> tuple[str, Token]:
        """Read up to the table's name; returns it, and the token behind it."""
        table, token = "", self._next(first)
        while _names_something(token):
            table = bare(token) if token.text != "." else table
            token = self._next(first)
        return table, token

    def _names(self, first: Token) -> tuple[str, ...]:
        names = []
        token = self._next(first)
        while token.text != ")":
            if token.kind in ("word", "name"):
                names.append(bare(token))
            elif token.text != ",":
                raise Unreadable(token.line, f"{token.text[:20]!r} among the column names")
            token = self._next(first)
        return tuple(names)

    def _rows(self, first: Token, table: str, names: tuple[str, ...]) -> Iterator[Row]:
        while True:
            plain = self._tokens.plain_row()
            if plain is not None:
                line, texts = plain
                values, fault = plain_values(texts, is_mysql=self._tokens.is_mysql), ""
            else:
                line, values, fault = self._row(first)
            yield _row(table, line, names, values, fault)
            token = self._next(first)
            if token.kind == "word" and token.text.upper() in ("ON", "AS", "RETURNING"):
                self._skip(token)
                return
            if token.kind != "mark" or token.text not in ",;":
                self._unexpected(token, ", or ; is expected after a row")
            if token.text == ";":
                return

    def _row(self, first: Token) -> tuple[int, list[Value], str]:
        token = self._next(first)
        if token.text != "(" or token.kind != "mark":
            self._unexpected(token, "a row in parentheses is expected")
        return token.line, *self._values(token)

    def _values(self, first: Token) -> tuple[list[Value], str]:
        """Read values up to the row's closing parenthesis; anything but a constant is a fault."""
        values: list[Value] = []
        cell: list[Token] = []
        fault, depth = "", 0
        while True:
            token = self._next(first)
            kind, text, _ = token
            if kind != "mark" or (depth and text in ",."):
                cell.append(token)
            elif text in ",)" and not depth:
                value, wrong = literal(cell, is_mysql=self._tokens.is_mysql)
                fault = fault or wrong
                values.append(value)
                if text == ")":
                    return values, fault
                cell = []
            elif text == ";":
                self._cut_off(first, "the row that begins here is not closed")
            else:
                depth += (text == "(") - (text == ")")
                cell.append(token)

    # COPY

    def _copy(self, first: Token) -> Iterator[Row]:
        table, token = self._target(first)
        names = self._columns.get(table.lower(), ())
        if token.text == "(":
            names = self._names(first)
            token = self._next(first)
        source = self._next(first)
        if (token.text.upper(), source.text.lower()) != ("FROM", "stdin"):
            self._pass_over(first, f"COPY {table}", source)
            return
        option = self._next(first)
        if option.text != ";":
            self._unexpected(option, "; is expected after COPY ... FROM stdin")
        is_wanted = bool(self._known(table, names))
        if not is_wanted:
            self._report(first, f"COPY {table}")
        for number, line in self._tokens.lines():
            if COPY_END.match(line):
                return
            if is_wanted:
                cells = line.rstrip("\r\n").split("\t")
                yield _row(table, number, names, [None if c == "\\N" else unescaped(c) for c in cells], "")
        self._cut_off(first, "the rows of the COPY that begins here have no end")

    # other statements

    def _create(self, first: Token) -> None:
        token = self._next(first)
        while token.kind == "word" and token.text.upper() not in ("TABLE", "VIEW", "INDEX", *ROUTINES):
            token = self._next(first)
        if token.text.upper() in ROUTINES:
            self._report(first, " ".join((first.text.upper(), token.text.upper())))
            self._pass_over_routine(first)
        elif token.text.upper() == "TABLE":
            table, token = self._target(token)
            if token.text == "(":
                self._columns[table.lower()] = self._defined(first)
            self._skip(first, token)
        else:
            self._skip(first, token)

    def _defined(self, first: Token) -> tuple[str, ...]:
        """Read the columns of CREATE TABLE up to its closing parenthesis."""
        names: list[str] = []
        depth, begins = 1, True
        while depth:
            token = self._next(first)
            if begins and (
                token.kind == "name" or (token.kind == "word" and token.text.upper() not in NO_COLUMN)
            ):
                names.append(bare(token))
            begins = token.text == "," and depth == 1
            if token.kind == "mark":
                depth += (token.text == "(") - (token.text == ")")
        return tuple(names)

    def _pass_over_routine(self, first: Token) -> None:
        """Skip a trigger or routine, whose body may have statements of its own between BEGIN and END."""
        depth = 0
        while True:
            token = self._next(first)
            word = token.text.upper() if token.kind == "word" else ""
            depth += word in ("BEGIN", "CASE")
            depth -= word == "END"
            if token.text == ";" and token.kind == "mark" and depth <= 0:
                return

    def _pass_over_routines(self) -> None:
        """Skip what stands between DELIMITER ;; and DELIMITER ; of the client of MySQL."""
        for _, line in self._tokens.lines():
            if line.strip().upper() == "DELIMITER ;":
                return

    def _pass_over(self, first: Token, words: str = "", token: Token | None = None) -> None:
        if first.text.upper() not in EXPECTED:
            self._report(first, words or first.text[:40])
        self._skip(first, token)

    def _report(self, first: Token, words: str) -> None:
        if words not in self._skipped and len(self._skipped) < MOST_SKIPPED:
            self._skipped.add(words)
            self.passed_over.append(PassedOver(first.line, words))

    def _skip(self, first: Token, token: Token | None = None) -> None:
        """Skip past the statement's semicolon."""
        while token is None or token.kind != "mark" or token.text != ";":
            token = self._next(first)

    def _next(self, first: Token) -> Token:
        """Return the next token of the statement or row that began with ``first``; it must exist."""
        token = next(self._tokens)
        if token.kind == "end":
            self._cut_off(first, "the statement or row that begins here has no end")
        return token

    def _cut_off(self, token: Token, problem: str) -> NoReturn:
        raise Unreadable(token.line, f"{problem}, the file is cut off", is_cut=True)

    def _unexpected(self, token: Token, wanted: str) -> NoReturn:
        self._refuse(token, f"{wanted}; ")

    def _refuse(self, token: Token, wanted: str = "") -> NoReturn:
        if self._tokens.is_at_end():
            self._cut_off(token, "the text ends in the middle")
        raise Unreadable(token.line, f"{wanted}{token.text[:20]!r} is not understood")


def _row(table: str, line: int, names: tuple[str, ...], values: list[Value], fault: str) -> Row:
    if not fault and len(values) != len(names):
        fault = f"{len(values)} values for {len(names)} columns"
    if fault:
        # an unreadable row usually still has its id in the first column
        values = (values + [None] * len(names))[: len(names)]
    return Row(table, line, names, tuple(values), fault)


def _names_something(token: Token) -> bool:
    """Return whether a token is part of INSERT OR IGNORE INTO schema.table."""
    if token.kind == "word":
        return token.text.upper() not in ("VALUES", "SELECT", "DEFAULT", "FROM", "TO", "AS", "OVERRIDING")
    return token.kind == "name" or token.text == "."
