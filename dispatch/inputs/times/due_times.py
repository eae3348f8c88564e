"""Future times as typed: "tomorrow 9:00", "in 2 hours", "2h", "fri 9", "tomorrow at nine", "23.11. 9:00".

Everything is read in the terminal's own zone and on the desk's own calendar, decades ahead. Each form of a
day is one row of FORMS; a day without a time means 09:00.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from contextlib import suppress
from datetime import UTC, date, datetime, time, timedelta

from dispatch.inputs import validation
from models.calendars import Calendar
from models.clock import from_text, to_text
from models.errors import InvalidInput

RELATIVE = (
    "tomorrow 9:00, today 17:30, 9:00, 15m, 2h, in 30 min, in 2 hours, in 3 days, monday,"
    " next monday 10:00, fri 9"
)
EXAMPLES = f"{RELATIVE}, 23.11. 9:00, 11-23 09:00"
DAYS_TO_EXAMPLE = 8  # from now to the dates that a refusal names
MORNING = "9:00"
WEEKDAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
DAYS_AHEAD = {"today": 0, "tomorrow": 1, "tmrw": 1, "yesterday": -1}
NUMBERS = ("one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten", "eleven", "twelve")
IN_FIGURES = {word: str(number) for number, word in enumerate(NUMBERS, start=1)} | {"noon": "12:00"}
SPANS = {
    **dict.fromkeys(("minutes", "minute", "mins", "min", "m"), timedelta(minutes=1)),
    **dict.fromkeys(("hours", "hour", "hrs", "hr", "h"), timedelta(hours=1)),
}
DAY_SPANS = {"days": 1, "day": 1, "d": 1, "weeks": 7, "week": 7, "w": 7}
HOURS_OF_A_CLOCK, LONGEST_MINUTES = 12, 240
"""A number alone from the one to the other is minutes, where a short time is asked for."""
LEAP_YEARS_APART = 8  # at most, around 2100

Form = Callable[[re.Match[str], date], date]


def understand(text: str, now: str, clock: Calendar) -> str:
    """Return the stored time that a text means, after ``now`` (stored), by the clock of a zone.

    A text ending in "UTC" or "Z" is read as UTC in any zone: the form for scripts. Raises InvalidInput,
    naming the accepted forms, for the past and for anything else.
    """
    typed = validation.stripped(text, "time")
    words = _plain(typed)
    marked = re.fullmatch(r"(.*[0-9]) ?(?:utc|z)", words)
    if marked:
        words, clock = marked[1], Calendar(UTC, 0)
    present = from_text(now)
    here = clock.here(present).replace(tzinfo=None)
    try:
        span, meant = _span(words), _meant(words, here)
        stored = present + span if span else meant and clock.moment(meant.replace(tzinfo=UTC))
    except (ValueError, OverflowError):  # no such day or hour, or a year outside the calendar
        stored = None
    if stored is None or stored <= present:
        problem = "is not understood" if stored is None else "has passed"
        raise InvalidInput("time", f"{validation.excerpt(typed)} {problem}", _hint(here))
    return to_text(stored)


def understand_end(text: str, now: str, clock: Calendar) -> str:
    """Return the same for the end of a presence, where ``20`` means in 20 minutes.

    Only 13 to 240 do: a smaller number may be an hour as well. Raises InvalidInput.
    """
    typed = re.sub("^(until|till) ", "", validation.stripped(text, "time").casefold())
    if not re.fullmatch("[0-9]{1,3}", typed):
        return understand(text, now, clock)
    number = int(typed)
    if HOURS_OF_A_CLOCK < number <= LONGEST_MINUTES:
        return understand(f"{number} min", now, clock)
    if 0 < number <= HOURS_OF_A_CLOCK:
        raise InvalidInput("time", f"{typed} may be minutes or an hour", f"{number} min, {number}:00")
    return understand(text, now, clock)


def day_alone(text: str, today: date, since: date | None = None) -> date | None:
    """Return the day that a text names without a time of day; None for any other text.

    A day of the week is the next one, from ``since`` on if that is later. Raises ValueError for a date that
    does not exist.
    """
    words = _plain(text)
    for pattern, day in FORMS:
        if match := re.fullmatch(pattern, words):
            found = day(match, today)
            while day is _weekday and since is not None and found < since:
                found += timedelta(days=7)
            return found
    return None


def _plain(text: str) -> str:
    """Return a text as the forms have it: in small letters, with figures for numbers."""
    words = re.sub(r"[\s,]+", " ", text.casefold()).replace(" at ", " ").removeprefix("at ").strip()
    return " ".join(IN_FIGURES.get(word, word) for word in words.split())


def _hint(here: datetime) -> str:
    at = f"desk time is {WEEKDAYS[here.weekday()].capitalize()} {to_text(here)[:16]}"
    return f"{at}; try {', '.join(_examples(here))}"


def _examples(here: datetime) -> list[str]:
    """Return times as they may be typed; all of them are still ahead."""
    examples = RELATIVE.split(", ")
    with suppress(OverflowError):  # the last days of the calendar
        day = (here + timedelta(days=DAYS_TO_EXAMPLE)).date()
        examples += [f"{day:%d.%m.} 9:00", f"{day:%m-%d} 09:00", f"{day} 09:00"]
    return [one for one in examples if _is_ahead(one, here)]


def _is_ahead(text: str, here: datetime) -> bool:
    with suppress(ValueError, OverflowError):
        meant = _meant(text, here)
        return _span(text) is not None or (meant is not None and meant > here)
    return False


def _span(words: str) -> timedelta | None:
    """Return the hours or minutes from now, whatever clocks do meanwhile; None for other words."""
    words = re.sub("^(until|till) ", "", words)
    span = re.fullmatch(rf"(?:in )?{_NUMBER} ?(?P<unit>{'|'.join(SPANS)})", words)
    return SPANS[span["unit"]] * _number(span) if span else None


def _meant(words: str, now: datetime) -> datetime | None:
    """Return what the terminal's clock shows at the time that is meant, None for other words."""
    words = re.sub("^(until|till) ", "", words)
    alone = None if re.fullmatch("[0-9]{1,2}", words) else clock_time(words)  # "9" alone is ambiguous
    if alone is not None:
        day = now.date() if alone > now.time() else now.date() + timedelta(days=1)
        return datetime.combine(day, alone)
    first, _, rest = words.partition(" ")
    return _on_a_day(words, now.date()) or _on_a_day(f"{rest} {first}", now.date())


