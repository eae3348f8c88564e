"""Support shared by all issue commands: lookup, time, text, and result."""

from __future__ import annotations

import unicodedata

from dispatch.desk.commands import Command
from dispatch.inputs import validation
from dispatch.service.escalation import monitor
from dispatch.service.row_types import IssueDetails
from dispatch.service.wording import status_words
from models.errors import InvalidInput, Refused
from models.hints import act
from models.issues import OPEN, Issue

LONGEST_TEXT = 100_000
"""Maximum characters of a message: a customer's mail may be long."""


def issue_at_work(running: Command, issue_id: int) -> Issue:
    """Return a command's issue for changing. Raises NotFound; Refused if it was entered by mistake."""
    issue = Issue.lock(issue_id)
    running.issue_id, running.customer_id = issue_id, issue.customer_id
    running.booking_id, running.agent_id = issue.booking_id, issue.agent_id
    if issue.voided:
        raise Refused(
            "voided", f"issue {issue_id} was entered by mistake", f"{act('issue.open')} opens a new one"
        )
    return issue


def open_issue_at_work(running: Command, issue_id: int) -> Issue:
    """Return the same; also refuses an issue that is resolved or closed."""
    issue = issue_at_work(running, issue_id)
    check_open(issue)
    return issue


def check_open(issue: Issue, also: str = "", because: str = "", hint: str = "") -> None:
    """Refuse an ended issue, except in the status that ``also`` allows. Raises Refused."""
    if issue.status not in (*OPEN, also):
        number = issue.issue_id
        again = f"{act('issue.reopen', number)} reopens it"
        raise Refused(issue.status, f"issue {number} is {status_words(issue.status)}{because}", again + hint)


def moment(running: Command, issue: Issue) -> str:
    """Return the command's time, never earlier than the issue's last change."""
    return max(running.now, str(issue.changed_at))


def save(running: Command, issue: Issue) -> None:
    """Save an issue with its time."""
    issue.changed_at = moment(running, issue)
    issue.save()


def saved(running: Command, issue: Issue) -> IssueDetails:
    """Save a command's issue, examine it, and return its details."""
    # loads the satisfaction models, which assigning a lead never needs
    from dispatch.service.issues import queries

    save(running, issue)
    running.issue_id, running.agent_id = issue.issue_id, issue.agent_id
    monitor.examine(running.desk, running.now, [issue.issue_id])
    return queries.issue(running.desk, issue.issue_id)


def words(value: str | None, field: str = "text") -> str:
    """Return visible text, line breaks allowed. Raises InvalidInput."""
    text = validation.stripped(value, field).replace("\r\n", "\n").replace("\r", "\n")
    checked = validation.optional_text(text, field, limit=LONGEST_TEXT, lines=True)
    if checked is None or all(
        unicodedata.category(character) in validation.INVISIBLE_CATEGORIES or character in "\n\t"
        for character in checked
    ):
        raise InvalidInput(
            field, f"{validation.noun(field)} is required", f"1 to {LONGEST_TEXT:,} characters"
        )
    return checked
