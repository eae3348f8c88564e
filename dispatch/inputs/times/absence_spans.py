"""From when to when an absence is, as typed: whole days, or times of due_times.

``today`` and days are whole ones by the calendar of the agent; a time is read by the terminal's clock, as
everywhere. The end is a whole day, too, which is part of the absence.
"""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta

from dispatch.inputs import validation
from dispatch.inputs.times import due_times
from models.calendars import Calendar
from models.clock import from_text, to_text
from models.errors import InvalidInput

NOW = "now"
DAY = timedelta(days=1)
EXAMPLES = "today, tomorrow, mon, 2082-12-24 are whole days; also now, " + due_times.EXAMPLES


def understand(since: str, until: str, now: str, days: Calendar, clock: Calendar) -> tuple[str, str]:
    """Return when an absence begins and ends, stored; ``days`` has the agent's days. Raises InvalidInput."""
    today = days.here(from_text(now)).date()
    first = _day(since, today)
    begin = _begins(since, first, today, now, days, clock)
    begins_on = days.here(from_text(begin)).date()
    last = _day(until, today, begins_on)
    if last is None:
        end = due_times.understand(until, now, clock)
    else:
        end = to_text(_midnight(last + DAY, days))
    if end <= now:
        raise InvalidInput("time", f"{validation.excerpt(until.strip())} has passed", EXAMPLES)
    if end <= begin:
        problem = f"{validation.excerpt(until.strip())} is before {validation.excerpt(since.strip())}"
        raise InvalidInput("time", problem, "give the end after the start; a day as the end is part of it")
    return begin, end


def _begins(text: str, first: date | None, today: date, now: str, days: Calendar, clock: Calendar) -> str:
    if first is None:
        return now if text.strip().casefold() == NOW else due_times.understand(text, now, clock)
    if first < today:
        raise InvalidInput("time", f"{validation.excerpt(text.strip())} has passed", EXAMPLES)
    return max(now, to_text(_midnight(first, days)))  # who is absent today is so from now on


def _day(text: str, today: date, since: date | None = None) -> date | None:
    try:
        return due_times.day_alone(text, today, since)
    except (ValueError, OverflowError):
        raise InvalidInput("time", f"{validation.excerpt(text.strip())} is no day", EXAMPLES) from None


def _midnight(day: date, days: Calendar) -> datetime:
    return days.moment(datetime.combine(day, time(), UTC))
