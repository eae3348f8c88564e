"""The next step of a booking, its time, and the next action."""

from __future__ import annotations

from typing import Any

import pytest

from dispatch import bookings
from dispatch.bookings import follow_ups
from dispatch.desk.desk import Desk
from dispatch.operations.configuration import set_value
from dispatch.queries import BookingFilter, booking, count_bookings, list_bookings
from dispatch.queries.next_steps import count_late, is_due, limits_of, next_action, step_of, with_step
from models.bookings import Booking
from models.hours import Hours, Span, WorkingTime

NOW = "2082-11-24 09:00:00"
EARLIER, LATER = "2082-11-24 08:59:59", "2082-11-24 09:00:01"
FRESH: Any = {
    "status": "Pending",
    "agent_id": 1,
    "claimed_at": None,
    "contacted_at": None,
    "follow_up_at": None,
}


@pytest.mark.parametrize(
    ("row", "expected"),
    [
        ({}, "claim"),
        ({"agent_id": None}, "reassign"),
        ({"claimed_at": EARLIER}, "contact"),
        ({"claimed_at": EARLIER, "follow_up_at": LATER}, "contact"),
        ({"claimed_at": EARLIER, "contacted_at": EARLIER}, "confirm"),
        ({"claimed_at": EARLIER, "contacted_at": EARLIER, "follow_up_at": LATER}, "confirm"),
        ({"claimed_at": EARLIER, "contacted_at": EARLIER, "follow_up_at": EARLIER}, "contact"),
        ({"claimed_at": EARLIER, "contacted_at": EARLIER, "follow_up_at": NOW}, "contact"),
        ({"follow_up_at": EARLIER}, "claim"),
        ({"status": "Confirmed", "claimed_at": EARLIER}, None),
        ({"status": "Cancelled"}, None),
    ],
)
def test_next_action(row: dict[str, Any], expected: str | None) -> None:
    assert next_action(FRESH | row, NOW) == expected


def test_every_next_action_is_a_command() -> None:
    for name in ("claim", "contact", "confirm", "reassign"):
        assert callable(getattr(bookings, name))
    assert callable(follow_ups.follow_up)


@pytest.mark.parametrize(("at", "due"), [(None, False), (EARLIER, True), (NOW, True), (LATER, False)])
def test_a_follow_up_is_due_from_its_moment_on(at: str | None, due: bool) -> None:
    assert is_due(at, NOW) is due


# -- next steps: the lead came in at 09:00, MEDIUM, which has four hours to its first contact


def at(time: str, day: int = 1) -> str:
    return f"2082-03-{day:02} {time}:00"


def step(desk: Desk) -> tuple[str, str | None]:
    with desk.reading():
        found = step_of(booking(1), limits_of(desk.settings, desk.now()))
    assert found is not None
    return found


def late(desk: Desk) -> tuple[int, int, int]:
    with desk.reading():
        limits = limits_of(desk.settings, desk.now())
        counts = count_late(limits)
        listed = [
            count_bookings(which)
            for which in (
                BookingFilter(due_until=limits.now),
                BookingFilter(overdue=limits),
                BookingFilter(rotten=limits),
            )
        ]
        assert [len(list_bookings(BookingFilter(rotten=limits), limit=5))] == listed[2:]
    assert listed == list(counts)
    return counts


def test_each_kind_has_its_time(desk: Desk, add_lead: Any, clock: Any, add_agent: Any) -> None:
    set_value(desk, "offer_minutes", "0")
    add_lead()
    assert step(desk) == ("waiting", at("13:00"))
    add_agent("Ada", years=9)
    assert step(desk) == ("assigned", at("13:00"))
    set_value(desk, "offer_minutes", "15")
    assert step(desk) == ("offered", at("09:15"))
    bookings.claim(desk, 1, 1)
    assert step(desk) == ("claimed", at("13:00"))
    set_value(desk, "contact_hours", "2")  # the sweep asks then, and ends the claim half an hour later
    assert step(desk) == ("claimed", at("11:30"))


