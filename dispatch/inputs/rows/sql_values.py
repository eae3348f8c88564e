"""The value of one expression in SQL text, where that is a constant: nothing is executed."""

from __future__ import annotations

import re

from dispatch.inputs.rows.sql_tokens import Token, unescaped

Value = str | None
WORDS = {"NULL": None, "TRUE": "true", "FALSE": "false"}
CHARSET = re.compile(r"N|_\w+", re.IGNORECASE)  # N'text', _binary 'text', _utf8mb4 'text'
SQLITE_ESCAPE = re.compile(r"\\(u[0-9a-fA-F]{4}|\+[0-9a-fA-F]{6}|U[0-9a-fA-F]{8}|[0-9a-fA-F]{4}|\\)")


class NoValue(Exception):
    """The expression is no constant."""


def plain_values(texts: list[str], *, is_mysql: bool) -> list[Value]:
    """Return the values of texts, numbers and NULL."""
    values: list[Value] = []
    for text in texts:
        if text[0] == "'":
            inner = text[1:-1].replace("''", "'")
            values.append(unescaped(inner) if is_mysql else inner)
        else:
            values.append(None if text[0] in "nN" else text)
    return values


def literal(cell: list[Token], *, is_mysql: bool) -> tuple[Value, str]:
    """Return the value of a text, number, NULL, or of how sqlite3 writes line breaks; else a fault."""
    try:
        return _value(cell, is_mysql=is_mysql), ""
    except NoValue:
        shown = " ".join(token.text for token in cell)[:60]
        if shown:
            return None, f"{shown!r} is not a value (a text in '', a number or NULL)"
        return None, "a value is missing"


def _value(cell: list[Token], *, is_mysql: bool) -> Value:
    if len(cell) == 1:
        return _single(cell[0], is_mysql=is_mysql)
    if (
        len(cell) == 2
        and cell[0].kind == "word"
        and CHARSET.fullmatch(cell[0].text)
        and cell[1].kind == "text"
    ):
        return _single(cell[1], is_mysql=is_mysql)
    if len(cell) > 3 and (cell[1].text, cell[-1].text) == ("(", ")"):
        return _called(cell[0].text.lower(), cell[2:-1], is_mysql=is_mysql)
    raise NoValue


def _single(token: Token, *, is_mysql: bool) -> Value:
    kind, text, _ = token
    if kind == "text":
        inner = text[1:-1].replace("''", "'")
        return unescaped(inner) if is_mysql else inner
    if kind == "escaped":
        return unescaped(text[2:-1].replace("''", "'"))
    if kind == "number":
        return text
    if kind == "name" and is_mysql and text[0] == '"':
        return unescaped(text[1:-1].replace('""', '"'))
    if kind == "word" and text.upper() in WORDS:
        return WORDS[text.upper()]
    raise NoValue


def _called(name: str, inner: list[Token], *, is_mysql: bool) -> Value:
    r"""Return the value of what sqlite3's .dump writes: replace('a\nb','\n',char(10)), or unistr('...')."""
    if name == "unistr" and len(inner) == 1 and inner[0].kind == "text":
        return SQLITE_ESCAPE.sub(_character, inner[0].text[1:-1].replace("''", "'"))
    tail = [token.text for token in inner[-7:]]
    if (
        name != "replace"
        or len(inner) < 8
        or tail[0] != ","
        or tail[2:5] != [",", "char", "("]
        or tail[6] != ")"
    ):
        raise NoValue
    text = _value(inner[:-7], is_mysql=is_mysql)
    if text is None or inner[-6].kind != "text" or tail[5] not in ("10", "13"):
        raise NoValue
    return text.replace(inner[-6].text[1:-1], chr(int(tail[5])))


def _character(match: re.Match[str]) -> str:
    sign = match[1]
    return sign if sign == "\\" else chr(min(int(sign.lstrip("uU+"), 16), 0x10FFFF))
