"""Times in the future as people type them, on the desk's calendar."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta, timezone

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dispatch.inputs.times.due_times import EXAMPLES, understand
from models.calendars import Calendar
from models.clock import from_text, to_text
from models.errors import InvalidInput

NOW = "2082-11-24 09:02:03"  # a Tuesday, 10:02 in the terminal's zone
ZONE = Calendar(timezone(timedelta(hours=1)), 0)
# whole seconds from 2026 to 2400
MOMENTS = st.integers(1_767_225_600, 13_569_465_599).map(
    lambda second: to_text(datetime.fromtimestamp(second, UTC))
)
ZONES = st.integers(-12 * 4, 14 * 4).map(
    lambda quarters: Calendar(timezone(timedelta(minutes=15 * quarters)), 0)
)
FORMS = [
    *EXAMPLES.split(", "),
    *(
        "today",
        "today 0:00",
        "in 0 min",
        "in 1 hour",
        "tuesday",
        "next sun 23:59",
        "29.2.",
        "1.1.",
        "31.12. 9",
    ),
    *("in 9999 weeks", "02-29 10:00", "9999-12-31 23:59", "0001-01-01 0:00", "12am", "23:59:59", "9:00 utc"),
]


@pytest.mark.parametrize(
    ("said", "meant"),
    [
        ("tomorrow 9:00", "2082-11-25 09:00"),
        ("tomorrow", "2082-11-25 09:00"),
        ("Tomorrow at 9", "2082-11-25 09:00"),
        ("9:00 tomorrow", "2082-11-25 09:00"),
        ("tomorrow at nine", "2082-11-25 09:00"),
        ("tomorrow nine pm", "2082-11-25 21:00"),
        ("at noon", "2082-11-24 12:00"),
        ("fri noon", "2082-11-27 12:00"),
        ("in two hours", "2082-11-24 12:02"),
        ("today 17:30", "2082-11-24 17:30"),
        ("TODAY, 5:30 PM", "2082-11-24 17:30"),
        ("10:03", "2082-11-24 10:03"),
        ("10:02", "2082-11-25 10:02"),
        ("9:00", "2082-11-25 09:00"),
        ("12am", "2082-11-25 00:00"),
        ("12pm", "2082-11-24 12:00"),
        ("in 2 hours", "2082-11-24 12:02"),
        ("2h", "2082-11-24 12:02"),
        ("15m", "2082-11-24 10:17"),
        ("until 14:30", "2082-11-24 14:30"),
        ("till 2 h", "2082-11-24 12:02"),
        ("in an hour", "2082-11-24 11:02"),
        ("in 1h", "2082-11-24 11:02"),
        ("in 30 min", "2082-11-24 10:32"),
        ("in  90  minutes", "2082-11-24 11:32"),
        ("in 3 days", "2082-11-27 09:00"),
        ("in 3 days 14:00", "2082-11-27 14:00"),
        ("in a week", "2082-12-01 09:00"),
        ("monday", "2082-11-30 09:00"),
        ("tuesday", "2082-12-01 09:00"),
        ("Wed", "2082-11-25 09:00"),
        ("fri 9", "2082-11-27 09:00"),
        ("9:30 fri", "2082-11-27 09:30"),
        ("next monday 10:00", "2082-11-30 10:00"),
        ("next fri", "2082-12-04 09:00"),
        ("2082-11-25", "2082-11-25 09:00"),
        ("2082-11-25 18:15", "2082-11-25 18:15"),
        ("2082-11-25T18:15", "2082-11-25 18:15"),
        ("25.11. 9:00", "2082-11-25 09:00"),
        ("25.11 9:00", "2082-11-25 09:00"),
        ("25.11.2083 9:00", "2083-11-25 09:00"),
        ("11-25 09:00", "2082-11-25 09:00"),
        ("24.11. 17:30", "2082-11-24 17:30"),
        ("1.2.", "2083-02-01 09:00"),
        ("29.2.", "2084-02-29 09:00"),
        ("2082-11-25 08:15 UTC", "2082-11-25 09:15"),
        ("2082-11-25T08:15:00Z", "2082-11-25 09:15"),
    ],
)
def test_a_time_is_in_the_terminals_zone(said: str, meant: str) -> None:
    assert to_text(ZONE.here(from_text(understand(said, NOW, ZONE))))[:16] == meant


def test_a_weekday_is_the_desks_own() -> None:
    """56 years apart the same dates have the same weekdays, until 2100 leaves out the leap day of 2044."""
    assert understand("monday", "2100-03-02 10:00:00", Calendar(UTC, 0)) == "2100-03-08 09:00:00"
    assert understand("monday", "2044-03-02 10:00:00", Calendar(UTC, 0)) == "2044-03-07 09:00:00"


def test_the_zone_decides_which_day_it_is() -> None:
    late = "2082-11-24 23:30:00"
    assert understand("tomorrow 9:00", late, Calendar(UTC, 0)) == "2082-11-25 09:00:00"
    assert understand("tomorrow 9:00", late, ZONE) == "2082-11-26 08:00:00"


@pytest.mark.parametrize(
    "said",
    [
        *("today 9:00", "24.11. 10:00", "2082-11-24 10:02", "2026-11-25", "in 0 min", "0:00 today"),
        *(
            "yesterday",
            "soon",
            "9",
            "",
            "   ",
            "tomorrow tomorrow",
            "monday tuesday",
            "in days",
            "in -1 days",
        ),
        *("25:00", "9:60", "13pm", "0am", "31.2.", "32.1.", "2082-13-01", "2082-02-29", "23/11", "mo"),
        *("in 999999 weeks", "9999-12-31 25:00", "٩:٠٠", "in ２ hours", "tomorrow\x00", "x" * 10_000, "next"),
    ],
)
def test_past_and_invalid_times_are_refused_with_examples(said: str) -> None:
    with pytest.raises(InvalidInput) as caught:
        understand(said, NOW, ZONE)
    assert caught.value.code == "invalid_time"
    assert "Tuesday 2082-11-24 10:02" in caught.value.hint
    assert caught.value.hint.endswith(
        "in 3 days, monday, next monday 10:00, fri 9, 02.12. 9:00, 12-02 09:00, 2082-12-02 09:00"
    )
    assert len(caught.value.message) < 120


@pytest.mark.parametrize("example", [*EXAMPLES.split(", "), "2082-11-25 09:00"])
def test_every_example_of_the_hint_is_understood(example: str) -> None:
    assert understand(example, NOW, ZONE) > NOW


@given(
    st.one_of(st.text(), st.sampled_from(FORMS), st.from_regex(r"\A(in )?[0-9]{1,4}[-.: ][0-9a-z:. ]*\Z")),
    MOMENTS,
    ZONES,
)
def test_any_text_is_a_future_time_or_refused(text: str, now: str, zone: Calendar) -> None:
    try:
        understood = understand(text, now, zone)
    except InvalidInput:
        return
    assert understood > now
    assert to_text(from_text(understood)) == understood


@given(MOMENTS, ZONES)
def test_every_example_of_a_refusal_is_ahead_at_any_time(now: str, zone: Calendar) -> None:
    """A refusal on 30 November named 23 November of the same year, which it refused, too."""
    with pytest.raises(InvalidInput) as caught:
        understand("soon", now, zone)
    examples = caught.value.hint.partition("; try ")[2].split(", ")
    assert len(examples) >= 10
    for example in examples:
        assert understand(example, now, zone) > now


@given(st.sampled_from(FORMS), MOMENTS, ZONES)
def test_case_and_spaces_are_ignored(text: str, now: str, zone: Calendar) -> None:
    def parse_or_message(said: str) -> str:
        try:
            return understand(said, now, zone)
        except InvalidInput as refusal:
            return refusal.message.removeprefix(repr(said))

    assert parse_or_message(text) == parse_or_message(f"  {text.upper()} ").removeprefix(repr(text.upper()))


@given(MOMENTS, ZONES, st.integers(1, 10**9))
def test_a_displayed_time_is_read_back_unchanged(now: str, zone: Calendar, ahead_s: int) -> None:
    moment = (from_text(now) + timedelta(seconds=ahead_s)).replace(second=0)
    shown = zone.here(moment).strftime("%Y-%m-%d %H:%M")
    if moment > from_text(now):
        assert understand(shown, now, zone) == to_text(moment)
        assert understand(f"{to_text(moment)} UTC", now, zone) == to_text(moment)


@given(MOMENTS, ZONES, st.integers(0, 23), st.integers(0, 59))
def test_a_time_without_a_date_is_within_a_day(now: str, zone: Calendar, hour: int, minute: int) -> None:
    understood = from_text(understand(f"{hour}:{minute:02}", now, zone))
    assert understood - from_text(now) <= timedelta(days=1)
    local = zone.here(understood)
    assert (local.hour, local.minute) == (hour, minute)
