"""A file of leads is one act: its head names the file, each lead's event the head (dispatch/desk/acts.py)."""

from __future__ import annotations

import json
from datetime import timedelta
from pathlib import PurePath
from typing import NamedTuple

from peewee import fn

from dispatch.desk.acts import Act, write_head
from dispatch.desk.commands import BATCH, Command, command, reverse_event
from dispatch.desk.desk import Desk
from dispatch.desk.event_filter import EventFilter
from dispatch.desk.remembered_columns import SAID
from models.audit import Event
from models.base import Json, listed, tuples
from models.bookings import Booking
from models.clock import from_text, to_text
from models.customers import Customer, Lead
from models.errors import Refused

HEAD = "lead.add_file"
LONGEST_NAME = 200
RECENTLY = timedelta(hours=1)


class FileAct(NamedTuple):
    """A file's act by its head: the file's name, and when it was begun."""

    event_id: int
    file: str
    at: str


def act_of(desk: Desk, file: str, digest: str, columns: list[Json]) -> Act:
    """Begin the act of a file with its first lead, or continue the actor's newest one with this content.

    ``columns`` is what is said about them; said otherwise, it is another act.
    """
    with desk.reading():
        known = _newest(desk, digest, columns)

    def begin() -> int:
        about = {SAID: columns} if columns else {}
        head: int = _begin(desk, PurePath(file).name[-LONGEST_NAME:], digest, about)["head"]
        return head

    return Act(desk, begin, known)


@command("lead.add_file", past="several from a file", undo=reverse_event)
def _begin(running: Command, file: str, digest: str, about: Json) -> Json:
    return write_head(running, {"file": file, "digest": digest, **about})


def _newest(desk: Desk, digest: str, columns: list[Json]) -> int | None:
    """Return the newest act with this content, unless somebody else's, undone, or too old to go on.

    None, too, if other things were said about its columns.
    """
    numbers = EventFilter(command=HEAD).numbers()
    query = Event.select(Event.event_id, Event.at, Event.actor, Event.detail).where(
        Event.event_id.in_(numbers.select_from(numbers.c.event_id)),
        fn.json_extract(Event.detail, "$.digest") == digest,
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
        raise Refused("undone", problem, "nothing more was written; repeat the command to add it again")


def named(head: int) -> FileAct:
    """Return the file of a head."""
    event = Event.get_by_id(head)
    return FileAct(head, str(json.loads(event.detail or "{}")["file"]), event.at)


def newest_customer() -> int:
    """Return the id of the newest customer, 0 before the first."""
    return Customer.select(fn.MAX(Customer.customer_id)).scalar() or 0


def recent_file_of(head: int, now: str) -> tuple[FileAct, int] | None:
    """Return another file from which at least half of a file's customers came in within the last hour."""
    act = fn.json_extract(Event.detail, f"$.{BATCH}")
    leads = (
        Lead.select(act, fn.COUNT(Lead.customer_id.distinct()))
        .join(Booking, on=(Booking.lead_id == Lead.lead_id))
        .join(Event, on=(Event.booking_id == Booking.booking_id))
        .where(Event.command == "lead.add", ~Booking.voided)
    )
    own = {
        number
        for (number,) in tuples(leads.select(Lead.customer_id).where(Event.event_id > head, act == head))
    }
    others = leads.where(
        Lead.customer_id.in_(listed(own)),
        Lead.received_at >= to_text(from_text(now) - RECENTLY),
        act.is_null(False),
        act != head,
    ).group_by(act)
    number, count = max(tuples(others), key=lambda row: int(row[1]), default=(None, 0))
    return None if number is None or 2 * count < len(own) else (named(number), count)
