"""Chains of undo and redo: an undo names the event that it undoes, a redo the undo that it takes back.

An event is undone by at most one other, so a command and all that was undone and redone of it form a chain.
Its last event stands; the one before it is undone, the one before that stands again, and so on.
"""

from __future__ import annotations

import json
from collections.abc import Collection
from typing import Any

from peewee import Value, fn

from models.audit import Event
from models.base import tuples
from models.sql import json_text, listed, position

UNDO, REDO = "undo", "redo"
REVERSALS = (UNDO, REDO)
STAYED = "stayed"
"""The detail of an undo that names the rows it left, each as "booking 12": they were refused."""


def followed_events() -> Any:
    """Return a query of the events that are not the last of their chain."""
    return Event.select(Event.undoes).where(Event.undoes.is_null(False))


def undone_events(after: int = 0) -> Any:
    """Return a query of the undone events; those of chains that end ``after`` an event, at least."""
    last, link = Event.alias(), Event.alias()
    chain = (
        last.select(last.undoes, Value(1))
        .where(last.undoes.is_null(False), last.event_id > after, last.event_id.not_in(followed_events()))
        .cte("chain", recursive=True, columns=("event_id", "is_undone"))
    )
    earlier = (
        link.select(link.undoes, 1 - chain.c.is_undone)
        .join(chain, on=(link.event_id == chain.c.event_id))
        .where(link.undoes.is_null(False))
    )
    chain = chain.union_all(earlier)
    return chain.select_from(chain.c.event_id).where(chain.c.is_undone == 1)


def undone_by(
    numbers: Collection[int], undoing: int | None = None, *, of_row: str | None = None
) -> dict[int, int]:
    """Return those of some events that are undone, each with the last event of its chain.

    ``undoing``: the event that a running command is about to undo or redo; it counts as undone. ``of_row``:
    a row as "booking 12"; an undo that left it does not count.
    """
    left_it = position(fn.COALESCE(json_text(Event.detail, STAYED), ""), f'"{of_row}"') > 0
    ends = {number: number for number in numbers}
    undone: set[int] = set()
    moved = set(ends)
    while moved:
        among = listed({ends[number] for number in moved})
        query = Event.select(Event.undoes, Event.event_id).where(Event.undoes.in_(among))
        links = dict(tuples(query if of_row is None else query.where(~left_it)))
        moved = {number for number in moved if ends[number] in links}
        ends |= {number: links[ends[number]] for number in moved}
        undone ^= moved
    undone ^= {number for number in ends if ends[number] == undoing}
    return {number: ends[number] for number in undone}


def end_of(event: Event) -> Event:
    """Return the last event of an event's chain: the one to undo or redo."""
    while (later := Event.get_or_none(Event.undoes == event.event_id)) is not None:
        event = later
    return event


def root_of(event: Event) -> Event:
    """Return the command at the beginning of an event's chain, as its event."""
    while event.undoes is not None:
        event = Event.get_by_id(event.undoes)
    return event


def command_of(event: Event) -> str:
    """Return the command at the beginning of an event's chain."""
    if event.command not in REVERSALS:
        return event.command
    told: str = json.loads(event.detail or "{}")["command"]
    return told
