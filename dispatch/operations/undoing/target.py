"""Which event an undo or redo is about: the one named, or the last of the actor in this session."""

from __future__ import annotations

from typing import Any

from peewee import fn

from dispatch.desk import acts
from dispatch.desk.commands import BATCH
from dispatch.desk.desk import Desk
from dispatch.desk.undo_chain import REVERSALS, UNDO, end_of, followed_events
from dispatch.operations import import_record
from dispatch.operations.command_list import every_command
from models.audit import Event
from models.errors import NotFound, Refused
from models.hints import act
from models.sql import json_number

REACH = 100_000  # events back, in which a session's last command is looked for


def named(event_id: int) -> Event:
    """Return the event to undo for the one named: its last redo, or for an undo that undo.

    Raises NotFound, and Refused if it is undone already.
    """
    event = _event(event_id)
    if event.command == UNDO:
        return undo_of(event_id)
    end = end_of(event)
    if end.command == UNDO:
        problem = f"event {event_id} was already undone by {end.actor} at {end.at}"
        raise Refused("already_undone", problem, f"{act('log.redo', event_id)} redoes it")
    return end


def undo_of(event_id: int) -> Event:
    """Return the undo that stands of an event, or of the one that an undo undid.

    Raises NotFound, and Refused if the event is not undone.
    """
    event = _event(event_id)
    end = end_of(event)
    if end.command == UNDO:
        return end
    if end.event_id == event_id:
        raise Refused(
            "not_undone", f"event {event_id} ({event.command}) is not undone", f"{act('log')} shows it"
        )
    raise Refused("already_redone", f"event {event_id} was already redone by {end.actor} at {end.at}")


def last_done(desk: Desk) -> Event:
    """Return the session's newest event of the actor that is not an undo and has not been undone.

    Commands that changed nothing, as all their rows were refused, are skipped.
    """
    head = fn.COALESCE(json_number(Event.detail, "head"), 0)  # of a part of an import
    batch = fn.COALESCE(json_number(Event.detail, BATCH), 0)
    own = _own(desk).where(
        _changed_something(),
        Event.command != UNDO,
        Event.event_id.not_in(followed_events()),
        ~Event.command.startswith(f"{import_record.HEAD}.") | head.not_in(followed_events()),
        batch.not_in(followed_events()),  # what of an undone batch cannot be undone
    )
    return _whole(_newest(desk, own, "undo"))


def last_undo(desk: Desk) -> Event:
    """Return the session's newest undo of the actor that is not redone, if they did nothing else since."""
    own = _own(desk)
    undone = own.where(Event.command == UNDO, Event.event_id.not_in(followed_events()))
    event = _newest(desk, undone, "redo")
    other: Event | None = own.where(
        _changed_something(),
        Event.session == desk.session,
        Event.event_id > event.event_id,
        Event.command.not_in(REVERSALS),
    ).first()
    if other is not None:
        raise Refused(
            "nothing_to_redo",
            f"nothing to redo: event {other.event_id} ({other.command}) came after the undo",
            f"{act('log.redo', event.event_id)} redoes event {event.event_id} anyway",
        )
    return event


def is_last(desk: Desk, event: Event) -> bool:
    """Return whether an event is the session's newest of the actor that changed something."""
    own = _own(desk).where(_changed_something(), Event.session == desk.session)
    newest: Event | None = own.first()
    return newest is not None and _whole(newest).event_id == event.event_id


def changed_nothing(event: Event) -> bool:
    """Return whether there is nothing to undo of a command: it wrote no row, or no part of an act did."""
    known = every_command().get(event.command)
    if known is None or not known.needs_rows or event.after is not None:
        return False
    return not known.undo.in_parts or all(map(changed_nothing, acts.parts_of(event)))


def _changed_something() -> Any:
    """Match the other events; of an act in parts these, not its head."""
    needing = [name for name, known in every_command().items() if known.needs_rows]
    return Event.after.is_null(False) | Event.command.not_in(needing)


def _own(desk: Desk) -> Any:
    """Return a query of the actor's latest events, newest first."""
    newest = Event.select(fn.MAX(Event.event_id)).scalar() or 0
    own = Event.select().where(Event.event_id > newest - REACH, Event.actor == desk.actor)
    return own.order_by(Event.event_id.desc())


def _newest(desk: Desk, own: Any, verb: str) -> Event:
    """Return the session's newest of these events; the refusal names one of another session."""
    event: Event | None = own.where(Event.session == desk.session).first()
    if event is not None:
        return event
    actor, code = desk.actor, f"nothing_to_{verb}"
    elsewhere: Event | None = own.first()
    if elsewhere is None:
        raise Refused(code, f"nothing to {verb} for {actor}")
    elsewhere = _whole(elsewhere)
    raise Refused(
        code,
        f"nothing to {verb} for {actor} in this terminal",
        f"event {elsewhere.event_id} ({elsewhere.command}) is from another terminal; "
        f"{act(f'log.{verb}', elsewhere.event_id)} {verb}es it",
    )


def _whole(event: Event) -> Event:
    """Return the import or batch that an event is part of, or the event."""
    head = import_record.head_of(event) or acts.head_of(event)
    return event if head is None else _event(head)


def _event(event_id: int) -> Event:
    event: Event | None = Event.get_or_none(Event.event_id == event_id)
    if event is None:
        raise NotFound("event", event_id, f"{act('log')} shows them")
    return event
