"""Taking back many bookings at once, by queries that fire no signals, for imports and files of leads.

Thousands of saves would keep everybody else waiting. The loads and tallies are for the caller to correct.
"""

from __future__ import annotations

import json
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field

from dispatch.bookings.undo_rules import MISTAKE
from dispatch.desk import undo_chain
from dispatch.desk.commands import AUDITED, Command
from models.audit import Event
from models.base import BaseModel, CompiledQuery, Json, parameter, tuples
from models.bookings import CANCELLED, Booking
from models.sql import listed

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
    """The numbers of rows taken back, and the rows that stay, because they have changed or hold work.

    ``changes`` counts the changes of earlier rows; ``kept_changes`` are the events of those that stay.
    """

    agents: int = 0
    bookings: int = 0
    changes: int = 0
    kept_agents: list[int] = field(default_factory=list)
    kept_bookings: list[int] = field(default_factory=list)
    kept_changes: list[int] = field(default_factory=list)


def changed_since(event_id: int, own: Collection[int], ignored: Collection[str] = ()) -> set[str]:
    """Return the keys of all rows that later commands, themselves not undone, have changed.

    ``own`` events are left out, and so are changes of ``ignored`` columns only.
    """
    query = Event.select(Event.before).where(
        Event.event_id > event_id,
        Event.before.is_null(False),
        Event.event_id.not_in(undo_chain.undone_events(after=event_id)),
        Event.event_id.not_in(listed(own)),
        Event.undoes.is_null() | (Event.undoes < event_id),
    )
    changed = {
        key
        for (before,) in query.tuples().iterator()
        for key, columns in json.loads(before).items()
        if not columns or not columns.keys() <= set(ignored)
    }
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


def ids(model: type[BaseModel], keys: Iterable[str]) -> list[int]:
    prefix = f"{model.table}:"
    return sorted(int(key[len(prefix) :]) for key in keys if key.startswith(prefix))


def key(model: type[BaseModel], number: int) -> str:
    return f"{model.table}:{number}"


def void(running: Command, numbers: Collection[int]) -> set[int | None]:
    """Cancel bookings as entered by mistake, with old and new values in the event; return their agents."""
    new = {
        "status": CANCELLED,
        "changed_at": running.now,
        "completed_at": None,
        "cancelled_at": running.now,
        "cancel_reason": MISTAKE,
        "voided": True,
        "given_at": None,
    }
    return _write(running, dict.fromkeys(numbers, new))


def unvoid(running: Command, old: Mapping[int, Json]) -> set[int | None]:
    """Bring cancelled bookings back with their old values; return their agents."""
    return _write(running, {number: before | {"changed_at": running.now} for number, before in old.items()})


def _write(running: Command, new: Mapping[int, Json]) -> set[int | None]:
    columns = [Booking._meta.fields[name] for name in VOIDED]
    query = Booking.select(Booking.booking_id, Booking.agent_id, *columns)
    holders = set()
    for number, agent_id, *values in tuples(query.where(Booking.booking_id.in_(listed(new)))):
        old = dict(zip(VOIDED, values, strict=True))
        now = old | new[number] | {"version": old["version"] + 1}
        _rewrite(booking_id=number, **now)
        differing = [name for name in VOIDED if old[name] != now[name]]
        running.before[key(Booking, number)] = {name: old[name] for name in differing}
        running.after[key(Booking, number)] = {name: now[name] for name in differing}
        holders.add(agent_id)
    running.bookings.update(new)
    return holders


_rewrite = CompiledQuery(
    lambda: Booking.update({name: parameter(name) for name in VOIDED}).where(
        Booking.booking_id == parameter("booking_id")
    )
)
