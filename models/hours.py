"""Hours of work, of an agent or the desk: on which days, from when to when by the clock on the wall.

They are kept as wall-clock times with their zone, and worked out for each day by that day's offset. A time
that a clock shows twice is the first one; one that it skips is the moment at which it is put forward.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from functools import cached_property

from models.calendars import Calendar, zone_of

ODD, EVEN = "odd", "even"
MIDNIGHT = 24 * 60
"""The end of a day, in minutes."""
DAY = timedelta(days=1)
_SOME_MONDAY = date(1900, 1, 1)
MOST_DAYS = 4000  # no working time within about ten years means none at all
LOOK_AHEAD_DAYS = 400  # for the next turn

Minutes = tuple[int, int]
"""From when to when, in minutes of a day; to an earlier or the same one: on the next day."""


@dataclass(frozen=True)
class Span:
    """Hours on some days of the week (Monday is 0), in all weeks or only the odd or even ones (ISO 8601)."""

    days: tuple[int, ...]
    minutes: Minutes
    weeks: str = ""

    def is_on(self, day: date) -> bool:
        """Return whether the span begins on a day."""
        if day.weekday() not in self.days:
            return False
        return not self.weeks or (day.isocalendar().week % 2 == 1) == (self.weeks == ODD)


@dataclass(frozen=True)
class Hours:
    """The hours of every week; without ``spans`` and ``dated``, round the clock.

    ``dated`` has the hours of single days instead of the week's, ``days_off`` those without any. ``zone`` is
    an IANA name or a distance from UTC; "" is UTC.
    """

    spans: tuple[Span, ...] = ()
    zone: str = ""
    days_off: frozenset[date] = frozenset()
    dated: Mapping[date, tuple[Minutes, ...]] = field(default_factory=dict)

    @property
    def is_round_the_clock(self) -> bool:
        return not self.spans and not self.dated

    def of(self, day: date) -> list[Minutes]:
        """Return the hours that begin on a day."""
        if day in self.days_off:
            return []
        if day in self.dated:
            return list(self.dated[day])
        return [span.minutes for span in self.spans if span.is_on(day)]


@dataclass(frozen=True)
class WorkingTime:
    """Hours on the desk's calendar; all moments are the desk's time in UTC."""

    hours: Hours
    year_shift: int

    @cached_property
    def _calendar(self) -> Calendar:
        return Calendar(zone_of(self.hours.zone or "UTC"), self.year_shift)

    @cached_property
    def day_s(self) -> int:
        """The working seconds of a day: the mean of those of two weeks that have any, to the minute."""
        if not self.hours.spans:
            return MIDNIGHT * 60
        days = [_SOME_MONDAY + number * DAY for number in range(14)]  # an odd and an even week
        worked = [sum(end - begin for begin, end in self._minutes(day)) for day in days]
        return 60 * round(sum(worked) / (sum(map(bool, worked)) or 1)) or MIDNIGHT * 60

    def is_on(self, moment: datetime) -> bool:
        """Return whether a moment is working time."""
        if self.hours.is_round_the_clock:
            return True
        return any(begin <= moment < end for begin, end in self._spans(moment, range(-1, 2)))

    def next_turn(self, moment: datetime) -> datetime | None:
        """Return the next moment at which work begins or ends; None if it does neither for a year."""
        if self.hours.is_round_the_clock:
            return None
        last = None
        for begin, end in self._spans(moment, range(-1, LOOK_AHEAD_DAYS)):
            if last is not None and last != begin and last > moment:
                return last
            if begin > moment and begin != last:
                return begin
            last = end
        return last if last is not None and last > moment and not self.is_on(last) else None

    def between(self, start: datetime, end: datetime) -> int:
        """Return the working seconds between two moments; 0 if the second is not later."""
        if end <= start:
            return 0
        if self.hours.is_round_the_clock:
            return int((end - start).total_seconds())
        spans = self._spans(start, range(-1, (end - start).days + 3))
        return sum(
            max(0, int((min(end, closes) - max(start, opens)).total_seconds())) for opens, closes in spans
        )

    def after(self, start: datetime, seconds: int) -> datetime:
        """Return the earliest moment so many working seconds later. Raises ValueError beyond MOST_DAYS."""
        if self.hours.is_round_the_clock or seconds <= 0:
            return start + timedelta(seconds=max(0, seconds))
        left = timedelta(seconds=seconds)
        for opens, closes in self._spans(start, range(-1, MOST_DAYS)):
            begin = max(start, opens)
            if begin + left <= closes:
                return begin + left
            left -= max(timedelta(), closes - begin)
        raise ValueError("no working time within ten years")

    def days_after(self, start: datetime, days: int) -> datetime:
        """Return the same time of day so many working days later, or the next opening. Raises ValueError."""
        here = self._calendar.here(start)
        today = day = here.date()
        while days > 0:
            day += DAY
            days -= self.hours.is_round_the_clock or bool(self.hours.of(day))
            if (day - today).days > MOST_DAYS:
                raise ValueError("no working time within ten years")
        return self.opening(self._calendar.moment(datetime.combine(day, here.time(), _NO_ZONE)))

    def before(self, end: datetime, seconds: int) -> datetime:
        """Return the latest moment so many working seconds earlier. Raises ValueError beyond MOST_DAYS."""
        if self.hours.is_round_the_clock or seconds <= 0:
            return end - timedelta(seconds=max(0, seconds))
        left = timedelta(seconds=seconds)
        for opens, closes in self._spans(end, range(1, -MOST_DAYS, -1)):
            finish = min(end, closes)
            if finish - left >= opens:
                return finish - left
            left -= max(timedelta(), finish - opens)
        raise ValueError("no working time within ten years")

    def opening(self, moment: datetime) -> datetime:
        """Return the moment itself if it is working time, else the next opening. Raises ValueError."""
        if self.hours.is_round_the_clock:
            return moment
        for opens, closes in self._spans(moment, range(-1, MOST_DAYS)):
            if moment < closes:
                return max(moment, opens)
        raise ValueError("no working time within ten years")

    def _spans(self, moment: datetime, days: range) -> Iterator[tuple[datetime, datetime]]:
        """Yield when work begins and ends on days counted from the moment's: none overlap, some may touch."""
        today = self._calendar.here(moment).date()
        for number in days:
            day = today + number * DAY
            spans = [(self._at(day, begin), self._at(day, end)) for begin, end in self._minutes(day)]
            worked = [(begin, end) for begin, end in spans if begin < end]  # a clock may skip all of it
            yield from worked if days.step > 0 else reversed(worked)

    def _minutes(self, day: date) -> list[Minutes]:
        """The minutes of a day that are working time, in order, with what began on the day before."""
        own = [(begin, end if end > begin else MIDNIGHT) for begin, end in self.hours.of(day)]
        rest = [(0, end) for begin, end in self.hours.of(day - DAY) if 0 < end <= begin]
        merged: list[Minutes] = []
        for begin, end in sorted(own + rest):
            if merged and begin <= merged[-1][1]:
                begin, end = merged[-1][0], max(merged.pop()[1], end)
            merged.append((begin, end))
        return merged

    def _at(self, day: date, minutes: int) -> datetime:
        here = datetime.combine(day, time(), _NO_ZONE) + timedelta(minutes=minutes)
        return self._calendar.moment(here)


_NO_ZONE = zone_of("UTC")
"""What a clock shows is computed with like the desk's time."""
