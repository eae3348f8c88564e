"""Undo and redo: new commands that write the inverse of an event, so that nothing is ever deleted.

A redo is the undo of an undo.
"""

from __future__ import annotations

import json
from functools import partial
from typing import NamedTuple

from dispatch import queries
from dispatch.desk import undo_chain
from dispatch.desk.commands import Command, HalfDone, command, is_asked, reverse_event
from dispatch.desk.desk import Desk
from dispatch.operations import import_record
from dispatch.operations.command_list import (
    describe_command,
    describe_subject,
    every_command,
)
from dispatch.operations.configuration import SETTING
from dispatch.operations.import_undo import take_back
from dispatch.operations.row_types import RefusedRow, SettingChange, UndoPreview, UndoResult
from dispatch.operations.undoing import files, rows, settings, target, values
from dispatch.operations.undoing.bulk import TakenBack
from dispatch.operations.undoing.parts import Parts
from dispatch.queries.agents import names_of
from dispatch.reporting.named_changes import about, kept_words
from models.audit import Event
from models.bookings import Booking
from models.errors import DeskError, Refused
from models.hints import act


class _Done(NamedTuple):
    """What an undo did: the numbers of rows, agents above their capacity, what stays, and why."""

    back: TakenBack
    over: list[int]
    kept_events: list[int]
    refused: list[RefusedRow]
    setting: SettingChange | None = None


@command("undo", past="undo", undo=reverse_event, may="undo.use")
def undo(running: Command, event_id: int | None = None, *, is_part: bool = False) -> UndoResult:
    """Undo one event: the one named, or the actor's last command of this session. Of an undo, it is a redo.

    ``is_part`` of the undo of an import: nobody has changed its rows since, and work is given out later.
    Of several rows, those that have changed since stay. Raises NotFound for an unknown event, and Refused if
    there is nothing to undo, the command cannot be undone, or all of its rows have changed since.
    """
    done = _reverse(running, _target(running.desk, event_id), is_part=is_part)
    running.may_free = running.may_free and not is_part
    return done


@command("redo", past="redo", undo=reverse_event, may="undo.use")
def redo(running: Command, event_id: int | None = None) -> UndoResult:
    """Redo what one undo took back: the event named or its undo, or the actor's last undo of this session.

    Raises NotFound for an unknown event, and Refused if there is nothing to redo, or the undo's rows have
    changed since.
    """
    return _reverse(running, _redo_target(running.desk, event_id))


def preview(desk: Desk, event_id: int | None = None, *, redo: bool = False) -> UndoPreview:
    """Return what an undo, or a redo, would change now, without writing anything. Raises as both do."""
    with desk.reading():
        event = (_redo_target if redo else _target)(desk, event_id)
        _check_may(desk, event)
        _check_undoable(event)
        setting = settings.planned(desk, event) if undo_chain.command_of(event) == SETTING else None
        named, refused = ([f"setting {setting['key']}"], []) if setting else _planned(desk, event)
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
            "rows": named,
            "refused": refused,
            "booking": queries.booking(event.booking_id) if event.booking_id is not None else None,
            "setting": setting,
            "agent_name": _agent_name(event),
            "about": _about(event),
            "is_last": target.is_last(desk, event),
        }


def _planned(desk: Desk, event: Event) -> tuple[list[str], list[RefusedRow]]:
    """Name the rows that an undo would change, and those that would stay."""
    if undo_chain.command_of(event) == files.HEAD:
        return files.planned(event)
    if undo_chain.command_of(event) in values.COMMANDS:
        return values.planned(event), []
    if not _is_in_parts(event):
        is_import = event.command == import_record.HEAD
        found = rows.Found({}) if is_import else rows.find(event)
        return rows.subjects(event, found.rows), found.refused
    parts, named = Parts(event), list[str]()
    ahead = rows.Ahead()
    for end in parts.ends:
        with parts.trying(end):
            if undo_chain.command_of(end) == SETTING:
                ahead.set_back(end, settings.planned(desk, end, ahead))
            found = rows.find(end, ahead)
            ahead.take_back(end, found.rows)
            parts.refused += found.refused
            named += rows.subjects(end, found.rows)
    parts.check_any()
    return list(dict.fromkeys(named)), parts.refused


def is_undoable(event_id: int) -> bool:
    """Return whether the command of an event is one that can be undone. Reads the database."""
    event: Event | None = Event.get_or_none(Event.event_id == event_id)
    if event is None or event.command == undo_chain.UNDO:  # which is redone
        return False
    known = every_command().get(event.command)
    return known is not None and not known.undo.never and not target.changed_nothing(event)


def is_redoable(desk: Desk, event_id: int) -> bool:
    """Return whether a redo has something to redo, after the actor's latest event. Reads the database."""
    event: Event | None = Event.get_or_none(Event.event_id == event_id)
    if event is None or event.command not in undo_chain.REVERSALS:
        return False
    try:
        return target.last_undo(desk) is not None
    except DeskError:
        return False


def _target(desk: Desk, event_id: int | None) -> Event:
    return target.last_done(desk) if event_id is None else target.named(event_id)


