"""Words of the inspection's SQL that databases say differently.

A rule is text that is written before anybody knows which database it will be run in. So each of these returns
a mark, and ``said()`` puts in its place what the engine says (``InspectionWords`` in models/engine.py).
"""

from __future__ import annotations

import re

from models.engine import InspectionWords

_BEGIN, _NEXT, _END = "\x02", "\x1f", "\x03"
_innermost = re.compile(f"{_BEGIN}([^{_BEGIN}{_END}]*){_END}")


def differs(one: str, other: str) -> str:
    """Two values that are not the same; NULL is the same as NULL."""
    return _mark("differs", one, other)


def is_json(text: str) -> str:
    """A text that is JSON."""
    return _mark("is_json", text)


def json_kind(text: str) -> str:
    """What JSON is: ``array``, ``object``, ..."""
    return _mark("json_kind", text)


def json_number(text: str, path: str) -> str:
    """A number inside JSON, by names and places ``[0]``, the last of which is ``[#-1]``."""
    return _mark("json_number", text, path)


def json_text(text: str, path: str) -> str:
    """A text inside JSON."""
    return _mark("json_text", text, path)


def lists_others(text: str, accepted: str = "") -> str:
    """A JSON list with anything but texts, or with a text that a query does not have."""
    return _mark("lists_others", text, accepted)


def is_no_time(text: str) -> str:
    """A text that is no stored time, and not NULL."""
    return _mark("is_no_time", text)


def is_no_switch(value: str) -> str:
    """A value that is neither true nor false, and not NULL."""
    return _mark("is_no_switch", value)


def has_controls(text: str) -> str:
    """A text with characters that control a terminal or turn the direction of a line."""
    return _mark("has_controls", text)


def has_controls_in_lines(text: str) -> str:
    """The same but for tabs and ends of lines."""
    return _mark("has_controls_in_lines", text)


def has_no_digits(text: str) -> str:
    """A text with anything but digits from 0 to 9."""
    return _mark("has_no_digits", text)


def has(text: str, part: str) -> str:
    """A text that has a part, given as SQL."""
    return _mark("has", text, part)


def greatest(*values: str) -> str:
    """The greatest of several values; NULL if any is, for some engines."""
    return _mark("greatest", *values)


def _mark(word: str, *arguments: str) -> str:
    return _BEGIN + _NEXT.join((word, *arguments)) + _END


def said(sql: str, words: InspectionWords) -> str:
    """Return a statement as the engine says it."""

    def one(mark: re.Match[str]) -> str:
        word, *arguments = mark[1].split(_NEXT)
        text: str = getattr(words, word)(*arguments)
        return text

    while (changed := _innermost.sub(one, sql)) != sql:
        sql = changed
    return sql
