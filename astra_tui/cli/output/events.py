"""Events, as the log and the histories print them."""

from __future__ import annotations

from collections.abc import Sequence

from astra_tui.cli.output.printing import Column, line
from dispatch.desk.row_types import EventRow
from dispatch.operations.command_list import describe_actor
from dispatch.queries.wording import moment
from dispatch.reporting.event_sentences import Names, sentence


def _told(event: EventRow, names: Names) -> str:
    """Return an event's sentence, what it reversed, and what reversed it."""
    words = [sentence(event, names)]
    if event["undoes"] is not None:
        words.append(f"event {event['undoes']}")
    if event["undone_by"] is not None:
        words.append(f"{'redone' if event['command'] == 'undo' else 'undone'} by event {event['undone_by']}")
    return f"{words[0]} ({', '.join(words[1:])})" if words[1:] else words[0]


def event_columns(names: Names) -> tuple[Column[EventRow], ...]:
    """Return the columns of the log, with agents by name."""
    return (
        Column("Event", "event_id", right=True),
        Column("At", lambda row: moment(row["at"]), whole=True),
        Column("Actor", describe_actor),
        Column("What happened", lambda row: _told(row, names)),
    )


def print_history(events: Sequence[EventRow], names: Names | None = None) -> None:
    """Print events below each other as sentences."""
    for event in events:
        line(f"{moment(event['at'])}  {event['actor']} {_told(event, names or {})}")
