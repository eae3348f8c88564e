"""One injected clock, and the two forms of a time: a datetime inside, text in the database."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta

Clock = Callable[[], datetime]
"""Tells the present moment in UTC; a naive result is taken as UTC."""

TEXT_LENGTH = len("2082-11-22 01:02:03")


def utc_now() -> datetime:
    """The system's clock, in UTC."""
    return datetime.now(UTC)


def shift_years(moment: datetime, years: int) -> datetime:
    """Move a moment by whole years; 29 February rolls to 1 March where the year has none.

    As SQLite's ``'+56 years'`` does (docs/rules.md, Times and the year shift).
    """
    try:
        return moment.replace(year=moment.year + years)
    except ValueError:
        return moment.replace(year=moment.year + years, month=3, day=1)


def to_text(moment: datetime) -> str:
    """The stored form of a UTC moment: ``2082-11-22 01:02:03``."""
    # isoformat is five times faster than strftime, and every lead needs one.
    return moment.isoformat(" ", "seconds")[:19]


def from_text(text: str) -> datetime:
    """The UTC moment that a stored time means. Raises ValueError on any other form."""
    if len(text) == TEXT_LENGTH and text[4] + text[7] + text[10] + text[13] + text[16] == "-- ::":
        return datetime.fromisoformat(text).replace(tzinfo=UTC)  # a tenth of what strptime takes
    raise ValueError(f"time data {text!r} does not match a stored time")


def local_offset() -> timedelta:
    """What the terminal's own zone is ahead of UTC at present.

    The desk lives decades ahead, where no zone's rules are known; so the offset of *now* is used for
    all its times, which is the one a person at the terminal would add in the head.
    """
    return datetime.now().astimezone().utcoffset() or timedelta()


def to_local(text: str) -> str:
    """A stored time as the terminal's own zone shows it, to the minute."""
    return (from_text(text) + local_offset()).strftime("%Y-%m-%d %H:%M")
