"""Escalation levels of issues and leads: the holder, the holder's manager, the ``escalation_contact``.

An escalation that nobody acknowledges climbs a level after the priority's first-response time.
Like the clocks, levels count working time, and none is reached outside it.
"""

from __future__ import annotations

from datetime import datetime

from dispatch.desk.desk import Desk
from dispatch.service.sla import clocks
from models.agents import Agent
from models.hours import WorkingTime
from models.issues import FIRST_RESPONSE

TOP_LEVEL = 3
DISPATCHERS = "the dispatchers"


def first_level(raised_by: list[str]) -> int:
    """Return 1, plus one for each thing that raises it."""
    return min(TOP_LEVEL, 1 + len(raised_by))


def audience(desk: Desk, agent_id: int | None, level: int) -> str:
    """Return who is to be told at a level about the work of an agent, or of nobody yet."""
    if level >= TOP_LEVEL:
        return str(desk.settings["escalation_contact"])
    holder = Agent.lock_or_none(agent_id) if agent_id is not None else None
    if holder is None:
        return DISPATCHERS
    if level == 1:
        return f"{holder.name} ({holder.agent_id})"
    return holder.manager_name or DISPATCHERS


def patience_s(desk: Desk, priority: int) -> int:
    """Return the working seconds a level has to acknowledge: the priority's first-response time."""
    return clocks.allowance_s(FIRST_RESPONSE, priority, desk.settings)


def step_after(hours: WorkingTime, since: datetime, seconds: int) -> datetime:
    """Return when a step follows after so many working seconds: within working time, so never at closing."""
    return hours.opening(hours.after(since, seconds))
