"""Working time: round the clock, or weekly hours without holidays. SLA clocks count nothing else.

A calendar reads ``24x7`` or ``mon-fri 09:00-17:00``, followed by a zone such as ``+01:00`` if the desk does
not work in UTC, and by ``except 2082-12-25 ...`` for holidays. Each clock keeps the text it started with,
so a changed setting moves no existing deadline.
"""

from __future__ import annotations

import re
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
        day, total = self._day_of(start), 0
        while self._opening(day) < end:
            if self._is_open(day):
                begin, finish = max(start, self._opening(day)), min(end, self._closing(day))
                total += max(0, int((finish - begin).total_seconds()))
            day += DAY
        return total

    def after(self, start: datetime, seconds: int) -> datetime:
        """Return the earliest moment so many working seconds later. Raises ValueError beyond MOST_DAYS."""
        if not self.days or seconds <= 0:
            return start + timedelta(seconds=max(0, seconds))
        day, left = self._day_of(start), timedelta(seconds=seconds)
        for _ in range(MOST_DAYS):
            if self._is_open(day):
                begin = max(start, self._opening(day))
                if begin + left <= self._closing(day):
                    return begin + left
                left -= max(timedelta(), self._closing(day) - begin)
            day += DAY
        raise ValueError("no working time within ten years")

    def before(self, end: datetime, seconds: int) -> datetime:
        """Return the latest moment so many working seconds earlier."""
        if not self.days or seconds <= 0:
            return end - timedelta(seconds=max(0, seconds))
        day, left = self._day_of(end), timedelta(seconds=seconds)
        for _ in range(MOST_DAYS):
            if self._is_open(day):
                finish = min(end, self._closing(day))
                if finish - left >= self._opening(day):
                    return finish - left
                left -= max(timedelta(), finish - self._opening(day))
            day -= DAY
        raise ValueError("no working time within ten years")

    def _day_of(self, moment: datetime) -> datetime:
        """Return the moment's midnight on the desk's own clock, as UTC."""
        here = moment + self.zone
        return here.replace(hour=0, minute=0, second=0, microsecond=0) - self.zone

    def _opening(self, day: datetime) -> datetime:
        return day + self.opens

    def _closing(self, day: datetime) -> datetime:
        return day + self.closes

    def _is_open(self, day: datetime) -> bool:
        here = (day + self.zone).date()
        return here.weekday() in self.days and here not in self.holidays


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
    if closes <= opens:
        raise ValueError(text)
    return Hours(
        days=frozenset((first + step) % 7 for step in range((last - first) % 7 + 1)),
        opens=opens,
        closes=closes,
        zone=_zone(match["zone"]),
        holidays=frozenset(date.fromisoformat(day) for day in excepted.split()),
    )


def _clock(text: str) -> timedelta:
    """Return the time since midnight; 24:00 is the day's end."""
    if text == "24:00":
        return DAY
    hour, minute = text.split(":")
    clock = time(int(hour), int(minute))
    return timedelta(hours=clock.hour, minutes=clock.minute)


def _zone(text: str | None) -> timedelta:
    if not text:
        return timedelta()
    offset = datetime.fromisoformat(f"2000-01-01T00:00{text}").utcoffset()
    return offset or timedelta()


def written(week: str, holidays: str) -> str:
    """Return the calendar text for the desk's two settings."""
    return f"{week} except {holidays}" if holidays and week != ROUND_THE_CLOCK else week
