"""Counts of caps after random work: those of a full count, and nobody gets more without a person's word."""

from __future__ import annotations

import shutil
import sqlite3
import tempfile
from collections import Counter
from collections.abc import Callable
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from functools import cache
from pathlib import Path
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from dispatch import agents, bookings
from dispatch.agents import handover
from dispatch.agents.presence import set_presence
from dispatch.assignment.caps import remove_cap, set_cap
from dispatch.assignment.shuffle import shuffle
from dispatch.bookings import editing
from dispatch.bootstrap import open_desk
from dispatch.desk.desk import Desk
from dispatch.leads import intake
from dispatch.operations import configuration, undo
from dispatch.operations.sweep import sweep
from models import cap_counts
from models.errors import DeskError
from models.ramp import RAMP_ID
from tests.plain_distribution import IN_FORCE, PlainCap, end_of
from tests.steady import examples

PLAIN = """
SELECT b.agent_id, b.given_at, b.destination, l.source, a.department, a.settling_until
FROM bookings b JOIN new_customer l ON l.lead_id = b.lead_id JOIN space_travel_agents a USING (agent_id)
WHERE b.given_at IS NOT NULL AND NOT b.voided
"""
STORED = "SELECT cap_id, agent_id, window_end, taken, reached FROM cap_counts WHERE taken <> 0"
Row = dict[str, Any]
RAMP_LEADS = 1
DEPARTMENTS = ("Premium Bookings", "Luxury Voyages")
PLACES, SOURCES = ("Mars", "Titan"), ("Organic", "Bought")
BY_HAND = ("reassign", "hand_over", "undo", "redo", "set_cap", "department", "edit", "claim")
"""Commands after which an agent may have more than a cap allows: by a person's word, or under another cap."""


class Clock:
    def __init__(self) -> None:
        self.moment = datetime(2026, 3, 1, 22, 40, tzinfo=UTC)  # a Sunday

    def __call__(self) -> datetime:
        return self.moment


@cache
def template() -> Path:
    path = Path(tempfile.mkdtemp()) / "template.db"
    desk = open_desk(path, create=True, actor="kim", clock=Clock())
    for number in range(3):
        if number == 2:  # a new one, after two who are not
            configuration.set_value(desk, "ramp", f"{RAMP_LEADS}/h for 2h after 1d")
        department = DEPARTMENTS[number % 2]
        names = {"first_name": f"A{number}", "last_name": "B", "job_title": "Space Travel Agent"}
        agents.add(desk, department=department, capacity=6, **names)
    configuration.set_value(desk, "offer_minutes", "20")
    desk.close()
    return path


def lead(desk: Desk, pick: int, other: int) -> None:
    launch = "Sydney Stellar Port"
    given = {"source": SOURCES[pick % 2], "destination": PLACES[other % 2], "launch": launch}
    intake.receive(desk, name="Kate Nguyen", method="Text", **given)


def cap(desk: Desk, pick: int, other: int) -> None:
    """One of many caps: each agent, one, a department; all leads, a source, a destination, both."""
    per = ("hour", "day", "week")[pick % 3]
    whom: tuple[Row, ...] = {}, {"agent_id": 1 + other % 3}, {"department": DEPARTMENTS[other % 2]}
    about: tuple[Row, ...] = {}, {"source": SOURCES[pick % 2]}, {"destination": PLACES[pick % 2]}
    set_cap(desk, 1 + pick % 3, per, **whom[other % 3], **about[(pick + other) % 3])


ACTS: dict[str, Callable[[Desk, int, int], object]] = {
    "lead": lead,
    "lead again": lead,
    "set_cap": cap,
    "remove_cap": lambda desk, pick, _: remove_cap(desk, 1 + pick % 4),
    "decline": lambda desk, pick, _: bookings.decline(desk, pick, "busy"),
    "reassign": lambda desk, pick, other: bookings.reassign(desk, pick, 1 + other % 3, "asked"),
    "claim": lambda desk, pick, other: bookings.claim(desk, pick, 1 + other % 3),
    "cancel": lambda desk, pick, _: bookings.cancel(desk, pick, "no"),
    "reopen": lambda desk, pick, _: bookings.reopen(desk, pick),
    "edit": lambda desk, pick, other: editing.edit(
        desk, pick, source=SOURCES[other % 2], destination=PLACES[other // 2 % 2]
    ),
    "department": lambda desk, pick, other: agents.change(
        desk, 1 + pick % 3, department=DEPARTMENTS[other % 2]
    ),
    "presence": lambda desk, pick, other: set_presence(desk, 1 + pick % 3, ("away", "available")[other % 2]),
    "hand_over": lambda desk, pick, other: handover.hand_over(
        desk, 1 + pick % 3, 1 + other % 3 if other % 4 else "desk"
    ),
    "undo": lambda desk, *_: undo.undo(desk),
    "redo": lambda desk, *_: undo.redo(desk),
    "shuffle": lambda desk, *_: shuffle(desk),
    "sweep": lambda desk, *_: sweep(desk),
}
MINUTES = st.sampled_from((0, 1, 25, 90, 1500))
STEP = st.tuples(st.sampled_from(list(ACTS)), st.integers(1, 12), st.integers(0, 11), MINUTES)


def counted(path: Path, now: str) -> tuple[dict[tuple[int, int, str], int], dict[int, int], Any]:
    """The right counts, the number each cap allows, and the counts that the desk keeps."""
    with sqlite3.connect(path) as connection:
        bookings_given = connection.execute(PLAIN).fetchall()
        rules = [PlainCap(*row) for row in connection.execute(IN_FORCE)]
        stored = connection.execute(STORED).fetchall()
    connection.close()
    right: Counter[tuple[int, int, str]] = Counter()
    for agent_id, given_at, _, _, _, settling_until in bookings_given:
        if given_at < (settling_until or "") and (end := min(end_of("hour", given_at), settling_until)) > now:
            right[RAMP_ID, agent_id, end] += 1
    for rule in rules:
        for agent_id, given_at, to, source, department, _ in bookings_given:
            is_counted = rule.covers(agent_id, department) and rule.concerns(source, to)
            if is_counted and (end := end_of(rule.per, given_at)) > now:
                right[rule.cap_id, agent_id, end] += 1
    kept = {(cap_id, agent_id, end): taken for cap_id, agent_id, end, taken, _ in stored if end > now}
    return dict(right), {RAMP_ID: RAMP_LEADS} | {rule.cap_id: rule.leads for rule in rules}, kept


@settings(max_examples=examples(20), deadline=None)
@given(steps=st.lists(STEP, min_size=5, max_size=40))
def test_counts_are_right_and_no_automaton_exceeds_a_cap(steps: list[tuple[str, int, int, int]]) -> None:
    with tempfile.TemporaryDirectory() as folder:
        path, clock = Path(shutil.copy(template(), folder)), Clock()
        desk = open_desk(path, clock=clock, actor="kim")
        try:
            cap(desk, 1, 0)
            before: dict[tuple[int, int, str], int] = {}
            for name, pick, other, minutes in steps:
                clock.moment += timedelta(minutes=minutes)
                with suppress(DeskError):
                    ACTS[name](desk, pick, other)
                right, limits, kept = counted(path, desk.now())
                assert kept == right, name
                with desk.reading():
                    desk.settings.begin()
                    assert cap_counts.differing() == [], name
                for key, number in right.items():
                    if name not in BY_HAND:
                        assert number <= max(limits[key[0]], before.get(key, 0)), (name, key)
                before = right
        finally:
            desk.close()
