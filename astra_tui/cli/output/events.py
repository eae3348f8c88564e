"""Events, as the log and the histories print them."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from typing import Any

from astra_tui.cli.output.printing import Column, Listing, line, required_keys
from dispatch.desk.event_chain import is_erased
from dispatch.desk.row_types import EventRow
from dispatch.operations.command_list import (
    describe_actor,
    describe_command,
    describe_event,
    describe_subject,
    describe_value,
)
from dispatch.queries.wording import moment


def in_few_words(event: EventRow) -> str:
    """Return an event's details and what it undoes, in one line."""
    told = ((key, value) for key, value in event["detail"].items() if value not in ([], {}))
    words = [f"{key.replace('_', ' ')}: {value}" for key, value in map(_readable, told)]
    if event["undoes"] is not None:
        words.append(f"{'redoes' if event['command'] == 'redo' else 'undoes'} event {event['undoes']}")
    if event["undone_by"] is not None:
        words.append(f"{'redone' if event['command'] == 'undo' else 'undone'} by event {event['undone_by']}")
    return ", ".join(words)


def _readable(detail: tuple[str, Any]) -> tuple[str, str]:
    """Return a detail's name and value, with times in the terminal's zone and commands in the log's words."""
    key, value = detail
    if key == "command":
        return key, describe_command(value)
    if is_erased(value) or not key.endswith("_at"):
        return key, describe_value(value)
    return key.removesuffix("_at"), moment(value) or "none"


EVENT_COLUMNS: tuple[Column[EventRow], ...] = (
    Column("Event", "event_id", right=True),
    Column("At", lambda row: moment(row["at"]), whole=True),
    Column("Actor", describe_actor),
    Column("What", lambda row: describe_command(row["command"])),
    Column("About", describe_subject),
    Column("Agent", "agent_id", right=True),
    Column("Details", in_few_words),
)
EVENTS = Listing(EVENT_COLUMNS, required_keys(EventRow), "event_id")


def print_history(events: Sequence[EventRow]) -> None:
    """Print events below each other, with their details."""
    for event in events:
        line(_told(event))


def print_now(event: EventRow) -> None:
    """Print an event with its number, at once."""
    line(f"{event['event_id']}  {_told(event)}")
    sys.stdout.flush()


def _told(event: EventRow) -> str:
    what = f"{describe_event(event)}  {in_few_words(event)}".rstrip()
    return f"{moment(event['at'])}  {event['actor']}  {what}"