def _on_a_day(words: str, today: date) -> datetime | None:
    for pattern, day in FORMS:
        match = re.fullmatch(rf"{pattern}(?:[ t](?P<clock>.+))?", words)
        clock = clock_time(match["clock"] or MORNING) if match else None
        if match and clock is not None:
            return datetime.combine(day(match, today), clock)
    return None


def clock_time(words: str) -> time | None:
    """Parse ``9``, ``9:00``, ``17:30:59``, ``5pm`` or ``5:30 pm``. Raises ValueError for an invalid time."""
    match = re.fullmatch(r"([0-9]{1,2})(?::([0-9]{2}))?(?::([0-9]{2}))? ?(am|pm)?", words)
    if match is None:
        return None
    hour, half = int(match[1]), match[4]
    if half:
        if not 1 <= hour <= 12:
            raise ValueError(words)
        hour = hour % 12 + (12 if half == "pm" else 0)
    return time(hour, int(match[2] or 0), int(match[3] or 0))


def _number(match: re.Match[str]) -> int:
    return 1 if match["number"] in ("a", "an") else int(match["number"])


def _weekday(match: re.Match[str], today: date) -> date:
    """Return the next such day after today; with "next", that of the next week, which begins on Monday."""
    wanted = next(number for number, name in enumerate(WEEKDAYS) if name.startswith(match["weekday"]))
    if match["next"]:
        return today + timedelta(days=7 - today.weekday() + wanted)
    return today + timedelta(days=(wanted - today.weekday() - 1) % 7 + 1)


def _dated(match: re.Match[str], _today: date) -> date:
    return date(int(match["year"]), int(match["month"]), int(match["dayno"]))


def _yearless(match: re.Match[str], today: date) -> date:
    """Return the next such day from today on; 29 February waits for a leap year.

    Raises ValueError for a day that no year has.
    """
    for year in range(today.year, today.year + LEAP_YEARS_APART + 1):
        with suppress(ValueError):
            day = date(year, int(match["month"]), int(match["dayno"]))
            if day >= today:
                return day
    raise ValueError(match[0])


_NUMBER = "(?P<number>[0-9]{1,6}|an?)"
_MONTH, _DAY, _YEAR = "(?P<month>[0-9]{1,2})", "(?P<dayno>[0-9]{1,2})", "(?P<year>[0-9]{4})"
_NAMES = "|".join(name[:length] for name in WEEKDAYS for length in range(len(name), 2, -1))
DATES = rf"{_YEAR}-{_MONTH}-{_DAY}", rf"{_DAY}\.{_MONTH}\.{_YEAR}"
YEARLESS = rf"{_MONTH}-{_DAY}", rf"{_DAY}\.{_MONTH}\.?"

FORMS: tuple[tuple[str, Form], ...] = (
    (
        rf"(?P<day>{'|'.join(DAYS_AHEAD)})",
        lambda match, today: today + timedelta(days=DAYS_AHEAD[match["day"]]),
    ),
    (rf"(?P<next>next )?(?P<weekday>{_NAMES})", _weekday),
    (
        rf"(?:in )?{_NUMBER} ?(?P<unit>{'|'.join(DAY_SPANS)})",
        lambda match, today: today + timedelta(days=DAY_SPANS[match["unit"]] * _number(match)),
    ),
    *((form, _dated) for form in DATES),
    *((form, _yearless) for form in YEARLESS),
)
"""Patterns for a day, each with its date."""
