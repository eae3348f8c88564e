"""``astra undo``: taking back a command."""

from __future__ import annotations

import rich_click as click

from astra_tui.cli.options import EVENT, Call, changing
from astra_tui.cli.output.printing import line
from dispatch.operations import undo as undoing
from dispatch.operations.row_types import UndoResult


@click.command("undo")
@click.argument("event_id", metavar="[EVENT]", type=EVENT, required=False)
@changing
def undo(call: Call, event_id: int | None) -> None:
    """Take back your last command, or the EVENT named (astra log shows them)."""
    call.tell(call.change(undoing.undo, event_id), _tell)


COMMANDS = {"undo": undo}


def _tell(row: UndoResult) -> None:
    about = f" of issue {row['issue_id']}" if row["issue_id"] is not None else ""
    about = f" of booking {row['booking_id']}" if row["booking_id"] is not None else about
    about = f" of {row['bookings']} bookings" if row["bookings"] > 1 else about
    line(f"Undone: {row['command']}{about} (event {row['undone_event_id']})")
