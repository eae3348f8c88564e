"""The queue's filter language: words to look for, and a few ``key:value`` pairs."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from dispatch.views import BookingFilter
from models.bookings import STATUSES

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

    ``status:pending``, ``agent:6``, ``to:mars``, ``is:unclaimed`` and ``is:waiting`` are understood;
    everything else is a word to look for, an unknown pair too.
    """
    which = BookingFilter(
        status=current.status,
        unclaimed=current.unclaimed,
        waiting=current.waiting,
        sort=current.sort,
        descending=current.descending,
    )
    words = []
    for word in text.split():
        key, _, value = word.partition(":")
        part = _pair(key.lower(), value)
        if part is None:
            words.append(word)
        else:
            which = replace(which, **part)
    return replace(which, text=" ".join(words))


def _pair(key: str, value: str) -> dict[str, Any] | None:
    if not value:
        return None
    if key == "status" and value.capitalize() in STATUSES:
        return VIEWS[value.capitalize()]
    if key == "is" and value.lower() in ("unclaimed", "waiting"):
        return VIEWS[value.capitalize()]
    if key == "agent" and value.isascii() and value.isdecimal() and len(value) < 19:
        return {"agent_id": int(value)}
    if key == "to":
        return {"destination": value.capitalize()}
    return None
