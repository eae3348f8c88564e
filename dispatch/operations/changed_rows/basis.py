"""What rows were when a file last said so: the oldest old values in the log since then.

An import's rows have no values in the log, but whatever changes one later writes down what it was before. So
the first such value of a column is the imported one, and a column without any is as it was imported.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

from peewee import JOIN

from dispatch.inputs.layouts import AGENTS, ASSIGNMENTS, BOOKINGS
from dispatch.operations.changed_rows.comparison import COLUMNS
from dispatch.operations.import_record import CHANGE
from models.agents import Agent
from models.audit import Event
from models.base import Json, tuples
from models.bookings import Assignment, Booking
from models.sql import listed

RATING = {"prior_rating": "rating"}  # the imported average is one part of the rating
WATCHED = {
    Agent.table: (AGENTS, {"prior_rating", *COLUMNS[AGENTS]} - {"rating"}),
    Assignment.table: (ASSIGNMENTS, set(COLUMNS[ASSIGNMENTS])),
    # an assignment's agent follows its booking's
    Booking.table: (BOOKINGS, {"agent_id", *COLUMNS[BOOKINGS]}),
}

Key = tuple[str, int]


class Basis:
    """The imported values of columns that the desk has changed since, by row; the log is read once, if asked.

    Changes that are undone do not count. A change that an import has applied is as good as imported.
    """

    def __init__(self) -> None:
        self._changed: dict[Key, Json] | None = None

    def changed(self, kind: str, number: int) -> Json:
        """Return the imported values of the row's columns that the desk has changed since."""
        if self._changed is None:
            self._changed = _read()
        return self._changed.get((kind, number), {})


def _read() -> dict[Key, Json]:
    found: dict[Key, Json] = {}
    for command, booking_id, detail, before, put_back in _events():
        by_file = _set_by_file(booking_id, json.loads(detail)) if command == CHANGE else {}
        restored = json.loads(put_back) if put_back else ()
        for key, columns in json.loads(before).items():
            watched = _watched(key, columns)
            if watched is None or key in restored:
                continue
            row, old = watched
            known, own = found.setdefault(row, {}), by_file.get(row, ())
            for name, value in old.items():
                if name in own:
                    known.pop(name, None)
                else:
                    known.setdefault(name, value)
    _move_agents(found)
    return found


def _set_by_file(booking_id: int | None, detail: Json) -> dict[Key, tuple[str, ...]]:
    """Return the columns that an import's change may have from its file; all others are the desk's doing."""
    kind = detail["kind"]
    own: dict[Key, tuple[str, ...]] = {(kind, detail["id"]): COLUMNS[kind]}
    if kind == ASSIGNMENTS and booking_id is not None:
        own[BOOKINGS, booking_id] = ("agent_id",)
    return own


def _events() -> Iterator[tuple[str, int | None, str, str, str | None]]:
    """Yield what changed rows, oldest first; of an undo or redo also the rows that it put back.

    A row that is put back is as it was, but an undo may change others too: work goes to somebody else.
    """
    reversed_event = Event.alias()
    columns = (Event.command, Event.booking_id, Event.detail, Event.before, reversed_event.after)
    query: Any = (
        Event.select(*columns)
        .join(reversed_event, JOIN.LEFT_OUTER, on=(reversed_event.event_id == Event.undoes))
        .where(Event.before.is_null(False))
        .order_by(Event.event_id)
    )
    yield from query.tuples().iterator()


def _watched(key: str, columns: Json) -> tuple[Key, Json] | None:
    """Return the row and its compared columns among an event's; None if there are none."""
    table, _, number = key.rpartition(":")
    if table not in WATCHED:
        return None
    kind, names = WATCHED[table]
    old = {RATING.get(name, name): value for name, value in columns.items() if name in names}
    return ((kind, int(number)), old) if old else None


def _move_agents(found: dict[Key, Json]) -> None:
    """Hand the agents of bookings on to their assignments, which files have them in."""
    agents = {
        number: columns.pop("agent_id")
        for (kind, number), columns in found.items()
        if kind == BOOKINGS and "agent_id" in columns
    }
    query = Booking.select(Booking.booking_id, Booking.assignment_id).where(
        Booking.booking_id.in_(listed(agents)), Booking.assignment_id.is_null(False)
    )
    for booking_id, assignment_id in tuples(query):
        found.setdefault((ASSIGNMENTS, assignment_id), {})["agent_id"] = agents[booking_id]
