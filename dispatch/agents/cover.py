"""Cover: claimed bookings of an absent agent that the substitute goes on with, until they come back.

Who owned a booking is remembered with it (models/planned_absences.py), so that what was done meanwhile stays:
a booking that was closed, or that a person has given to somebody else, does not come back.
"""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

from dispatch import queries
from dispatch.agents.planned_absences import substitute_of
from dispatch.agents.row_types import CoverRow
from dispatch.assignment.agent_checks import attending_agent
from dispatch.assignment.assign import give
from dispatch.assignment.decisions import decide_by_hand
from dispatch.assignment.waiting_list import drain_waiting
from dispatch.desk.commands import Command, command, put_back
from dispatch.desk.undo_rules import UndoRules
from dispatch.queries.row_types import MoveRow
from models.agents import GONE, Agent
from models.base import CompiledQuery, parameter, tuples
from models.bookings import PENDING, Booking
from models.clock import from_text, to_text
from models.errors import Refused
from models.planned_absences import Cover, PlannedAbsence

if TYPE_CHECKING:
    from dispatch.desk.desk import Desk

_begun = CompiledQuery(
    lambda: (
        PlannedAbsence.select(PlannedAbsence.absence_id, PlannedAbsence.agent_id)
        .where(
            ~PlannedAbsence.removed,
            PlannedAbsence.until_at > parameter("now"),
            PlannedAbsence.from_at <= parameter("since"),
            PlannedAbsence.substitute_id.is_null(False),
        )
        .order_by(PlannedAbsence.absence_id)
    )
)
_open_of = CompiledQuery(
    lambda: (
        Cover.select(Cover.cover_id)
        .where(Cover.agent_id == parameter("agent_id"), Cover.ended_at.is_null())
        .order_by(Cover.booking_id)
    )
)
_open_cover = CompiledQuery(
    lambda: Cover.select(Cover.cover_id).where(
        Cover.booking_id == parameter("booking_id"), Cover.ended_at.is_null()
    )
)

_presence = CompiledQuery(lambda: Agent.select(Agent.presence).where(Agent.agent_id == parameter("agent_id")))


def due(desk: Desk, absence_id: int | None) -> list[int]:
    """Return the absences, or this one, whose claimed bookings are due for cover."""
    grace = timedelta(minutes=desk.settings["cover_minutes"])
    since = to_text(from_text(desk.now()) - grace)
    return [
        number
        for number, agent_id in _begun(now=desk.now(), since=since)
        if absence_id in (None, number) and _coverable(agent_id, desk.now())
    ]


def _coverable(agent_id: int, now: str) -> list[int]:
    """The claimed bookings of an agent who is gone, if there is somebody at work to cover them."""
    if not _is_gone(agent_id) or substitute_at_work(agent_id, now) is None:
        return []
    return queries.pending_ids(agent_id, claimed=True)


def substitute_at_work(agent_id: int, now: str) -> int | None:
    """Return who covers for an agent at a stored time, unless they are gone, too."""
    substitute_id = substitute_of(agent_id, now)
    return None if substitute_id is None or _is_gone(substitute_id) else substitute_id


def _is_gone(agent_id: int) -> bool:
    return _presence(agent_id=agent_id)[0][0] in GONE


@command("absence.cover", past="covered", undo=put_back, may="clock.act")
def cover(running: Command, absence_id: int) -> list[MoveRow]:
    """Give the claimed bookings of an absent agent to the substitute, still claimed; return the moves."""
    absence = PlannedAbsence.lock(absence_id)
    agent, moves = Agent.lock(absence.agent_id), list[MoveRow]()
    for booking_id in _coverable(agent.agent_id, running.now):
        moves.append(cover_booking(running, Booking.lock(booking_id), agent, absence.substitute_id or 0))
    running.booking_id, running.agent_id = None, agent.agent_id
    running.detail |= {"to": absence.substitute_id}
    return moves


