"""Wall clocks: what a clock in a zone shows at a stored time, and when it shows a given time.

A zone's rules are known for real dates only, so its offset is looked up at the desk's time minus the year
shift. Nothing keeps an offset: a wall-clock time is worked out again for every moment.
"""

from __future__ import annotations

import os
import re
from datetime import UTC, datetime, timedelta, timezone, tzinfo
from functools import lru_cache
from zoneinfo import ZoneInfo

from models.clock import from_text, shift_years, utc_now

NOT_A_PLACE = ("posix", "right", "localtime", "Factory")
"""Names in the zone files that are copies of others, count leap seconds, or differ between machines."""
FURTHEST = timedelta(hours=15)
SECOND = timedelta(seconds=1)

_OFFSET = re.compile(r"(?P<sign>[+-])(?P<hours>[0-9]{2}):(?P<minutes>[0-5][0-9])")


def zone_of(text: str) -> tzinfo:
    """Return a zone by its IANA name, or by its distance from UTC such as ``+05:30``. Raises ValueError."""
    found = _OFFSET.fullmatch(text)
    if found is None:
        return zone_named(text)
    ahead = timedelta(hours=int(found["hours"]), minutes=int(found["minutes"]))
    if ahead >= FURTHEST:
        raise ValueError(text)
    return timezone(-ahead if found["sign"] == "-" else ahead)


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


class Calendar:
    """The desk's calendar in a zone; moments are the desk's time in UTC, ``here`` what a clock shows."""

    def __init__(self, zone: tzinfo | None, year_shift: int) -> None:
        """``zone`` None is that of the terminal."""
        self._zone = zone
        self.year_shift = year_shift

    def offset(self, moment: datetime) -> timedelta:
        """Return how far the zone is ahead of UTC at a moment."""
        real = shift_years(moment, -self.year_shift)
        return real.astimezone(self._zone).utcoffset() or timedelta()

    def here(self, moment: datetime) -> datetime:
        """Return what a clock shows, with the desk's year."""
        return moment + self.offset(moment)

    def moment(self, here: datetime) -> datetime:
        """Return the first moment at which a clock shows a time; if it skips that, when it is put forward."""
        real = shift_years(here, -self.year_shift)
        before, after = (here - self._offset_of(real, fold) for fold in (0, 1))
        if before > after:  # in a gap, the offset before it gives a moment behind it
            return self.change(after, before)
        return before

    def _offset_of(self, real: datetime, fold: int) -> timedelta:
        """The zone's offset where its clock shows a time, the first or the second time that it does."""
        shown = real.replace(tzinfo=self._zone, fold=fold)
        offset = (shown if self._zone else shown.astimezone()).utcoffset()
        return offset or timedelta()

    def change(self, before: datetime, after: datetime) -> datetime:
        """Return the first moment with the later offset; there is one change between the two."""
        while after - before > SECOND:
            middle = before + timedelta(seconds=(after - before) // SECOND // 2)
            if self.offset(middle) == self.offset(before):
                before = middle
            else:
                after = middle
        return after


_years_ahead = 0


def show_desk(year_shift: int) -> None:
    """Let the terminal's clock be that of a desk so many years ahead: a terminal shows one desk."""
    global _years_ahead
    _years_ahead = year_shift


def terminal() -> Calendar:
    """Return the calendar of the terminal's own zone, for times that are typed and shown."""
    return Calendar(None, _years_ahead)


def to_local(text: str) -> str:
    """Format a stored time as the terminal's clock shows it, to the minute."""
    return f"{terminal().here(from_text(text)):%Y-%m-%d %H:%M}"


def terminal_zone() -> str:
    """Return the name of the terminal's zone, or its distance from UTC if it has none."""
    import tzlocal  # seldom needed

    name = os.environ.get("TZ") or tzlocal.get_localzone_name()
    try:
        zone_named(name or "")
    except ValueError:
        seconds = int((utc_now().astimezone().utcoffset() or timedelta()).total_seconds())
        return f"{'-' if seconds < 0 else '+'}{abs(seconds) // 3600:02}:{abs(seconds) // 60 % 60:02}"
    return name
