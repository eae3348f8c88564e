"""Settling in: an agent who is new, or comes back after days, gets few leads at first (setting ``ramp``)."""

from __future__ import annotations

from datetime import timedelta

from dispatch.assignment.caps import await_end
from dispatch.desk.commands import Command
from models.agents import Agent
from models.clock import from_text, to_text
from models.ramp import Ramp, parse_ramp


def goes_away(running: Command, agent: Agent) -> None:
    """Note since when an agent is absent; the caller saves. Without a ramp nobody asks."""
    if _ramp(running) is not None:
        agent.gone_since = agent.gone_since or running.now


def comes_back(running: Command, agent: Agent) -> None:
    """Let an agent settle in who was absent for longer than the ramp's days; the caller saves."""
    since, agent.gone_since = agent.gone_since, None
    ramp = _ramp(running)
    if ramp is None or since is None:
        return
    if from_text(running.now) - from_text(since) > timedelta(days=ramp.days):
        begins(running, agent)


def begins(running: Command, agent: Agent) -> None:
    """Let an agent settle in from now on; the caller saves."""
    ramp = _ramp(running)
    if ramp is not None:
        agent.settling_until = to_text(from_text(running.now) + timedelta(hours=ramp.hours))
        await_end(agent.settling_until)


def _ramp(running: Command) -> Ramp | None:
    return parse_ramp(running.desk.settings["ramp"])
