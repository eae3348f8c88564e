"""The log's filter language: words to look for, and ``key:value`` pairs as in the queue's."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from typing import Any

from dispatch.desk.event_filter import EventFilter
from dispatch.inputs import date_ranges

EXAMPLE = "booking:12 agent:6 by:kim command:claim since:today is:undone"
WORD = re.compile(r'(?P<key>[a-z]+):(?:"(?P<quoted>[^"]*)"?|(?P<plain>\S+))|\S+', re.IGNORECASE)


def parse_log_filter(text: str, now: str, offset: timedelta) -> EventFilter:
    """What a filter text asks for, at the desk's time ``now`` in a zone ``offset`` ahead of UTC.

    A value with blanks is quoted: ``since:"yesterday 9:00"``. What is no pair of ours is a word to look
    for in the command and the actor. Raises InvalidInput for a time that is none.
    """
    which, words = EventFilter(), []
    times = {
        "since": lambda value: date_ranges.since(value, now, offset),
        "until": lambda value: date_ranges.until(value, now, offset),
    }
    for match in WORD.finditer(text):
        value = match["quoted"] or match["plain"] or ""
        part = _pair((match["key"] or "").lower(), value, times)
        if part is None:
            words.append(match[0])
        else:
            which = replace(which, **part)
    return replace(which, text=" ".join(words))


def _pair(key: str, value: str, times: dict[str, Callable[[str], str]]) -> dict[str, Any] | None:
    if not value:
        return None
    if key in times:
        return {key: times[key](value)}
    if key in ("booking", "agent", "issue") and value.isascii() and value.isdecimal() and len(value) < 19:
        return {f"{key}_id": int(value)}
    if key == "by":
        return {"actor": value}
    if key == "command":
        return {"command": value.lower()}
    if key == "is" and value.lower() == "undone":
        return {"undone": True}
    return None
