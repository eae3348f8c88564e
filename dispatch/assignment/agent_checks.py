"""Checks that an agent is still here, and may be given work now."""

from __future__ import annotations

from dispatch.queries.caps import at_cap_for
from models.agents import GONE, Agent
from models.errors import Refused
from models.hints import act


def working_agent(agent_id: int, hint: str = "choose another agent") -> Agent:
    """Return an agent who is still here. Raises NotFound, Refused."""
    agent = Agent.lock(agent_id)
    if agent.left_at is not None:
        raise Refused("agent_left", f"{agent.name} ({agent_id}) has left the desk", hint)
    return agent


def attending_agent(agent_id: int) -> Agent:
    """Return an agent who is still here, and not away or offline. Raises NotFound, Refused."""
    agent = working_agent(agent_id)
    if agent.presence in GONE:
        raise Refused(
            "agent_away",
            f"{agent.name} ({agent_id}) is {agent.presence}",
            f"choose another agent; {act('agent.presence', agent_id)} makes them available",
        )
    return agent


def check_room(agent: Agent, hint: str = "") -> None:
    """Raise Refused if the agent is at capacity."""
    if agent.held >= agent.capacity:
        raise Refused("full", f"{agent.name} is full: {agent.held} of {agent.capacity}", hint)


def check_caps(agent: Agent, lead_id: int) -> None:
    """Raise Refused if the agent is at a cap for the lead."""
    if words := at_cap_for(lead_id, agent.agent_id):
        raise Refused("capped", f"{agent.name} {words}", "somebody else can reassign it, above the cap")


def not_the_holder(what: str, number: int, holder: Agent, agent: Agent, claimed: str = "") -> Refused:
    """Return the refusal for an agent who acts on a booking or issue that another agent has."""
    return Refused(
        "not_the_holder",
        f"{what} {number} is with {holder.name} ({holder.agent_id}),{claimed}"
        f" not with {agent.name} ({agent.agent_id})",
        f"{act(f'{what}.reassign', number, agent.agent_id)} reassigns it",
    )
