"""Calendar windows: every moment is in exactly one, by the clock on the wall of the desk's zone."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from models.calendars import zone_named
from models.clock import from_text, shift_years, to_text
from models.windows import DAY, HOUR, PERIODS, WEEK, window

SECOND = timedelta(seconds=1)
ZONES = (
    "UTC",
    "Europe/Berlin",
    "America/New_York",
    "Australia/Lord_Howe",  # half an hour of summer time
    "Asia/Kathmandu",
    "America/Havana",  # clocks change at midnight
    "Pacific/Chatham",
)
YEARS_S, DAYS_S = 2 * 365 * 86_400, 2 * 86_400
FIRST = datetime(2026, 1, 1, tzinfo=UTC)
CHANGES = ("2026-03-29", "2026-10-25", "2026-03-08", "2026-11-01", "2026-04-04", "2026-10-03")
"""Days on or after which clocks change somewhere."""
MOMENTS = st.builds(lambda seconds: FIRST + timedelta(seconds=seconds), st.integers(0, YEARS_S))
NEAR = st.builds(
    lambda day, seconds: datetime.fromisoformat(f"{day}T00:00Z") + timedelta(seconds=seconds),
    st.sampled_from(CHANGES),
    st.integers(0, DAYS_S),
)


def wall(at: datetime, zone: str, shift: int) -> datetime:
    """What a clock in the zone shows, without the zone, in the desk's year."""
    real = shift_years(at, -shift).astimezone(ZoneInfo(zone))
    return at.replace(tzinfo=None) + (real.utcoffset() or timedelta())


def label(at: datetime, period: str, zone: str, shift: int) -> object:
    """What is the same for all moments of a window, and another for those of the next."""
    here = wall(at, zone, shift)
    if period == HOUR:  # an hour that happens twice differs in the distance to UTC
        return here.replace(minute=0, second=0), here - at.replace(tzinfo=None)
    if period == WEEK:
        return here.date() - timedelta(days=here.weekday())
    return here.date()


@given(
    at=MOMENTS | NEAR,
    period=st.sampled_from(PERIODS),
    zone=st.sampled_from(ZONES),
    shift=st.sampled_from((0, 56)),
)
def test_a_window_has_all_moments_of_its_label_and_no_other(
    at: datetime, period: str, zone: str, shift: int
) -> None:
    moment = shift_years(at, shift)
    span = window(period, to_text(moment), zone, shift)
    start, end = from_text(span.start), from_text(span.end)
    assert start <= moment < end
    own = label(moment, period, zone, shift)
    assert label(start, period, zone, shift) == label(end - SECOND, period, zone, shift) == own
    assert label(end, period, zone, shift) != own
    assert label(start - SECOND, period, zone, shift) != own
    for inside in (start, end - SECOND):
        assert window(period, to_text(inside), zone, shift) == span
    assert window(period, span.end, zone, shift).start == span.end


@pytest.mark.parametrize(
    ("period", "at", "hours"),
    [
        (DAY, "2082-03-29 12:00:00", 23),
        (DAY, "2082-10-25 12:00:00", 25),
        (DAY, "2082-10-26 12:00:00", 24),
        (WEEK, "2082-03-29 12:00:00", 167),
        (HOUR, "2082-10-25 00:30:00", 1),  # 02:30, the first time
        (HOUR, "2082-10-25 01:30:00", 1),  # 02:30 again: a window of its own
    ],
)
def test_days_are_as_long_as_the_clock_makes_them(period: str, at: str, hours: int) -> None:
    span = window(period, at, "Europe/Berlin", 56)
    assert from_text(span.end) - from_text(span.start) == timedelta(hours=hours)


def test_an_hour_that_happens_twice_is_two_windows() -> None:
    first, again = (window(HOUR, f"2082-10-25 {hour}:30:00", "Europe/Berlin", 56) for hour in ("00", "01"))
    assert first.end == again.start


@pytest.mark.parametrize("name", ["Berlin", "Europe", "../UTC", "/etc/passwd", "right/UTC", "+02:00"])
def test_what_is_no_zone_is_refused(name: str) -> None:
    with pytest.raises(ValueError, match=re.escape(name)):
        zone_named(name)
