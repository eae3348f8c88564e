"""The words, texts, numbers and marks of SQL text, read in blocks."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import NamedTuple, TextIO

from dispatch.inputs.rows.row import Unreadable

BLOCK = 1 << 18
LONGEST_TOKEN = 64_000_000
# Possessive quantifiers: an unterminated text fails at once instead of ending at an earlier quote.
PLAIN_TEXT = r"'[^']*+(?:''[^']*+)*+'"
ESCAPED_TEXT = r"'[^'\\]*+(?:(?:''|\\.)[^'\\]*+)*+'"
TOKEN = r"""\s*+(?:
        (?P<comment> --[^\n]*+ | /\*.*?\*/ )
      | (?P<escaped> [eE]{escaped} )
      | (?P<text>    {text} )
      | (?P<dollar>  \$(?P<tag>\w*+)\$.*?\$(?P=tag)\$ )
      | (?P<name>    "[^"]*+(?:""[^"]*+)*+" | `[^`]*+` | \[[^\]]*+\] )
      | (?P<number>  [+-]?(?:[0-9]++(?:\.[0-9]*+)?|\.[0-9]++)(?:[eE][+-]?[0-9]++)?(?![\w.]) )
      | (?P<word>    \w[\w$]*+ )
      | (?P<mark>    [(),;.] )
      | (?P<open>    '|"|`|\[|/\*|\$\w*+\$ )
      | (?P<end>     \Z )
      | (?P<other>   . )
    )"""
FLAGS = re.VERBOSE | re.DOTALL
STANDARD = re.compile(TOKEN.format(escaped=ESCAPED_TEXT, text=PLAIN_TEXT), FLAGS)
MYSQL = re.compile(TOKEN.format(escaped=ESCAPED_TEXT, text=ESCAPED_TEXT), FLAGS)
# Most rows are of plain texts, numbers and NULL: they are read at once.
VALUE = r"({text}|[+-]?[0-9]++(?:\.[0-9]++)?+(?![\w.])|[nN][uU][lL][lL]\b)"
ROW = r"\s*+(\(\s*+{value}\s*+(?:,\s*+{value}\s*+)*+\))(?=\s*+[,;])"
PLAIN_VALUE, MYSQL_VALUE = (
    re.compile(VALUE.format(text=text), re.DOTALL) for text in (PLAIN_TEXT, ESCAPED_TEXT)
)
PLAIN_ROW, MYSQL_ROW = (
    re.compile(ROW.format(value=VALUE.format(text=text).replace("(", "(?:", 1)), re.DOTALL)
    for text in (PLAIN_TEXT, ESCAPED_TEXT)
)
BY_MYSQL = re.compile(
    r"^(?:-- (?:MySQL|MariaDB|phpMyAdmin|Adminer|Host:)|/\*[!M])"
    r"|^(?:INSERT|REPLACE)(?: IGNORE)?(?: INTO)? `|^CREATE TABLE (?:IF NOT EXISTS )?`",
    re.MULTILINE | re.IGNORECASE,
)
QUOTED = {"'": "text", '"': "name", "`": "name", "[": "name", "/*": "comment"}
ESCAPE = re.compile(r"\\(x[0-9a-fA-F]{1,2}|[0-7]{1,3}|u[0-9a-fA-F]{4}|.)", re.DOTALL)
CONTROL = {"0": "\0", "b": "\b", "n": "\n", "r": "\r", "t": "\t", "Z": "\x1a", "f": "\f", "v": "\v"}


class Token(NamedTuple):
    kind: str
    text: str
    line: int


class Tokens:
    """The tokens of a text without its comments, the last of kind ``end``; between them, its raw lines.

    ``is_mysql`` texts have backslash escapes: it is told by how its dumps begin.
    """

    def __init__(self, text: TextIO, head: str) -> None:
        self.is_mysql = BY_MYSQL.search(head) is not None
        self._text = text
        self._pattern = MYSQL if self.is_mysql else STANDARD
        self._row, self._value = (MYSQL_ROW, MYSQL_VALUE) if self.is_mysql else (PLAIN_ROW, PLAIN_VALUE)
        self._buffer = ""
        self._at = 0
        self._line, self._counted = 1, 0
        self._is_whole = False
        self._tokens = self._read()

    def __iter__(self) -> Iterator[Token]:
        return self._tokens

    def __next__(self) -> Token:
        return next(self._tokens)

    def plain_row(self) -> tuple[int, list[str]] | None:
        """Return the line and the texts of the values of the row that follows; None if it is not plain."""
        match = self._row.match(self._buffer, self._at)
        if match is None:
            return None
        self._at = match.end()
        return self._line_at(match.start(1)), self._value.findall(match[1])

    def lines(self) -> Iterator[tuple[int, str]]:
        """Yield the raw lines below the last token's line, with their numbers."""
        self._raw_line()
        while True:
            line = self._raw_line()
            if not line:
                return
            yield self._line_at(self._at) - 1, line

    def is_at_end(self) -> bool:
        """Return whether nothing follows the last token."""
        while not (rest := self._buffer[self._at : self._at + BLOCK].strip()) and self._more():
            pass
        return not rest

    def skip_line(self) -> None:
        """Pass over what is left of the last token's line."""
        self._raw_line()

    def _read(self) -> Iterator[Token]:
        while True:
            match = self._pattern.match(self._buffer, self._at)
            assert match is not None  # any character is at least "other"
            kind = str(match.lastgroup)
            if (match.end() == len(self._buffer) or kind == "open") and self._more():
                continue
            self._at = match.end()
            if kind == "comment":
                continue
            token = Token(kind, match[kind], self._line_at(match.start(kind)))
            if kind == "open":
                what = QUOTED.get(token.text, "text")
                problem = f"the {what} that begins here has no end, the file is cut off"
                raise Unreadable(token.line, problem, is_cut=True)
            yield token
            if kind == "end":
                return

    def _raw_line(self) -> str:
        while True:
            end = self._buffer.find("\n", self._at) + 1
            if end or not self._more():
                break
        line = self._buffer[self._at : end or len(self._buffer)]
        self._at += len(line)
        return line

    def _line_at(self, place: int) -> int:
        self._line += self._buffer.count("\n", self._counted, place)
        self._counted = max(place, self._counted)
        return self._line

    def _more(self) -> bool:
        """Read on, forgetting what is behind the position; False at the end, or if a token is too long."""
        left = len(self._buffer) - self._at
        if self._is_whole or left > LONGEST_TOKEN:
            return False
        block = self._text.read(max(BLOCK, left))
        self._is_whole = not block
        self._line_at(self._at)
        self._buffer = self._buffer[self._at :] + block
        self._at = self._counted = 0
        return bool(block)


def bare(token: Token) -> str:
    """Return a name without its quotation marks."""
    return token.text if token.kind == "word" else token.text[1:-1]


def unescaped(text: str) -> str:
    """Return a text with its backslash escapes replaced."""
    return ESCAPE.sub(_meant, text) if "\\" in text else text


def _meant(match: re.Match[str]) -> str:
    sign = match[1]
    if sign[0] == "x" and len(sign) > 1:
        return chr(int(sign[1:], 16))
    if sign[0] == "u" and len(sign) > 1:
        return chr(int(sign[1:], 16))
    if sign.isdigit() and len(sign) > 1:
        return chr(int(sign, 8))
    return CONTROL.get(sign, sign)
