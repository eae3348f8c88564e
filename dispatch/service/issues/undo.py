"""An undone command on an issue: the row as it was, and a conversation and clocks that say how."""

from __future__ import annotations

from dispatch.desk.commands import Command
from dispatch.service.escalation import escalations, monitor
from dispatch.service.issues.command_support import has_ended, moment
from dispatch.service.issues.state_machine import enter
from dispatch.service.sla import clocks
from models.base import Json
from models.errors import Refused
from models.issues import CLOSED, Issue

LEFT_AS_THEY_ARE = ("changed_at", "version", "status")


def put_back(running: Command, issue: Issue, before: Json | None) -> None:
    """Write the inverse of a command's change of an issue; None: the command had opened it.

    A status is left the way it was entered: by an interaction, and with the clocks. Raises Refused for an
    issue that was opened and about which something was said since.
    """
    ended_at = (issue.closed_at or issue.resolved_at) if has_ended(issue) else None
    if before is None:
        _retire(running, issue)
    else:
        for column, value in before.items():
            if column not in LEFT_AS_THEY_ARE:
                setattr(issue, column, value)
        enter(running, issue, before.get("status", issue.status))
        for column in ("assigned_at", "resolved_at", "closed_at", "waiting_since"):
            setattr(issue, column, before.get(column, getattr(issue, column)))
    if issue.priority != issue.was("priority"):
        clocks.follow_priority(issue, running.desk.settings)
    issue.changed_at = moment(running, issue)
    issue.save()
    if ended_at is not None and not has_ended(issue):
        escalations.revive(running, issue, ended_at)
    monitor.examine(running.desk, running.now, [issue.issue_id])


def _retire(running: Command, issue: Issue) -> None:
    """It was opened by mistake: closed, and in no figure."""
    if any(one.text is not None for one in clocks.conversation(issue.issue_id)):
        raise Refused(
            "changed_since",
            f"something was said about issue {issue.issue_id} since it was opened",
            "resolve it instead",
        )
    issue.voided = True
    enter(running, issue, CLOSED)
