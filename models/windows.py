"""Calendar windows, an hour, a day or a week, in the desk's zone (docs/rules.md, Caps).

A zone's rules are known for real dates only, so its offset is looked up at the desk's time minus the year
shift. Nothing keeps an offset: a wall-clock time is worked out again for every moment.
"""

from __future__ import annotations

from datetime import UTC, datetime, timedelta, tzinfo
from functools import lru_cache
from typing import NamedTuple
from zoneinfo import ZoneInfo

from models.clock import from_text, shift_years, to_text

HOUR, DAY, WEEK = PERIODS = ("hour", "day", "week")
DAYS = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")
NOT_A_PLACE = ("posix", "right", "localtime", "Factory")
"""Names in the zone files that are copies of others, count leap seconds, or differ between machines."""

_HOUR, _SECOND = timedelta(hours=1), timedelta(seconds=1)


class Window(NamedTuple):
    """A span of stored times, ``end`` not included."""

    start: str
    end: str


@lru_cache(maxsize=64)
def zone_named(name: str) -> tzinfo:
    """Return a zone by its IANA name. Raises ValueError."""
    if name == "UTC":  # also on a machine without zone files
        return UTC
    if name.split("/")[0] in NOT_A_PLACE or name != name.strip():
        raise ValueError(name)
    try:
        return ZoneInfo(name)
    except (KeyError, OSError) as error:
        raise ValueError(name) from error


@lru_cache(maxsize=4096)
def window(period: str, at: str, zone: str, year_shift: int) -> Window:
    """Return the window of a stored time. Of an hour that happens twice, each is a window of its own."""
    calendar = _Calendar(zone_named(zone), year_shift)
    moment = from_text(at)
    days = len(DAYS) if period == WEEK else 1
    start, end = calendar.hour(moment) if period == HOUR else calendar.days(moment, days)
    return Window(to_text(start), to_text(end))


def wall_clock(at: str, zone: str, year_shift: int) -> datetime:
    """Return what a clock in the zone shows at a stored time, with the desk's year."""
    moment = from_text(at)
    return moment + _Calendar(zone_named(zone), year_shift).offset(moment)


class _Calendar:
    """The desk's calendar in a zone; its moments are the desk's time in UTC."""

    def __init__(self, zone: tzinfo, year_shift: int) -> None:
        self._zone = zone
        self._shift = year_shift

    def offset(self, moment: datetime) -> timedelta:
        real = shift_years(moment, -self._shift)
        return real.astimezone(self._zone).utcoffset() or timedelta()

    def hour(self, moment: datetime) -> tuple[datetime, datetime]:
        """From one full hour on the clock to the next, or to a change of the clock between them."""
        here = moment + self.offset(moment)
        start = moment - timedelta(minutes=here.minute, seconds=here.second)
        end = start + _HOUR
        if self.offset(start) != self.offset(moment):
            start = self._change(start, moment)
        if self.offset(end - _SECOND) != self.offset(moment):
            end = self._change(moment, end - _SECOND)
        return start, end

    def days(self, moment: datetime, number: int) -> tuple[datetime, datetime]:
        """A day from midnight to midnight, or a week of 7 from Monday: 23 or 25 hours where clocks change."""
        here = moment + self.offset(moment)
        first = here.replace(hour=0, minute=0, second=0)
        if number == len(DAYS):
            first -= timedelta(days=here.weekday())
        return self._moment(first), self._moment(first + timedelta(days=number))

    def _moment(self, here: datetime) -> datetime:
        """The first moment at which a clock shows a time; if none does, when it is put forward past it."""
        real = shift_years(here, -self._shift).replace(tzinfo=self._zone)
        return here - (real.utcoffset() or timedelta())

    def _change(self, before: datetime, after: datetime) -> datetime:
        """The first moment with the later offset; there is one change between the two."""
        while after - before > _SECOND:
            middle = before + timedelta(seconds=(after - before) // _SECOND // 2)
            if self.offset(middle) == self.offset(before):
                before = middle
            else:
                after = middle
        return after
