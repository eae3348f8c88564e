"""Undo rules of bookings: never back to an agent who has left or is away; a new one is cancelled."""

from __future__ import annotations

from collections.abc import Collection, Mapping

from dispatch.assignment import credit
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
    def check(
        self, row: Booking, before: Json | None, among: Collection[str], agents: Mapping[int, Json]
    ) -> None:
        """Refuse to leave a Pending booking with an agent who has left, or is away and it is unclaimed."""
        if before is None or before.get("status", row.status) != PENDING:
            return
        holder = before.get("agent_id", row.agent_id)
        if holder is None:
            return
        then = agents.get(holder, {})
        agent = Agent.lock(holder) if then.get("left_at", "") is None else working_agent(holder)
        presence = then.get("presence", agent.presence)
        if presence in GONE and not before.get("claimed_at", row.claimed_at):
            raise Refused(
                "agent_away",
                f"booking {row.booking_id} would return to {agent.name}, who is {presence}",
                f"{act('agent.presence', holder)} makes them available",
            )

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
        if "voided" in row.changed:
            (credit.give_back if row.voided else credit.take_again)(running, [row.booking_id])
        return row.agent_id if row.status == PENDING else None
