"""Undo rules of bookings: never back to an agent who has left or is away; a new one is cancelled."""

from __future__ import annotations

from collections.abc import Collection

from dispatch.assignment.agent_checks import working_agent
from dispatch.desk.commands import Command
from dispatch.desk.undo_rules import UndoRules
from models.agents import GONE, Agent
from models.base import Json
from models.bookings import CANCELLED, PENDING, Booking
from models.errors import Refused
from models.hints import act

MISTAKE = "entered by mistake"


class BookingUndo(UndoRules[Booking]):
    def check(self, row: Booking, before: Json | None, among: Collection[str], returning: set[int]) -> None:
        """Refuse to leave a Pending booking with an agent who has left and does not return with it."""
        if before is not None and before.get("status", row.status) == PENDING:
            holder = before.get("agent_id", row.agent_id)
            if holder is not None and holder not in returning:
                working_agent(holder)

    def put_back(self, running: Command, row: Booking, before: Json | None) -> None:
        row.changed_at = running.now
        super().put_back(running, row, before)

    def retire(self, running: Command, row: Booking) -> None:
        row.status = CANCELLED
        row.cancelled_at = running.now
        row.cancel_reason = MISTAKE
        row.voided = True
        row.given_at = None  # so that it counts in no rate

    def finish(self, running: Command, row: Booking) -> int | None:
        """Refuse to give unclaimed work to an agent who is now away or offline."""
        if row.status != PENDING or row.agent_id is None:
            return None
        holder = Agent.lock(row.agent_id)
        if holder.presence in GONE and not row.claimed_at:
            raise Refused(
                "agent_away",
                f"booking {row.booking_id} would return to {holder.name}, who is {holder.presence}",
                f"{act('agent.presence', holder.agent_id)} makes them available",
            )
        return holder.agent_id
