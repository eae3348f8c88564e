"""Integrity checks of how work is distributed, and the type of a finding."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from dispatch.agents.presence import due
from dispatch.assignment.waiting_list import drainable
from models.agents import GONE, PRESENCES, Agent
from models.base import tuples
from models.bookings import PENDING, Booking
from models.database import current_database

if TYPE_CHECKING:
    from dispatch.desk.desk import Desk

NAMED = 10


@dataclass(frozen=True)
class Finding:
    """The result of one check, and what to do about it; a ``warning`` leaves the desk sound."""

    check: str
    ok: bool
    detail: str
    hint: str = ""
    warning: bool = False


def distribution(desk: Desk) -> list[Finding]:
    """Check presences, skill lists, capacities, and work that is stuck or waits needlessly."""
    return [_presences(desk), _lists(desk), _capacities(), _stuck(), _waiting(desk)]


def _presences(desk: Desk) -> Finding:
    query = Agent.select(Agent.agent_id).where(Agent.presence.not_in(PRESENCES))
    unknown = [agent_id for (agent_id,) in tuples(query)]
    if unknown:
        hint = "astra agent presence AGENT available"
        return Finding("presence", False, f"agents with an unknown presence: {_named(unknown)}", hint)
    late = due(desk)
    if late:
        detail = f"presence changes due for agents: {_named(late)}"
        return Finding("presence", False, detail, "astra sweep or any other command makes them", warning=True)
    return Finding("presence", True, "every agent's presence is valid and up to date")


def _lists(desk: Desk) -> Finding:
    """A name that is not accepted matches no lead, so its agent would get no work."""
    known = {"skills": set(desk.values.of("destination")), "locations": set(desk.values.of("launch"))}
    query = Agent.select(Agent.agent_id, Agent.skills, Agent.locations).where(
        Agent.skills.is_null(False) | Agent.locations.is_null(False)
    )
    wrong = [
        agent_id
        for agent_id, skills, locations in tuples(query)
        if not set(json.loads(skills or "[]")) <= known["skills"]
        or not set(json.loads(locations or "[]")) <= known["locations"]
    ]
    if wrong:
        hint = "astra agent set AGENT --skills ... --locations ..."
        return Finding(
            "skills", False, f"agents with skills or locations that are not accepted: {_named(wrong)}", hint
        )
    return Finding("skills", True, "every agent's skills and locations are accepted values")


def _capacities() -> Finding:
    query = (
        Agent.select(Agent.agent_id)
        .where(Agent.load + Agent.issue_load > Agent.capacity)
        .order_by(Agent.agent_id)
    )
    over = [agent_id for (agent_id,) in tuples(query)]
    if over:
        hint = "astra shuffle evens out unclaimed bookings"
        return Finding("capacity", False, f"agents above their capacity: {_named(over)}", hint, warning=True)
    return Finding("capacity", True, "no agent is above their capacity")


def _stuck() -> Finding:
    """Unclaimed work of absent agents, which no command leaves behind."""
    query = (
        Booking.select(Booking.booking_id)
        .join(Agent, on=(Agent.agent_id == Booking.agent_id))
        .where(
            Booking.status == PENDING,
            Booking.claimed_at.is_null(),
            Agent.presence.in_(GONE) | Agent.left_at.is_null(False),
        )
        .order_by(Booking.booking_id)
    )
    stuck = [booking_id for (booking_id,) in tuples(query)]
    if stuck:
        hint = "astra agent handover AGENT --to desk"
        return Finding("stuck work", False, f"unclaimed and with absent agents: {_named(stuck)}", hint)
    return Finding("stuck work", True, "no unclaimed booking is with an absent agent")


def _waiting(desk: Desk) -> Finding:
    if drainable(desk):
        detail = "a booking is waiting that an agent could take now"
        return Finding("waiting", False, detail, "astra sweep assigns it", warning=True)
    return Finding("waiting", True, "no booking is waiting that an agent could take")


def _named(numbers: list[int]) -> str:
    more = f" and {len(numbers) - NAMED} more" if len(numbers) > NAMED else ""
    return ", ".join(map(str, numbers[:NAMED])) + more


def miscounted(load: Any, held_by: Any) -> list[tuple[int, int, int]]:
    """Agents whose load differs from what they hold: (agent, load, held), lowest id first.

    ``load`` is a column of Agent, ``held_by`` a query of agent ids with the number each holds.
    """
    agents = Agent.select(Agent.agent_id, load).order_by(Agent.agent_id)
    with current_database.atomic("DEFERRED"):  # both as of one moment, or a busy desk would look wrong
        held: dict[int, int] = dict(tuples(held_by))
        loads = tuples(agents)
    return [(agent, load, held.get(agent, 0)) for agent, load in loads if load != held.get(agent, 0)]
