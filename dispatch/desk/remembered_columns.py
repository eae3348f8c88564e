"""What was said about the columns of files, as the events of the files tell it.

Nothing is stored for it: the newest file with a header counts, unless it was undone.
"""

from __future__ import annotations

import json

from dispatch.desk.desk import Desk
from dispatch.desk.event_filter import EventFilter
from dispatch.desk.undo_chain import undone_by
from dispatch.inputs.column_choice import Header, Said
from models.audit import Event
from models.base import tuples
from models.sql import json_text

SAID = "columns"
"""The detail of a file's event that lists, for each header, what was said of it."""


def remembered_columns(desk: Desk, command: str) -> dict[Header, Said]:
    """Return what was said about each header, by the files that came in with a command."""
    with desk.reading():
        numbers = EventFilter(command=command).numbers()
        query = Event.select(Event.event_id, Event.at, Event.detail).where(
            Event.event_id.in_(numbers.select_from(numbers.c.event_id)),
            json_text(Event.detail, SAID).is_null(False),
        )
        rows = list(tuples(query.order_by(Event.event_id)))
        undone = undone_by([event_id for event_id, _, _ in rows])
    found: dict[Header, Said] = {}
    for event_id, at, text in rows:
        detail = json.loads(text)
        for one in () if event_id in undone else detail[SAID]:
            said = Said(one["map"], tuple(one["ignore"]), one.get("file") or detail["file"], at)
            found[tuple(one["header"])] = said
    return found
