"""The issue state machine: allowed status changes, and their effect on the clocks."""

from __future__ import annotations

from datetime import timedelta

from dispatch.desk.commands import Command
from dispatch.service.escalation import escalations
from dispatch.service.issues.command_support import moment
from dispatch.service.sla import clocks
from dispatch.service.wording import status_words
from models.base import CompiledQuery, parameter
from models.clock import from_text, to_text
from models.errors import Refused
from models.hints import act
from models.issues import (
    ASSIGNED,
    CLOSED,
    DESK,
    IN_PROGRESS,
    MESSAGE,
    NEW,
    PENDING_CUSTOMER,
    RESOLUTION,
    RESOLVED,
    STATUS,
    Interaction,
    Issue,
)

BY_WORD: dict[str, tuple[str, ...]] = {
    NEW: (),
    ASSIGNED: (IN_PROGRESS,),
    IN_PROGRESS: (PENDING_CUSTOMER, RESOLVED),
    PENDING_CUSTOMER: (IN_PROGRESS, RESOLVED),
    RESOLVED: (CLOSED,),
    CLOSED: (),
}
"""Steps a person may take; reassigning, queueing and reopening are separate commands."""

NEXT = {
    NEW: (("issue.reassign", "assigns it"),),
    ASSIGNED: (("issue.claim", "starts work on it"),),
    IN_PROGRESS: (("issue.resolve", "resolves it first"),),
    PENDING_CUSTOMER: (("issue.resolve", "resolves it first"),),
    RESOLVED: (("issue.close", "closes it"), ("issue.reopen", "reopens it")),
    CLOSED: (("issue.reopen", "reopens it"),),
}
"""What can be done in a status instead of a step that it does not allow."""


def check_step(issue: Issue, status: str) -> None:
    """Raise Refused unless a person may move the issue from its current status to this one."""
    if status not in BY_WORD[issue.status]:
        number = issue.issue_id
        raise Refused(
            "status_not_allowed",
            f"issue {number} cannot go from {status_words(issue.status)} to {status_words(status)}",
            "; ".join(f"{act(way, number)} {does}" for way, does in NEXT[issue.status]),
        )


def enter(running: Command, issue: Issue, status: str, *, by: str = DESK) -> None:
    """Move an issue to a status: interaction, times and clocks. The caller saves the issue."""
    before, at = issue.status, moment(running, issue)
    if status == before:
        return
    issue.status = status
    issue.waiting_since = at if status == NEW else None
    record_status(issue, before, at, by)
    _keep_times(issue, status, at)
    _move_clocks(issue, before, status, at)
    if status in clocks.ENDED and before not in clocks.ENDED:
        for row in escalations.still_open(issue.issue_id):
            escalations.close(running.now, running.actor, row.escalation_id, status)


def record_status(issue: Issue, before: str, at: str, by: str = DESK) -> None:
    """Write an issue's new status into its conversation."""
    Interaction(
        issue_id=issue.issue_id,
        at=at,
        kind=STATUS,
        author=by,
        agent_id=issue.agent_id if by == DESK else None,
        status_from=before,
        status_to=issue.status,
        answer_needed=issue.status == PENDING_CUSTOMER,
    ).save()


def _keep_times(issue: Issue, status: str, at: str) -> None:
    if status == ASSIGNED:
        issue.assigned_at = at
    if status == RESOLVED:
        issue.resolved_at = at
    elif status == CLOSED:
        issue.closed_at = at
    if status not in clocks.ENDED:
        issue.resolved_at = issue.closed_at = None


def _move_clocks(issue: Issue, before: str, status: str, at: str) -> None:
    mine = clocks.clocks_of(issue.issue_id)
    if status in clocks.ENDED:
        for clock in mine.values():
            clocks.end(clock, at)
        return
    if before in clocks.ENDED:
        clocks.reopen(mine[RESOLUTION], at)
    elif before == PENDING_CUSTOMER:
        clocks.resume(mine[RESOLUTION], at)
    # undoing an end can make it pending again with our answer due: then the clock runs
    if status == PENDING_CUSTOMER and newest_message(issue.issue_id)[1] == DESK:
        clocks.pause(mine[RESOLUTION], at)


_newest_message = CompiledQuery(
    lambda: (
        Interaction.select(Interaction.interaction_id, Interaction.author, Interaction.at)
        .where(Interaction.issue_id == parameter("issue_id"), Interaction.kind == MESSAGE)
        .order_by(Interaction.interaction_id.desc())
        .limit(1)
    )
)


def newest_message(issue_id: int) -> tuple[int, str, str]:
    """Return the newest message's number, author and time; 0 and nobody without one."""
    return next(iter(_newest_message(issue_id=issue_id)), (0, "", ""))


def reopen_deadline(issue: Issue, days: int) -> str:
    """Return the time until which an ended issue can be reopened."""
    ended = issue.resolved_at or issue.closed_at or issue.changed_at  # closing it later opens no new window
    return to_text(from_text(ended) + timedelta(days=days))
