"""The desk's side of an import: its event, and waiting bookings for the imported agents."""

from __future__ import annotations

from dispatch.assignment.waiting_list import drain_waiting
from dispatch.desk.commands import Command, command, never
from models.base import Json


@command(
    "import", past="imported", undo=never("an import is not undone; go back to the backup made before it")
)
def record(running: Command, detail: Json) -> Json:
    """Log what an import or the generator wrote; ``detail`` is JSON with the number of new agents.

    Rows written in bulk send no signals, so this is their only event.
    """
    running.detail = detail
    if detail["agents"]:
        drain_waiting(running)
        # the event is the import's, not the last drained booking's
        running.booking_id = running.agent_id = None
    return detail
