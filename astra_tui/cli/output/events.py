"""What more than one noun shows: events, and what a command changed in few words."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from astra_tui.cli.output.printing import Column, line, local
from dispatch.operations.command_list import describe_command, describe_event, describe_subject

Row = Mapping[str, Any]


def in_few_words(event: Row) -> str:
    """An event's details, and what it changed on the booking."""
    words = [f"{key.replace('_', ' ')}: {value}" for key, value in map(_readable, event["detail"].items())]
    if event["undoes"] is not None:
        words.append(f"undoes event {event['undoes']}")
    if event["undone_by"] is not None:
        words.append(f"undone by event {event['undone_by']}")
    return ", ".join(words)


def _readable(told: tuple[str, Any]) -> tuple[str, Any]:
    """A detail's name and value; times as the terminal's zone shows them, commands in the log's words."""
    key, value = told
    if key == "command":
        return key, describe_command(value)
    if not key.endswith("_at"):
        return told
    return key.removesuffix("_at"), local(value) or "none"


EVENT_COLUMNS = (
    Column("Event", "event_id", right=True),
    Column("At", lambda row: local(row["at"]), whole=True),
    Column("Actor", "actor"),
    Column("What", lambda row: describe_command(row["command"])),
    Column("About", describe_subject),
    Column("Agent", "agent_id", right=True),
    Column("Details", in_few_words),
)


def tell_history(events: Sequence[Row]) -> None:
    """A booking's events below each other, with all that was said."""
    for event in events:
        what = f"{describe_event(event)}  {in_few_words(event)}".rstrip()
        line(f"{local(event['at'])}  {event['actor']}  {what}")
