"""The pulse of the desk: leads a day, what becomes of them, and what is open now."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Sequence

from peewee import Case, fn

from dispatch.reporting.daily_figures import midnights
from dispatch.reporting.row_types import Funnel, OpenWork, Pulse
from models.base import tuples
from models.bookings import CANCELLED, CONFIRMED, PENDING, Assignment, Booking
from models.sql import beginning, count_if

DAYS = 30
HOUR, MINUTE = 13, 16  # characters of a stored time
FULL_HOUR = ":00:00"


def pulse(now: str, days: int = DAYS) -> Pulse:
    """Return the last ``days`` days, today included, beside the days before them.

    Call it inside ``desk.reading()``; it scans assignments and bookings once each.
    """
    begins = midnights(now, 2 * days)
    since, before = begins[days], begins[0]
    daily = _leads_by_day(begins)
    earlier, latest = _outcomes(before, since)
    return {
        "days": days,
        "leads_by_day": daily[days:],
        "funnel": _funnel(sum(daily[days:]), latest),
        "funnel_before": _funnel(sum(daily[:days]), earlier),
        "open": _open(),
    }


def _funnel(leads: int, counts: list[int]) -> Funnel:
    bookings, reached, confirmed = counts
    return {"leads": leads, "bookings": bookings, "reached": reached, "confirmed": confirmed}


def _leads_by_day(begins: Sequence[str]) -> list[int]:
    """Count leads on each day between midnights: those given to an agent, and those that wait for one.

    Undone leads do not count. An undo changes the booking, so only those changed since are looked up.
    """
    since, counts = begins[0], [0] * (len(begins) - 1)
    # grouping by text is three times faster than by day
    length = HOUR if all(begin.endswith(FULL_HOUR) for begin in begins) else MINUTE
    given = beginning(Assignment.assigned_at, length)
    waiting = beginning(Booking.created_at, length)
    number = fn.COUNT(Assignment.assignment_id)
    assigned = Assignment.select(given, number).where(Assignment.assigned_at >= since).group_by(given)
    undone = assigned.join(Booking, on=(Booking.assignment_id == Assignment.assignment_id)).where(
        Booking.status == CANCELLED, Booking.changed_at >= since, Booking.voided
    )
    unassigned = (
        Booking.select(waiting, fn.COUNT(Booking.booking_id))
        .where(Booking.status == PENDING, Booking.assignment_id.is_null(), ~Booking.voided)
        .where(Booking.created_at >= since)
        .group_by(waiting)
    )
    for sign, query in ((1, assigned), (-1, undone), (1, unassigned)):
        for moment, found in tuples(query):
            day = bisect_right(begins, f"{moment}:00:00"[:19]) - 1
            counts[min(day, len(counts) - 1)] += sign * found
    return counts


def _outcomes(before: str, since: str) -> tuple[list[int], list[int]]:
    """Count the bookings of two periods, and those reached and confirmed, in one pass."""
    periods = (
        (Booking.created_at >= before) & (Booking.created_at < since),
        Booking.created_at >= since,
    )
    reached = Booking.contacted_at.is_null(False) | (Booking.status == CONFIRMED)
    wanted = [
        count_if(condition)
        for period in periods
        for condition in (period, period & reached, period & (Booking.status == CONFIRMED))
    ]
    ((*counts,),) = tuples(Booking.select(*wanted).where(~Booking.voided, Booking.created_at >= before))
    found = [int(count or 0) for count in counts]
    return found[:3], found[3:]


def _open() -> OpenWork:
    is_new = Booking.claimed_at.is_null() & Booking.agent_id.is_null(False)
    columns = (
        fn.COUNT(Booking.booking_id),
        count_if(Booking.agent_id.is_null()),
        count_if(is_new),
        fn.MIN(Booking.created_at),
        fn.MIN(Case(None, [(is_new, Booking.created_at)])),
    )
    ((pending, waiting, unclaimed, oldest, oldest_unclaimed),) = tuples(
        Booking.select(*columns).where(Booking.status == PENDING)
    )
    return {
        "pending": pending,
        "waiting": waiting or 0,
        "to_claim": unclaimed or 0,
        "oldest": oldest,
        "oldest_to_claim": oldest_unclaimed,
    }
