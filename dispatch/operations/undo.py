"""Undo and redo: new commands that write the inverse of an event, so that nothing is ever deleted.

A redo is the undo of an undo.
"""

from __future__ import annotations

import json
from functools import partial
from typing import Any

from peewee import IntegrityError

from dispatch import customers, queries
from dispatch.agents.undo_rules import AgentUndo
from dispatch.batches import record
from dispatch.bookings.undo_rules import BookingUndo
from dispatch.customers.undo_rules import CustomerUndo, LeadUndo
from dispatch.desk import undo_chain
from dispatch.desk.commands import AUDITED, TABLES, Command, HalfDone, command, put_back
from dispatch.desk.desk import Desk
from dispatch.desk.undo_rules import FOLLOWS, UndoRules
from dispatch.operations import import_record, undo_target
from dispatch.operations.command_list import describe_subject, every_command
from dispatch.operations.import_undo import TakenBack, take_back
from dispatch.operations.row_types import UndoPreview, UndoResult
from dispatch.service.issues.undo_rules import IssueUndo
from dispatch.views.undo_rules import ViewUndo
from models.agents import Agent
from models.audit import Event
from models.base import BaseModel, Json
from models.bookings import Assignment, Booking
from models.customers import Customer, Lead
from models.errors import DeskError, Refused
from models.hints import act
from models.issues import Issue, Survey
from models.triggers import loads_gathered
from models.views import SavedView

RULES: dict[type[BaseModel], UndoRules[Any]] = dict.fromkeys(AUDITED, UndoRules())
RULES |= {
    Booking: BookingUndo(),
    Agent: AgentUndo(),
    Issue: IssueUndo(),
    Customer: CustomerUndo(),
    Lead: LeadUndo(),
    SavedView: ViewUndo(),
}

SUBJECTS = (Booking, Issue, Agent, Customer)


@command("undo", past="undo", undo=put_back)
def undo(running: Command, event_id: int | None = None, *, is_part: bool = False) -> UndoResult:
    """Undo one event: the one named, or the actor's last command of this session. Of an undo, it is a redo.

    ``is_part`` of the undo of an import: nobody has changed its rows since, and work is given out later.
    Raises NotFound for an unknown event, and Refused if there is nothing to undo, the command cannot be
    undone, or one of its rows has changed since.
    """
    done = _reverse(running, _target(running.desk, event_id), is_part=is_part)
    running.may_free = running.may_free and not is_part
    return done


@command("redo", past="redo", undo=put_back)
def redo(running: Command, event_id: int | None = None) -> UndoResult:
    """Redo what one undo took back: the event named or its undo, or the actor's last undo of this session.

    Raises NotFound for an unknown event, and Refused if there is nothing to redo, or one of the undo's rows
    has changed since.
    """
    return _reverse(running, _redo_target(running.desk, event_id))


def preview(desk: Desk, event_id: int | None = None, *, redo: bool = False) -> UndoPreview:
    """Return what an undo, or a redo, would change now, without writing anything. Raises as both do."""
    with desk.reading():
        event = (_redo_target if redo else _target)(desk, event_id)
        _check_undoable(event)
        if event.command != import_record.HEAD:
            _rows_to_put_back(event)
        return {
            "undone_event_id": event.event_id,
            "redone": event.command == undo_chain.UNDO,
            "command": undo_chain.command_of(event),
            "at": event.at,
            "actor": event.actor,
            "booking_id": event.booking_id,
            "agent_id": event.agent_id,
            "customer_id": event.customer_id,
            "issue_id": event.issue_id,
            "rows": _subjects(event),
            "booking": queries.booking(event.booking_id) if event.booking_id is not None else None,
        }


def is_undoable(event_id: int) -> bool:
    """Return whether the command of an event is one that can be undone. Reads the database."""
    event: Event | None = Event.get_or_none(Event.event_id == event_id)
    if event is None or event.command == undo_chain.UNDO:  # which is redone
        return False
    known = every_command().get(event.command)
    return known is not None and not known.undo


def _target(desk: Desk, event_id: int | None) -> Event:
    return undo_target.last_done(desk) if event_id is None else undo_target.named(event_id)


def _redo_target(desk: Desk, event_id: int | None) -> Event:
    return undo_target.last_undo(desk) if event_id is None else undo_target.undo_of(event_id)


