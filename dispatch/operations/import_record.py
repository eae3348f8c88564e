"""The desk's side of an import: its event, and waiting bookings for the agents who came with it."""

from __future__ import annotations

from typing import Any

from dispatch.assignment.waiting_list import drain_waiting
from dispatch.desk.commands import Command, command, never

Row = dict[str, Any]


@command(
    "import", past="imported", undo=never("an import is not undone; go back to the backup made before it")
)
def record(running: Command, detail: Row) -> Row:
    """Log what an import or the generator wrote; ``detail`` is JSON, with the count of new agents.

    Rows written in bulk are heard by no signal, so this is the one event they have.
    """
    running.detail = detail
    if detail["agents"]:
        drain_waiting(running)
        # the event is the import's, not the last drained booking's
        running.booking_id = running.agent_id = None
    return detail
