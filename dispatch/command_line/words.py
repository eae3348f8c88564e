"""A typed line as words: quotes hold several together, and an apostrophe inside a word is a letter."""

from __future__ import annotations

import re
from typing import NamedTuple

from models.errors import InvalidInput

OPTION = re.compile(r"--[a-z][a-z-]*")
_BEGINNING = re.compile(r"\s*(?P<option>--[a-z][a-z-]*=)?(?P<quote>[\"'])?")


class Word(NamedTuple):
    """A word without its quotes, and the part of the line that it takes; an open ``quote`` never closes."""

    text: str
    start: int
    end: int
    quote: str = ""

    def closed(self) -> str:
        """Return the text. Raises InvalidInput if its quote is open."""
        if self.quote:
            raise InvalidInput("line", f"unclosed quote {self.quote}", f"close it with {self.quote}")
        return self.text


def words_of(line: str) -> list[Word]:
    """Split a line; never fails."""
    found: list[Word] = []
    place, end = 0, len(line.rstrip())
    while place < end:
        beginning = _BEGINNING.match(line, place)
        assert beginning is not None  # every part of it is optional
        option, quote = beginning["option"] or "", beginning["quote"] or ""
        start = beginning.start("option") if option else beginning.end() - len(quote)
        place = beginning.end()
        stop = _closing(line, place, quote) if quote else _blank(line, place)
        is_open = bool(quote) and stop < 0
        text = option + (line[place:] if is_open else line[place:stop])
        place = len(line) if is_open else stop + len(quote)
        found.append(Word(text, start, place, quote if is_open else ""))
    return found


def rest_of(line: str, words: list[Word], first: int, until: int | None = None) -> str:
    """Return the line from one word up to another as typed; a text in quotes as a whole, without them.

    Raises InvalidInput if it begins with a quote that never closes.
    """
    among = words[first:until]
    among[0].closed()
    if len(among) == 1:
        return among[0].text
    return line[among[0].start : among[-1].end]


def _closing(line: str, start: int, quote: str) -> int:
    """Return where a quote closes: before a blank or the end; -1 for nowhere."""
    found = re.compile(re.escape(quote) + r"(?=\s|$)").search(line, start)
    return found.start() if found else -1


def _blank(line: str, start: int) -> int:
    found = re.compile(r"\s").search(line, start)
    return found.start() if found else len(line)
