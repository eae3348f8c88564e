"""Figures by day: midnight is the terminal's, and nothing outside the days counts."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from typing import Any

import pytest

from dispatch.desk.desk import Desk
from dispatch.reporting.daily_figures import confirmed_by_agent, midnights
from models.bookings import CONFIRMED, Booking

NOW = "2082-03-14 09:00:00"
MOMENTS = (
    *("2082-03-14 08:00:00", "2082-03-14 00:00:00", "2082-03-13 23:59:59", "2082-03-01 00:00:00"),
    *("2082-02-28 23:59:59", "2082-03-15 00:00:00"),  # before and after the fourteen days
)


@pytest.fixture
def confirmed(desk: Desk, add_agent: Callable[..., Any], add_lead: Callable[..., Any]) -> Desk:
    """One agent with a booking confirmed at each moment."""
    add_agent(capacity=100)
    for moment in MOMENTS:
        number = add_lead()["booking_id"]
        with desk.transaction():
            changed = Booking.update(status=CONFIRMED, completed_at=moment)
            changed.where(Booking.booking_id == number).execute()
    return desk


@pytest.fixture(autouse=True)
def _zone_as_before(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    yield
    monkeypatch.undo()
    time.tzset()


@pytest.mark.parametrize(
    ("zone", "end", "days"),
    [
        ("UTC", "2082-03-15 00:00:00", [1, *[0] * 11, 1, 2]),
        ("Etc/GMT-1", "2082-03-14 23:00:00", [2, *[0] * 12, 3]),
    ],
)
def test_confirmed_bookings_are_counted_by_the_day(
    confirmed: Desk, monkeypatch: pytest.MonkeyPatch, zone: str, end: str, days: list[int]
) -> None:
    monkeypatch.setenv("TZ", zone)
    time.tzset()
    assert midnights(NOW, 1)[-1] == end
    with confirmed.reading():
        assert confirmed_by_agent(NOW) == {1: days}