def test_what_is_late_says_so_to_the_second(desk: Desk, lead: Any, clock: Any) -> None:
    bookings.claim(desk, 1, 1)
    follow_ups.follow_up(desk, 1, "in 3 h")
    assert step(desk) == ("follow_up", at("12:00"))
    clock.advance(hours=3)
    assert late(desk) == (1, 0, 0)
    clock.advance(minutes=5)
    assert late(desk) == (1, 1, 0)
    bookings.contact(desk, 1, "reached", follow_up="none")
    assert (step(desk), late(desk)) == (("claimed", at("12:05", 3)), (0, 0, 0))
    clock.advance(hours=47, minutes=59, seconds=59)
    assert late(desk) == (0, 0, 0)
    clock.advance(seconds=1)
    assert (step(desk), late(desk)) == (("rotten", at("12:05", 3)), (0, 0, 1))
    bookings.note(desk, 1, "a note alone is no next step")
    assert late(desk) == (0, 0, 1)
    bookings.keep(desk, 1)
    assert late(desk) == (0, 0, 0)
    bookings.cancel(desk, 1, "no money")
    with desk.reading():
        row = with_step(booking(1), limits_of(desk.settings, desk.now()))
    assert (row["next_step"], row["next_step_at"]) == (None, None)


def test_a_lead_is_overdue_when_its_time_is_used_whoever_has_it(desk: Desk, lead: Any, clock: Any) -> None:
    set_value(desk, "contact_hours", "0")
    clock.advance(hours=3, minutes=59, seconds=59)
    assert late(desk) == (0, 0, 0)
    clock.advance(seconds=1)
    assert late(desk) == (0, 1, 0)
    bookings.claim(desk, 1, 1)
    assert (step(desk), late(desk)) == (("claimed", at("13:00")), (0, 1, 0))
    bookings.contact(desk, 1, "no_answer", follow_up="none")  # somebody tried: now it may only be left alone
    assert (step(desk), late(desk)) == (("claimed", at("13:00", 3)), (0, 0, 0))


def test_rotten_counts_working_days_and_can_be_off(desk: Desk, lead: Any, clock: Any) -> None:
    """1 March 2082 is a Sunday: two days of eight hours end on Tuesday evening, at Wednesday's opening."""
    set_value(desk, "sla_hours", "mon-fri 09:00-17:00")
    bookings.claim(desk, 1, 1)
    bookings.contact(desk, 1, "reached", follow_up="none")
    assert step(desk) == ("claimed", at("17:00", 3))
    clock.advance(days=3)
    assert step(desk) == ("rotten", at("17:00", 3))
    set_value(desk, "rotten_days", "0")
    assert step(desk) == ("claimed", None)
    assert late(desk) == (0, 0, 0)


def test_imported_work_has_no_clock_until_somebody_touches_it(desk: Desk, lead: Any, clock: Any) -> None:
    with desk.transaction():
        row = Booking.lock(1)
        row.given_at = None  # as the importer leaves it
        row.save()
    clock.advance(days=30)
    assert (step(desk), late(desk)) == (("assigned", None), (0, 0, 0))
    bookings.claim(desk, 1, 1)
    assert step(desk) == ("claimed", at("13:00", 31))


def test_a_reopened_booking_is_awaited_from_then_on(desk: Desk, lead: Any, clock: Any) -> None:
    bookings.cancel(desk, 1, "no money")
    clock.advance(days=9)
    bookings.reopen(desk, 1)
    set_value(desk, "offer_minutes", "0")
    assert step(desk) == ("assigned", at("13:00", 10))


@pytest.mark.parametrize(
    ("spans", "hours"),
    [((), 24), ((Span((0, 1, 2, 3, 4), (540, 1020)),), 8), ((Span((0,), (0, 600)), Span((5,), (0, 480))), 9)],
)
def test_a_working_day_is_the_mean_of_those_that_have_hours(spans: Any, hours: int) -> None:
    assert WorkingTime(Hours(spans), 56).day_s == hours * 3600
