"""Figures by day, each read from an index within a bounded range of days."""

from __future__ import annotations

from collections import defaultdict
from datetime import timedelta

from peewee import fn

from models.base import tuples
from models.bookings import Booking
from models.clock import from_text, local_offset, to_text
from models.sql import seconds_of

DAY_S = 86_400
TREND_DAYS = 14


def end_of_day(now: str) -> str:
    """Return the stored time of the next midnight in the terminal's zone."""
    local = from_text(now) + local_offset()
    midnight = local.replace(hour=0, minute=0, second=0, microsecond=0) + timedelta(days=1)
    return to_text(midnight - local_offset())


def confirmed_by_agent(now: str, days: int = TREND_DAYS) -> dict[int, list[int]]:
    """Return the bookings that each agent confirmed on each of the last ``days`` days, today last."""
    end = end_of_day(now)
    since = to_text(from_text(end) - timedelta(days=days))
    back = ((seconds_of(end) - 1 - seconds_of(Booking.completed_at)) / DAY_S).alias("back")
    query = (
        Booking.select(Booking.agent_id, back, fn.COUNT(Booking.completed_at))
        .where(Booking.completed_at >= since, Booking.completed_at < end, Booking.agent_id.is_null(False))
        .group_by(Booking.agent_id, back)
    )
    found: dict[int, list[int]] = defaultdict(lambda: [0] * days)
    for agent_id, days_back, number in tuples(query):
        found[agent_id][max(0, days - 1 - int(days_back))] += number
    return dict(found)
