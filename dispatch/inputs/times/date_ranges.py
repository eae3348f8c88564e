"""Periods as typed: "today", "yesterday 17:30", "9:00", "-2h", "2082-11-22", "last week".

Both ends of a period are read in the terminal's own zone and on the desk's own calendar, as due_times
reads the future.
"""

from __future__ import annotations

import re
from datetime import UTC, date, datetime, time, timedelta

from dispatch.inputs import validation
from dispatch.inputs.times import due_times
from dispatch.inputs.times.due_times import clock_time
from models.calendars import Calendar
from models.clock import from_text, to_text
from models.errors import InvalidInput

EXAMPLES = (
    "today, yesterday 17:30, 9:00, -2h, 30 min ago, 3 days ago, 2082-11-22, 2082-11-22 09:30, 22.11. 9:00,"
    " this week, last month"
)
FEW_EXAMPLES = "today, 9:00, -2h"
DAYS_AGO = {"today": 0, "yesterday": 1}
WHICH = {"last": -1, "this": 0, "next": 1}
SPANS = due_times.SPANS | {unit: timedelta(days=days) for unit, days in due_times.DAY_SPANS.items()}


def since(text: str, now: str, clock: Calendar) -> str:
    """Return the stored time at which a period begins; a day alone means its first moment, "2h" that ago.

    ``now`` is a stored time; the text is read by ``clock``, or in UTC if it ends in "UTC" or "Z". A time
    alone is the last such. Raises InvalidInput, naming the accepted forms.
    """
    return _bound(text, now, clock, ends=False)


def until(text: str, now: str, clock: Calendar) -> str:
    """Return the stored time before which a period ends; a day alone is included, a time alone is today's.

    Otherwise as ``since``.
    """
    return _bound(text, now, clock, ends=True)


def period(text: str, now: str, clock: Calendar) -> tuple[str, str]:
    """Return the stored times from and before which a period runs; a moment alone is both.

    Tomorrow is accepted too, and a time alone is today's. Raises InvalidInput.
    """
    if validation.stripped(text, "time").casefold() == "tomorrow":
        text, now = "today", to_text(from_text(now) + timedelta(days=1))
    start, end = (_bound(text, now, clock, ends=ends, ahead=True) for ends in (False, True))
    return start, end


def _bound(text: str, now: str, clock: Calendar, *, ends: bool, ahead: bool = False) -> str:
    typed = validation.stripped(text, "time")
    words = re.sub(r"[\s,]+", " ", typed.casefold()).strip()
    marked = re.fullmatch(r"(.*[0-9]) ?(?:utc|z)", words)
    if marked:
        words, clock = marked[1], Calendar(UTC, 0)
    here = clock.here(from_text(now)).replace(tzinfo=None)
    try:
        if span := _ago(words, ahead):
            return to_text(from_text(now) - span)
        meant = _meant(words, here, ends, ahead)
        if meant is not None:
            return to_text(clock.moment(meant.replace(tzinfo=UTC)))
    except (ValueError, OverflowError):  # no such day or hour, or one outside the calendar
        pass
    raise InvalidInput(
        "time",
        f"{validation.excerpt(typed)} is not a time",
        f"try {FEW_EXAMPLES}; desk time is {to_text(here)[:16]}",
    )


def _ago(words: str, ahead: bool) -> timedelta | None:
    """Return how long ago is meant, whatever clocks did meanwhile; None for other words."""
    span = re.fullmatch(rf"-? ?([0-9]{{1,6}}) ?({'|'.join(SPANS)})( ago)?", words)
    is_before, is_ago = words.startswith("-"), bool(span and span[3])
    if span and (is_before != is_ago or not (is_before or ahead)):  # "2h" alone may also be ahead
        return SPANS[span[2]] * int(span[1])
    return None


def _meant(words: str, now: datetime, ends: bool, ahead: bool) -> datetime | None:
    """Return what the terminal's clock shows at the time that is meant, None for other words."""
    hour = clock_time(words) if ":" in words or words.endswith("m") else None  # "9" alone is ambiguous
    if hour is not None:
        moment = datetime.combine(now.date(), hour)
        return moment if ends or ahead or moment <= now else moment - timedelta(days=1)
    day = _first_of(words, now.date(), ends)
    if day is not None:
        return datetime.combine(day, time())
    typed, _, rest = re.sub(r"(?<=[0-9])t(?=[0-9])", " ", words).partition(" ")
    day = _day(typed, now.date())
    if day is None:
        return None
    if rest:
        hour = clock_time(rest)
        return None if hour is None else datetime.combine(day, hour)
    return datetime.combine(day, time()) + timedelta(days=1 if ends else 0)


def _first_of(words: str, today: date, ends: bool) -> date | None:
    """Return the first day of a week or month: this, last or next, or (``ends``) of the one after it."""
    which, _, unit = words.partition(" ")
    if which not in WHICH or unit not in ("week", "month"):
        return None
    step = WHICH[which] + ends
    if unit == "week":
        return today + timedelta(weeks=step, days=-today.weekday())
    year, month = divmod(today.year * 12 + today.month - 1 + step, 12)
    return date(year, month + 1, 1)


def _day(word: str, today: date) -> date | None:
    """Return a day by name or date; one without a year is the last such. Raises ValueError for none."""
    if word in DAYS_AGO:
        return today - timedelta(days=DAYS_AGO[word])
    for form in due_times.DATES + due_times.YEARLESS:
        match = re.fullmatch(form, word)
        if match:
            given = match.groupdict()
            day = date(int(given.get("year") or today.year), int(given["month"]), int(given["dayno"]))
            return day if "year" in given or day <= today else day.replace(year=day.year - 1)
    return None
