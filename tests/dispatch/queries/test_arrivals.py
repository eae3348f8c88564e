"""How many leads have come in: this hour, today, and how many wait; counted from the newest on."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, timedelta
from typing import Any

import pytest

from dispatch import queries
from dispatch.desk.desk import Desk
from dispatch.operations import undo
from dispatch.queries import totals
from models.calendars import Calendar
from tests.query_cost import FEW, add_bookings, extra_steps


@pytest.fixture(autouse=True)
def _utc(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(totals, "terminal", lambda: Calendar(UTC, 0))


def test_leads_of_the_hour_and_the_day(
    desk: Desk, add_lead: Callable[..., Any], look: Callable[..., Any]
) -> None:
    assert look(queries.count_arrivals, desk.now()) == queries.Arrivals(0, 0, 0)
    for ago in (timedelta(days=1), timedelta(hours=2), timedelta(minutes=1), timedelta()):
        with desk.earlier(ago):
            add_lead()
    now = desk.now()
    assert now.endswith("09:00:00")  # the hour has just begun
    assert look(queries.count_arrivals, now) == queries.Arrivals(1, 3, 4)  # nobody is there to take them
    undo.undo(desk)
    assert look(queries.count_arrivals, now) == queries.Arrivals(0, 2, 3)


@pytest.mark.on_file
def test_older_leads_are_not_read(
    desk: Desk, add_agent: Callable[..., Any], add_lead: Callable[..., Any]
) -> None:
    add_agent()
    with desk.earlier(timedelta(days=2)):
        add_lead()

    def count() -> object:
        return queries.count_arrivals(desk.now())

    assert extra_steps(desk, count, lambda: add_bookings(desk, 1000)) < FEW
