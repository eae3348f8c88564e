"""Days of random neglect: no booking is silent for longer than its limit and one sweep.

The limits are worked out here a second time, from what people did; only the working hours are the desk's own.
"""

from __future__ import annotations

import random
from collections.abc import Callable
from contextlib import suppress
from datetime import timedelta
from typing import Any

import pytest

from dispatch import bookings, queries
from dispatch.agents.presence import set_presence
from dispatch.bookings import editing, follow_ups
from dispatch.desk.desk import Desk
from dispatch.operations.configuration import set_value
from dispatch.operations.integrity.work import next_steps
from dispatch.operations.sweep import sweep
from dispatch.operations.undo import undo
from dispatch.queries import BookingFilter
from dispatch.queries.next_steps import limits_of
from models.clock import from_text, to_text
from models.errors import DeskError
from models.hours import WorkingTime
from models.priorities import PRIORITIES
from tests.conftest import TestClock

TARGETS = {"CRITICAL": 5, "URGENT": 15, "HIGH": 60, "MEDIUM": 240, "LOW": 480}
WEEK = "mon-fri 09:00-17:00"
QUOTE = {"package": "Luxury Dome Stay", "destination_revenue": "100", "package_revenue": "50"}


class Neglect:
    """A desk whose people do something now and then; ``touched`` is when a booking was last changed."""

    def __init__(self, desk: Desk, clock: TestClock, add_lead: Callable[..., Any], seed: int) -> None:
        self.desk, self.clock, self.add_lead = desk, clock, add_lead
        self.chance = random.Random(seed)
        self.touched: dict[int, str] = {}
        self.awaited: dict[int, str] = {}
        self.seen: dict[int, int] = {}
        self.said = 0

    def live(self, days: float, every: timedelta) -> None:
        until = self.clock() + timedelta(days=days)
        while self.clock() < until:
            for _ in range(self.chance.choice((0, 1, 1, 3))):
                self.act()
            self.note_changes()
            self.clock.advance(seconds=every.total_seconds())
            sweep(self.desk)
            self.note_changes()
            self.check_partition()
            self.check_silence(every)

    def rows(self) -> list[Any]:
        with self.desk.reading():
            return list(queries.list_bookings(BookingFilter(status="Pending", sort="id")))

    def act(self) -> None:
        """One command of somebody, who may be refused."""
        rows = self.rows()
        if len(rows) < 12 and self.chance.random() < 0.4:
            found = self.add_lead(
                phone=f"+49{self.chance.randrange(10**9):09}", priority=self.chance.choice([*TARGETS])
            )
            self.awaited[found["booking_id"]] = self.desk.now()
            self.check_partition()
            return
        if self.chance.random() < 0.2:
            agent = self.chance.randint(1, 3)
            set_presence(self.desk, agent, self.chance.choice(("available", "available", "away", "break")))
        elif rows:
            self.work_on(self.chance.choice(rows))
        self.check_partition()

    def work_on(self, row: Any) -> None:
        desk, number, when = self.desk, row["booking_id"], self.chance.choice(("in 3 h", "in 2 d", None))
        acts: list[Callable[[], object]] = [
            lambda: bookings.claim(desk, number, row["agent_id"]),
            lambda: bookings.claim(desk, number, row["agent_id"]),
            lambda: bookings.contact(desk, number, "reached", follow_up=when),
            lambda: bookings.contact(desk, number, "no_answer", follow_up=when),
            lambda: follow_ups.follow_up(desk, number, when),
            lambda: bookings.release(desk, number),
            lambda: bookings.decline(desk, number, "full"),
            lambda: bookings.keep(desk, number),
            lambda: bookings.reassign(desk, number, self.chance.randint(1, 3), "knows them"),
            lambda: bookings.confirm(desk, number, **QUOTE),
            lambda: bookings.cancel(desk, number, "no money"),
            lambda: editing.edit(desk, number, priority=self.chance.choice([*TARGETS])),
            lambda: undo(desk),
            lambda: self.reopen(),
        ]
        with suppress(DeskError):
            self.chance.choice(acts)()

    def reopen(self) -> None:
        with self.desk.reading():
            closed = queries.list_bookings(BookingFilter(status="Cancelled"), limit=1)
        for row in closed:
            self.awaited[row["booking_id"]] = self.desk.now()
            bookings.reopen(self.desk, row["booking_id"])

    def note_changes(self) -> None:
        """Whatever somebody, or the clock, has changed since the last look was changed now."""
        for row in self.rows():
            if self.seen.get(row["booking_id"]) != row["version"]:
                self.seen[row["booking_id"]] = row["version"]
                self.touched[row["booking_id"]] = self.desk.now()

    def check_partition(self) -> None:
        with self.desk.reading():
            found = next_steps(limits_of(self.desk.settings, self.desk.now()))
        assert found.ok, found.detail

    def check_silence(self, every: timedelta) -> None:
        """Whatever has been silent for longer than its limit and one sweep is among what is late."""
        with self.desk.reading():
            limits = limits_of(self.desk.settings, self.desk.now())
            assert limits.working is not None  # worked out here, on the calendar of the desk at work
            late = {
                row["booking_id"]
                for which in (BookingFilter(overdue=limits), BookingFilter(rotten=limits))
                for row in queries.list_bookings(which)
            }
        last_sweep = to_text(from_text(limits.now) - every)
        for row in self.rows():
            number = row["booking_id"]
            limit = self.limit_of(row, limits.working)
            if limit < last_sweep:
                self.said += 1
                assert number in late, (row, limit)

    def limit_of(self, row: Any, working: WorkingTime) -> str:
        """By when somebody has to do something about a booking."""

        def after(since: str, minutes: int) -> str:
            return to_text(working.after(from_text(since), 60 * minutes))

        number, target = row["booking_id"], TARGETS[row["priority"]]
        touched = max(self.touched.get(number, ""), row["created_at"])
        if row["follow_up_at"]:
            return to_text(from_text(row["follow_up_at"]) + timedelta(minutes=5))
        if not row["contact_attempts"]:
            return after(max(self.awaited[number], row["created_at"]), target)
        if row["claimed_at"] is None:
            return after(touched, target)
        return after(touched, 2 * (24 if self.desk.settings["sla_hours"] == "24x7" else 8) * 60)


