"""Escalation rows: opened once per trigger and occasion, raised level by level, acknowledged, closed.

Acknowledging one stops the climb until nothing has been done for as long as an issue may wait unassigned.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from datetime import datetime
from typing import cast

from peewee import Expression

from dispatch.desk.commands import Command
from dispatch.desk.desk import Desk
from dispatch.service.escalation import triggers
from dispatch.service.escalation.levels import TOP_LEVEL, audience, first_level, patience_s, step_after
from dispatch.service.escalation.triggers import Fired
from dispatch.service.row_types import EscalationRow
from dispatch.service.sla import clock_rows
from models.base import Json, read_rows
from models.clock import from_text, to_text
from models.issues import CLOSED, Escalation, Issue
from models.sql import listed


def open_for(
    desk: Desk, now: str, issue: Issue, fired: Fired, urgency: str, raised_by: list[str]
) -> Escalation:
    """Write a new escalation and notify its first level."""
    escalation = Escalation(
        issue_id=issue.issue_id,
        trigger=fired.trigger,
        since=fired.since,
        urgency=urgency,
        level=first_level(raised_by),
        reason=fired.reason,
        raised_by=json.dumps(raised_by),
        steps="[]",
        opened_at=now,
    )
    _notify(desk, now, issue, escalation)
    escalation.save()
    return escalation


def _notify(desk: Desk, now: str, issue: Issue, escalation: Escalation) -> None:
    """Record who is to be told at the current level, and when the next one follows."""
    steps = json.loads(escalation.steps)
    steps.append(
        {"level": escalation.level, "at": now, "told": audience(desk, issue.agent_id, escalation.level)}
    )
    escalation.steps = json.dumps(steps, ensure_ascii=False)
    last = escalation.level >= TOP_LEVEL
    escalation.next_step_at = None if last else _step_after(now, issue, patience_s(desk, issue.priority))


def _step_after(now: str, issue: Issue, seconds: int) -> str:
    """Return the stored time of a step after so many working seconds of an issue's clocks."""
    return to_text(step_after(clock_rows.hours_of(issue.issue_id), from_text(now), seconds))


def climb(desk: Desk, now: str, issue: Issue, escalation_id: int, level: int | None = None) -> Escalation:
    """Raise an escalation to its next level, or to ``level``, which has to acknowledge it separately."""
    escalation = Escalation.lock(escalation_id)
    escalation.level = level or min(TOP_LEVEL, escalation.level + 1)
    escalation.acknowledged_at = escalation.acknowledged_by = None
    _notify(desk, now, issue, escalation)
    escalation.save()
    return escalation


def rest(escalation_id: int, until: datetime) -> Escalation:
    """Keep an acknowledged escalation at its level until a given time."""
    escalation = Escalation.lock(escalation_id)
    escalation.next_step_at = to_text(until)
    escalation.save()
    return escalation


def raise_by_hand(running: Command, issue: Issue, reason: str, level: int | None) -> Escalation:
    """Escalate by hand: open a manual escalation, or raise the open one to the next level."""
    known = [one for one in still_open(issue.issue_id) if one.trigger == triggers.MANUAL]
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


def acknowledge(running: Command, escalation_id: int, issue: Issue) -> None:
    """Acknowledge an escalation: it climbs no further unless work stops."""
    escalation = Escalation.lock(escalation_id)
    escalation.acknowledged_at, escalation.acknowledged_by = running.now, running.actor
    escalation.next_step_at = _step_after(running.now, issue, triggers.unassigned_s(issue.priority))
    escalation.save()


def close(now: str, by: str, escalation_id: int, reason: str) -> Escalation:
    """Close an escalation with a reason."""
    escalation = Escalation.lock(escalation_id)
    escalation.closed_at, escalation.closed_by, escalation.close_reason = now, by, reason
    escalation.next_step_at = None
    escalation.save()
    return escalation


def revive(running: Command, issue: Issue, closed_at: str) -> None:
    """Reopen the escalations that an undone end had closed, each level with its usual time."""
    next_step = _step_after(running.now, issue, patience_s(running.desk, issue.priority))
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


def still_open(issue_id: int) -> list[Escalation]:
    """Return the open escalations of an issue, read-only."""
    return of_issues([issue_id], Escalation.closed_at.is_null())


def of_issues(issue_ids: Sequence[int], *conditions: Expression) -> list[Escalation]:
    """Return the escalations of some issues, oldest first, read-only."""
    query = Escalation.select().where(Escalation.issue_id.in_(listed(issue_ids)), *conditions)
    return read_rows(Escalation, query.order_by(Escalation.escalation_id))


def describe(escalation: Escalation) -> EscalationRow:
    """Return an escalation's row; ``told`` is the last recipient."""
    steps = json.loads(escalation.steps)
    row: Json = {name: getattr(escalation, name, None) for name in EscalationRow.__annotations__}
    row |= {"raised_by": json.loads(escalation.raised_by), "told": steps[-1]["told"], "steps": steps}
    return cast(EscalationRow, row)
