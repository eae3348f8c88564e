"""Undo of an import or demo: every row of every part is taken back, or stays because it has changed since.

Like the rows themselves, they are taken back by queries that fire no signals: a hundred thousand saves would
keep everybody else waiting. Each part has its own event, with the old values.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import NamedTuple

from peewee import JOIN

from dispatch.bookings.undo_rules import BookingUndo
from dispatch.desk.commands import Command, command, never
from dispatch.operations import import_record
from dispatch.operations.undoing import progress
from dispatch.operations.undoing.bulk import TakenBack, changed_since, ids, key, void
from models import tallies
from models.agents import Agent
from models.audit import Event
from models.base import BaseModel, Json, tuples
from models.bookings import Assignment, Booking
from models.errors import Refused
from models.hints import act
from models.sql import listed
from models.tallies import TallyChanges
from models.triggers import loads_gathered, recount_loads


class _Part(NamedTuple):
    """A commit of an import: the ids of its new rows, and the waiting bookings that its agents got."""

    head: int
    event_id: int
    agents: list[int]
    assignments: list[int]
    bookings: list[int]
    drained: dict[int, Json]


class _Undoing:
    """An undo at work: the keys of ``changed`` rows, and the counts to correct once, not for every part."""

    def __init__(self, changed: set[str]) -> None:
        self.changed = changed
        self.done = TakenBack()
        self.tallies = TallyChanges()
        self.holders: set[int | None] = set()

    def has_changed(self, model: type[BaseModel], number: int) -> bool:
        return key(model, number) in self.changed

    def count_again(self) -> None:
        """Correct loads and tallies, after the queries so far."""
        self.tallies.write()
        recount_loads(self.holders)
        self.tallies, self.holders = TallyChanges(), set()


def take_back(running: Command, event: Event, undo_change: Callable[[int], bool]) -> TakenBack:
    """Take back an import, finished or not, newest part first. Raises Refused if its rows are not known.

    ``undo_change`` undoes the event of a changed row, and returns whether that is done.
    """
    if import_record.DIGEST not in json.loads(event.detail or "{}"):
        raise Refused(
            "not_undoable",
            f"event {event.event_id} was imported by an older Astra and cannot be undone",
            f"{act('restore')} goes back to a backup",
        )
    parts = import_record.parts_of(event.event_id)
    undoing = _Undoing(changed_since(event.event_id, parts))
    for done_parts, part in enumerate(map(Event.get_by_id, parts)):
        progress.tell(done_parts, len(parts))
        if part.command == import_record.ROWS:
            _take_back_part(running.desk, _part(event.event_id, part), undoing)
        elif undoing.changed.isdisjoint(_rows(part.before)) and undo_change(part.event_id):
            undoing.done.changes += 1
        else:
            undoing.done.kept_changes.append(part.event_id)
    undoing.count_again()
    done = undoing.done
    running.detail |= {"agents": done.agents, "bookings": done.bookings}
    if done.changes or done.kept_changes:
        running.detail |= {"changes": done.changes, "kept_changes": len(done.kept_changes)}
    if done.kept_agents or done.kept_bookings:
        running.detail["kept_agents"] = len(done.kept_agents)
        running.detail["kept_bookings"] = len(done.kept_bookings)
    running.may_free = True
    return done


def _rows(told: str | None) -> dict[str, Json]:
    rows: dict[str, Json] = json.loads(told or "{}")
    return rows


def _part(head: int, event: Event) -> _Part:
    before = _rows(event.before)
    made = _rows(event.after).keys() - before.keys()
    return _Part(
        head,
        event.event_id,
        ids(Agent, made),
        ids(Assignment, made),
        ids(Booking, made),
        {number: before[key(Booking, number)] for number in ids(Booking, before)},
    )


@command(
    "import.rows_back",
    past="imported rows removed",
    undo=never("no id is used twice, so the rows need new ids to be imported again"),
    may="desk.keep",
)
def _take_back_part(running: Command, part: _Part, undoing: _Undoing) -> None:
    """Cancel the bookings of one part, then let the agents leave whom nothing keeps."""
    _put_back_drained(running, part.drained, undoing)
    kept = [number for number in part.bookings if undoing.has_changed(Booking, number)]
    taken = sorted(set(part.bookings).difference(kept))
    undoing.done.kept_bookings += kept
    undoing.done.bookings += len(taken)
    unbooked = _never_booked(part.assignments)
    tallies.subtract(undoing.tallies, _assignments(taken) | unbooked)
    undoing.holders |= void(running, taken)
    nobodys = Assignment.update({Assignment.agent_id: None})
    nobodys.where(Assignment.assignment_id.in_(listed(unbooked))).execute()
    if part.agents:
        undoing.count_again()
    for agent_id in part.agents:
        _let_leave(running, agent_id, undoing)
    running.booking_id = running.agent_id = None
    running.may_free = False  # nobody gets work before all agents have left
    running.detail |= {"head": part.head, "part": part.event_id}


def _put_back_drained(running: Command, drained: dict[int, Json], undoing: _Undoing) -> None:
    """Let the bookings wait again that the import's agents got when it was done."""
    rules = BookingUndo()
    with loads_gathered():
        for number, before in drained.items():
            if not undoing.has_changed(Booking, number):
                rules.put_back(running, Booking.lock(number), before)


def _assignments(bookings: list[int]) -> set[int]:
    query = Booking.select(Booking.assignment_id).where(Booking.booking_id.in_(listed(bookings)))
    return {number for (number,) in tuples(query)}


def _never_booked(assignments: list[int]) -> set[int]:
    """Return the assignments without a booking: their customers were never reached."""
    query = (
        Assignment.select(Assignment.assignment_id)
        .join(Booking, JOIN.LEFT_OUTER, on=(Booking.lead_id == Assignment.lead_id))
        .where(Assignment.assignment_id.in_(listed(assignments)), Booking.booking_id.is_null())
    )
    return {number for (number,) in tuples(query)}


def _let_leave(running: Command, agent_id: int, undoing: _Undoing) -> None:
    agent = Agent.lock(agent_id)
    if undoing.has_changed(Agent, agent_id) or agent.held:
        undoing.done.kept_agents.append(agent_id)
        return
    agent.left_at = running.now
    agent.save()
    undoing.done.agents += 1
