"""Rows of JSON: one object a line, one array of objects, or an object around arrays."""

from __future__ import annotations

import io
import json
from collections.abc import Iterator, Mapping
from typing import Any

from dispatch.inputs.rows.json_text import JsonText, NoJson, decode
from dispatch.inputs.rows.lines import Lines
from dispatch.inputs.rows.row import Known, Row, Unreadable

DEEPEST = 3  # objects within an object, as columns a.b.c
MOST_SHAPES = 1_000
MOST_WRAPPERS = 20
Shapes = dict[tuple[str, ...], tuple[str, ...]]


def shape_of(head: str, known: Known) -> str:
    """Return how a text's rows stand in it: ``lines``, ``arrays``, or ``objects`` on several lines each.

    ``head`` is the beginning of the text. An object whose first array of objects comes before any known name
    is one around arrays.
    """
    if head.startswith("["):
        return "arrays"
    first, _, rest = head.partition("\n")
    if rest.lstrip().startswith("{"):
        return "lines"
    if _array_in(head, known):
        return "arrays"
    return "objects" if not _is_whole(first) and _is_whole(head) else "lines"


def _array_in(head: str, known: Known) -> bool:
    """Return whether an array of objects is a member of the first object, which has no known names before."""
    text = JsonText(io.StringIO(head))
    try:
        return _finds_array(text, known, 0)
    except Unreadable:
        return False


def _finds_array(text: JsonText, known: Known, depth: int) -> bool:
    text.expect("{")
    keys: list[str] = []
    while text.peek() == '"':
        keys.append(text.value())
        text.expect(":")
        if text.peek() == "[":
            text.take("[")
            if text.peek() == "{" and _holds_rows(text, known, keys[:-1]):
                return True
            _pass_over_array(text)
        elif text.peek() == "{" and depth < DEEPEST:
            if _finds_array(text, known, depth + 1):
                return True
        else:
            text.value()
        if not text.take(","):
            break
    text.expect("}")
    return False


def _holds_rows(text: JsonText, known: Known, keys: list[str]) -> bool:
    """Return whether the object that follows is a row rather than a part of one with these keys."""
    try:
        first = text.value()
    except Unreadable:  # longer than the beginning of the file
        return not known(None, keys)
    text.take(",")
    return known(None, list(first)) >= known(None, keys)


def _pass_over_array(text: JsonText) -> None:
    while not text.take("]"):
        text.value()
        if not text.take(","):
            text.expect("]")
            return


def _is_whole(head: str) -> bool:
    text = JsonText(io.StringIO(head))
    try:
        text.value()
    except Unreadable:
        return False
    return True


class JsonLines:
    """The rows of a text with an object on each line; a broken line costs only itself."""

    def __init__(self, lines: Lines) -> None:
        self._lines = lines
        self._shapes: Shapes = {}
        self.cut_off = ""

    def __iter__(self) -> Iterator[Row]:
        for line in self._lines:
            number = self._lines.taken()
            self.cut_off = ""
            if line.strip():
                try:
                    row = row_of(decode(line), None, number, self._shapes)
                except NoJson as error:
                    is_cut = error.is_cut and not line.endswith(("\n", "\r"))
                    fault = f"the line cannot be read as JSON: {error}" + ", the file is cut off" * is_cut
                    row = Row(None, number, (), (line.strip(),), fault)
                    self.cut_off = f"line {number}: {fault}" if is_cut else ""
                yield row


class JsonRows:
    """The rows of a text's arrays, or of objects one behind the other. Raises Unreadable."""

    cut_off = ""

    def __init__(self, text: JsonText) -> None:
        self._text = text
        self._shapes: Shapes = {}

    def __iter__(self) -> Iterator[Row]:
        if self._text.take("["):
            yield from self._array(None)
        elif self._text.peek() == "{":
            yield from self._members(None, 0)
        if self._text.peek():
            self._text.refuse(f"{self._text.peek()!r} follows the end")

    def _array(self, table: str | None) -> Iterator[Row]:
        text = self._text
        while not text.take("]"):
            line = text.line()
            yield row_of(text.value(), table, line, self._shapes)
            if not text.take(","):
                text.expect("]")
                return

    def _members(self, table: str | None, depth: int) -> Iterator[Row]:
        """Yield the rows of the arrays in an object, each under its key."""
        text = self._text
        text.expect("{")
        while text.peek() == '"':
            key = text.value()
            text.expect(":")
            if text.take("["):
                if text.peek() == "{":
                    yield from self._array(key)
                else:
                    _pass_over_array(text)
            elif text.peek() == "{" and depth < DEEPEST:
                yield from self._members(table, depth + 1)
            else:
                text.value()
            if not text.take(","):
                break
        text.expect("}")


class JsonObjects(JsonRows):
    """The rows of a text with objects one behind the other, each on several lines. Raises Unreadable."""

    def __iter__(self) -> Iterator[Row]:
        while self._text.peek():
            line = self._text.line()
            yield row_of(self._text.value(), None, line, self._shapes)


def row_of(value: Any, table: str | None, line: int, shapes: Shapes) -> Row:
    """Return the row of an object, its inner objects' members as columns ``a.b``."""
    if not isinstance(value, dict):
        return Row(table, line, (), (), "the line is not a JSON object")
    flat: dict[str, Any] = value
    if any(isinstance(one, dict) for one in value.values()):
        flat = {}
        _flatten(value, "", flat, 0)
    found = tuple(flat)
    names = shapes.get(found, found)
    if names is found and len(shapes) < MOST_SHAPES:
        shapes[found] = found
    values: list[str | None] = []
    unfit: list[int] = []
    for place, one in enumerate(flat.values()):
        if one is not None and not isinstance(one, str):
            unfit.append(place)
            one = json.dumps(one, ensure_ascii=False)
        values.append(one)
    return Row(table, line, names, tuple(values), "", tuple(unfit))


def _flatten(value: Mapping[str, Any], before: str, flat: dict[str, Any], depth: int) -> None:
    for key, one in value.items():
        if isinstance(one, dict) and one and depth < DEEPEST:
            _flatten(one, f"{before}{key}.", flat, depth + 1)
        else:
            flat[f"{before}{key}"] = one
