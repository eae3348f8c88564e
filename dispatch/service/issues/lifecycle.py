"""Issue lifecycle commands: set a status, resolve, close and reopen; and what is due to be closed."""

from __future__ import annotations

from datetime import timedelta

from dispatch.customers.records import refuse_erased
from dispatch.desk.commands import Command, command, put_back
from dispatch.desk.desk import Desk
from dispatch.inputs import validation
from dispatch.service.issues import conversation, surveys, waking
from dispatch.service.issues.command_support import issue_at_work, open_issue_at_work, saved, words
from dispatch.service.issues.state_machine import check_step, enter
from dispatch.service.row_types import IssueDetails
from models.base import CompiledQuery, parameter
from models.clock import from_text, to_text
from models.errors import Refused
from models.issues import (
    ASSIGNED,
    CLOSED,
    IN_PROGRESS,
    ISSUE_STATUSES,
    NEW,
    OPEN,
    PENDING_CUSTOMER,
    RESOLVED,
    Issue,
)


@command("issue.status", past="status", undo=put_back, may="issue.work")
def set_status(running: Command, issue_id: int, status: str) -> IssueDetails:
    """Move an issue to a status its current one allows. Raises NotFound, InvalidInput, Refused."""
    validation.one_of(status, "status", ISSUE_STATUSES)
    return _step(running, issue_at_work(running, issue_id), status)


def _step(running: Command, issue: Issue, status: str) -> IssueDetails:
    check_step(issue, status)
    if issue.status == PENDING_CUSTOMER and status == IN_PROGRESS:
        waking.resume(running, issue)
    else:
        enter(running, issue, status)
    if status == RESOLVED:
        surveys.ask(running, issue)
    return saved(running, issue)


@command("issue.resolve", past="resolved", undo=put_back, may="issue.work")
def resolve(running: Command, issue_id: int, text: str | None = None) -> IssueDetails:
    """Resolve an issue, starting it if necessary; ``text`` is the closing message to the customer.

    The customer is to be asked to rate the holder. Raises NotFound, Refused, InvalidInput.
    """
    message = None if text is None else words(text)
    issue = open_issue_at_work(running, issue_id)
    if issue.status == NEW:
        check_step(issue, RESOLVED)
    if message is not None:
        conversation.answer(running, issue, None, message, issue.channel, solution=True)
    elif issue.status == ASSIGNED:
        enter(running, issue, IN_PROGRESS)
    return _step(running, issue, RESOLVED)


@command("issue.close", past="closed", undo=put_back, may="issue.work")
def close(running: Command, issue_id: int) -> IssueDetails:
    """Close a resolved issue. Raises NotFound, Refused."""
    return _step(running, issue_at_work(running, issue_id), CLOSED)


@command("issue.reopen", past="reopened", undo=put_back, may="issue.manage")
def reopen(running: Command, issue_id: int, reason: str) -> IssueDetails:
    """Reopen an ended issue within the setting's days; a holder who is not there is replaced.

    Its resolution clock continues with the time it had left. Raises NotFound, Refused.
    """
    reason = validation.required_text(reason, "reason")
    issue = issue_at_work(running, issue_id)
    if issue.status in OPEN:
        raise Refused(
            "not_ended", f"issue {issue_id} is {issue.status}", "only an ended issue can be reopened"
        )
    refuse_erased(issue.customer_id)
    running.detail = {"reason": reason}
    waking.reopen(running, issue)
    return saved(running, issue)


_resolved = CompiledQuery(
    lambda: (
        Issue.select(Issue.issue_id)
        .where(Issue.status == RESOLVED, Issue.resolved_at <= parameter("until"))
        .order_by(Issue.resolved_at, Issue.issue_id)
    )
)


def due_to_close(desk: Desk, issue_id: int | None = None) -> list[int]:
    """Return the issues resolved longer ago than the setting's days, or only the given one if it is due."""
    days = desk.settings["close_after_days"]
    if not days:
        return []
    until = to_text(from_text(desk.now()) - timedelta(days=days))
    if issue_id is None:
        return [number for (number,) in _resolved(until=until)]
    issue = Issue.lock(issue_id)
    return [issue_id] if issue.status == RESOLVED and str(issue.resolved_at) <= until else []
