"""The queue's views, and how a filter text chooses among them."""

from __future__ import annotations

from typing import Any

from dispatch.inputs.filters.filter_language import parse, together
from dispatch.inputs.filters.filter_reader import Reading, asked
from dispatch.queries.booking_filter_keys import BOOKING_KEYS, EVERY
from dispatch.queries.bookings import BookingFilter
from screens.filters.view_words import without

VIEWS: dict[str, dict[str, Any]] = {
    "All": EVERY,
    "Pending": EVERY | {"status": "Pending"},
    "Unclaimed": EVERY | {"unclaimed": True},
    "Waiting": EVERY | {"waiting": True},
    "Confirmed": EVERY | {"status": "Confirmed"},
    "Cancelled": EVERY | {"status": "Cancelled"},
}


def view_of(which: BookingFilter) -> str:
    """Return the name of the view that a filter's status and flags amount to."""
    for name, parts in VIEWS.items():
        if all(getattr(which, key) == value for key, value in parts.items()):
            return name
    return "Mixed"


def parse_filter(
    text: str, view: str, reading: Reading, *, sort: str = "changed", descending: bool = True
) -> BookingFilter:
    """Parse a text in an order and a view; words about the status take the place of the view.

    Raises InvalidInput.
    """
    fields, named = asked(parse(text), BOOKING_KEYS, reading)
    if named.isdisjoint(VIEWS["All"]):
        fields |= VIEWS[view]
    return BookingFilter(sort=sort, descending=descending, **fields)


def without_view(text: str, reading: Reading) -> str:
    """Return a text without the words that take the place of the view. Raises InvalidInput."""
    return without(text, VIEWS["All"].keys(), BOOKING_KEYS, reading)


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
    alone = view_of(parse_filter(text, "All", reading))
    return text.strip() if alone == view else together(VIEW_TEXTS.get(view, ""), text)
