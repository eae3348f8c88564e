"""The acts of files of leads, and which of them brought the same customers (dispatch/desk/file_acts.py)."""

from __future__ import annotations

from datetime import timedelta

from peewee import fn

from dispatch.desk.commands import BATCH, command, reverse_event
from dispatch.desk.file_acts import FileAct, FileHead, begin, named
from models.audit import Event
from models.base import tuples
from models.bookings import Booking
from models.clock import from_text, to_text
from models.customers import Customer, Lead
from models.sql import json_number, listed

_begin = command("lead.add_file", past="several from a file", undo=reverse_event, may="lead.enter")(begin)
HEAD = FileHead("lead.add_file", _begin)
OWN = 0
"""In place of a file's event: a row came from no file, but lists a lead of this desk."""
RECENTLY = timedelta(hours=1)


def newest_customer() -> int:
    """Return the id of the newest customer, 0 before the first."""
    return Customer.select(fn.MAX(Customer.customer_id)).scalar() or 0


def recent_file_of(head: int, now: str) -> tuple[FileAct, int] | None:
    """Return another file from which at least half of a file's customers came in within the last hour."""
    act = json_number(Event.detail, BATCH)
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
