"""The chain of escalations counts working time, against a plain model that walks minute by minute."""

from __future__ import annotations

import random
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from dispatch.desk.desk import Desk
from dispatch.inputs.times.hours import on_calendar
from dispatch.operations import configuration
from dispatch.service.due_checks import due, sweep_issues
from dispatch.service.escalation.levels import step_after
from dispatch.service.issues import escalation_commands
from models.clock import from_text, shift_years
from tests.conftest import TestClock
from tests.dispatch.service.conftest import Row

MINUTE = timedelta(minutes=1)
WEEKS = {  # days from Monday, opening and closing in minutes of the day
    "mon-fri 09:00-17:00": (range(5), 540, 1020),
    "mon-sat 08:00-20:00": (range(6), 480, 1200),
    "sun 10:00-12:00": ([6], 600, 720),
    "mon-sun 00:00-24:00": (range(7), 0, 1440),
    "24x7": (range(7), 0, 1440),
}
MOMENTS = st.integers(0, 20 * 1440).map(lambda number: datetime(2082, 11, 23, tzinfo=UTC) + number * MINUTE)


def is_open(week: str, at: datetime) -> bool:
    days, opens, closes = WEEKS[week]
    return at.weekday() in days and opens <= at.hour * 60 + at.minute < closes


def step_by_minutes(week: str, since: datetime, minutes: int) -> datetime:
    """The first working minute that has so many working minutes before it."""
    at, counted = since, 0
    while counted < minutes or not is_open(week, at):
        counted += is_open(week, at)
        at += MINUTE
    return at


@settings(max_examples=200)
@given(st.sampled_from(sorted(WEEKS)), MOMENTS, st.integers(1, 700))
def test_a_step_follows_after_its_working_minutes(week: str, since: datetime, minutes: int) -> None:
    assert step_after(on_calendar(week, 56), since, 60 * minutes) == step_by_minutes(week, since, minutes)


@given(st.sampled_from(sorted(WEEKS)), MOMENTS)
def test_work_opens_at_the_first_working_minute(week: str, moment: datetime) -> None:
    assert on_calendar(week, 56).opening(moment) == step_by_minutes(week, moment, 0)


def levels_by_minutes(week: str, raised: datetime, sweeps: list[datetime]) -> Iterator[int]:
    """The level after each sweep; a HIGH issue's level has 60 working minutes."""
    level, next_step = 1, step_by_minutes(week, raised, 60)
    for at in sweeps:
        if level < 3 and next_step <= at and is_open(week, at):
            level, next_step = level + 1, step_by_minutes(week, at, 60)
        yield level


def go_to(clock: TestClock, moment: datetime) -> None:
    """Set the desk's time; its clock runs 56 years behind it."""
    clock.moment = shift_years(moment, -56)


def manual(row: Row) -> Row:
    return next(one for one in row["escalations"] if one["trigger"] == "manual")


@pytest.mark.parametrize("week", sorted(set(WEEKS) - {"sun 10:00-12:00"}))
@pytest.mark.parametrize("start", ["2082-11-27 16:50:00", "2082-11-27 16:00:00", "2082-11-28 12:00:00"])
def test_levels_are_reached_in_working_time_only(
    desk: Desk,
    ada: Row,
    open_issue: Callable[..., Row],
    show: Callable[..., Row],
    clock: TestClock,
    week: str,
    start: str,
) -> None:
    """From a Friday afternoon or a Saturday into Tuesday, swept at any time."""
    configuration.set_value(desk, "sla_hours", week)
    raised = from_text(start)
    go_to(clock, raised)
    open_issue("[billing_dispute] charged twice")
    escalation_commands.escalate(desk, 1, "the press called")
    shuffled = random.Random(f"{week} {start}")
    moments = sorted(raised + shuffled.randrange(1, 5000) * MINUTE for _ in range(60))
    got, shown = [], []
    for moment in moments:
        go_to(clock, moment)
        sweep_issues(desk)
        got.append(manual(show())["level"])
        shown.append(manual(show())["next_step_at"])
    assert got == list(levels_by_minutes(week, raised, moments))
    assert all(is_open(week, from_text(at)) for at in shown if at is not None)


def test_nothing_is_swept_over_the_weekend(
    desk: Desk, ada: Row, open_issue: Callable[..., Row], show: Callable[..., Row], clock: TestClock
) -> None:
    """The schedule knows working hours too: an issue is not looked at in vain, nor forgotten on Monday."""
    configuration.set_value(desk, "sla_hours", "mon-fri 09:00-17:00")
    go_to(clock, from_text("2082-11-27 16:55:00"))  # a Friday
    open_issue("[billing_dispute] charged twice")
    row = escalation_commands.escalate(desk, 1, "the press called")
    assert manual(row)["next_step_at"] == "2082-11-30 09:55:00"
    for at in ("2082-11-27 17:55:00", "2082-11-29 12:00:00", "2082-11-30 09:00:00"):
        assert due(desk, at) == []
    go_to(clock, from_text("2082-11-30 09:55:00"))
    assert sweep_issues(desk)["escalations"]
    acknowledged = escalation_commands.acknowledge(desk, 1)
    assert manual(acknowledged)["next_step_at"] == "2082-11-30 13:55:00"


def test_a_step_missed_on_friday_waits_for_monday(
    desk: Desk, ada: Row, open_issue: Callable[..., Row], show: Callable[..., Row], clock: TestClock
) -> None:
    configuration.set_value(desk, "sla_hours", "mon-fri 09:00-17:00")
    go_to(clock, from_text("2082-11-27 15:30:00"))
    open_issue("[billing_dispute] charged twice")
    assert manual(escalation_commands.escalate(desk, 1, "x"))["next_step_at"] == "2082-11-27 16:30:00"
    go_to(clock, from_text("2082-11-28 12:00:00"))  # nobody swept in between
    sweep_issues(desk)
    assert manual(show())["level"] == 1
    go_to(clock, from_text("2082-11-30 09:00:00"))
    sweep_issues(desk)
    assert manual(show())["level"] == 2
