"""Files of messages: JSONL, one object a line with ``text`` and, if labelled, ``category``."""

from __future__ import annotations

from collections.abc import Iterator
from typing import BinaryIO

from dispatch.inputs import json_lines
from dispatch.triage.categories import category
from dispatch.triage.pipeline import is_visible
from models.errors import InvalidInput

HINT = 'give a JSONL file, one object per line: {"text": "..."}'

Line = tuple[int, dict[str, str] | str]
"""The line number, and the line's fields or its error."""


def messages(stream: BinaryIO, name: str, *, labelled: bool = False) -> Iterator[Line]:
    """Yield the messages of a file without blank lines; ``labelled`` ones must have a category too.

    Raises InvalidInput for a file that is empty, not text, or unreadable.
    """
    number = 0
    try:
        for number, line in enumerate(stream, start=1):
            content = line.removeprefix(b"\xef\xbb\xbf").strip() if number == 1 else line.strip()
            if number == 1:
                _check_first(content, name)
            if content:
                yield number, _message(content, labelled)
    except OSError as error:
        raise InvalidInput("file", f"{name} cannot be read: {error.strerror or error}", HINT) from error
    if not number:
        raise InvalidInput("file", f"{name} is empty", HINT)


def _check_first(content: bytes, name: str) -> None:
    if b"\0" in content:
        raise InvalidInput("file", f"{name} is not a text file", HINT)
    if content[:1] == b"[":
        raise InvalidInput("file", f"{name} is a JSON array", "write one object per line (JSONL)")


def _message(content: bytes, labelled: bool) -> dict[str, str] | str:
    try:
        value = json_lines.loads(content.decode())
    except UnicodeDecodeError:
        return "the line is not UTF-8 text"
    except ValueError as error:
        return f"the line cannot be read as JSON: {error}"
    if not isinstance(value, dict):
        return "the line is not a JSON object"
    return _fields(value, labelled)


def _fields(value: dict[str, object], labelled: bool) -> dict[str, str] | str:
    text = value.get("text")
    if text is None:
        return "the text is missing"
    if not isinstance(text, str):
        return "text is not a string"
    if not is_visible(text):
        return "the message is empty"
    if not labelled:
        return {"text": text}
    try:
        return {"text": text, "category": category(value.get("category"))}
    except InvalidInput as error:
        return error.message
