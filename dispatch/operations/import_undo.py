"""Undo of an import or demo: every row of every part is taken back, or stays because it has changed since.

Like the rows themselves, they are taken back by queries that fire no signals: a hundred thousand saves would
keep everybody else waiting. Each part has its own event, with the old values.
"""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import NamedTuple

from peewee import JOIN

from dispatch.bookings.undo_rules import MISTAKE, BookingUndo
from dispatch.desk import undo_chain
from dispatch.desk.commands import AUDITED, Command, command, never
from dispatch.operations import import_record
from models import tallies
from models.agents import Agent
from models.audit import Event
from models.base import BaseModel, Json, listed, tuples
from models.bookings import CANCELLED, Assignment, Booking
from models.errors import Refused
from models.hints import act
from models.tallies import TallyChanges
from models.triggers import loads_gathered, recount_loads

VOIDED = (
    "status",
    "changed_at",
    "completed_at",
    "cancelled_at",
    "cancel_reason",
    "voided",
    "given_at",
    "version",
)


@dataclass
class TakenBack:
    """The numbers of rows taken back, and the rows that stay, because they have changed or hold work."""

    agents: int = 0
    bookings: int = 0
    kept_agents: list[int] = field(default_factory=list)
    kept_bookings: list[int] = field(default_factory=list)


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
        return _key(model, number) in self.changed

    def count_again(self) -> None:
        """Correct loads and tallies, after the queries so far."""
        self.tallies.write()
        recount_loads(self.holders)
        self.tallies, self.holders = TallyChanges(), set()


def take_back(running: Command, event: Event) -> TakenBack:
    """Take back an import, finished or not, newest part first. Raises Refused if its rows are not known."""
    if import_record.DIGEST not in json.loads(event.detail or "{}"):
        raise Refused(
            "not_undoable",
            f"event {event.event_id} was imported by an older Astra and cannot be undone",
            f"{act('restore')} goes back to a backup",
        )
    undoing = _Undoing(_changed_since(event.event_id))
    for number in import_record.parts_of(event.event_id):
        _take_back_part(running.desk, _part(event.event_id, number), undoing)
    undoing.count_again()
    done = undoing.done
    running.detail |= {"agents": done.agents, "bookings": done.bookings}
    if done.kept_agents or done.kept_bookings:
        running.detail["kept_agents"] = len(done.kept_agents)
        running.detail["kept_bookings"] = len(done.kept_bookings)
    running.may_free = True
    return done


def _changed_since(event_id: int) -> set[str]:
    """Return the keys of all rows that later commands, themselves not undone, have changed."""
    own = import_record.parts_of(event_id)
    query = Event.select(Event.before).where(
        Event.event_id > event_id,
        Event.before.is_null(False),
        Event.event_id.not_in(undo_chain.undone_events(after=event_id)),
        Event.event_id.not_in(listed(own)),
        Event.undoes.is_null() | (Event.undoes < event_id),
    )
    changed = {key for (before,) in query.tuples().iterator() for key in json.loads(before)}
    return changed | _left_by_undos(event_id)


def _left_by_undos(event_id: int) -> set[str]:
    """Return the keys of the rows that undos of several rows have left since: what was done to them holds."""
    undos = Event.select(Event.detail).where(
        Event.event_id > event_id,
        Event.command == undo_chain.UNDO,
        Event.detail.contains(f'"{undo_chain.STAYED}":'),
        Event.event_id.not_in(undo_chain.followed_events()),
    )
    tables = {model.label: model.table for model in AUDITED}
    names = [
        name.rsplit(" ", 1) for (detail,) in tuples(undos) for name in json.loads(detail)[undo_chain.STAYED]
    ]
    return {f"{tables[label]}:{number}" for label, number in names}


def _part(head: int, event_id: int) -> _Part:
    event = Event.get_by_id(event_id)
    before: dict[str, Json] = json.loads(event.before or "{}")
    made = json.loads(event.after or "{}").keys() - before.keys()
    return _Part(
        head,
        event_id,
        _ids(Agent, made),
        _ids(Assignment, made),
        _ids(Booking, made),
        {number: before[_key(Booking, number)] for number in _ids(Booking, before)},
    )


def _ids(model: type[BaseModel], keys: Iterable[str]) -> list[int]:
    prefix = f"{model.table}:"
    return sorted(int(key[len(prefix) :]) for key in keys if key.startswith(prefix))


def _key(model: type[BaseModel], number: int) -> str:
    return f"{model.table}:{number}"


@command(
    "import.rows_back",
    past="imported rows removed",
    undo=never("no id is used twice, so the rows need new ids to be imported again"),
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
    undoing.holders |= _void(running, taken)
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


def _void(running: Command, numbers: list[int]) -> set[int | None]:
    """Cancel bookings as entered by mistake, with old and new values in the event; return their agents."""
    those = Booking.booking_id.in_(listed(numbers))
    columns = [Booking._meta.fields[name] for name in VOIDED]
    rows = tuples(Booking.select(Booking.booking_id, Booking.agent_id, *columns).where(those))
    new = {
        "status": CANCELLED,
        "changed_at": running.now,
        "completed_at": None,
        "cancelled_at": running.now,
        "cancel_reason": MISTAKE,
        "voided": True,
        "given_at": None,
    }
    Booking.update(new | {"version": Booking.version + 1}).where(those).execute()
    for number, _, *values in rows:
        old = dict(zip(VOIDED, values, strict=True))
        now = new | {"version": old["version"] + 1}
        differing = [name for name in VOIDED if old[name] != now[name]]
        running.before[_key(Booking, number)] = {name: old[name] for name in differing}
        running.after[_key(Booking, number)] = {name: now[name] for name in differing}
    running.bookings.update(numbers)
    return {agent_id for _, agent_id, *_ in rows}


def _let_leave(running: Command, agent_id: int, undoing: _Undoing) -> None:
    agent = Agent.lock(agent_id)
    if undoing.has_changed(Agent, agent_id) or agent.held:
        undoing.done.kept_agents.append(agent_id)
        return
    agent.left_at = running.now
    agent.save()
    undoing.done.agents += 1
