"""Agents who come back from an absence: what they are owed, and how long ``balanced`` holds them back.

``absent_since`` is when an absence began: what the clock of models/shares.py had given out, or under
``balanced`` the last decision. ``held_back_since`` is a decision, too: an agent whose desk has emptied
meanwhile gets one lead of as many as there are agents at work, until somebody else is as free. ``owed`` are
the leads that come before that.
"""

from __future__ import annotations

from peewee import fn

from models import shares
from models.agents import TAKES_WORK, Taker
from models.audit import Decision
from models.base import CompiledQuery, parameter
from models.shares import SHARE, Sharer

BALANCED = "balanced"
POLICIES = (SHARE, BALANCED)
"""The policies that reckon with absences."""

_last = CompiledQuery(lambda: Decision.select(fn.MAX(Decision.decision_id)))
_is_given = (Decision.policy == BALANCED, Decision.agent_id.is_null(False))
_given_since = CompiledQuery(
    lambda: Decision.select(fn.COUNT(Decision.decision_id)).where(
        Decision.decision_id > parameter("since"), *_is_given
    )
)
_some_since = CompiledQuery(
    lambda: (
        Decision.select(Decision.decision_id)
        .where(Decision.decision_id > parameter("since"), *_is_given)
        .limit(parameter("limit"))
    )
)
_at_work = CompiledQuery(lambda: Taker.select(fn.COUNT(Taker.agent_id)).where(TAKES_WORK))
EVERYBODY_HELD_BACK = Sharer.select(Sharer.agent_id, Sharer.held_back_since, Sharer.owed).where(
    Sharer.held_back_since.is_null(False)
)
"""The agents held back, hardly ever any."""
_held_back = CompiledQuery(lambda: EVERYBODY_HELD_BACK)
_ratio = CompiledQuery(lambda: Taker.select(Taker.load_ratio).where(Taker.agent_id == parameter("agent_id")))
_as_free = CompiledQuery(
    lambda: (
        Taker.select(Taker.agent_id)
        .where(
            TAKES_WORK,
            Taker.load_ratio <= parameter("ratio"),
            Taker.agent_id != parameter("agent_id"),
        )
        .limit(1)
    )
)


def begin(agent_id: int, policy: str) -> None:
    """Note that an agent is not there, once for each absence."""
    agent = Sharer.lock(agent_id)
    if agent.absent_since is None:
        agent.absent_since = shares.given() if policy == SHARE else _last_decision()
        agent.save()


def end(agent_id: int, policy: str, most: float) -> None:
    """Note that an agent is back, and is owed what was missed, at most so many leads (infinity: all)."""
    agent = Sharer.lock(agent_id)
    if agent.absent_since is None:
        return
    if policy == SHARE:
        shares.leave_owed(agent, most)
    elif most != float("inf") and (missed := _given_since(since=agent.absent_since)[0][0]):
        agent.held_back_since = int(agent.absent_since)
        agent.owed = min(most, missed // (_at_work()[0][0] or 1))
    agent.absent_since = None
    agent.save()


def held_back() -> set[int]:
    """The agents whom ``balanced`` holds back at the next lead, if they are the least loaded."""
    rows = _held_back()
    if not rows:
        return set()
    others = _at_work()[0][0] - 1
    return {
        agent_id
        for agent_id, since, owed in rows
        if owed < 1 and len(_some_since(since=since, limit=others)) < others and not _is_level(agent_id)
    }


def given(agent_id: int) -> None:
    """Count a lead that ``balanced`` has just decided about, before it is a load."""
    for number, _, _ in _held_back():
        agent = Sharer.lock(number)
        if _is_level(number):
            agent.held_back_since, agent.owed = None, 0.0
        elif number == agent_id:
            agent.held_back_since, agent.owed = _last_decision(), max(0.0, agent.owed - 1)
        agent.save()


def _is_level(agent_id: int) -> bool:
    """Whether somebody else at work is as free as the agent."""
    rows = _ratio(agent_id=agent_id)
    return bool(not rows or _as_free(ratio=rows[0][0], agent_id=agent_id))


def _last_decision() -> int:
    return int(_last()[0][0] or 0)
