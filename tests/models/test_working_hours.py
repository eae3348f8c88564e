"""Hours of work in a zone, against a plain model that looks at the clock on the wall every quarter hour."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from models.calendars import Calendar
from models.hours import EVEN, ODD, Hours, Minutes, Span, WorkingTime
from tests.steady import examples

ZONES = ("Europe/Berlin", "America/New_York", "Asia/Kolkata", "Australia/Lord_Howe")
YEAR_SHIFT = 56
STEP, DAY = timedelta(minutes=15), timedelta(days=1)
FIRST = datetime(2082, 1, 1, tzinfo=UTC)
TWO_YEARS = 2 * 365 * 96
"""Steps."""
QUARTERS = st.integers(0, 96).map(lambda quarters: 15 * quarters)
MINUTES = st.tuples(QUARTERS.filter(lambda end: end < 1440), QUARTERS).filter(lambda both: both[0] != both[1])
DAYS = st.sets(st.integers(0, 6), min_size=1).map(lambda days: tuple(sorted(days)))
DATES = st.dates(date(2082, 1, 2), date(2083, 12, 30))
HOURS = st.builds(
    Hours,
    st.lists(st.builds(Span, DAYS, MINUTES, st.sampled_from(("", ODD, EVEN))), min_size=1, max_size=3).map(
        tuple
    ),
    st.sampled_from(ZONES),
    st.frozensets(DATES, max_size=3),
    st.dictionaries(DATES, st.lists(MINUTES, min_size=1, max_size=2).map(tuple), max_size=3),
)
SUNDAYS = tuple(range(7)), (150, 210)  # from 2:30 to 3:30, where clocks change


def on_the_wall(hours: Hours) -> Iterator[tuple[datetime, bool]]:
    """Whether the hours are on, at every step of two years.

    A clock that is put back shows nothing new until it has caught up.
    """
    zone = ZoneInfo(hours.zone)
    latest = FIRST.replace(tzinfo=None) - DAY
    for number in range(TWO_YEARS):
        at = FIRST + number * STEP
        real = at.replace(year=at.year - YEAR_SHIFT)
        latest = max(latest, at.replace(tzinfo=None) + (real.astimezone(zone).utcoffset() or timedelta()))
        yield (
            at,
            any(
                covers(latest, day, one)
                for day in (latest.date() - DAY, latest.date())
                for one in of(hours, day)
            ),
        )


def of(hours: Hours, day: date) -> list[Minutes]:
    if day in hours.days_off:
        return []
    if day in hours.dated:
        return list(hours.dated[day])
    week = ODD if day.isocalendar().week % 2 else EVEN
    return [one.minutes for one in hours.spans if day.weekday() in one.days and one.weeks in ("", week)]


def covers(here: datetime, day: date, minutes: Minutes) -> bool:
    midnight = datetime(day.year, day.month, day.day)  # noqa: DTZ001  # what a clock shows has no zone
    begin, end = (midnight + timedelta(minutes=one) for one in minutes)
    return begin <= here < (end if end > begin else end + DAY)


@given(HOURS)
@example(Hours((Span(*SUNDAYS),), "Europe/Berlin"))
@example(Hours((Span(*SUNDAYS),), "America/New_York"))
@example(Hours((Span(*SUNDAYS),), "Australia/Lord_Howe"))
@settings(deadline=None, max_examples=examples(3), derandomize=True)
def test_hours_are_on_when_the_clock_on_the_wall_says_so(hours: Hours) -> None:
    work = WorkingTime(hours, YEAR_SHIFT)
    turn: datetime | None = FIRST
    was_on = work.is_on(FIRST)
    for at, is_on in on_the_wall(hours):
        while turn is not None and turn <= at:
            was_on, turn = work.is_on(turn), work.next_turn(turn)
        assert was_on == is_on, at


@given(HOURS, st.integers(0, 600 * 96).map(lambda step: FIRST + step * STEP), st.integers(0, 90 * 3600))
@settings(deadline=None)
def test_adding_counting_and_going_back_agree(hours: Hours, start: datetime, seconds: int) -> None:
    work = WorkingTime(hours, YEAR_SHIFT)
    end = work.after(start, seconds)
    assert work.between(start, end) == seconds
    assert work.between(work.before(end, seconds), end) == seconds
    opens = work.opening(start)
    assert work.is_on(opens)
    assert work.between(start, opens) == 0


@pytest.mark.parametrize(
    ("zone", "shown", "moment"),
    [
        ("Europe/Berlin", "2082-03-29 01:59", "2082-03-29 00:59"),
        ("Europe/Berlin", "2082-03-29 02:30", "2082-03-29 01:00"),  # skipped: when it is put forward
        ("Europe/Berlin", "2082-03-29 03:00", "2082-03-29 01:00"),
        ("Europe/Berlin", "2082-10-25 02:30", "2082-10-25 00:30"),  # twice: the first
        ("Europe/Berlin", "2082-10-25 03:00", "2082-10-25 02:00"),
        ("Australia/Lord_Howe", "2082-10-04 02:15", "2082-10-03 15:30"),
        ("Asia/Kolkata", "2082-10-25 02:30", "2082-10-24 21:00"),
    ],
)
def test_a_wall_clock_time_is_one_moment(zone: str, shown: str, moment: str) -> None:
    here = datetime.fromisoformat(f"{shown}:00+00:00")
    assert f"{Calendar(ZoneInfo(zone), YEAR_SHIFT).moment(here):%Y-%m-%d %H:%M}" == moment


def test_round_the_clock_never_turns() -> None:
    assert WorkingTime(Hours(), YEAR_SHIFT).next_turn(FIRST) is None
    assert WorkingTime(Hours((Span(tuple(range(7)), (0, 1440)),)), YEAR_SHIFT).next_turn(FIRST) is None
