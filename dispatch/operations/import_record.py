"""The desk's side of an import or demo: one act, whose event comes first, written in many small commits.

The event ``import``, the head, has the plan: a digest of what is to be written, and the numbers of rows.
Every commit of rows after it has an event of its own, a part, with the head's number and the keys of the new
rows; every row that is changed has one, too (changed_rows/changing.py). The last part says so: until then the
import is unfinished, and the next run for the same digest continues it.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import reduce
from operator import or_
from typing import Any

from dispatch.assignment.waiting_list import drain_waiting
from dispatch.desk import settings
from dispatch.desk.commands import Command, command, never, reverse_event
from dispatch.desk.desk import Desk
from dispatch.desk.event_filter import EventFilter
from dispatch.desk.event_log import last_event
from dispatch.queries.totals import is_unused
from models.agents import Agent
from models.audit import Event
from models.base import BaseModel, Json, tuples
from models.bookings import Assignment, Booking
from models.errors import Conflict, Refused
from models.sql import json_number, json_text

HEAD, ROWS, CHANGE = "import", "import.rows", "import.change"
PARTS = (ROWS, CHANGE)
DIGEST = "digest"  # in the detail of every head; imports of earlier versions have none, and no parts
COUNTED: dict[str, type[BaseModel]] = {"agents": Agent, "assignments": Assignment, "bookings": Booking}

Made = Mapping[type[BaseModel], Mapping[int, Json]]
"""The ids of new rows by model, each with what the event says of it: nothing, or that it moved."""


@dataclass
class Head:
    """An import by its first event: the plan, and what is written of it.

    ``newest`` is the last of its parts, or the head itself; ``undone_by`` the event of its undo. ``changed``
    counts the changes of rows that were there before.
    """

    event_id: int
    at: str
    plan: Json
    written: dict[str, int] = field(default_factory=lambda: dict.fromkeys(COUNTED, 0))
    changed: int = 0
    newest: int = 0
    has_last: bool = False
    undone_by: int | None = None

    @property
    def is_unfinished(self) -> bool:
        return self.undone_by is None and not self.has_last

    def add_part(self, event_id: int, detail: Json) -> None:
        self.newest = event_id
        self.has_last = self.has_last or detail.get("last", False)
        for kind in COUNTED:
            self.written[kind] += detail.get(kind, 0)
        self.changed += "kind" in detail  # of its only row


def heads(digest: str | None = None) -> list[Head]:
    """Return the imports, oldest first; those of one digest, or all that have one."""
    undo = Event.alias()
    undone = undo.select(undo.event_id).where(undo.undoes == Event.event_id)
    query = Event.select(Event.event_id, Event.at, Event.detail, undone)
    numbers = EventFilter(command=HEAD).numbers()
    known = json_text(Event.detail, DIGEST)
    query = query.where(
        Event.event_id.in_(numbers.select_from(numbers.c.event_id)),
        known.is_null(False) if digest is None else known == digest,
    )
    found = {
        event_id: Head(event_id, at, json.loads(detail), newest=event_id, undone_by=undone_by)
        for event_id, at, detail, undone_by in tuples(query.order_by(Event.event_id))
    }
    for event_id, detail in _parts(min(found)) if found else ():
        if detail["head"] in found:
            found[detail["head"]].add_part(event_id, detail)
    return list(found.values())


def unfinished() -> list[Head]:
    """Return the imports that wait to be continued, or undone."""
    return [head for head in heads() if head.is_unfinished]


def newest(digest: str) -> Head | None:
    """Return the newest import with this digest, undone or not."""
    found = heads(digest)
    return found[-1] if found else None


def head_of(event: Event) -> int | None:
    """Return the head of a part; None for other events."""
    return json.loads(event.detail).get("head") if event.command in PARTS and event.detail else None


def parts_of(head: int) -> list[int]:
    """Return the events of an import's commits, newest first."""
    return [event_id for event_id, detail in _parts(head) if detail["head"] == head][::-1]


