"""The windows of caps and the shifts that ``astra verify`` works out are those of the desk."""

from __future__ import annotations

from datetime import datetime, timedelta

from hypothesis import example, given
from hypothesis import strategies as st

from dispatch.inputs.times import hours
from models import windows
from models.clock import from_text
from verify import shares
from verify.caps import window

ZONES = ("UTC", "Europe/Berlin", "Australia/Lord_Howe", "Asia/Kathmandu", "America/St_Johns")
FIRST = datetime.fromisoformat("2080-01-01 00:00:00")
PERIODS = st.sampled_from(windows.PERIODS)
TIMES = st.integers(0, 5 * 365 * 24 * 3600).map(lambda seconds: str(FIRST + timedelta(seconds=seconds)))
CLOCKS = st.tuples(st.integers(0, 23), st.sampled_from((0, 30))).map(
    lambda time: f"{time[0]:02}:{time[1]:02}"
)
NAMES = st.sampled_from(hours.DAYS)
DAYS = st.just("daily") | NAMES | st.tuples(NAMES, NAMES).map("-".join)
WEEKS = st.sampled_from(("", "odd weeks ", "even weeks "))
TURNS = st.tuples(CLOCKS, CLOCKS).filter(lambda pair: pair[0] != pair[1]).map("-".join)
SPANS = st.tuples(WEEKS, DAYS, TURNS, TURNS).map(lambda span: f"{span[0]}{span[1]} {span[2]} {span[3]}")


@given(TIMES, st.sampled_from(ZONES), PERIODS)
@example("2082-03-29 01:30:00", "Europe/Berlin", "hour")
@example("2082-10-25 00:30:00", "Europe/Berlin", "day")
@example("2082-10-03 15:40:00", "Australia/Lord_Howe", "hour")
@example("2084-02-29 12:00:00", "Europe/Berlin", "week")
def test_windows_are_those_of_the_desk(at: str, zone: str, period: str) -> None:
    span = window(period, at, zone, 56)
    assert span == windows.window(period, at, zone, 56)
    assert span[0] <= at < span[1]


@given(TIMES, st.lists(SPANS, min_size=1, max_size=3), st.sampled_from((*ZONES, "+05:30", "-09:30")), TIMES)
@example("2082-03-29 01:30:00", ["daily 02:30-03:30 05:00-06:00"], "Europe/Berlin", "2082-01-01")
@example("2082-10-25 01:10:00", ["daily 02:15-02:45 05:00-06:00"], "Europe/Berlin", "2082-01-01")
@example("2082-10-25 00:30:00", ["sat 22:00-02:30 05:00-06:00"], "Europe/Berlin", "2082-01-01")
def test_hours_are_those_of_the_desk(at: str, spans: list[str], zone: str, off: str) -> None:
    text = hours.written(hours.understand(f"{', '.join(spans)}, {off[:10]} off {zone}"))
    agent = {"presence": "away", "left_at": None, "hours": text}
    assert shares.is_absent(agent, at, 56) == hours.on_calendar(text, 56).is_on(from_text(at))
