"""The queue's filter language."""

from __future__ import annotations

import pytest

from dispatch.queries.bookings import BookingFilter
from screens.filters.bookings import VIEWS, filter_of, parse_filter, view_of


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        ("", {}),
        ("kate  nguyen ", {"text": "kate nguyen"}),
        ("status:pending", {"status": "Pending"}),
        ("STATUS:Confirmed", {"status": "Confirmed"}),
        ("agent:6 kate", {"agent_id": 6, "text": "kate"}),
        ("to:mars", {"destination": "Mars"}),
        ('to:"Alpha Centauri" source:bought', {"destination": "Alpha Centauri", "source": "Bought"}),
        ('method:"Phone Call" kate', {"method": "Phone Call", "text": "kate"}),
        (filter_of("to", "Mars"), {"destination": "Mars"}),
        ("is:unclaimed", {"unclaimed": True}),
        ("is:waiting", {"waiting": True}),
        ("is:unclaimed is:waiting", {"waiting": True}),  # the last one counts
        ("is:waiting status:cancelled", {"status": "Cancelled"}),
        # what is no pair of ours is a word to look for
        ("status:lost", {"text": "status:lost"}),
        ("status:", {"text": "status:"}),
        ("agent:six", {"text": "agent:six"}),
        ("agent:-1", {"text": "agent:-1"}),
        ("agent:٦", {"text": "agent:٦"}),
        ("agent:" + "9" * 19, {"text": "agent:" + "9" * 19}),  # beyond a 64-bit number
        ("[/] a:b", {"text": "[/] a:b"}),
        ("12:30", {"text": "12:30"}),
    ],
)
def test_what_a_text_asks_for(text: str, wanted: dict[str, object]) -> None:
    assert parse_filter(text, BookingFilter()) == BookingFilter(**wanted)  # type: ignore[arg-type]


def test_order_and_view_stay_unless_the_text_says_otherwise() -> None:
    current = BookingFilter(sort="customer", descending=False, unclaimed=True, text="old", agent_id=3)
    assert parse_filter("new", current) == BookingFilter(
        sort="customer", descending=False, unclaimed=True, text="new"
    )
    assert parse_filter("status:pending", current) == BookingFilter(
        sort="customer", descending=False, status="Pending"
    )


@pytest.mark.parametrize("name", VIEWS)
def test_every_view_is_known_by_its_parts(name: str) -> None:
    assert view_of(BookingFilter(**VIEWS[name], text="kate", agent_id=2)) == name


def test_what_is_no_view_is_called_mixed() -> None:
    assert view_of(BookingFilter(status="Confirmed", unclaimed=True)) == "Mixed"