def _subjects(event: Event) -> list[str]:
    """Name the bookings, issues and agents that an event changed, or else its customers: ``booking 12``."""
    root = undo_chain.root_of(event)
    if root.command == record.HEAD:
        return list(dict.fromkeys(row for part in record.parts_of(root) for row in _subjects(part)))
    keys = [key.rsplit(":", 1) for key in json.loads(event.after or "{}")]
    named = {
        kind: [f"{kind.label} {number}" for table, number in keys if TABLES[table] is kind]
        for kind in SUBJECTS
    }
    found = named[Booking] + named[Issue] + named[Agent] or named[Customer]
    return found or [describe_subject(vars(event)["__data__"])]


def _reverse(running: Command, event: Event, *, is_part: bool = False) -> UndoResult:
    _check_undoable(event)
    is_redo = event.command == undo_chain.UNDO
    running.name = undo_chain.REDO if is_redo else undo_chain.UNDO  # however it was asked for
    running.undoes = event.event_id
    running.detail["command"] = undo_chain.command_of(event)
    over: list[int] = []
    kept: list[int] = []
    if event.command == import_record.HEAD:
        back = take_back(running, event, partial(_undo_change, running.desk))
        kept = back.kept_changes
    elif running.detail["command"] == record.HEAD:
        back, over, kept = _reverse_batch(running, event, is_redo=is_redo)
    else:
        over = _put_back(running, event, _rows_to_put_back(event, is_part=is_part))
        back = TakenBack(
            bookings=sum(TABLES[key.split(":")[0]] is Booking for key in json.loads(event.after or "{}"))
        )
    if over:
        running.detail["over_capacity"] = over
    running.booking_id, running.agent_id = event.booking_id, event.agent_id
    running.customer_id, running.issue_id = event.customer_id, event.issue_id
    return {
        "undone_event_id": event.event_id,
        "redone": is_redo,
        "command": running.detail["command"],
        "booking_id": event.booking_id,
        "agent_id": event.agent_id,
        "customer_id": event.customer_id,
        "issue_id": event.issue_id,
        "over_capacity": over,
        "bookings": back.bookings,
        "kept_agents": back.kept_agents,
        "kept_bookings": back.kept_bookings,
        "kept_events": kept,
        "booking": queries.booking(event.booking_id) if event.booking_id is not None else None,
    }


def _undo_change(desk: Desk, number: int) -> bool:
    """Undo a change that belongs to an import; return whether it is undone now."""
    end = undo_chain.end_of(Event.get_by_id(number))
    if end.command == undo_chain.UNDO:
        return True
    try:
        with desk.database.savepoint():
            undo(desk, end.event_id, is_part=True)
    except (DeskError, HalfDone):  # such as work that would return to somebody away
        return False
    return True


def _reverse_batch(
    running: Command, event: Event, *, is_redo: bool
) -> tuple[TakenBack, list[int], list[int]]:
    """Undo every command of a batch, the newest first, or redo those that its undo took back.

    Each is an undo of its own in this transaction. Returns the agents above their capacity, and the commands
    that stay, as they are never undone. Raises Refused for the first that cannot be: then nothing is done.
    """
    kept: list[int] = []
    if is_redo:
        ends = [
            undo_chain.end_of(each) for each in _events(json.loads(event.detail or "{}").get("parts", []))
        ]
        ends = [end for end in ends if end.command == undo_chain.UNDO]
    else:
        ends, kept = _standing(undo_chain.root_of(event))
    if not ends:
        raise Refused(
            "nothing_to_undo",
            f"nothing left to undo in batch {event.event_id}",
            f"{act('log')} shows them",
        )
    done = [undo(running.desk, end.event_id) for end in ends]
    if not is_redo:
        running.detail["parts"] = [undo_chain.root_of(end).event_id for end in reversed(ends)]
    changed = {one["booking_id"] for one in done if one["booking_id"] is not None}
    bookings = max(len(changed), sum(one["bookings"] for one in done if one["booking_id"] is None))
    return (
        TakenBack(bookings=bookings),
        sorted({agent for one in done for agent in one["over_capacity"]}),
        kept,
    )


def _standing(head: Event) -> tuple[list[Event], list[int]]:
    """Return what to undo of a batch, the newest first, and its commands that are never undone."""
    ends, kept = [], []
    for part in reversed(record.parts_of(head)):
        known = every_command().get(part.command)
        if known is None or known.undo:
            kept.append(part.event_id)
        elif (end := undo_chain.end_of(part)).command != undo_chain.UNDO:
            ends.append(end)
    return ends, sorted(kept)


