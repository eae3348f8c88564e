"""Handover of an agent's work to another agent or back to the desk."""

from __future__ import annotations

from dispatch import queries
from dispatch.assignment.agent_checks import attending_agent
from dispatch.assignment.assign import find_agent, give, taker_for
from dispatch.assignment.decisions import decide_by_hand
from dispatch.assignment.waiting_list import drain_waiting
from dispatch.desk.commands import Command, command, put_back
from dispatch.queries.row_types import AgentRow, MoveRow
from dispatch.service.issues import queue
from models.agents import GONE, Agent
from models.bookings import Booking
from models.errors import InvalidInput, Refused

DESK = "desk"
HANDED_OVER = "handed it over"


@command("agent.handover", past="work handed over", undo=put_back, may="assignment.manage")
def hand_over(running: Command, agent_id: int, to: int | str) -> AgentRow:
    """Move all of an agent's Pending bookings and open issues, claimed or not, to an agent or the ``desk``.

    The desk assigns each by its policy; what nobody else can take stays with an agent who is at work,
    and waits otherwise. Returns the agent with ``moves`` and ``issue_moves``, the bookings ``kept`` of those
    held before, and the waiting ones that then got an agent (``drained``). Raises NotFound, Refused,
    InvalidInput.
    """
    agent, held = Agent.lock(agent_id), queries.pending_ids(agent_id)
    check_holder(agent.name, agent.load + agent.issue_load)
    if to == DESK:
        moves = to_the_desk(running, agent)
    else:
        moves = _to_agent(running, agent, to)
    issues = queue.hand_over(running, agent, None if to == DESK else int(to))
    running.detail["to"] = to
    drain_waiting(running)
    moved = {move["booking_id"] for move in moves}
    drained: list[int] = running.detail.get("drained", [])
    running.booking_id, running.agent_id = None, agent_id
    return queries.agent(agent_id) | {
        "moves": moves,
        "issue_moves": issues,
        "kept": [booking_id for booking_id in held if booking_id not in moved],
        "drained": drained,
        "over_capacity": bool(running.detail.get("over_capacity")),
    }


def check_holder(name: str, held: int) -> None:
    """Raise Refused for an agent who has no work: moving none of it would be an event about nothing."""
    if not held:
        raise Refused("nothing_to_hand_over", f"There is nothing to hand over: {name} has no open work")


def to_the_desk(running: Command, agent: Agent) -> list[MoveRow]:
    """Let the policy find another agent for each of an agent's bookings, in the order of work.

    Returns the moves, including those to no agent.
    """
    moves: list[MoveRow] = []
    stays = agent.left_at is None and agent.presence not in GONE
    targets = str(running.desk.settings["lead_target_minutes"])
    for booking_id in queries.pending_ids(agent.agent_id, targets=targets):
        booking = Booking.lock(booking_id)
        kept_out = {agent.agent_id: HANDED_OVER}
        if stays and taker_for(running, booking, kept_out) is None:
            continue
        found = find_agent(running, booking, kept_out, because=f"{agent.name} {HANDED_OVER}")
        moves.append(_move(booking_id, agent.agent_id, found))
    return moves


def _to_agent(running: Command, agent: Agent, to: int | str) -> list[MoveRow]:
    if not isinstance(to, int):
        raise InvalidInput("agent", f"{to!r} is not an agent", f"give an agent's number, or {DESK}")
    attending_agent(to)
    if to == agent.agent_id:
        raise Refused("same_agent", f"{agent.name} already has this work", "choose another agent")
    moves: list[MoveRow] = []
    for booking_id in queries.pending_ids(agent.agent_id):
        booking = Booking.lock(booking_id)
        decide_by_hand(running, booking.lead_id, Agent.lock(to), f"{agent.name} {HANDED_OVER}")
        give(running, booking, to, by_person=True)
        moves.append(_move(booking_id, agent.agent_id, to))
    return moves


def _move(booking_id: int, giver: int, taker: int | None) -> MoveRow:
    return {"booking_id": booking_id, "from_agent_id": giver, "to_agent_id": taker}
