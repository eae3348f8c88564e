"""An act: several commands that one undo takes back.

Its own event, the head, comes first; every event of its commands names the head in its detail. With many
transactions, what is done of an interrupted act is still undone by its head.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

from dispatch.desk.commands import BATCH, Command, HalfDone
from dispatch.desk.desk import Desk
from dispatch.desk.event_log import last_event
from dispatch.desk.undo_chain import REVERSALS
from models.audit import Event
from models.base import Json
from models.sql import json_number


class _NothingWritten(Exception):
    """The first command of an act has no event, as it was done before: a head alone could not be undone."""


class Act:
    """An act at work. ``begin`` writes its head and returns the id; an act without commands has none.

    ``head`` is given for an act that is continued.
    """

    def __init__(self, desk: Desk, begin: Callable[[], int], head: int | None = None) -> None:
        self._desk = desk
        self._begin = begin
        self.head = head

    @contextmanager
    def part(self) -> Iterator[None]:
        """Make the block one command of the act and one transaction. Raises DeskError if it is refused."""
        desk, begun = self._desk, self.head
        try:
            with desk.transaction():
                if self.head is None:
                    self.head = self._begin()
                with desk.in_batch_of(self.head):
                    yield
                if begun is None and not desk.in_batch and last_event() == self.head:
                    raise _NothingWritten
        except _NothingWritten:
            self.head = begun
        except HalfDone as error:
            self.head = begun
            raise error.refusal from error
        except BaseException:  # the head was rolled back with it
            self.head = begun
            raise


def write_head(running: Command, detail: Json) -> Json:
    """Make a running command the head of an act; return its id, as its result."""
    running.event_id = last_event() + 1
    running.detail = detail
    return {"head": running.event_id}


def head_of(event: Event) -> int | None:
    """Return the head of the act that an event belongs to; None for other events."""
    head: int | None = json.loads(event.detail).get(BATCH) if event.detail else None
    return head


def of_act(head: Event) -> Any:
    """Match the events of an act's commands, and what undo wrote about them."""
    return (Event.event_id > head.event_id) & (json_number(Event.detail, BATCH) == head.event_id)


def parts_of(head: Event) -> list[Event]:
    """Return the events of an act's commands, oldest first."""
    query = Event.select().where(of_act(head), Event.actor == head.actor, Event.command.not_in(REVERSALS))
    return list(query.order_by(Event.event_id))