def _redo_target(desk: Desk, event_id: int | None) -> Event:
    return target.last_undo(desk) if event_id is None else target.undo_of(event_id)


def _reverse(running: Command, event: Event, *, is_part: bool = False) -> UndoResult:
    _check_may(running.desk, event)
    _check_undoable(event)
    is_redo = event.command == undo_chain.UNDO
    running.name = undo_chain.REDO if is_redo else undo_chain.UNDO  # however it was asked for
    running.undoes = event.event_id
    named = _about(event)
    running.detail |= {"command": undo_chain.command_of(event)} | kept_words(named)
    done = _undo_of(running, event, is_part=is_part)
    if done.over:
        running.detail["over_capacity"] = done.over
    if done.refused:
        running.detail[undo_chain.STAYED] = list(dict.fromkeys(row["row"] for row in done.refused))
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
        "over_capacity": done.over,
        "bookings": done.back.bookings,
        "kept_agents": done.back.kept_agents,
        "kept_bookings": done.back.kept_bookings,
        "kept_events": done.kept_events,
        "refused": done.refused,
        "booking": queries.booking(event.booking_id) if event.booking_id is not None else None,
        "setting": done.setting,
        "agent_name": _agent_name(event),
        "about": named,
    }


def _undo_of(running: Command, event: Event, *, is_part: bool) -> _Done:
    """Undo one event, whatever it is of."""
    if event.command == import_record.HEAD:
        back = take_back(running, event, partial(_undo_change, running.desk))
        return _Done(back, [], back.kept_changes, [])
    if _is_in_parts(event):
        return _reverse_parts(running, event)
    if running.detail["command"] == SETTING:
        return _Done(TakenBack(), [], [], [], settings.reverse(running, event))
    if running.detail["command"] in values.COMMANDS:
        values.reverse(running, event)
        return _Done(TakenBack(), [], [], [])
    if running.detail["command"] == files.HEAD:
        done = files.reverse(running, event)
        return _Done(done.back, done.over, [], [])
    found = rows.find(event, is_part=is_part)
    over = rows.restore(running, event, found.rows)
    bookings = sum(isinstance(row, Booking) for row in found.rows.values())
    return _Done(TakenBack(bookings=bookings), over, [], found.refused)


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


def _is_in_parts(event: Event) -> bool:
    known = every_command().get(undo_chain.command_of(event))
    return known is not None and known.undo.in_parts


def _reverse_parts(running: Command, event: Event) -> _Done:
    """Undo every command of an act, the newest first, or redo those that its undo took back.

    Each is an undo of its own in this transaction. Those that are refused stay, whatever they had written
    taken back. Raises Refused if all are.
    """
    parts, results = Parts(event), list[UndoResult]()
    for end in parts.ends:
        with parts.trying(end), running.desk.database.atomic():
            results.append(undo(running.desk, end.event_id))
            parts.refused += results[-1]["refused"]
    parts.check_any()
    if event.command != undo_chain.UNDO:
        running.detail["parts"] = [undo_chain.root_of(end).event_id for end in reversed(parts.done)]
    changed = {one["booking_id"] for one in results if one["booking_id"] is not None}
    bookings = max(len(changed), sum(one["bookings"] for one in results if one["booking_id"] is None))
    over = sorted({agent for one in results for agent in one["over_capacity"]})
    return _Done(TakenBack(bookings=bookings), over, parts.kept, parts.refused)


def _check_may(desk: Desk, event: Event) -> None:
    """Raise NotPermitted unless who has signed in could have given the command that is undone."""
    known = every_command().get(undo_chain.command_of(event))
    if known is not None and is_asked(desk):
        desk.staff.check_undo(known.needs, event.actor, desk.now())


def _check_undoable(event: Event) -> None:
    known = every_command().get(event.command)
    reason = known.undo.never if known else "this Astra does not know the command"
    head = import_record.head_of(event)
    if head is not None and event.command == import_record.ROWS:
        reason = f"it is part of event {head}; {act('log.undo', head)} undoes all of it"
    if event.command == undo_chain.UNDO and undo_chain.command_of(event) == import_record.HEAD:
        reason = "an undone import cannot be redone; import the rows with new ids"
    if reason:
        raise Refused("not_undoable", f"{_in_words(event)} cannot be undone", reason)
    if target.changed_nothing(event):
        raise Refused("nothing_to_undo", f"{_in_words(event)} changed nothing")


def _agent_name(event: Event) -> str | None:
    return names_of({event.agent_id} - {None}).get(event.agent_id)


def _about(event: Event) -> dict[str, str]:
    """Return what an event, or the command that it undid, was about where no number says it."""
    detail, before, after = (json.loads(text or "{}") for text in (event.detail, event.before, event.after))
    return about(undo_chain.command_of(event), detail, before, after)


def _in_words(event: Event) -> str:
    """Name an event in few cells: ``issue 6 acknowledged``."""
    if event.command not in every_command():
        return f"event {event.event_id} ({event.command})"
    about = {f"{kind}_id": getattr(event, f"{kind}_id") for kind in ("issue", "booking", "customer", "agent")}
    return " ".join(filter(None, (describe_subject(about), describe_command(event.command))))
