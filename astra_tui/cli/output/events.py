"""Events, as the log and the histories print them."""

from __future__ import annotations

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
    """Print events below each other. Reads the agents' names from the desk."""
    for told in _lines(events):
        line(told)


def numbered(events: Sequence[EventRow]) -> list[str]:
    """Return events in one line each, with their numbers. Reads the agents' names from the desk."""
    return [f"{event['event_id']}  {told}" for event, told in zip(events, _lines(events), strict=True)]


def _lines(events: Sequence[EventRow]) -> list[str]:
    names = names_in(events)
    return [f"{moment(event['at'])}  {event['actor']}  {_what(event, names)}" for event in events]
