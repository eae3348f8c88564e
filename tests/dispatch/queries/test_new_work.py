"""An agent's new work between two glances, and its actor."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from dispatch import agents, bookings
from dispatch.bootstrap import open_desk
from dispatch.desk.desk import Desk
from dispatch.desk.event_log import last_event
from dispatch.leads import intake
from dispatch.queries.new_work import Glance, arrived, glance, heard_since
from tests.conftest import TestClock

LEAD = {"name": "Kate", "method": "Text", "source": "Organic", "destination": "Mars"}
LEAD |= {"launch": "Sydney Stellar Port"}


class Watcher:
    """One terminal that shows an agent's desk."""

    def __init__(self, desk: Desk, agent_id: int) -> None:
        self.desk, self.agent_id = desk, agent_id
        self.own: set[int] = set()
        desk.heard = self.own.add
        self.before = self.glance()

    def glance(self) -> Glance:
        with self.desk.reading():
            return glance(self.agent_id)

    def arrived(self) -> list[int]:
        """Work from others since the last call."""
        now = self.glance()
        with self.desk.reading():
            found = arrived(self.before, now, self.own)
        self.before = now
        return found


@pytest.fixture
def other(path: Path, clock: TestClock) -> Iterator[Desk]:
    """Another terminal of the same person."""
    desk = open_desk(path, clock=clock, actor="kim")
    yield desk
    desk.close()


@pytest.fixture
def watcher(desk: Desk, add_agent: Callable[..., dict[str, Any]]) -> Watcher:
    add_agent("Ada")
    add_agent("Grace")
    return Watcher(desk, 1)


def lead(desk: Desk) -> int:
    number: int = intake.receive(desk, **LEAD)["booking_id"]
    return number


def test_a_glance_has_the_open_work_and_its_agent(watcher: Watcher) -> None:
    first, _, third = lead(watcher.desk), lead(watcher.desk), lead(watcher.desk)
    bookings.claim(watcher.desk, first, 1)
    seen = watcher.glance()
    assert seen.name == "Ada Byron"
    assert (set(seen.pending), set(seen.unclaimed)) == ({first, third}, {third})
    with watcher.desk.reading():
        assert seen.last_event == last_event() > 0
        assert glance(99) == Glance(99, "", frozenset(), frozenset(), seen.last_event)


def test_only_work_from_others_counts_as_new(watcher: Watcher, other: Desk) -> None:
    mine, theirs, second = lead(watcher.desk), lead(other), lead(other)
    assert watcher.arrived() == [second]
    bookings.reassign(other, theirs, 1, "asked for Ada")
    assert watcher.arrived() == [theirs]
    assert watcher.arrived() == []  # once
    bookings.reassign(watcher.desk, mine, 2, "asked for Grace")
    bookings.note(other, second, "old work stays old")
    assert watcher.arrived() == []
    bookings.reassign(watcher.desk, mine, 1, "and back")
    assert watcher.arrived() == []


def test_claimed_work_is_not_new(watcher: Watcher, other: Desk) -> None:
    bookings.claim(other, lead(other), 1)
    assert watcher.arrived() == []


def test_work_assigned_from_the_queue_counts_as_the_actors(path: Path, desk: Desk, other: Desk) -> None:
    waits = lead(desk)
    watcher = Watcher(desk, 1)
    agents.add(other, first_name="Ada", last_name="B", department="Luxury Voyages", job_title=TITLE)
    assert watcher.arrived() == [waits]
    bookings.cancel(other, waits, "gone")
    agents.leave(other, 1)
    waits = lead(other)
    assert watcher.arrived() == []
    agents.come_back(desk, 1)
    assert watcher.arrived() == []
    assert watcher.before.unclaimed == {waits}


TITLE = "Space Travel Agent"


def test_other_terminals_are_distinguished_under_any_name(watcher: Watcher, other: Desk) -> None:
    with watcher.desk.reading():
        start = last_event()
    number = lead(watcher.desk)
    with watcher.desk.reading():
        assert not heard_since(start, watcher.own).by_others
    bookings.note(other, number, "hello")
    with watcher.desk.reading():
        assert heard_since(start, watcher.own).by_others
        assert not heard_since(last_event(), watcher.own).by_others