def cover_booking(running: Command, booking: Booking, agent: Agent, substitute_id: int) -> MoveRow:
    """Give a claimed booking of an absent agent to the substitute, still claimed."""
    substitute = attending_agent(substitute_id)
    decide_by_hand(running, booking.lead_id, substitute, f"covers for {agent.name}, who is absent")
    give(running, booking, substitute_id, by_person=True, is_cover=True)
    _remember(running, booking.booking_id, agent.agent_id, substitute_id)
    return _move(booking.booking_id, agent.agent_id, substitute_id)


def _remember(running: Command, booking_id: int, agent_id: int, substitute_id: int) -> None:
    """Note who owns a booking. What the agent had only covered stays that of its first owner."""
    found = _open_cover(booking_id=booking_id)
    row = Cover.lock(found[0][0]) if found else Cover(booking_id=booking_id, agent_id=agent_id)
    if row.substitute_id != agent_id:  # it has become the agent's own meanwhile
        row.agent_id = agent_id
    row.substitute_id, row.begun_at = substitute_id, running.now
    row.save()


@command("absence.return", past="cover ended", undo=put_back, may="assignment.manage")
def bring_back(running: Command, agent_id: int) -> CoverRow:
    """Give an agent's covered bookings back, still claimed; what was closed or given away meanwhile stays.

    Raises NotFound, and Refused if there are none, or the agent is not at work.
    """
    agent = Agent.lock(agent_id)
    rows = [Cover.lock(number) for (number,) in _open_of(agent_id=agent_id)]
    check_covered(agent_id, agent.name)
    attending_agent(agent_id)
    moves, stay = list[MoveRow](), list[int]()
    for row in rows:
        booking = Booking.lock(row.booking_id)
        if booking.status == PENDING and booking.agent_id == row.substitute_id:
            decide_by_hand(running, booking.lead_id, Agent.lock(agent_id), f"{agent.name} is back")
            give(running, booking, agent_id, by_person=True, is_cover=True)
            moves.append(_move(row.booking_id, row.substitute_id, agent_id))
        else:
            stay.append(row.booking_id)
        row.ended_at = running.now
        row.save()
    drain_waiting(running)
    running.booking_id, running.agent_id = None, agent_id
    return {"agent_id": agent_id, "agent_name": agent.name, "moves": moves, "stay": stay}


def check_covered(agent_id: int, name: str) -> None:
    """Raise Refused for an agent whose work nobody covers."""
    if not _open_of(agent_id=agent_id):
        raise Refused("nothing_covered", f"Nothing of {name}'s work is covered by others")


def covered_by_others(agent_id: int) -> int:
    """Return how many bookings of an agent somebody else covers now."""
    covered = Cover.select(Cover.cover_id).join(Booking, on=(Booking.booking_id == Cover.booking_id))
    return covered.where(
        Cover.agent_id == agent_id,
        Cover.ended_at.is_null(),
        Booking.agent_id == Cover.substitute_id,
        Booking.status == PENDING,
    ).count()


def owners_back() -> list[int]:
    """Return the agents who are at work while others cover bookings of theirs."""
    covered = Cover.select(Cover.agent_id).join(Booking, on=(Booking.booking_id == Cover.booking_id))
    query = covered.switch(Cover).join(Agent, on=(Agent.agent_id == Cover.agent_id))
    query = query.where(
        Cover.ended_at.is_null(),
        Booking.agent_id == Cover.substitute_id,
        Booking.status == PENDING,
        Agent.left_at.is_null(),
        Agent.presence.not_in(GONE),
    )
    return [number for (number,) in tuples(query.distinct().order_by(Cover.agent_id))]


def _move(booking_id: int, giver: int, taker: int) -> MoveRow:
    return {"booking_id": booking_id, "from_agent_id": giver, "to_agent_id": taker}


class CoverUndo(UndoRules[Cover]):
    """Of a cover that is undone the booking is with its owner again."""

    def retire(self, running: Command, row: Cover) -> None:
        row.ended_at = running.now
