"""Calendar windows, an hour, a day or a week, in the desk's zone (docs/rules.md, Caps)."""

from __future__ import annotations

from datetime import datetime, timedelta
from functools import lru_cache
from typing import NamedTuple

from models.calendars import SECOND, Calendar, zone_named
from models.clock import from_text, to_text

HOUR, DAY, WEEK = PERIODS = ("hour", "day", "week")
DAYS = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")
_HOUR = timedelta(hours=1)


class Window(NamedTuple):
    """A span of stored times, ``end`` not included."""

    start: str
    end: str


@lru_cache(maxsize=4096)
def window(period: str, at: str, zone: str, year_shift: int) -> Window:
    """Return the window of a stored time. Of an hour that happens twice, each is a window of its own."""
    windows = _Windows(Calendar(zone_named(zone), year_shift))
    moment = from_text(at)
    days = len(DAYS) if period == WEEK else 1
    start, end = windows.hour(moment) if period == HOUR else windows.days(moment, days)
    return Window(to_text(start), to_text(end))


def wall_clock(at: str, zone: str, year_shift: int) -> datetime:
    """Return what a clock in the zone shows at a stored time, with the desk's year."""
    return Calendar(zone_named(zone), year_shift).here(from_text(at))


class _Windows:
    """The hours, days and weeks on a calendar."""

    def __init__(self, calendar: Calendar) -> None:
        self._calendar = calendar

    def hour(self, moment: datetime) -> tuple[datetime, datetime]:
        """From one full hour on the clock to the next, or to a change of the clock between them."""
        offset, change = self._calendar.offset, self._calendar.change
        here = moment + offset(moment)
        start = moment - timedelta(minutes=here.minute, seconds=here.second)
        end = start + _HOUR
        if offset(start) != offset(moment):
            start = change(start, moment)
        if offset(end - SECOND) != offset(moment):
            end = change(moment, end - SECOND)
        return start, end

    def days(self, moment: datetime, number: int) -> tuple[datetime, datetime]:
        """A day from midnight to midnight, or a week of 7 from Monday: 23 or 25 hours where clocks change."""
        first = self._calendar.here(moment).replace(hour=0, minute=0, second=0)
        if number == len(DAYS):
            first -= timedelta(days=first.weekday())
        return self._calendar.moment(first), self._calendar.moment(first + timedelta(days=number))
