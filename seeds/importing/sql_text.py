"""SQL text read as data: the rows of ``INSERT INTO ... (columns) VALUES (...), (...);``.

Nothing is ever executed. All other statements are skipped and reported to the caller.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import NamedTuple, NoReturn

from seeds.importing.columns import BY_TABLE, Layout, Record, Value, check_columns, refuse

# Possessive quantifiers: an unterminated text fails at once instead of ending at an earlier quote.
TOKEN = re.compile(
    r"""\s*+(?:
        (?P<comment> --[^\n]*+ | /\*.*?\*/ )
      | (?P<text>    '[^']*+(?:''[^']*+)*+' )
      | (?P<name>    "[^"]*+" | `[^`]*+` | \[[^\]]*+\] )
      | (?P<number>  [+-]?(?:[0-9]++(?:\.[0-9]*+)?|\.[0-9]++)(?:[eE][+-]?[0-9]++)?(?![\w.]) )
      | (?P<word>    \w[\w$]*+ )
      | (?P<mark>    [(),;.] )
      | (?P<open>    '|"|`|\[|/\* )
      | (?P<end>     \Z )
      | (?P<other>   . )
    )""",
    re.VERBOSE | re.DOTALL,
)
# Statements that every dump contains; any other that is skipped is reported.
EXPECTED = frozenset(
    {"CREATE", "DROP", "BEGIN", "START", "COMMIT", "END", "SET", "USE", "PRAGMA", "LOCK", "UNLOCK"}
)
QUOTED = {"'": "text", '"': "name", "`": "name", "[": "name", "/*": "comment"}


class Token(NamedTuple):
    kind: str
    text: str
    start: int


class PassedOver(NamedTuple):
    """A skipped statement: its line and first words."""

    line: int
    statement: str


class SqlText:
    """One file's SQL text; read ``records()`` once, then ``passed_over`` lists the skipped statements."""

    def __init__(self, file: str, text: str) -> None:
        self.file = file
        self.text = text
        self.passed_over: list[PassedOver] = []
        self.row = 0
        self._line, self._counted = 1, 0
        self._tokens = self._tokenize()

    def records(self) -> Iterator[Record]:
        """Yield every row in order. Raises InvalidInput if the file is cut off or not SQL."""
        tables = 0
        for token in self._tokens:
            if token.kind == "end":
                break
            if token.kind == "mark" and token.text == ";":
                continue
            layout = self._head(token)
            if layout is not None:
                tables += 1
                yield from self._rows(token, *layout)
        if not tables:
            refuse(self.file, "no INSERT INTO " + " or ".join(BY_TABLE))

    def _tokenize(self) -> Iterator[Token]:
        for match in TOKEN.finditer(self.text):
            kind = match.lastgroup
            if kind == "comment" or kind is None:
                continue
            token = Token(kind, match[kind], match.start(kind))
            if kind == "open":
                self._cut_off(token, f"the {QUOTED[token.text]} that begins here has no end")
            yield token

    def _head(self, first: Token) -> tuple[Layout, list[str]] | None:
        """Read an INSERT up to its VALUES; returns table and columns, or None if it was skipped."""
        if first.text.upper() not in ("INSERT", "REPLACE"):
            self._pass_over(first)
            return None
        table, token = "", self._next(first)
        words = [first.text]
        while _names_something(token):
            table = _bare(token) if token.text != "." else table
            words.append(token.text)
            token = self._next(first)
        layout = BY_TABLE.get(table.lower())
        if layout is None:
            self._pass_over(first, " ".join(words[:3]), token)
            return None
        if token.text != "(":
            refuse(self.file, f"line {self._line_of(first)}: INSERT INTO {table} names no columns")
        return layout, self._columns(first)

    def _columns(self, first: Token) -> list[str]:
        names = []
        token = self._next(first)
        while token.text != ")":
            if token.kind in ("word", "name"):
                names.append(_bare(token))
            elif token.text != ",":
                refuse(self.file, f"line {self._line_of(token)}: {token.text!r} among the column names")
            token = self._next(first)
        token = self._next(first)
        if token.text.upper() != "VALUES":
            self._unexpected(token, "VALUES is expected")
        return names

    def _rows(self, first: Token, layout: Layout, names: list[str]) -> Iterator[Record]:
        places = check_columns(self.file, self._line_of(first), layout, names)
        while True:
            token = self._next(first)
            if token.text != "(" or token.kind != "mark":
                self._unexpected(token, "a row in parentheses is expected")
            line = self._line_of(token)
            values, fault = self._values(token)
            self.row += 1
            if fault is None and len(values) != len(names):
                fault = f"{len(values)} values for {len(names)} columns"
            if fault is not None:
                # an unreadable row usually still has its id in the first column
                values = values + [None] * len(names)
            row = tuple([None if place is None else values[place] for place in places])
            yield Record(layout.kind, self.row, line, row, fault)
            if not self._has_next_row(first):
                return

    def _has_next_row(self, first: Token) -> bool:
        """Return whether another row follows: a comma must come next, or the final semicolon."""
        token = self._next(first)
        if token.kind != "mark" or token.text not in ",;":
            self._unexpected(token, ", or ; is expected after a row")
        return token.text == ","

    def _values(self, first: Token) -> tuple[list[Value], str | None]:
        """Read values up to the row's closing parenthesis; anything but a literal is a fault."""
        values: list[Value] = []
        cell: list[Token] = []
        fault, depth = None, 0
        while True:
            token = self._next(first)
            kind, text, _ = token
            if kind != "mark" or (depth and text in ",."):
                cell.append(token)
            elif text in ",)" and not depth:
                value, wrong = _literal(cell)
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

    def _pass_over(self, first: Token, words: str = "", token: Token | None = None) -> None:
        """Skip past the statement's semicolon."""
        if first.text.upper() not in EXPECTED:
            self.passed_over.append(PassedOver(self._line_of(first), words or first.text[:40]))
        while token is None or token.kind != "mark" or token.text != ";":
            token = self._next(first)

    def _next(self, first: Token) -> Token:
        """Return the next token of the statement or row that began with ``first``; it must exist."""
        token = next(self._tokens)
        if token.kind == "end":
            self._cut_off(first, "the statement or row that begins here has no end")
        return token

    def _cut_off(self, token: Token, problem: str) -> None:
        hint = "nothing was imported; get the complete file"
        refuse(self.file, f"line {self._line_of(token)}: {problem}, the file is cut off or damaged", hint)

    def _unexpected(self, token: Token, wanted: str) -> NoReturn:
        refuse(self.file, f"line {self._line_of(token)}: {wanted}, not {token.text[:20]!r}")

    def _line_of(self, token: Token) -> int:
        if token.start < self._counted:
            return self.text.count("\n", 0, token.start) + 1
        self._line += self.text.count("\n", self._counted, token.start)
        self._counted = token.start
        return self._line


def _names_something(token: Token) -> bool:
    """Return whether a token is part of INSERT OR IGNORE INTO schema.table."""
    if token.kind == "word":
        return token.text.upper() not in ("VALUES", "SELECT", "DEFAULT")
    return token.kind == "name" or token.text == "."


def _bare(token: Token) -> str:
    return token.text if token.kind == "word" else token.text[1:-1]


def _literal(cell: list[Token]) -> tuple[Value, str | None]:
    """Return the value of one text, number or NULL, or a fault."""
    if len(cell) == 1:
        kind, text, _ = cell[0]
        if kind == "text":
            return text[1:-1].replace("''", "'"), None
        if kind == "number":
            return text, None
        if kind == "word" and text.upper() == "NULL":
            return None, None
    shown = " ".join(token.text for token in cell)[:60]
    return (
        None,
        f"{shown!r} is not a value (a text in '', a number or NULL)" if shown else "a value is missing",
    )
