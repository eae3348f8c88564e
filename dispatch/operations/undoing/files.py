"""Undo and redo of a file of leads: those nobody has worked on since are taken back, and brought back.

Both write their rows in parts, each with an event of its own, inside the one transaction of the undo.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Any, NamedTuple

from peewee import chunked

from dispatch.assignment import credit
from dispatch.desk import acts, undo_chain
from dispatch.desk.commands import Command, command, never
from dispatch.desk.desk import Desk
from dispatch.leads import file_record
from dispatch.operations.row_types import RefusedRow
from dispatch.operations.undoing import progress
from dispatch.operations.undoing.bulk import TakenBack, changed_since, ids, key, unvoid, void
from models.agents import GONE, Agent
from models.audit import Event
from models.base import Json, each_tuple, tuples
from models.bookings import PENDING, Booking
from models.customers import Lead
from models.errors import Refused
from models.hints import act
from models.sql import listed
from models.triggers import recount_loads

HEAD, LEAD = file_record.HEAD.name, "lead.add"
BACK = "lead.file_back"
AT_ONCE = 500
HANDED_ON = ("agent_id", "assignment_id", "changed_at", "given_at", "pinned_at", "shuffled_at", "version")
"""The columns that change when a booking goes to an agent: that is not yet work on it."""

Count = Callable[[Command, list[int]], None]

_WHOLE = never("it is part of the undo or redo of a file")


class _Part(NamedTuple):
    """Some bookings to write, with their old values where they are to come back, and those that stay."""

    rows: dict[int, Json]
    kept: list[int]


@dataclass
class Reversed:
    """What the undo or redo of a file did, and the agents above their capacity."""

    back: TakenBack
    over: list[int] = field(default_factory=list)


def reverse(running: Command, event: Event) -> Reversed:
    """Take back a file's leads, or bring back those of an undo. Raises Refused if none is left."""
    head, back, holders = undo_chain.root_of(event), TakenBack(), set[int | None]()
    written: list[int] = []
    write, count = _ways(event)
    total = _leads(head).count()
    with running.desk.in_batch_of(head.event_id):
        for part in _parts(event, head):
            if part.rows:
                holders |= write(running.desk, part.rows)
                written += part.rows
            back.bookings += len(part.rows)
            back.kept_bookings += part.kept
            progress.tell(back.bookings + len(back.kept_bookings), total)
    if not back.bookings:
        raise _nothing_left(event, back.kept_bookings)
    recount_loads(holders)
    count(running, written)
    running.detail["bookings"] = back.bookings
    if back.kept_bookings:
        running.detail["kept_bookings"] = len(back.kept_bookings)
    running.may_free = True
    return Reversed(back, _over_capacity(holders) if event.command == undo_chain.UNDO else [])


def _ways(event: Event) -> tuple[Callable[[Desk, dict[int, Json]], set[int | None]], Count]:
    """How to write the rows, and to count the turns of their agents."""
    if event.command == undo_chain.UNDO:
        return _bring_back, credit.take_again
    return _take_back, credit.give_back


def planned(event: Event) -> tuple[list[str], list[RefusedRow]]:
    """Name the bookings that ``reverse`` would write, and those that would stay. Raises as it does."""
    numbers: list[int] = []
    kept: list[int] = []
    for part in _parts(event, undo_chain.root_of(event)):
        numbers += part.rows
        kept += part.kept
    if not numbers:
        raise _nothing_left(event, kept)
    return [_name(number) for number in numbers], [_stays(event, number) for number in kept]


def _name(number: int) -> str:
    return f"{Booking.label} {number}"


def _stays(event: Event, number: int) -> RefusedRow:
    why = ", or its agent is away" if event.command == undo_chain.UNDO else ""
    error = Refused("changed_since", f"{_name(number)} has changed since event {event.event_id}{why}")
    return {"row": _name(number), "event_id": event.event_id, "error": error.as_json()}


def _nothing_left(event: Event, kept: list[int]) -> Refused:
    if kept:
        problem = f"every booking of event {event.event_id} has changed since"
        return Refused("changed_since", problem, f"{act('log')} shows the later commands")
    return Refused("nothing_to_undo", f"nothing left of event {event.event_id}", f"{act('log')} shows it")


def _parts(event: Event, head: Event) -> Iterator[_Part]:
    return _undone(event, head) if event.command == undo_chain.UNDO else _standing(head)


def _standing(head: Event) -> Iterator[_Part]:
    """Yield the leads of a file that are not undone yet."""
    own = [number for (number,) in tuples(Event.select(Event.event_id).where(acts.of_act(head)))]
    changed = changed_since(head.event_id, own, HANDED_ON)
    for some in chunked(tuples(_leads(head).order_by(Event.event_id)), AT_ONCE):
        query = Booking.select(Booking.booking_id, Booking.lead_id, Booking.status).where(
            Booking.booking_id.in_(listed(number for (number,) in some)), ~Booking.voided
        )
        rows: dict[int, Json] = {}
        kept = []
        for number, lead_id, status in tuples(query.order_by(Booking.booking_id)):
            if status != PENDING or not changed.isdisjoint((key(Booking, number), key(Lead, lead_id))):
                kept.append(number)
            else:
                rows[number] = {}
        yield _Part(rows, kept)


def _leads(head: Event) -> Any:
    """Return a query of the bookings of a file's leads."""
    return Event.select(Event.booking_id).where(acts.of_act(head), Event.command == LEAD)


def _undone(event: Event, head: Event) -> Iterator[_Part]:
    """Yield the leads that an undo took back, those of agents who are not there any more as kept."""
    changed = changed_since(event.event_id, ())
    gone = tuples(Agent.select(Agent.agent_id).where(Agent.left_at.is_null(False) | Agent.presence.in_(GONE)))
    absent = {number for (number,) in gone}
    query = Event.select(Event.before).where(
        acts.of_act(head), Event.command == BACK, Event.event_id.between(event.undoes, event.event_id)
    )
    for (text,) in each_tuple(query.order_by(Event.event_id)):
        before: dict[str, Json] = json.loads(text)
        numbers = ids(Booking, before)
        holders = dict(
            tuples(
                Booking.select(Booking.booking_id, Booking.agent_id).where(
                    Booking.booking_id.in_(listed(numbers))
                )
            )
        )
        kept = [number for number in numbers if holders[number] in absent or key(Booking, number) in changed]
        yield _Part({number: before[key(Booking, number)] for number in numbers if number not in kept}, kept)


@command("lead.file_back", past="leads of a file removed", undo=_WHOLE, may="lead.enter")
def _take_back(running: Command, rows: dict[int, Json]) -> set[int | None]:
    return void(running, rows)


@command("lead.file_again", past="leads of a file are back", undo=_WHOLE, may="lead.enter")
def _bring_back(running: Command, rows: dict[int, Json]) -> set[int | None]:
    return unvoid(running, rows)


def _over_capacity(holders: set[int | None]) -> list[int]:
    agents = [Agent.lock(number) for number in sorted(filter(None, holders))]
    return [agent.agent_id for agent in agents if agent.held > agent.capacity]
