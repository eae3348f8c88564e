"""The log for screens and commands, newest first.

The parts of an import, and of the undo of a file, name hundreds of rows each, in which nobody reads; lists
have their numbers only.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any, cast

from peewee import JOIN, Case, Entity, fn

from dispatch.desk.event_filter import EventFilter
from dispatch.desk.row_types import EventColumns, EventRow
from dispatch.desk.undo_chain import undone_by
from models.audit import Event
from models.base import CompiledQuery, Json, tuples
from models.bookings import Booking
from models.customers import Customer, Lead

AT_ONCE = 500
OF_MANY_ROWS = ("import.rows", "import.rows_back", "lead.file_again", "lead.file_back")


_last_event = CompiledQuery(lambda: Event.select(fn.COALESCE(fn.MAX(Event.event_id), 0)))


def last_event() -> int:
    """Return the id of the newest event, 0 before the first."""
    return int(_last_event()[0][0])


def events(*, limit: int | None = None, **which: Any) -> list[EventRow]:
    """Return the log, newest first; ``which`` are the fields of an EventFilter."""
    return page(EventFilter(**which), limit)


def page(
    which: EventFilter, limit: int | None = None, before: int | None = None, after: int | None = None
) -> list[EventRow]:
    """Return the log, newest first: events ``before`` the one with this id, or the next ones ``after``."""
    number: Any = Entity("event_id")
    ids = which.numbers(before, after).order_by(number.desc() if after is None else number).limit(limit)
    return events_among(ids.select_from(ids.c.event_id))


def count(which: EventFilter) -> int:
    """Count the events of a filter."""
    return int(which.numbers().count())


def event_ids(which: EventFilter, limit: int | None = None) -> list[int]:
    """Return the ids of the newest events."""
    number: Any = Entity("event_id")
    return [event_id for (event_id,) in which.numbers().order_by(number.desc()).limit(limit).tuples()]


def each(which: EventFilter, limit: int | None = None, before: int | None = None) -> Iterator[EventRow]:
    """Yield the same events, of which only some are held together."""
    left = limit
    while left is None or left > 0:
        rows = page(which, AT_ONCE if left is None else min(left, AT_ONCE), before)
        yield from rows
        if len(rows) < AT_ONCE:
            return
        before, left = rows[-1]["event_id"], None if left is None else left - len(rows)


def events_among(ids: Any) -> list[EventRow]:
    """Return the events with these ids (a query or a list), newest first."""
    undoing = Event.alias()
    customer = fn.COALESCE(Lead.customer_name, Customer.name)
    query = (
        Event.select(*map(_column, EventColumns.__annotations__), customer, undoing.event_id)
        .join(undoing, JOIN.LEFT_OUTER, on=(undoing.undoes == Event.event_id))
        .join_from(Event, Booking, JOIN.LEFT_OUTER, on=(Event.booking_id == Booking.booking_id))
        .join(Lead, JOIN.LEFT_OUTER, on=(Booking.lead_id == Lead.lead_id))
        .join_from(Event, Customer, JOIN.LEFT_OUTER, on=(Event.customer_id == Customer.customer_id))
        .where(Event.event_id.in_(ids))
        .order_by(Event.event_id.desc())
    )
    rows = [_event_row(values) for values in tuples(query)]
    followed = [row["event_id"] for row in rows if row["undone_by"] is not None]
    undone = undone_by(followed) if followed else {}
    for row in rows:
        row["undone_by"] = undone.get(row["event_id"])  # by the last undo of several, or by none left
    return rows


def _column(name: str) -> Any:
    column = getattr(Event, name)
    if name not in ("before", "after"):
        return column
    return Case(None, [(Event.command.in_(OF_MANY_ROWS), None)], column)


def _event_row(values: tuple[Any, ...]) -> EventRow:
    row: Json = dict(zip(EventRow.__annotations__, values, strict=True))
    for column in ("detail", "before", "after"):
        row[column] = json.loads(row[column]) if row[column] else {}
    return cast(EventRow, row)
