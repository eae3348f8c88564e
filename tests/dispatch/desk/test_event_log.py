"""A log filter finds the same events with or without their stored lines."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable
from contextlib import closing
from typing import Any

import pytest

from dispatch.desk import event_log
from dispatch.desk.desk import Desk
from dispatch.desk.event_filter import EventFilter
from models.audit import BLOCK, Event, LogLine, write_lines

AddAgent = Callable[..., dict[str, Any]]
AddLead = Callable[..., Any]
Look = Callable[..., Any]

LEADS = 2 * BLOCK + 5


@pytest.fixture
def busy(desk: Desk, add_agent: AddAgent, add_lead: AddLead) -> Desk:
    """A desk on which two people have taken in leads by turns."""
    for number in range(3):
        add_agent(f"Agent{number}", capacity=1_000)
    for number in range(LEADS):
        desk.actor = "lee" if number % 7 == 0 else "kim"
        add_lead()
    return desk


@pytest.mark.parametrize(
    "which",
    [
        EventFilter(actor="lee"),
        EventFilter(agent_id=2),
        EventFilter(agent_id=2, actor="lee"),
        EventFilter(command="add"),
        EventFilter(text="le"),
        EventFilter(since="2082-01-01 00:00:00", actor="kim"),
        EventFilter(until="2000-01-01 00:00:00"),
        EventFilter(booking_id=3),
        EventFilter(),
    ],
)
def test_a_filter_finds_the_same_as_a_look_at_every_event(busy: Desk, look: Look, which: EventFilter) -> None:
    rows: list[dict[str, Any]] = look(event_log.page, EventFilter())
    assert len(rows) == LEADS + 3
    expected = [row["event_id"] for row in rows if _fits(row, which)]
    assert [row["event_id"] for row in look(event_log.page, which)] == expected
    middle = expected[len(expected) // 2] if expected else 1
    before = [number for number in expected if number < middle]
    after = [number for number in expected if number > middle]
    assert [row["event_id"] for row in look(event_log.page, which, 9, middle)] == before[:9]
    # the nine that follow it, newest first
    assert [row["event_id"] for row in look(event_log.page, which, 9, None, middle)] == after[-9:]


def _fits(row: dict[str, Any], which: EventFilter) -> bool:
    return (
        which.actor in (None, row["actor"])
        and which.agent_id in (None, row["agent_id"])
        and which.booking_id in (None, row["booking_id"])
        and (which.command is None or row["command"].endswith("." + which.command))
        and (which.text in row["command"] or which.text in row["actor"])
        and (which.since is None or row["at"] >= which.since)
        and (which.until is None or row["at"] < which.until)
    )


def test_lines_are_written_in_blocks_and_only_once(busy: Desk, look: Look) -> None:
    events, lines = look(Event.select().count), look(LogLine.select().count)
    assert (events, lines) == (LEADS + 3, events - events % BLOCK)
    with busy.transaction():
        write_lines()
        write_lines()
    assert look(LogLine.select().count) == events
    with closing(sqlite3.connect(busy.database.file)) as connection:
        differing = connection.execute(
            "SELECT event_id, at, actor, command, agent_id FROM events EXCEPT SELECT * FROM events_log"
        )
        assert differing.fetchall() == []