def _parts(after: int) -> Iterator[tuple[int, Json]]:
    """Return all parts after an event, and their details."""
    numbers = [EventFilter(command=command).numbers(after=after) for command in PARTS]
    among = [Event.event_id.in_(each.select_from(each.c.event_id)) for each in numbers]
    query: Any = Event.select(Event.event_id, Event.detail).where(reduce(or_, among))
    query = query.order_by(Event.event_id)
    for event_id, detail in query.tuples().iterator():
        yield event_id, json.loads(detail)


class Run:
    """An import at work: it stops as soon as another terminal continues it, or somebody undoes it."""

    def __init__(self, desk: Desk, head: Head, *, is_resumed: bool) -> None:
        self.desk = desk
        self.head = head
        self.is_resumed = is_resumed
        self._newest = head.newest

    @contextmanager
    def part(self) -> Iterator[None]:
        """Hold the write lock for one commit. Raises Conflict or Refused if the run must stop."""
        with self.desk.batch():
            self._check()
            yield

    def record(self, made: Made, *, is_last: bool) -> None:
        """Log the rows of this commit."""
        _record_rows(self.desk, self.head, made, is_last)
        self._newest = last_event()

    @contextmanager
    def change(self) -> Iterator[int]:
        """Hold the write lock for one command of the import; the block gets the head's number."""
        with self.part():
            yield self.head.event_id
            newest = last_event()
        self._newest = newest

    def _check(self) -> None:
        number = self.head.event_id
        undo = Event.get_or_none(Event.undoes == number)
        if undo is not None:
            problem = f"this import (event {number}) was undone by {undo.actor}"
            raise Refused("undone", problem, "nothing more was written")
        others = Event.select(Event.event_id).where(
            Event.event_id > self._newest,
            Event.command.in_(PARTS),
            json_number(Event.detail, "head") == number,
        )
        if others.exists():
            raise _under_way(number)


def _under_way(number: int) -> Conflict:
    problem = f"another terminal is importing these rows (event {number})"
    return Conflict(problem, "wait for it; if it stopped, repeat this to continue")


def begin(desk: Desk, plan: Json, known: Head | None) -> Run:
    """Write the event of a new import, or continue an unfinished one.

    ``known`` is the newest import with the plan's digest, read before the plan was made. Raises Conflict if
    another terminal has begun, continued or undone it since.
    """
    with desk.transaction():
        found = newest(plan[DIGEST])
        if found != known:
            raise _under_way(max(head.event_id for head in (found, known) if head))
        if found is not None and found.is_unfinished:
            return Run(desk, found, is_resumed=True)
        _log_plan(desk, plan)
        event_id = last_event()
        at: str = Event.get_by_id(event_id).at
        return Run(desk, Head(event_id, at, plan, newest=event_id), is_resumed=False)


@command("import", past="imported", undo=reverse_event, may="desk.keep")
def _log_plan(running: Command, plan: Json) -> Json:
    """Log a plan. A desk that begins with an import, which is no demo, begins with calm settings."""
    if not plan.get("demo") and is_unused():
        calmed = settings.calm(running.desk.settings)
        plan = plan | ({"settings": calmed} if calmed else {})
    running.detail = plan
    return plan


@command(
    "import.rows",
    past="rows imported",
    undo=never("it is part of an import: undo that, the head in its details"),
    may="desk.keep",
)
def _record_rows(running: Command, head: Head, made: Made, is_last: bool) -> Json:
    """Log the rows of one commit: bulk queries send no signals, so this is their only event.

    When all rows of an import with agents are there, these agents get the bookings that wait.
    """
    running.after = {
        f"{model.table}:{number}": said for model, rows in made.items() for number, said in rows.items()
    }
    running.detail = {"head": head.event_id}
    running.detail |= {kind: len(made.get(model, {})) for kind, model in COUNTED.items()}
    if is_last:
        running.detail["last"] = True
        if head.plan["agents"]:
            running.desk.settings.begin()  # these agents may be the first who list places
            drain_waiting(running)
            # the event is the import's, not the last drained booking's
            running.booking_id = running.agent_id = None
    return running.detail