def neglected(desk: Desk, clock: TestClock, add_lead: Any, hours: str, offers: str, seed: int) -> Neglect:
    assert set(TARGETS) == set(PRIORITIES)
    set_value(desk, "sla_hours", hours)
    set_value(desk, "offer_minutes", offers)
    return Neglect(desk, clock, add_lead, seed)


@pytest.fixture
def three(add_agent: Any) -> None:
    for name, years in (("Ada", 9), ("Bob", 5), ("Cleo", 2)):
        add_agent(name, years=years)


@pytest.mark.parametrize(("hours", "offers"), [("24x7", "0"), (WEEK, "15")])
def test_nothing_is_silent_for_longer_than_its_limit(
    desk: Desk, three: None, clock: TestClock, add_lead: Any, hours: str, offers: str
) -> None:
    days = neglected(desk, clock, add_lead, hours, offers, seed=1)
    days.live(8, timedelta(hours=4))
    assert days.said > 20, "hardly anything was neglected: the test shows nothing"


@pytest.mark.stress
@pytest.mark.timeout(1800)
@pytest.mark.parametrize("seed", range(4))
@pytest.mark.parametrize(("hours", "offers"), [("24x7", "0"), ("24x7", "15"), (WEEK, "0"), (WEEK, "15")])
def test_nothing_is_silent_in_thirty_days(
    desk: Desk, three: None, clock: TestClock, add_lead: Any, hours: str, offers: str, seed: int
) -> None:
    days = neglected(desk, clock, add_lead, hours, offers, seed)
    days.live(30, timedelta(minutes=30))
    assert days.said > 200
