"""Events, as the log and the histories print them."""

from __future__ import annotations

import sys
from collections.abc import Sequence

from astra_tui.cli.output.printing import Column, Listing, line, required_keys
from dispatch.desk.row_types import EventRow
from dispatch.operations.command_list import describe_actor
from dispatch.queries.wording import moment
from dispatch.reporting.event_sentences import Names, names_in, sentence


def _what(event: EventRow, names: Names) -> str:
    """Return an event's sentence, what it reversed, and what reversed it."""
    words = [sentence(event, names)]
    if event["undoes"] is not None:
        words.append(f"event {event['undoes']}")
    if event["undone_by"] is not None:
        words.append(f"{'redone' if event['command'] == 'undo' else 'undone'} by event {event['undone_by']}")
    return f"{words[0]} ({', '.join(words[1:])})" if words[1:] else words[0]


EVENT_COLUMNS: tuple[Column[EventRow], ...] = (
    Column("Event", "event_id", right=True),
    Column("At", lambda row: moment(row["at"]), whole=True),
    Column("Actor", describe_actor),
    Column("What happened", lambda row: _what(row, names_in([row]))),
)
"""The columns of the log, which read the agents' names from the desk."""

EVENTS = Listing(EVENT_COLUMNS, required_keys(EventRow), "event_id")


def print_history(events: Sequence[EventRow]) -> None:
    """Print events below each other, with agents by number: the desk may be closed already."""
    for event in events:
        line(_told(event))


def print_now(event: EventRow) -> None:
    """Print an event with its number, at once."""
    line(f"{event['event_id']}  {_told(event)}")
    sys.stdout.flush()


def _told(event: EventRow) -> str:
    return f"{moment(event['at'])}  {event['actor']}  {_what(event, {})}"
