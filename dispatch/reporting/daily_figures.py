"""Figures by day, each read from an index within a bounded range of days."""

from __future__ import annotations

from collections import defaultdict
from datetime import timedelta

from peewee import SQL, Case, fn

from models.base import tuples
from models.bookings import Booking
from models.calendars import terminal
from models.clock import from_text, to_text

TREND_DAYS = 14


def midnights(now: str, days: int) -> list[str]:
    """Return the stored times at which the last ``days`` days begin, today included, and today ends.

    They are days of the terminal's zone: one on which its clock changes has 23 or 25 hours.
    """
    clock = terminal()
    today = clock.here(from_text(now)).replace(hour=0, minute=0, second=0)
    return [to_text(clock.moment(today + timedelta(days=number))) for number in range(1 - days, 2)]


def confirmed_by_agent(now: str, days: int = TREND_DAYS) -> dict[int, list[int]]:
    """Return the bookings that each agent confirmed on each of the last ``days`` days, today last."""
    *begins, end = midnights(now, days)
    latest_first = [(Booking.completed_at >= begin, day) for day, begin in reversed(list(enumerate(begins)))]
    day = Case(None, latest_first).alias("day")
    query = (
        Booking.select(Booking.agent_id, day, fn.COUNT(Booking.completed_at))
        .where(Booking.completed_at >= begins[0], Booking.completed_at < end, Booking.agent_id.is_null(False))
        .group_by(Booking.agent_id, SQL("day"))
    )
    found: dict[int, list[int]] = defaultdict(lambda: [0] * days)
    for agent_id, number_of_day, number in tuples(query):
        found[agent_id][number_of_day] += number
    return dict(found)
