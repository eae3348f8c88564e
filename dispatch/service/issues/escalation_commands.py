"""Escalation commands: escalate by hand, acknowledge, and close with a reason."""

from __future__ import annotations

from dispatch.desk.commands import Command, command, never
from dispatch.inputs import validation
from dispatch.service.escalation import escalations, levels, triggers
from dispatch.service.issues import waking
from dispatch.service.issues.command_support import issue_at_work, open_issue_at_work, saved
from dispatch.service.row_types import IssueDetails
from models.errors import Refused
from models.hints import act
from models.issues import Escalation


@command(
    "issue.escalate",
    past="escalated",
    undo=never(f"others have seen it; {act('issue.settle')} settles it"),
    may="issue.work",
)
def escalate(running: Command, issue_id: int, reason: str, level: int | str | None = None) -> IssueDetails:
    """Escalate by hand, to a level or to the next one. Raises NotFound, InvalidInput, Refused."""
    reason = validation.required_text(reason, "reason")
    wanted = None if level is None else validation.whole(level, "level", 1, levels.TOP_LEVEL)
    issue = open_issue_at_work(running, issue_id)
    escalation = escalations.raise_by_hand(running, issue, reason, wanted)
    running.detail = {"reason": reason, "level": escalation.level}
    return saved(running, issue)


@command(
    "issue.acknowledge",
    past="acknowledged",
    undo=never(f"others rely on it; {act('issue.escalate')} escalates again"),
    may="issue.work",
)
def acknowledge(running: Command, issue_id: int, trigger: str | None = None) -> IssueDetails:
    """Acknowledge an issue's open escalations, or one trigger's. Raises NotFound, Refused."""
    issue = open_issue_at_work(running, issue_id)
    rows = [row for row in _open(issue_id, trigger) if row.acknowledged_at is None]
    if not rows:
        raise Refused("acknowledged", f"issue {issue_id} is already acknowledged")
    for row in rows:
        escalations.acknowledge(running, row.escalation_id, issue)
    running.detail = {"triggers": [row.trigger for row in rows]}
    return saved(running, issue)


@command(
    "issue.settle",
    past="settled",
    undo=never(f"it was settled with a reason; {act('issue.escalate')} escalates again"),
    may="issue.manage",
)
def settle(running: Command, issue_id: int, reason: str, trigger: str | None = None) -> IssueDetails:
    """Close an issue's open escalations, or one trigger's, with a reason. Raises NotFound, Refused."""
    reason = validation.required_text(reason, "reason")
    issue = issue_at_work(running, issue_id)
    rows = _open(issue_id, trigger)
    for row in rows:
        escalations.close(running.now, running.actor, row.escalation_id, reason)
    running.detail = {"triggers": [row.trigger for row in rows], "reason": reason}
    waking.find_present(running, issue)
    return saved(running, issue)


def _open(issue_id: int, trigger: str | None) -> list[Escalation]:
    if trigger is not None:
        validation.one_of(trigger, "trigger", triggers.TRIGGERS)
    rows = [row for row in escalations.still_open(issue_id) if trigger in (None, row.trigger)]
    if not rows:
        named = f" by {trigger}" if trigger else ""
        raise Refused("not_escalated", f"issue {issue_id} is not escalated{named}")
    return rows
