"""Working time: round the clock, or weekly hours without holidays. SLA clocks count nothing else.

A calendar reads ``24x7`` or ``mon-fri 09:00-17:00``, followed by a zone such as ``+01:00`` if the desk does
not work in UTC, and by ``except 2082-12-25 ...`` for holidays. Each clock keeps the text it started with,
so a changed setting moves no existing deadline.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from functools import lru_cache

ROUND_THE_CLOCK = "24x7"
ACCEPTED = f"{ROUND_THE_CLOCK}, or days and hours such as mon-fri 09:00-17:00 or mon-sat 08:00-20:00 +01:00"
DAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
DAY = timedelta(days=1)
MOST_DAYS = 4000  # no working time within about ten years means none at all

_FORM = re.compile(
    rf"(?P<first>{'|'.join(DAYS)})(?:-(?P<last>{'|'.join(DAYS)}))? "
    r"(?P<opens>[0-9]{1,2}:[0-9]{2})-(?P<closes>[0-9]{1,2}:[0-9]{2})"
    r"(?: (?P<zone>[+-][0-9]{2}:[0-9]{2}))?"
)


@dataclass(frozen=True)
class Hours:
    """A calendar of working time; ``days`` empty means round the clock."""

    days: frozenset[int] = frozenset()
    opens: timedelta = timedelta()
    closes: timedelta = timedelta()
    zone: timedelta = timedelta()
    holidays: frozenset[date] = frozenset()

    def between(self, start: datetime, end: datetime) -> int:
        """Return the working seconds between two moments; 0 if the second is not later."""
        if end <= start:
            return 0
        if not self.days:
            return int((end - start).total_seconds())
        shifts = self._shifts(start, range((end - start).days + 2))
        spans = (min(end, closes) - max(start, opens) for opens, closes in shifts)
        return sum(max(0, int(span.total_seconds())) for span in spans)

    def after(self, start: datetime, seconds: int) -> datetime:
        """Return the earliest moment so many working seconds later. Raises ValueError beyond MOST_DAYS."""
        if not self.days or seconds <= 0:
            return start + timedelta(seconds=max(0, seconds))
        left = timedelta(seconds=seconds)
        for opens, closes in self._shifts(start, range(MOST_DAYS)):
            begin = max(start, opens)
            if begin + left <= closes:
                return begin + left
            left -= max(timedelta(), closes - begin)
        raise ValueError("no working time within ten years")

    def opening(self, moment: datetime) -> datetime:
        """Return the moment itself if it is working time, else the next opening. Raises ValueError."""
        if not self.days:
            return moment
        for opens, closes in self._shifts(moment, range(MOST_DAYS)):
            if moment < closes:
                return max(moment, opens)
        raise ValueError("no working time within ten years")

    def before(self, end: datetime, seconds: int) -> datetime:
        """Return the latest moment so many working seconds earlier."""
        if not self.days or seconds <= 0:
            return end - timedelta(seconds=max(0, seconds))
        left = timedelta(seconds=seconds)
        for opens, closes in self._shifts(end, range(0, -MOST_DAYS, -1)):
            finish = min(end, closes)
            if finish - left >= opens:
                return finish - left
            left -= max(timedelta(), finish - opens)
        raise ValueError("no working time within ten years")

    def _shifts(self, moment: datetime, days: range) -> Iterator[tuple[datetime, datetime]]:
        """Yield when work opens and closes on the working ones of these days, counted from the moment's."""
        midnight = (moment + self.zone).replace(hour=0, minute=0, second=0, microsecond=0)
        for number in days:
            day = midnight + number * DAY
            if day.weekday() in self.days and day.date() not in self.holidays:
                yield day + self.opens - self.zone, day + self.closes - self.zone


@lru_cache(maxsize=64)
def calendar(text: str) -> Hours:
    """Parse a calendar. Raises ValueError."""
    week, _, excepted = text.strip().lower().partition(" except ")
    if week == ROUND_THE_CLOCK:
        return Hours()
    match = _FORM.fullmatch(re.sub(r"\s+", " ", week))
    if match is None:
        raise ValueError(text)
    first = DAYS.index(match["first"])
    last = DAYS.index(match["last"] or match["first"])
    opens, closes = _clock(match["opens"]), _clock(match["closes"])
    offset = datetime.fromisoformat(f"2000-01-01T00:00{match['zone'] or 'Z'}").utcoffset()
    if closes <= opens:
        raise ValueError(text)
    return Hours(
        days=frozenset((first + step) % 7 for step in range((last - first) % 7 + 1)),
        opens=opens,
        closes=closes,
        zone=offset or timedelta(),
        holidays=frozenset(date.fromisoformat(day) for day in excepted.split()),
    )


def _clock(text: str) -> timedelta:
    """Return the time since midnight; 24:00 is the day's end."""
    if text == "24:00":
        return DAY
    hour, minute = text.split(":")
    clock = time(int(hour), int(minute))
    return timedelta(hours=clock.hour, minutes=clock.minute)


def written(week: str, holidays: str) -> str:
    """Return the calendar text for the desk's two settings."""
    return f"{week} except {holidays}" if holidays and week != ROUND_THE_CLOCK else week
