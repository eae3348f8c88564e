"""Checks that an agent may work at all, or may be given work now."""

from __future__ import annotations

from models.agents import GONE, Agent
from models.errors import Refused


def working_agent(agent_id: int) -> Agent:
    """An agent who is still here. Raises NotFound, Refused."""
    agent = Agent.lock(agent_id)
    if agent.left_at is not None:
        raise Refused("agent_left", f"{agent.name} ({agent_id}) is no longer here", "choose another agent")
    return agent


def attending_agent(agent_id: int) -> Agent:
    """An agent who is still here, and not away or offline. Raises NotFound, Refused."""
    agent = working_agent(agent_id)
    if agent.presence in GONE:
        raise Refused(
            "agent_away",
            f"{agent.name} ({agent_id}) is {agent.presence}",
            f"choose another agent, or: astra agent presence {agent_id} available",
        )
    return agent
