"""The conversation on an issue: messages the customer sees, and internal notes."""

from __future__ import annotations

from dispatch.assignment.agent_checks import working_agent
from dispatch.customers.records import refuse_erased
from dispatch.desk.commands import Command, command, never
from dispatch.inputs import validation
from dispatch.service.issues import text_analysis, waking
from dispatch.service.issues.command_support import check_open, issue_at_work, moment, saved, words
from dispatch.service.issues.ownership import check_holder, waiting
from dispatch.service.issues.state_machine import enter, newest_message
from dispatch.service.row_types import IssueDetails
from dispatch.service.sla import clocks
from models.errors import Conflict
from models.hints import act
from models.issues import (
    ASSIGNED,
    CHANNELS,
    CUSTOMER,
    DESK,
    FIRST_RESPONSE,
    IN_PROGRESS,
    MESSAGE,
    NOTE,
    PENDING_CUSTOMER,
    RESOLUTION,
    RESOLVED,
    Interaction,
    Issue,
)

AUTHORS = (DESK, CUSTOMER)
NO_ANSWER = ", replies are closed"


@command("issue.reply", past="reply", undo=never("a message cannot be unsent"), may="issue.work")
def reply(
    running: Command,
    issue_id: int,
    text: str,
    *,
    author: str = DESK,
    agent_id: int | None = None,
    channel: str | None = None,
    wait: bool = False,
    solution: bool = False,
    seen: int | None = None,
) -> IssueDetails:
    """Send the customer a message from the holder, or (``author`` customer) record one from the customer.

    ``wait``: the customer has to answer, which pauses the resolution clock. ``solution``: it is an attempt to
    resolve the issue. ``seen`` is the last interaction the writer had read: a newer message is a Conflict, so
    that two people never answer at once. A customer's message resumes an issue that waited for it or was
    resolved. Raises NotFound, InvalidInput, Refused, Conflict.
    """
    text = words(text)
    validation.one_of(author, "author", AUTHORS)
    issue = issue_at_work(running, issue_id)
    refuse_erased(issue.customer_id)
    _check_seen(issue, seen)
    way = validation.one_of(channel, "channel", CHANNELS) if channel else issue.channel
    if author == CUSTOMER:
        _hear(running, issue, text, way)
    else:
        check_open(issue, because=NO_ANSWER)
        answer(running, issue, agent_id, text, way, wait=wait, solution=solution)
    return saved(running, issue)


def _hear(running: Command, issue: Issue, text: str, way: str) -> None:
    """Record a customer's message: resume an issue that waited for it, reopen a resolved one."""
    check_open(issue, RESOLVED, NO_ANSWER, f", {act('issue.open')} opens a new one")
    if issue.status == RESOLVED:
        waking.reopen(running, issue, by=CUSTOMER)
    _write(running, issue, MESSAGE, CUSTOMER, text, way)
    if issue.status == PENDING_CUSTOMER:
        waking.resume(running, issue, by=CUSTOMER)


def answer(
    running: Command,
    issue: Issue,
    agent_id: int | None,
    text: str,
    way: str,
    *,
    wait: bool = False,
    solution: bool = False,
) -> None:
    """Record the holder's message, which starts the work if nothing has yet."""
    if agent_id is None:
        agent_id = issue.agent_id
    if agent_id is None:
        raise waiting(issue, then="reply")
    check_holder(issue, working_agent(agent_id))
    if issue.status == ASSIGNED:
        enter(running, issue, IN_PROGRESS)
    _write(running, issue, MESSAGE, DESK, text, way, wait=wait, solution=solution)
    mine, at = clocks.clocks_of(issue.issue_id), moment(running, issue)
    clocks.end(mine[FIRST_RESPONSE], at)
    if issue.status == PENDING_CUSTOMER:  # until now the customer had no message, and the clock ran
        clocks.pause(mine[RESOLUTION], at)
    elif wait:
        enter(running, issue, PENDING_CUSTOMER)


@command(
    "issue.note", past="note", undo=never("a note cannot be removed; write another one"), may="issue.work"
)
def note(running: Command, issue_id: int, text: str, *, agent_id: int | None = None) -> IssueDetails:
    """Add an internal note, hidden from the customer, to any issue. Raises NotFound, InvalidInput."""
    text = words(text)
    issue = issue_at_work(running, issue_id)
    refuse_erased(issue.customer_id)
    speaker = working_agent(agent_id).agent_id if agent_id is not None else issue.agent_id
    _write(running, issue, NOTE, DESK, text, None, agent_id=speaker)
    return saved(running, issue)


def _write(
    running: Command,
    issue: Issue,
    kind: str,
    author: str,
    text: str,
    way: str | None,
    *,
    agent_id: int | None = None,
    wait: bool = False,
    solution: bool = False,
) -> None:
    Interaction(
        issue_id=issue.issue_id,
        at=moment(running, issue),
        kind=kind,
        author=author,
        agent_id=None if author == CUSTOMER else agent_id or issue.agent_id,
        channel=way,
        text=text,
        compound=text_analysis.feeling(text),
        resolution_attempt=solution,
        answer_needed=wait,
    ).save()
    running.detail |= {"author": author, "text": text[:200]}


def _check_seen(issue: Issue, seen: int | None) -> None:
    newest, author, at = newest_message(issue.issue_id)
    if seen is not None and newest > seen:
        who = "the customer wrote" if author == CUSTOMER else "somebody replied"
        raise Conflict(f"{who} at {at}, after you opened issue {issue.issue_id}", "read it, then reply again")
