"""When an agent's absence begins and ends (docs/rules.md, Absence), however the presence was changed."""

from __future__ import annotations

from dispatch.agents.working_calendar import SHIFT_OVER, is_on_shift
from dispatch.desk.commands import running_command
from models import absences
from models.agents import AWAY, BREAK, OFFLINE, Agent
from models.base import after_save

FULL, NONE = "full", "none"
MOST_OWED = 1000

_DECIDING = frozenset(("presence", "presence_reason", "hours", "due_at", "left_at"))


def parse_credit(text: str) -> str:
    """Read the setting ``absence_credit``. Raises ValueError."""
    word = text.strip().casefold()
    if word in (FULL, NONE):
        return word
    if not 0 < int(word) <= MOST_OWED:
        raise ValueError(text)
    return str(int(word))


def is_absent(agent: Agent, now: str) -> bool:
    """Whether the agent is on shift and not there; who is busy is at work."""
    if agent.left_at is not None or agent.presence not in (BREAK, AWAY, OFFLINE):
        return False
    if agent.presence == OFFLINE and agent.presence_reason == SHIFT_OVER:
        return False
    return is_on_shift(agent, now)


@after_save(Agent)
def _follow(_sender: type[Agent], agent: Agent, created: bool) -> None:
    if created or _DECIDING.isdisjoint(agent.changed):
        return
    try:
        running = running_command()
    except LookupError:  # made up by a test or benchmark
        return
    policy = running.desk.settings["policy"]
    if policy not in absences.POLICIES:
        return
    if is_absent(agent, running.now):
        absences.begin(agent.agent_id, policy)
    else:
        credit = NONE if agent.left_at else running.desk.settings["absence_credit"]
        most = {FULL: float("inf"), NONE: 0.0}.get(credit)
        absences.end(agent.agent_id, policy, float(credit) if most is None else most)