def _events(numbers: list[int]) -> list[Event]:
    return [Event.get_by_id(number) for number in numbers]


def _check_undoable(event: Event) -> None:
    known = every_command().get(event.command)
    reason = known.undo if known else "this Astra does not know the command"
    head = import_record.head_of(event)
    if head is not None and event.command == import_record.ROWS:
        reason = f"it is part of event {head}; {act('log.undo', head)} undoes all of it"
    if event.command == undo_chain.UNDO and undo_chain.command_of(event) == import_record.HEAD:
        reason = "an undone import cannot be redone; import the rows with new ids"
    if reason:
        raise Refused("not_undoable", f"event {event.event_id} ({event.command}) cannot be undone", reason)


def _put_back(running: Command, event: Event, rows: dict[str, BaseModel]) -> list[int]:
    """Write the inverse of every row of an event; return the agents left above their capacity."""
    before: dict[str, Json] = json.loads(event.before or "{}")
    with loads_gathered():
        for key, row in rows.items():
            _write_inverse(running, row, before.get(key))
    holders = {RULES[type(row)].finish(running, row) for row in rows.values()}
    running.may_free = True
    agents = [Agent.lock(agent_id) for agent_id in sorted(filter(None, holders))]
    return [agent.agent_id for agent in agents if agent.held > agent.capacity]


def _rows_to_put_back(event: Event, *, is_part: bool = False) -> dict[str, BaseModel]:
    """Return the rows of an event by their keys. Raises Refused if one of them must not be put back."""
    before: dict[str, Json] = json.loads(event.before or "{}")
    after: dict[str, Json] = json.loads(event.after or "{}")
    rows = {key: _row(key) for key in after}
    for row in rows.values():
        customers.refuse_erased(_customer_of(row))
    for key, row in rows.items() if not is_part else ():
        _check_untouched(event, key, row, after[key] if key in before else {})
    returning = {rows[key]._pk for key, old in before.items() if "left_at" in old and old["left_at"] is None}
    for key, row in rows.items():
        RULES[type(row)].check(row, before.get(key), rows, returning)
    return rows


def _write_inverse(running: Command, row: BaseModel, before: Json | None) -> None:
    try:
        RULES[type(row)].put_back(running, row, before)
    except IntegrityError as error:
        raise Refused(
            "changed_since",
            f"{row.label} {row._pk} cannot be put back: {error}",
            "another row took its place; change that one first",
        ) from error


def _customer_of(row: BaseModel) -> int | None:
    """The customer whom a row belongs to, if any."""
    if isinstance(row, Survey):
        row = Issue.lock(row.issue_id)
    elif isinstance(row, Booking | Assignment):
        row = Lead.lock(row.lead_id)
    return row.customer_id if isinstance(row, Customer | Lead | Issue) else None


def _row(key: str) -> BaseModel:
    table, identifier = key.rsplit(":", 1)
    return TABLES[table].lock(int(identifier))


def _check_untouched(event: Event, key: str, row: BaseModel, after: Json) -> None:
    """Refuse if the row has changed since, even if another command changed it back."""
    changed = [
        column for column, value in after.items() if column not in FOLLOWS and getattr(row, column) != value
    ]
    later = None if RULES[type(row)].is_surely_untouched(row, after) else _later_change(event, key)
    if changed or later is not None:
        by = (
            f" by event {later.event_id}, {later.command} of {later.actor}"
            if later
            else f" ({', '.join(changed)})"
        )
        raise Refused(
            "changed_since",
            f"{row.label} {row._pk} has changed since event {event.event_id}{by}",
            f"undo the later command first; {act('log')} shows it",
        )


def _later_change(event: Event, key: str) -> Event | None:
    """The oldest later command that changed the same row and was not undone.

    An undo of such a command does not count; an undo of an earlier command does.
    """
    since = (Event.event_id > event.event_id) & Event.after.contains(f'"{key}":')
    undone = undo_chain.undone_events(after=event.event_id)
    undoes_later = Event.undoes.in_(Event.select(Event.event_id).where(since))
    query = Event.select().where(since, Event.event_id.not_in(undone), Event.undoes.is_null() | ~undoes_later)
    later: Event | None = query.order_by(Event.event_id).first()
    return later
