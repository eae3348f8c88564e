"""The one pass after presences change: unattended bookings go back to the desk, then waiting work goes out.

All presences that change at one moment are applied first. Otherwise the first agent back would be filled
up before the others are looked at (docs/rules.md, Waiting leads).
"""

from __future__ import annotations

from collections.abc import Iterable

from dispatch import queries
from dispatch.agents.handover import HANDED_OVER
from dispatch.assignment.assign import find_agent, give
from dispatch.assignment.waiting_list import drain_waiting, drainable
from dispatch.desk.commands import Command, command, put_back
from dispatch.desk.desk import Desk
from dispatch.queries.row_types import MoveRow
from dispatch.service.issues import queue
from models.agents import Agent
from models.bookings import Booking
from models.issues import ASSIGNED


def pass_on(running: Command, gone: Iterable[int]) -> list[MoveRow]:
    """Take back the unclaimed bookings of agents who are gone, then assign all that waits in its order.

    Returns the moves of the former, in the order of the bookings, including those to no agent.
    """
    givers = {
        booking_id: Agent.lock(agent_id)
        for agent_id in gone
        for booking_id in queries.pending_ids(agent_id, claimed=False)
    }
    reasons = {booking_id: f"{giver.name} {HANDED_OVER}" for booking_id, giver in givers.items()}
    for booking_id, giver in givers.items():
        running.kept_from[booking_id] = {giver.agent_id: HANDED_OVER}
        give(running, Booking.lock(booking_id), None)
    drain_waiting(running, reasons)
    return [
        {
            "booking_id": booking_id,
            "from_agent_id": givers[booking_id].agent_id,
            "to_agent_id": _holder(running, booking_id, reasons[booking_id]),
        }
        for booking_id in sorted(givers)
    ]


def _holder(running: Command, booking_id: int, reason: str) -> int | None:
    """Who has a booking by now; for one that waits, the reason is put on record."""
    booking = Booking.lock(booking_id)
    return find_agent(running, booking, because=reason) if booking.agent_id is None else booking.agent_id


def pass_on_together(desk: Desk, gone: Iterable[int]) -> None:
    """After several presences have changed: one pass over bookings, then one over issues."""
    leaving = sorted(gone)
    if drainable(desk) or any(queries.pending_ids(agent_id, claimed=False) for agent_id in leaving):
        _assign_waiting(desk, leaving)
    queue.pass_on(desk, dict.fromkeys(leaving, (ASSIGNED,)))


@command("waiting.assign", past="waiting bookings assigned", undo=put_back, may="clock.act")
def _assign_waiting(running: Command, gone: list[int]) -> list[int]:
    moves = pass_on(running, gone)
    if moves:
        running.detail["returned"] = [move["booking_id"] for move in moves]
    running.booking_id = None
    drained: list[int] = running.detail.get("drained", [])
    return drained


def assign_waiting(desk: Desk) -> list[int]:
    """Assign waiting bookings in the order of work while an agent is free; return those that got one."""
    return _assign_waiting(desk, [])
