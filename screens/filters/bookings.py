"""The queue's views, and how a filter text changes them."""

from __future__ import annotations

from typing import Any

from dispatch.inputs.filter_language import parse, together
from dispatch.inputs.filter_reader import Reading, asked
from dispatch.queries.booking_filter_keys import BOOKING_KEYS
from dispatch.queries.bookings import BookingFilter

VIEWS: dict[str, dict[str, Any]] = {
    "All": {"status": None, "unclaimed": False, "waiting": False},
    "Pending": {"status": "Pending", "unclaimed": False, "waiting": False},
    "Unclaimed": {"status": None, "unclaimed": True, "waiting": False},
    "Waiting": {"status": None, "unclaimed": False, "waiting": True},
    "Confirmed": {"status": "Confirmed", "unclaimed": False, "waiting": False},
    "Cancelled": {"status": "Cancelled", "unclaimed": False, "waiting": False},
}


def view_of(which: BookingFilter) -> str:
    """Return the name of the view that a filter's status and flags amount to."""
    for name, parts in VIEWS.items():
        if all(getattr(which, key) == value for key, value in parts.items()):
            return name
    return "Mixed"


def parse_filter(text: str, current: BookingFilter, reading: Reading) -> BookingFilter:
    """Parse a text in the current order and, unless it says otherwise, the current view.

    Raises InvalidInput.
    """
    fields, named = asked(parse(text), BOOKING_KEYS, reading)
    if named.isdisjoint(VIEWS["All"]):
        fields |= {name: getattr(current, name) for name in VIEWS["All"]}
    return BookingFilter(sort=current.sort, descending=current.descending, **fields)


VIEW_TEXTS = {
    "Pending": "status:pending",
    "Unclaimed": "is:unclaimed",
    "Waiting": "is:waiting",
    "Confirmed": "status:confirmed",
    "Cancelled": "status:cancelled",
}


def whole_text(text: str, which: BookingFilter, reading: Reading) -> str:
    """Return the text that finds the same as this one in the view of ``which``. Raises InvalidInput."""
    view = view_of(which)
    alone = view_of(parse_filter(text, BookingFilter(), reading))
    return text.strip() if alone == view else together(VIEW_TEXTS.get(view, ""), text)
