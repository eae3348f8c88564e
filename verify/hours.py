"""Hours of an agent's shift, read once more: whether they are on at a time (docs/rules.md, Hours).

``mon-fri 09:00-12:00 13:00-17:00, odd weeks sat 10:00-14:00, 2082-12-24 09:00-12:00 Europe/Berlin except
2082-12-25``, as they are stored. A time that a clock shows twice is the first one; one that it skips is the
moment at which it is put forward.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator
from datetime import UTC, date, datetime, time, timedelta, timezone, tzinfo
from zoneinfo import ZoneInfo

DAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
DAY, SECOND = timedelta(days=1), timedelta(seconds=1)


def is_on(hours: str, at: str, year_shift: int, holidays: Collection[str] = ()) -> bool:
    """Whether hours are on at a stored time; ``holidays`` are days without any but those of their date."""
    if hours == "24x7":
        return True
    moment = datetime.fromisoformat(at)
    return any(
        begin <= moment < end
        for ahead in range(-2, 3)
        for begin, end in _spans(hours, (moment + ahead * DAY).date(), year_shift, holidays)
    )


def _spans(
    hours: str, day: date, year_shift: int, holidays: Collection[str]
) -> Iterator[tuple[datetime, datetime]]:
    """From when to when the hours are on that begin on a day."""
    week, _, off = hours.partition(" except ")
    *_, last = week.split()
    zone = "" if last[0].isdigit() else last
    groups = week.removesuffix(zone).strip().split(", ")
    if str(day) in off.split():
        return
    dated = [group for group in groups if group.startswith(str(day))]
    if not dated and str(day) in holidays:
        return
    for group in dated or [group for group in groups if _is_of(group, day)]:
        for since, until in re.findall(r"(\d\d:\d\d)-(\d\d:\d\d)", group):
            begin, end = (datetime.combine(day, time()) + _since_midnight(one) for one in (since, until))
            yield _first(begin, zone, year_shift), _first(end if begin < end else end + DAY, zone, year_shift)


def _is_of(group: str, day: date) -> bool:
    """Whether a group of days and times is about a day of the week."""
    words = group.split()
    if words[0] in ("odd", "even"):
        if day.isocalendar().week % 2 != (words[0] == "odd"):
            return False
        words = words[2:]
    return day.weekday() in days_of(words[0])


def days_of(names: str) -> set[int]:
    """The days of ``mon-fri,sun`` or ``daily``, none for a date."""
    if names == "daily":
        return set(range(7))
    found: set[int] = set()
    for run in names.split(",") if names[0].isalpha() else ():
        first, _, last = run.partition("-")
        begin, end = DAYS.index(first), DAYS.index(last or first)
        found |= {(begin + step) % 7 for step in range((end - begin) % 7 + 1)}
    return found


def _since_midnight(text: str) -> timedelta:
    return timedelta(hours=int(text[:2]), minutes=int(text[3:]))


def _first(here: datetime, zone: str, year_shift: int) -> datetime:
    """The first time at which a clock shows at least ``here`` on that day."""
    place = _place(zone)

    def shown(moment: datetime) -> datetime:
        real = shifted(moment, -year_shift).replace(tzinfo=UTC)
        return moment + (real.astimezone(place).utcoffset() or timedelta())

    early = here - DAY
    offsets = {shown(moment) - moment for moment in (early, here + DAY)}
    times = sorted(here - offset for offset in offsets)
    for moment in times:
        if shown(moment) == here:
            return moment
    before, after = times[0], times[-1]  # it is put forward between them
    while after - before > SECOND:
        middle = before + SECOND * ((after - before) // SECOND // 2)
        before, after = (before, middle) if shown(middle) >= here else (middle, after)
    return after


def _place(zone: str) -> tzinfo:
    if zone and zone[0] in "+-":
        sign = -1 if zone[0] == "-" else 1
        return timezone(sign * timedelta(hours=int(zone[1:3]), minutes=int(zone[4:6])))
    return ZoneInfo(zone) if zone else UTC


def shifted(moment: datetime, years: int) -> datetime:
    """A moment so many years later; 29 February becomes 1 March in a year without one."""
    try:
        return moment.replace(year=moment.year + years)
    except ValueError:
        return moment.replace(year=moment.year + years, month=3, day=1)
