"""Working time, round the clock and by weekly hours: counted and added."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dispatch.inputs.times.hours import of_a_clock, on_calendar, parsed
from models.hours import WorkingTime

OFFICE = "mon-fri 09:00-17:00"
MONDAY = datetime(2082, 11, 23, 0, 0, tzinfo=UTC)
moments = st.datetimes(datetime(2082, 11, 1), datetime(2083, 1, 31)).map(  # noqa: DTZ001  # naive times are wanted here
    lambda moment: moment.replace(tzinfo=UTC, microsecond=0)
)
calendars = st.sampled_from(
    [
        "24x7",
        OFFICE,
        "mon-sat 08:00-20:00 +02:00",
        "sun 10:00-12:00",
        f"{OFFICE} except 2082-12-24 2082-12-25",
    ]
)


def at(day: int, hour: int, minute: int = 0) -> datetime:
    """A time in the week from Monday, 23 November 2082."""
    return MONDAY + timedelta(days=day, hours=hour, minutes=minute)


def test_round_the_clock_every_second_counts() -> None:
    hours = on_calendar("24x7", 56)
    assert hours.between(at(0, 0), at(2, 1)) == 49 * 3600
    assert hours.after(at(4, 23), 7200) == at(5, 1)
    assert hours.before(at(5, 1), 7200) == at(4, 23)


@pytest.mark.parametrize(
    ("start", "end", "hours"),
    [
        (at(0, 10), at(0, 12), 2),
        (at(0, 6), at(0, 10), 1),
        (at(0, 16), at(1, 10), 2),
        (at(4, 16), at(7, 10), 2),
        (at(5, 0), at(6, 23), 0),
        (at(0, 12), at(0, 10), 0),
    ],
)
def test_only_office_hours_count(start: datetime, end: datetime, hours: int) -> None:
    assert on_calendar(OFFICE, 56).between(start, end) == hours * 3600


def test_time_continues_when_the_office_opens() -> None:
    hours = on_calendar(OFFICE, 56)
    assert hours.after(at(4, 16), 2 * 3600) == at(7, 10), "Friday 16:00 and two hours is Monday 10:00"
    assert hours.after(at(5, 12), 3600) == at(7, 10)
    assert hours.before(at(7, 10), 2 * 3600) == at(4, 16)


def test_a_holiday_is_not_a_working_day() -> None:
    hours = on_calendar(f"{OFFICE} except 2082-11-24", 56)
    assert hours.after(at(0, 16), 2 * 3600) == at(2, 10)
    assert hours.between(at(1, 0), at(1, 23)) == 0


def test_a_zone_moves_the_office() -> None:
    assert on_calendar("mon-fri 09:00-17:00 +02:00", 56).after(at(0, 0), 3600) == at(0, 8)


def test_hours_may_cross_sunday() -> None:
    assert parsed("sat-mon 10:00-24:00").spans[0].days == (0, 5, 6)


@pytest.mark.parametrize(
    "text",
    ["", "always", "mon-fri", "mon-fri 9-9", "mon-fri 09:00-25:00", "x-y 1:00-2:00"],
)
def test_an_invalid_calendar_is_refused(text: str) -> None:
    with pytest.raises(ValueError):  # noqa: PT011  # the setting says what is accepted
        on_calendar(text, 56)


def test_holidays_mean_nothing_round_the_clock() -> None:
    assert of_a_clock("24x7", "2082-12-25", "UTC") == "24x7"
    assert of_a_clock(OFFICE, "2082-12-25", "UTC") == f"{OFFICE} except 2082-12-25"


@given(calendars, moments, st.integers(0, 200 * 3600))
def test_adding_and_counting_agree(text: str, start: datetime, seconds: int) -> None:
    hours: WorkingTime = on_calendar(text, 56)
    end = hours.after(start, seconds)
    assert hours.between(start, end) == seconds
    assert hours.between(hours.before(end, seconds), end) == seconds


@given(calendars, st.tuples(moments, moments, moments))
def test_pieces_add_up(text: str, three: tuple[datetime, datetime, datetime]) -> None:
    first, second, third = sorted(three)
    hours = on_calendar(text, 56)
    assert hours.between(first, second) + hours.between(second, third) == hours.between(first, third)
