"""What more than one noun shows: events, and what a command changed in few words."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from astra_tui.cli.output.printing import Column, line
from dispatch.desk.row_types import EventRow
from dispatch.queries.wording import moment


def in_few_words(event: EventRow) -> str:
    """An event's details, and what it changed on the booking."""
    words = [f"{key.replace('_', ' ')}: {value}" for key, value in map(_readable, event["detail"].items())]
    if event["undoes"] is not None:
        words.append(f"undoes event {event['undoes']}")
    if event["undone_by"] is not None:
        words.append(f"undone by event {event['undone_by']}")
    return ", ".join(words)


def _readable(told: tuple[str, Any]) -> tuple[str, object]:
    """A detail's name and value; times as the terminal's zone shows them."""
    key, value = told
    if not key.endswith("_at"):
        return told
    return key.removesuffix("_at"), moment(value) or "none"


EVENT_COLUMNS: tuple[Column[EventRow], ...] = (
    Column("Event", "event_id", right=True),
    Column("At", lambda row: moment(row["at"]), whole=True),
    Column("Actor", "actor"),
    Column("Command", "command"),
    Column("Booking", "booking_id", right=True),
    Column("Issue", "issue_id", right=True),
    Column("Agent", "agent_id", right=True),
    Column("Details", in_few_words),
)


def tell_history(events: Sequence[EventRow]) -> None:
    """A booking's events below each other, with all that was said."""
    for event in events:
        line(f"{moment(event['at'])}  {event['actor']}  {event['command']}  {in_few_words(event)}".rstrip())
