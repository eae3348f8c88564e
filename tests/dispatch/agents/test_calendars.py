"""Presence by the sweep, against a plain model that looks at the clock on the wall every quarter hour.

The model is that of hours (tests/models/test_working_hours.py), with holidays and absences.
"""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator
from dataclasses import replace
from datetime import date, datetime, timedelta
from itertools import takewhile
from pathlib import Path
from tempfile import TemporaryDirectory

from hypothesis import given, settings
from hypothesis import strategies as st

from dispatch import agents
from dispatch.agents.holidays import set_holidays
from dispatch.agents.planned_absences import add
from dispatch.agents.presence import set_hours
from dispatch.bootstrap import open_desk
from dispatch.desk.desk import Desk
from dispatch.inputs.times.hours import written
from models.agents import AVAILABLE, OFFLINE, Agent
from models.clock import from_text, to_text
from models.hours import Hours
from tests.conftest import TestClock
from tests.models.test_working_hours import FIRST, HOURS, STEP, YEAR_SHIFT, on_the_wall
from tests.steady import examples

IS_LONG = float(os.environ.get("ASTRA_EXAMPLES", "1")) > 1
HORIZON = timedelta(days=2 * 365 if IS_LONG else 120)
Span = tuple[datetime, datetime]
MOMENTS = st.integers(1, HORIZON // STEP).map(lambda number: FIRST + number * STEP)
SPANS = st.lists(
    st.tuples(MOMENTS, st.integers(1, 20 * 96).map(lambda steps: steps * STEP)).map(
        lambda both: (both[0], both[0] + both[1])
    ),
    max_size=6,
)
HOLIDAYS = st.sets(
    st.integers(1, HORIZON.days).map(lambda day: (FIRST + timedelta(days=day)).date()), max_size=8
)


@given(HOURS, HOLIDAYS, SPANS)
@settings(deadline=None, max_examples=examples(3), derandomize=True)
def test_presence_is_that_of_the_clock_on_the_wall(
    empty_desk_file: Path, hours: Hours, holidays: set[date], absences: list[Span]
) -> None:
    clock = TestClock()
    clock.moment = FIRST.replace(year=FIRST.year - YEAR_SHIFT)
    with TemporaryDirectory() as folder:
        path = Path(shutil.copy(empty_desk_file, Path(folder) / "desk.db"))
        desk = open_desk(path, clock=clock)
        try:
            plan(desk, hours, holidays, absences)
            follow(desk, clock, expected(hours, holidays, absences))
        finally:
            desk.close()


def plan(desk: Desk, hours: Hours, holidays: set[date], absences: list[Span]) -> None:
    trade = {"department": "Luxury Voyages", "job_title": "Space Travel Agent"}
    agents.add(desk, first_name="Ada", last_name="Byron", **trade)
    set_hours(desk, 1, written(hours))
    if holidays:
        set_holidays(desk, lines=[str(day) for day in sorted(holidays)])
    for begin, end in absences:
        add(desk, 1, f"{to_text(begin)[:16]} utc", f"{to_text(end)[:16]} utc")


def expected(hours: Hours, holidays: set[date], absences: list[Span]) -> Iterator[tuple[datetime, str]]:
    """The presence at every step, by the plain model."""
    off = hours.days_off | (holidays - hours.dated.keys())
    for at, is_on in on_the_wall(replace(hours, days_off=frozenset(off))):
        is_absent = any(begin <= at < end for begin, end in absences)
        yield at, AVAILABLE if is_on and not is_absent else OFFLINE


def follow(desk: Desk, clock: TestClock, steps: Iterator[tuple[datetime, str]]) -> None:
    """Let the desk turn whenever it is due, and compare at every step of the clock."""
    presence, due_at = state(desk)
    for at, wanted in takewhile(lambda step: step[0] < FIRST + HORIZON, steps):
        while due_at is not None and due_at <= at:
            clock.moment = due_at.replace(year=due_at.year - YEAR_SHIFT)
            with desk.transaction():
                pass  # as the sweep does: every transaction begins with what is due
            presence, due_at = state(desk)
        assert presence == wanted, at


def state(desk: Desk) -> tuple[str, datetime | None]:
    with desk.reading():
        agent = Agent.get_by_id(1)
    return agent.presence, from_text(agent.due_at) if agent.due_at else None
