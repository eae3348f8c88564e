"""Moving an issue along: set a status, resolve, close, reopen, and rate."""

from __future__ import annotations

from typing import Any

from dispatch.desk.commands import Command, command, put_back
from dispatch.inputs import validation
from dispatch.service.issues import conversation, queue, surveys
from dispatch.service.issues.command_support import has_ended, issue_at_work, open_issue_at_work, saved, words
from dispatch.service.issues.state_machine import check_step, enter, take_up_again
from models.agents import Agent
from models.errors import Refused
from models.issues import (
    ASSIGNED,
    CLOSED,
    IN_PROGRESS,
    ISSUE_STATUSES,
    NEW,
    RESOLVED,
    Issue,
)

Row = dict[str, Any]


@command("issue.status", past="status", undo=put_back)
def set_status(running: Command, issue_id: int, status: str) -> Row:
    """Take an issue to a status that may follow its own. Raises NotFound, InvalidInput, Refused."""
    validation.one_of(status, "status", ISSUE_STATUSES)
    issue = issue_at_work(running, issue_id)
    _step(running, issue, status)
    return saved(running, issue)


def _step(running: Command, issue: Issue, status: str) -> None:
    check_step(issue, status)
    enter(running, issue, status)
    if status == RESOLVED:
        surveys.ask(running, issue)


@command("issue.resolve", past="resolved", undo=put_back)
def resolve(running: Command, issue_id: int, text: str | None = None) -> Row:
    """The holder has solved it; ``text`` is the last word to the customer. Who had not begun has now.

    The customer is asked to rate the holder. Raises NotFound, Refused, InvalidInput.
    """
    said = None if text is None else words(text)
    issue = open_issue_at_work(running, issue_id)
    if issue.status == NEW:
        check_step(issue, RESOLVED)
    if said is not None:
        conversation.resolve_with(running, issue, said, issue.channel)
    elif issue.status == ASSIGNED:
        enter(running, issue, IN_PROGRESS)
    _step(running, issue, RESOLVED)
    return saved(running, issue)


@command("issue.close", past="closed", undo=put_back)
def close(running: Command, issue_id: int) -> Row:
    """A resolved issue is done with. Raises NotFound, Refused."""
    issue = issue_at_work(running, issue_id)
    _step(running, issue, CLOSED)
    return saved(running, issue)


@command("issue.reopen", past="reopened", undo=put_back)
def reopen(running: Command, issue_id: int, reason: str) -> Row:
    """Take up an ended issue again, within the setting's days; a holder who left is replaced.

    Its resolution clock goes on with what was left. Raises NotFound, Refused.
    """
    reason = validation.required_text(reason, "reason")
    issue = issue_at_work(running, issue_id)
    if not has_ended(issue):
        raise Refused(
            "not_ended", f"issue {issue_id} is {issue.status}", "only an ended issue can be reopened"
        )
    running.detail = {"reason": reason}
    take_up_again(running, issue)
    holder = Agent.lock(issue.agent_id)
    if holder.left_at is not None:
        queue.route(running, issue, queue.helpers())
    return saved(running, issue)
