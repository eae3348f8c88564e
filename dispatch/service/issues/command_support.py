"""What every command on an issue has in common: finding it, its time, its words, and the answer."""

from __future__ import annotations

import unicodedata
from typing import Any

from dispatch.desk.commands import Command
from dispatch.inputs import validation
from dispatch.service.escalation import monitor
from dispatch.service.issues import queries
from models.errors import InvalidInput, Refused
from models.issues import CLOSED, OPEN, PRIORITIES, RESOLVED, Issue

Row = dict[str, Any]

LONGEST_TEXT = 100_000
"""Characters of a message: a customer's mail may be long."""


def issue_at_work(running: Command, issue_id: int) -> Issue:
    """The issue that a command is about, to be changed. Raises NotFound; Refused if it was a mistake."""
    issue = Issue.lock(issue_id)
    running.issue_id, running.customer_id = issue_id, issue.customer_id
    running.booking_id, running.agent_id = issue.booking_id, issue.agent_id
    if issue.voided:
        raise Refused("voided", f"issue {issue_id} was entered by mistake", "open it anew")
    return issue


def open_issue_at_work(running: Command, issue_id: int) -> Issue:
    """The same, refused when it is resolved or closed."""
    issue = issue_at_work(running, issue_id)
    check_open(issue)
    return issue


def check_open(issue: Issue, also: str = "", because: str = "", hint: str = "") -> None:
    """Refuse what has ended, but for the status that is open to the command ``also``. Raises Refused."""
    if issue.status not in (*OPEN, also):
        number = issue.issue_id
        again = f"astra issue reopen {number} takes it up again"
        raise Refused(issue.status, f"issue {number} is {issue.status}{because}", again + hint)


def moment(running: Command, issue: Issue) -> str:
    """The command's time; an issue's own time never runs backwards, whatever the clock does."""
    return max(running.now, str(issue.changed_at))


def save(running: Command, issue: Issue) -> None:
    """Save an issue with its time."""
    issue.changed_at = moment(running, issue)
    issue.save()


def saved(running: Command, issue: Issue) -> Row:
    """Save the issue of a command, look at what follows from it, and tell how it is now."""
    save(running, issue)
    running.issue_id, running.agent_id = issue.issue_id, issue.agent_id
    monitor.examine(running.desk, running.now, [issue.issue_id])
    return queries.issue(running.desk, issue.issue_id)


def words(value: str | None, field: str = "text") -> str:
    """What somebody wrote: some visible characters, lines allowed. Raises InvalidInput."""
    text = validation.stripped(value, field).replace("\r\n", "\n").replace("\r", "\n")
    checked = validation.optional_text(text, field, limit=LONGEST_TEXT, lines=True)
    if checked is None or all(
        unicodedata.category(character) in validation.INVISIBLE_CATEGORIES or character in "\n\t"
        for character in checked
    ):
        raise InvalidInput(
            field, f"the {field} is empty", f"say a few words, at most {LONGEST_TEXT} characters"
        )
    return checked


def priority(value: str) -> int:
    """The number, 1 to 5, of a priority's name in any case. Raises InvalidInput."""
    name = validation.one_of(validation.stripped(value, "priority").upper(), "priority", PRIORITIES[::-1])
    return PRIORITIES.index(name) + 1


def has_ended(issue: Issue) -> bool:
    """Is it resolved or closed?"""
    return issue.status in (RESOLVED, CLOSED)
