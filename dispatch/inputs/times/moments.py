"""Dates and times of other programs, as the desk stores them (docs/rules.md, Intake)."""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import suppress
from datetime import UTC, datetime, timedelta, timezone

from dispatch.inputs.phone_numbers import bare
from dispatch.inputs.validation import excerpt, noun
from models.clock import to_text
from models.errors import InvalidInput

DMY, MDY = "dmy", "mdy"
ORDERS = (DMY, MDY)
LIKE = "like 2082-11-22 01:02:03"
MONTHS = (
    *("january", "february", "march", "april", "may", "june"),
    *("july", "august", "september", "october", "november", "december"),
)

_STORED = re.compile("[0-9]{4}-[0-9]{2}-[0-9]{2}[ T][0-9]{2}:[0-9]{2}:[0-9]{2}")  # the usual case, quickly
_TIME = (
    r"(?:(?:T|,? )(?P<hour>[0-9]{1,2}):(?P<minute>[0-9]{2})(?::(?P<second>[0-9]{2})(?:[.,][0-9]{1,9})?)?"
    r" ?(?P<half>[AaPp]\.?[Mm]\.?)? ?(?P<zone>Z|UTC|GMT|[+-][0-9]{2}(?::?[0-9]{2})?)?)?"
)
_YEAR, _MONTH_NAME = "(?P<year>[0-9]{4})", r"(?P<name>[A-Za-z]{3,9})\.?"
_YEAR_FIRST = re.compile(
    rf"{_YEAR}(?P<mark>[-/.])(?P<month>[0-9]{{1,2}})(?P=mark)(?P<day>[0-9]{{1,2}}){_TIME}"
)
_YEAR_LAST = re.compile(rf"(?P<one>[0-9]{{1,2}})(?P<mark>[-/.])(?P<two>[0-9]{{1,2}})(?P=mark){_YEAR}{_TIME}")
_NAMED = tuple(
    re.compile(pattern + _TIME)
    for pattern in (
        rf"(?P<day>[0-9]{{1,2}})[ -]{_MONTH_NAME}[ -]{_YEAR}",
        rf"{_MONTH_NAME} (?P<day>[0-9]{{1,2}}),? {_YEAR}",
    )
)


def moment(text: str, field: str, order: str | None = None) -> str:
    """Return a date or time as stored: in UTC, to the second; a time without a zone is the desk's, UTC.

    ``order`` says how 01/03/2081 is meant: DMY or MDY. Without it a date that has two readings is refused,
    naming both. Raises InvalidInput.
    """
    if _STORED.fullmatch(text):
        with suppress(ValueError):
            return to_text(datetime.fromisoformat(text))
    plain = bare(text)
    found = _YEAR_FIRST.fullmatch(plain)
    if found:
        readings = [_made(found, int(found["month"]), int(found["day"]))]
    elif found := _YEAR_LAST.fullmatch(plain):
        readings = list(_two_ways(found, DMY if found["mark"] == "." else order))
    else:
        found = next(filter(None, (pattern.fullmatch(plain) for pattern in _NAMED)), None)
        readings = [_made(found, _month_named(found["name"]), int(found["day"]))] if found else []
    possible = list(dict.fromkeys(filter(None, readings)))
    if len(possible) == 1:
        return possible[0]
    if not possible:
        raise InvalidInput(field, f"{excerpt(text.strip())} is not a valid {noun(field)}", LIKE)
    problem = f"{excerpt(text.strip())} is {_day(possible[0])} or {_day(possible[1])}"
    raise InvalidInput(field, problem, f"say which comes first: --dates {DMY} (the day) or --dates {MDY}")


def _two_ways(found: re.Match[str], order: str | None) -> Iterator[str | None]:
    """Yield the readings of a date that begins with its day or month, that as day first."""
    one, two = int(found["one"]), int(found["two"])
    if order != MDY:
        yield _made(found, two, one)
    if order != DMY:
        yield _made(found, one, two)


def _made(found: re.Match[str], month: int, day: int) -> str | None:
    """Return the stored time of a match; None if there is no such day or time."""
    hour = int(found["hour"] or 0)
    half = (found["half"] or "").lower()[:1]
    if half and not 1 <= hour <= 12:
        return None
    if half:
        hour = hour % 12 + (12 if half == "p" else 0)
    try:
        clock = hour, int(found["minute"] or 0), int(found["second"] or 0)
        when = datetime(int(found["year"]), month, day, *clock, tzinfo=_zone(found["zone"]))
        return to_text(when.astimezone(UTC))
    except (ValueError, OverflowError):
        return None


def _zone(text: str | None) -> timezone:
    """Return a zone of ``Z``, ``+02``, ``+0200`` or ``+02:00``. Raises ValueError for an impossible one."""
    if text is None or text.isalpha():
        return UTC
    digits = text[1:].replace(":", "")
    hours, minutes = int(digits[:2]), int(digits[2:] or 0)
    if minutes >= 60:
        raise ValueError(text)
    return timezone(timedelta(hours=hours, minutes=minutes) * (-1 if text[0] == "-" else 1))


def _month_named(word: str) -> int:
    """Return the number of an English month, written out or cut to three letters or more; 0 for none."""
    return next((place for place, name in enumerate(MONTHS, 1) if name.startswith(word.lower())), 0)


def _day(stored: str) -> str:
    return f"{int(stored[8:10])} {MONTHS[int(stored[5:7]) - 1].capitalize()} {stored[:4]}"
