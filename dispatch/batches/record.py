"""A batch: several commands that one undo takes back.

Its own event, the head, comes first; every event of its commands names the head in its detail. With one
transaction a command, what is done of an interrupted batch is still undone by its head.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from typing import TypeVar

from peewee import fn

from dispatch.desk.commands import BATCH, Command, HalfDone, command, put_back
from dispatch.desk.desk import Desk
from dispatch.desk.undo_chain import REVERSALS
from dispatch.queries.new_work import last_event
from models.audit import Event
from models.base import Json

T = TypeVar("T")
HEAD = "batch"


class _NothingWritten(Exception):
    """The first command of a batch has no event, as it was done before: a head alone could not be undone."""


class Batch:
    """A batch at work. Its head is written with the first command that is done: an empty one has none."""

    def __init__(self, desk: Desk, lines: Sequence[str], request_id: str | None = None) -> None:
        self._desk = desk
        self._lines = len(lines)
        self._digest = hashlib.blake2b("\n".join(lines).encode("utf-8", "surrogatepass"), digest_size=8)
        self._request_id = request_id
        self.head: int | None = None

    @contextmanager
    def part(self, number: int) -> Iterator[None]:
        """Make what the block does one line of the batch and one transaction. Raises DeskError if refused."""
        desk = self._desk
        begun = self.head
        try:
            with desk.transaction():
                if self.head is None:
                    with desk.request(self._request_id):
                        self.head = _begin(desk, self._lines, self._digest.hexdigest())["head"]
                with desk.in_batch_of(self.head), desk.request(self._request_of(number)):
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

    def _request_of(self, number: int) -> str | None:
        return None if self._request_id is None else f"{self._request_id}#{number}"


def together(desk: Desk, commands: Sequence[Callable[[], T]]) -> list[T]:
    """Run commands as one batch in one transaction. Raises the first refusal; then nothing is done."""
    batch = Batch(desk, [""] * len(commands))
    with desk.transaction():
        return [_within(batch, number, run) for number, run in enumerate(commands, start=1)]


def _within(batch: Batch, number: int, run: Callable[[], T]) -> T:
    with batch.part(number):
        return run()


@command("batch", past="batch", undo=put_back)
def _begin(running: Command, lines: int, digest: str) -> Json:
    """Write the head; its digest tells it from another batch with the same request id."""
    running.event_id = last_event() + 1
    running.detail = {"commands": lines, "digest": digest}
    return {"head": running.event_id}


def head_of(event: Event) -> int | None:
    """Return the head of the batch that an event belongs to; None for other events."""
    head: int | None = json.loads(event.detail).get(BATCH) if event.detail else None
    return head


def parts_of(head: Event) -> list[Event]:
    """Return the events of a batch's commands, oldest first."""
    query = Event.select().where(
        Event.event_id > head.event_id,
        Event.actor == head.actor,
        Event.command.not_in(REVERSALS),
        fn.json_extract(Event.detail, f"$.{BATCH}") == head.event_id,
    )
    return list(query.order_by(Event.event_id))
