"""Escalations as rows: opened once a trigger and occasion, raised level by level, acknowledged, closed.

Level 1 is told to who holds the issue, 2 to the holder's manager, 3 to the desk's ``escalation_contact``.
Unacknowledged, the next level follows after the priority's first-response time; acknowledged, the chain
stops, and goes on when nothing is done for as long as an issue may wait unassigned.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any

from dispatch.service.escalation import limits, triggers
from dispatch.service.escalation.triggers import TOP_LEVEL, Fired
from dispatch.service.sla import targets
from models.agents import Agent
from models.base import listed, read_rows
from models.clock import from_text, to_text
from models.issues import CLOSED, FIRST_RESPONSE, Escalation, Issue

if TYPE_CHECKING:
    from dispatch.desk.commands import Command
    from dispatch.desk.desk import Desk

Row = dict[str, Any]

DISPATCHERS = "the dispatchers"


def open_for(
    desk: Desk, now: str, issue: Issue, fired: Fired, urgency: str, raised_by: list[str]
) -> Escalation:
    """Write a new escalation and tell its first level."""
    escalation = Escalation(
        issue_id=issue.issue_id,
        trigger=fired.trigger,
        since=fired.since,
        urgency=urgency,
        level=triggers.first_level(raised_by),
        reason=fired.reason,
        raised_by=json.dumps(raised_by),
        steps="[]",
        opened_at=now,
    )
    _tell(desk, now, issue, escalation)
    escalation.save()
    return escalation


def _tell(desk: Desk, now: str, issue: Issue, escalation: Escalation) -> None:
    """Note who is told at the present level, and when the next one follows."""
    steps = json.loads(escalation.steps)
    steps.append({"level": escalation.level, "at": now, "told": audience(desk, issue, escalation.level)})
    escalation.steps = json.dumps(steps, ensure_ascii=False)
    last = escalation.level >= TOP_LEVEL
    escalation.next_step_at = None if last else to_text(from_text(now) + patience(desk, issue.priority))


def audience(desk: Desk, issue: Issue, level: int) -> str:
    """Who is told at a level."""
    if level >= TOP_LEVEL:
        return str(desk.settings["escalation_contact"])
    holder = Agent.lock_or_none(issue.agent_id) if issue.agent_id is not None else None
    if holder is None:
        return DISPATCHERS
    if level == 1:
        return f"{holder.name} ({holder.agent_id})"
    return holder.manager_name or DISPATCHERS


def patience(desk: Desk, priority: int) -> timedelta:
    """How long a level has to acknowledge: the priority's first-response time."""
    figures = str(desk.settings[targets.setting_of(FIRST_RESPONSE)])
    return timedelta(minutes=targets.minutes_of(figures, priority))


def climb(desk: Desk, now: str, issue: Issue, escalation_id: int, level: int | None = None) -> Escalation:
    """Take an escalation to its next level, or to ``level``, which has to acknowledge it for itself."""
    escalation = Escalation.lock(escalation_id)
    escalation.level = level or min(TOP_LEVEL, escalation.level + 1)
    escalation.acknowledged_at = escalation.acknowledged_by = None
    _tell(desk, now, issue, escalation)
    escalation.save()
    return escalation


def rest(escalation_id: int, until: datetime) -> Escalation:
    """Leave an acknowledged escalation at its level until a moment."""
    escalation = Escalation.lock(escalation_id)
    escalation.next_step_at = to_text(until)
    escalation.save()
    return escalation


def raise_by_hand(running: Command, issue: Issue, reason: str, level: int | None) -> Escalation:
    """A person escalates: a new manual one, or the next level of the one that is open."""
    known = [one for one in still_open([issue.issue_id]) if one.trigger == triggers.MANUAL]
    if not known:
        by_hand = Fired(triggers.MANUAL, reason, running.now)
        escalation = open_for(running.desk, running.now, issue, by_hand, triggers.MEDIUM, [])
        if level is None or level == escalation.level:
            return escalation
    else:
        escalation = Escalation.lock(known[0].escalation_id)
        escalation.reason = reason
        escalation.save()
    return climb(running.desk, running.now, issue, escalation.escalation_id, level)


def acknowledge(running: Command, escalation_id: int, priority: int) -> None:
    """Somebody takes care: no further level, unless nothing is done."""
    escalation = Escalation.lock(escalation_id)
    escalation.acknowledged_at, escalation.acknowledged_by = running.now, running.actor
    limit = timedelta(seconds=limits.unassigned_s(priority))
    escalation.next_step_at = to_text(from_text(running.now) + limit)
    escalation.save()


def close(now: str, by: str, escalation_id: int, reason: str) -> Escalation:
    """Nothing more has to be done about it."""
    escalation = Escalation.lock(escalation_id)
    escalation.closed_at, escalation.closed_by, escalation.close_reason = now, by, reason
    escalation.next_step_at = None
    escalation.save()
    return escalation


def close_all(running: Command, issue_id: int, reason: str) -> None:
    """The issue has ended, and with it whatever was raised about it."""
    for row in still_open([issue_id]):
        close(running.now, running.actor, row.escalation_id, reason)


def revive(running: Command, issue: Issue, closed_at: str) -> None:
    """What an end closed is open again, its level with the usual time: the end itself was taken back."""
    next_step = to_text(from_text(running.now) + patience(running.desk, issue.priority))
    query = Escalation.select(Escalation.escalation_id).where(
        Escalation.issue_id == issue.issue_id,
        Escalation.closed_at == closed_at,
        Escalation.close_reason.in_(("resolved", CLOSED)),
    )
    for row in query:
        escalation = Escalation.lock(row.escalation_id)
        escalation.closed_at = escalation.closed_by = escalation.close_reason = None
        escalation.next_step_at = None if escalation.level >= TOP_LEVEL else next_step
        escalation.save()


def still_open(issue_ids: Sequence[int]) -> list[Escalation]:
    """The open escalations of some issues, for reading."""
    query = Escalation.select().where(
        Escalation.issue_id.in_(listed(issue_ids)), Escalation.closed_at.is_null()
    )
    return read_rows(Escalation, query.order_by(Escalation.escalation_id))


def of_issues(issue_ids: Sequence[int]) -> list[Escalation]:
    """Every escalation of some issues, oldest first, for reading."""
    query = Escalation.select().where(Escalation.issue_id.in_(listed(issue_ids)))
    return read_rows(Escalation, query.order_by(Escalation.escalation_id))


def describe(escalation: Escalation) -> Row:
    """An escalation for people and scripts; ``told`` is who was told last."""
    steps = json.loads(escalation.steps)
    return {
        "escalation_id": escalation.escalation_id,
        "trigger": escalation.trigger,
        "level": escalation.level,
        "urgency": escalation.urgency,
        "reason": escalation.reason,
        "raised_by": json.loads(escalation.raised_by),
        "told": steps[-1]["told"],
        "steps": steps,
        "opened_at": escalation.opened_at,
        "next_step_at": escalation.next_step_at,
        "acknowledged_at": escalation.acknowledged_at,
        "acknowledged_by": escalation.acknowledged_by,
        "closed_at": escalation.closed_at,
        "closed_by": escalation.closed_by,
        "close_reason": escalation.close_reason,
    }
