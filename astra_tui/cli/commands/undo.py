"""``astra undo``: taking back a command."""

from __future__ import annotations

from typing import Any

import rich_click as click

from astra_tui.cli.options import EVENT, Call, changing
from astra_tui.cli.output.printing import line
from dispatch.operations import undo as undoing
from dispatch.operations.command_list import describe_event


@click.command("undo")
@click.argument("event_id", metavar="[EVENT]", type=EVENT, required=False)
@changing
def undo(call: Call, event_id: int | None) -> None:
    """Take back your last command, or the EVENT named (astra log shows them)."""
    call.tell(call.change(undoing.undo, event_id), _tell)


COMMANDS = {"undo": undo}


def _tell(row: dict[str, Any]) -> None:
    several = f"{row['bookings']:,} bookings, " if row["bookings"] > 1 else ""
    line(f"Undone: {describe_event(row)} ({several}event {row['undone_event_id']})")
