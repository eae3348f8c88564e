"""The queue's filter language: words to look for, and a few ``key:value`` pairs."""

from __future__ import annotations

import re
from dataclasses import replace
from typing import Any

from dispatch.queries.bookings import BookingFilter
from models.bookings import STATUSES

WORD = re.compile(r'(?P<key>[a-z]+):(?:"(?P<quoted>[^"]*)"?|(?P<plain>\S+))|\S+', re.IGNORECASE)

NAMES = {"to": "destination", "source": "source", "method": "method"}

VIEWS: dict[str, dict[str, Any]] = {
    "All": {"status": None, "unclaimed": False, "waiting": False},
    "Pending": {"status": "Pending", "unclaimed": False, "waiting": False},
    "Unclaimed": {"status": None, "unclaimed": True, "waiting": False},
    "Waiting": {"status": None, "unclaimed": False, "waiting": True},
    "Confirmed": {"status": "Confirmed", "unclaimed": False, "waiting": False},
    "Cancelled": {"status": "Cancelled", "unclaimed": False, "waiting": False},
}


def view_of(which: BookingFilter) -> str:
    """The name of the view that a filter's status and flags amount to."""
    for name, parts in VIEWS.items():
        if all(getattr(which, key) == value for key, value in parts.items()):
            return name
    return "Mixed"


def parse_filter(text: str, current: BookingFilter) -> BookingFilter:
    """What a filter text asks for, in the current order and, unless it says otherwise, the current view.

    ``status:pending``, ``agent:6``, ``to:mars``, ``source:bought``, ``method:text``, ``is:unclaimed`` and
    ``is:waiting`` are understood; a value with blanks is quoted, and then taken as it stands. Everything
    else is a word to look for, an unknown pair too.
    """
    which = BookingFilter(
        status=current.status,
        unclaimed=current.unclaimed,
        waiting=current.waiting,
        sort=current.sort,
        descending=current.descending,
    )
    words = []
    for match in WORD.finditer(text):
        part = _pair((match["key"] or "").lower(), match["plain"] or "", match["quoted"] or "")
        if part is None:
            words.append(match[0])
        else:
            which = replace(which, **part)
    return replace(which, text=" ".join(words))


def _pair(key: str, plain: str, quoted: str) -> dict[str, Any] | None:
    value = quoted or plain
    if not value:
        return None
    if key == "status" and value.capitalize() in STATUSES:
        return VIEWS[value.capitalize()]
    if key == "is" and value.lower() in ("unclaimed", "waiting"):
        return VIEWS[value.capitalize()]
    if key == "agent" and value.isascii() and value.isdecimal() and len(value) < 19:
        return {"agent_id": int(value)}
    if key in NAMES:
        return {NAMES[key]: quoted or plain.capitalize()}
    return None


def filter_of(key: str, value: str) -> str:
    """The pair that asks for exactly this value."""
    return f'{key}:"{value}"'
