"""The windows of caps and the shifts that ``astra verify`` works out are those of the desk."""

from __future__ import annotations

from datetime import datetime, timedelta

from hypothesis import example, given
from hypothesis import strategies as st

from dispatch.inputs import shift_hours
from models import windows
from verify import shares
from verify.caps import window

ZONES = ("UTC", "Europe/Berlin", "Australia/Lord_Howe", "Asia/Kathmandu", "America/St_Johns")
FIRST = datetime.fromisoformat("2080-01-01 00:00:00")
PERIODS = st.sampled_from(windows.PERIODS)
TIMES = st.integers(0, 5 * 365 * 24 * 3600).map(lambda seconds: str(FIRST + timedelta(seconds=seconds)))
CLOCKS = st.tuples(st.integers(0, 23), st.sampled_from((0, 30))).map(
    lambda time: f"{time[0]:02}:{time[1]:02}"
)
NAMES = st.sampled_from(shift_hours.DAYS)
DAYS = st.just("daily") | NAMES | st.tuples(NAMES, NAMES).map("-".join)


@given(TIMES, st.sampled_from(ZONES), PERIODS)
@example("2082-03-29 01:30:00", "Europe/Berlin", "hour")
@example("2082-10-25 00:30:00", "Europe/Berlin", "day")
@example("2082-10-03 15:40:00", "Australia/Lord_Howe", "hour")
@example("2084-02-29 12:00:00", "Europe/Berlin", "week")
def test_windows_are_those_of_the_desk(at: str, zone: str, period: str) -> None:
    span = window(period, at, zone, 56)
    assert span == windows.window(period, at, zone, 56)
    assert span[0] <= at < span[1]


@given(TIMES, DAYS, CLOCKS, CLOCKS, st.sampled_from(("UTC", "+05:30", "-09:30")))
def test_shifts_are_those_of_the_desk(at: str, days: str, since: str, until: str, zone: str) -> None:
    if since != until:
        shift = shift_hours.understand(f"{days} {since}-{until} {zone}", timedelta())
        agent = {"presence": "away", "left_at": None, "hours": str(shift)}
        assert shares.is_absent(agent, at) == shift.is_on(at)
