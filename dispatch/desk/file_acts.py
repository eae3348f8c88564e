"""The act of a file: its head names the file, the event of each of its rows the head (dispatch/desk/acts.py).

The next run of the same content by the same person goes on under the same head.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import timedelta
from pathlib import PurePath
from typing import NamedTuple

from dispatch.desk.acts import Act, write_head
from dispatch.desk.commands import Command
from dispatch.desk.desk import Desk
from dispatch.desk.event_filter import EventFilter
from dispatch.desk.remembered_columns import SAID
from dispatch.desk.undo_chain import undone_by
from models.audit import Event
from models.base import Json, tuples
from models.clock import from_text, to_text
from models.errors import DeskError, Refused
from models.hints import rendered
from models.sql import json_text

LONGEST_NAME = 200
MOST_TURNS = 1_000


class FileAct(NamedTuple):
    """A file's act by its head: the file's name, and when it was begun."""

    event_id: int
    file: str
    at: str


class FileHead(NamedTuple):
    """The command that writes the heads of files of one kind, and its name."""

    name: str
    begin: Callable[[Desk, str, str, list[Json]], Json]


def begin(running: Command, file: str, digest: str, columns: list[Json]) -> Json:
    """Begin the act of a file: each kind of file makes a command of this.

    ``columns`` is what is said about them (``FileChoice.record``), which its event tells too.
    """
    said = {SAID: columns} if columns else {}
    return write_head(running, {"file": file, "digest": digest, **said})


def act_of(desk: Desk, head: FileHead, file: str, digest: str, columns: list[Json]) -> Act:
    """Begin the act of a file with its first row, or continue the actor's newest one with this content.

    With something else said about its columns, it is another act.
    """
    with desk.reading():
        known = _newest(desk, head.name, digest, columns)

    def write() -> int:
        number: int = head.begin(desk, PurePath(file).name[-LONGEST_NAME:], digest, columns)["head"]
        return number

    return Act(desk, write, known)


def _newest(desk: Desk, name: str, digest: str, columns: list[Json]) -> int | None:
    """Return the newest act with this content, unless somebody else's, undone, or too old to go on.

    None, too, if other things were said about its columns.
    """
    numbers = EventFilter(command=name).numbers()
    query = Event.select(Event.event_id, Event.at, Event.actor, Event.detail).where(
        Event.event_id.in_(numbers.select_from(numbers.c.event_id)),
        json_text(Event.detail, "digest") == digest,
    )
    for event_id, at, actor, detail in tuples(query.order_by(Event.event_id.desc()).limit(1)):
        days = max(1, desk.settings["same_row_days"])
        is_old = at < to_text(from_text(desk.now()) - timedelta(days=days))
        is_same = json.loads(detail).get(SAID, []) == columns
        if actor == desk.actor and is_same and not is_old and not _is_undone(event_id):
            number: int = event_id
            return number
    return None


def _is_undone(head: int) -> bool:
    return Event.select().where(Event.undoes == head).exists()


def check_not_undone(head: int) -> None:
    """Raise Refused if somebody has undone the act of a file at work."""
    undo: Event | None = Event.get_or_none(Event.undoes == head)
    if undo is not None:
        problem = f"this file (event {head}) was undone by {undo.actor}"
        raise Undone("undone", problem, "nothing more was written; repeat the command to add it again")


class Undone(Refused):
    """Somebody has undone a file while it is taken in: that ends it, as a refused row does not."""


@contextmanager
def row_of(desk: Desk, act: Act, request_id: str) -> Iterator[None]:
    """Make the command in the block a row of a file, known by a request id. Raises Undone."""
    with act.part(), desk.request(request_id):
        if act.head is not None:
            check_not_undone(act.head)
        yield


def turn_of(desk: Desk, key: str) -> tuple[str, Event | None]:
    """Return a request id for a row's key, and the event that has it already.

    Each undo of that event makes room for another.
    """
    with desk.reading():
        for turn in range(1, MOST_TURNS):
            request_id = key if turn == 1 else f"{key} again {turn}"
            event: Event | None = Event.get_or_none(Event.request_id == request_id)
            if event is None or event.event_id not in undone_by([event.event_id]):
                return request_id, event
    raise Refused("undone_often", f"it was undone {MOST_TURNS:,} times", "enter it by hand")


def format_refusal(error: DeskError) -> str:
    """Format a refusal as one line of a report, without what only a front door can name."""
    hint = rendered(error.hint, lambda *_: None)
    return f"{error.message} ({hint})" if hint else error.message


def named(head: int) -> FileAct:
    """Return the file of a head."""
    event = Event.get_by_id(head)
    return FileAct(head, str(json.loads(event.detail or "{}")["file"]), event.at)
