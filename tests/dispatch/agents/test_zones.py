"""Times across the change of the clocks, as somebody in Berlin types and reads them."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from dispatch import queries
from dispatch.agents.presence import set_hours
from dispatch.bookings import follow_ups
from dispatch.desk.desk import Desk
from dispatch.operations import configuration
from dispatch.operations.sweep import sweep
from dispatch.queries.wording import exact
from dispatch.reporting.daily_figures import midnights
from dispatch.service.issues import intake
from models.issues import RESOLUTION, SlaClock
from tests.conftest import TestClock

BERLIN = ZoneInfo("Europe/Berlin")
FRIDAY, MONDAY = datetime(2026, 3, 27, 12, tzinfo=BERLIN), datetime(2026, 3, 30, tzinfo=BERLIN)
"""Before and after the clocks are put forward; the desk is 56 years ahead."""


@pytest.fixture(autouse=True)
def _in_berlin(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    monkeypatch.setenv("TZ", "Europe/Berlin")
    time.tzset()
    yield
    monkeypatch.undo()
    time.tzset()


def test_a_shift_begins_at_nine_by_the_clock_on_the_wall_all_year(
    desk: Desk, clock: TestClock, add_agent: Callable[..., Any]
) -> None:
    clock.moment = FRIDAY.replace(month=2, hour=8)
    add_agent()
    assert set_hours(desk, 1, "daily 9-17")["hours"] == "daily 09:00-17:00 Europe/Berlin"
    for hour, minute, presence in ((8, 59, "offline"), (9, 0, "available"), (17, 0, "offline")):
        clock.moment = datetime(2026, 7, 7, hour, minute, tzinfo=BERLIN)
        sweep(desk)
        with desk.reading():
            assert queries.agent(1)["presence"] == presence


def test_a_follow_up_is_due_at_the_time_that_was_typed(
    desk: Desk, clock: TestClock, add_agent: Callable[..., Any], add_lead: Callable[..., Any]
) -> None:
    clock.moment = FRIDAY
    add_agent()
    number = add_lead()["booking_id"]
    row = follow_ups.follow_up(desk, number, "monday 9:00")
    assert row["follow_up_at"] == "2082-03-30 07:00:00"
    assert exact(row["follow_up_at"]) == "30 Mar 2082 09:00"
    assert exact(row["created_at"]) == "27 Mar 2082 12:00"
    clock.moment = MONDAY.replace(hour=8, minute=59)
    with desk.reading():
        assert follow_ups.due(desk.now()) == []
    clock.moment = MONDAY.replace(hour=9)
    with desk.reading():
        assert [one["booking_id"] for one in follow_ups.due(desk.now())] == [number]
        assert exact(queries.booking(number)["created_at"]) == "27 Mar 2082 12:00"


def test_a_span_is_as_long_as_it_says(
    desk: Desk, clock: TestClock, add_agent: Callable[..., Any], add_lead: Callable[..., Any]
) -> None:
    clock.moment = datetime(2026, 3, 29, 1, tzinfo=BERLIN)
    add_agent()
    assert (
        follow_ups.follow_up(desk, add_lead()["booking_id"], "in 2 hours")["follow_up_at"]
        == "2082-03-29 02:00:00"
    )


def test_the_service_desk_keeps_its_hours_in_the_zone_of_the_desk(desk: Desk, clock: TestClock) -> None:
    configuration.set_value(desk, "zone", "Europe/Berlin")
    configuration.set_value(desk, "sla_hours", "mon-fri 9-12 13-17")
    configuration.set_value(desk, "sla_resolution_minutes", "240 240 240 240 240")
    clock.moment = FRIDAY.replace(hour=16)
    number = intake.open_issue(desk, "The site shows an error")["issue_id"]
    with desk.reading():
        found = SlaClock.get(SlaClock.issue_id == number, SlaClock.kind == RESOLUTION)
    assert found.hours == "mon-fri 09:00-12:00 13:00-17:00 Europe/Berlin"
    assert exact(found.due_at) == "30 Mar 2082 12:00", "an hour on Friday, three on Monday"


def test_the_day_of_the_change_has_23_hours(desk: Desk) -> None:
    begins = midnights("2082-03-29 12:00:00", 2)
    assert begins == ["2082-03-27 23:00:00", "2082-03-28 23:00:00", "2082-03-29 22:00:00"]
