"""The forms of an issue's life: reply, note, resolve, escalate, settle, reassign, reopen, score, edit."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from dispatch.desk.desk import Desk
from dispatch.inputs import validation
from dispatch.queries import list_agents
from dispatch.service.escalation import triggers
from dispatch.service.issues import (
    conversation,
    editing,
    escalation_commands,
    lifecycle,
    ownership,
    queries,
    surveys,
)
from dispatch.service.row_types import IssueDetails
from dispatch.service.wording import category, status
from models.errors import Conflict
from models.issues import CUSTOMER, DESK, OPEN, PRIORITIES, TIERS
from screens.dialogs.form import Field, FormModal, picked, reassign_fields
from screens.wording.issues import customer
from screens.wording.text import short

QUOTED = 200  # characters of a message that arrived during writing
SPEAKERS = {"Us": DESK, "The customer": CUSTOMER}
STAYS_OPEN, WAITS, SOLVES = "Keep open", "They have to answer", "It should be solved"


def _form(
    issue: IssueDetails,
    title: str,
    fields: Sequence[Field],
    command: Callable[..., IssueDetails],
    submit: str,
    *,
    changes_only: bool = False,
) -> FormModal[IssueDetails]:
    """Make a form about an issue; its values go to the command under the fields' names."""
    number, holder = issue["issue_id"], issue["agent_name"] or "nobody yet"
    about = f"{customer(issue)}: {issue['priority']} {category(issue)}, {status(issue)}, with {holder}"
    return FormModal(
        f"{title} {number}",
        fields,
        lambda desk, given: command(desk, number, **given),
        submit=submit,
        about=f"{about}\n{short(issue['title'], 70)}",
        changes_only=changes_only,
    )


def reply_form(issue: IssueDetails) -> FormModal[IssueDetails]:
    """Write a message to or from the customer; each of two simultaneous authors sees the other's."""
    fields = [
        Field("text", "Message", hint="what the customer reads", lines=5),
        Field("author", "From", "Us", tuple(SPEAKERS)),
        Field("then", "Status after", STAYS_OPEN, (STAYS_OPEN, WAITS, SOLVES)),
    ]
    seen = issue["last_interaction_id"] or 0

    def command(desk: Desk, number: int, text: str, author: str, then: str) -> IssueDetails:
        nonlocal seen
        by = SPEAKERS.get(author, DESK)
        wait, solution = (by == DESK and then == wanted for wanted in (WAITS, SOLVES))
        try:
            return conversation.reply(desk, number, text, author=by, wait=wait, solution=solution, seen=seen)
        except Conflict as conflict:
            seen, newest = _newest(desk, number)
            raise Conflict(f"{conflict.message}: “{newest}”", "send it again if it still fits") from conflict

    return _form(issue, "Reply to issue", fields, command, "Send")


def _newest(desk: Desk, issue_id: int) -> tuple[int, str]:
    """Return the last message of a conversation."""
    with desk.reading():
        last = [one for one in queries.interactions(issue_id) if one["kind"] == "message"][-1]
    return last["interaction_id"], short((last["text"] or "").replace("\n", " "), QUOTED)


def note_form(issue: IssueDetails) -> FormModal[IssueDetails]:
    """Add an internal note."""
    field = Field("text", "Note", hint="what the next person should know", lines=5)
    return _form(issue, "Note on issue", [field], conversation.note, "Write")


def resolve_form(issue: IssueDetails) -> FormModal[IssueDetails]:
    """Resolve the issue, with or without a closing message to the customer."""
    field = Field("text", "Closing message", hint="what the customer reads; empty: nothing is sent", lines=4)

    def command(desk: Desk, number: int, text: str) -> IssueDetails:
        return lifecycle.resolve(desk, number, text if text.strip() else None)

    return _form(issue, "Resolve issue", [field], command, "Resolve")


def escalate_form(issue: IssueDetails) -> FormModal[IssueDetails]:
    """Escalate the issue: the reason, and the level."""
    levels = ("next", *map(str, range(1, triggers.TOP_LEVEL + 1)))
    fields = [
        Field("reason", "Reason", hint="why more eyes are needed"),
        Field("level", "Level", "next", levels),
    ]

    def command(desk: Desk, number: int, reason: str, level: str) -> IssueDetails:
        return escalation_commands.escalate(desk, number, reason, None if level == "next" else level)

    return _form(issue, "Escalate issue", fields, command, "Escalate")


def settle_form(issue: IssueDetails) -> FormModal[IssueDetails]:
    """Settle its escalations: the reason."""
    field = Field("reason", "Reason", hint="why nothing more has to be done about it")
    return _form(issue, "Settle escalations of issue", [field], escalation_commands.settle, "Settle")


def reopen_form(issue: IssueDetails) -> FormModal[IssueDetails]:
    """Reopen the issue: the reason."""
    field = Field("reason", "Reason", hint="why it is taken up again")
    return _form(issue, "Reopen issue", [field], lifecycle.reopen, "Reopen")


def reassign_form(issue: IssueDetails) -> FormModal[IssueDetails]:
    """Reassign the issue: the new agent, and the reason."""

    def command(desk: Desk, number: int, to: str, reason: str) -> IssueDetails:
        return ownership.reassign(desk, number, picked(to), reason)

    return _form(issue, "Reassign issue", reassign_fields(issue, list_agents()), command, "Reassign")


def rate_form(issue: IssueDetails) -> FormModal[IssueDetails]:
    """Record the customer's answer to the survey; only one counts."""
    fields = [
        Field("score", "Score 1 to 5", hint="5 is best"),
        Field("comment", "Comment", hint="what the customer said about it"),
    ]
    return _form(issue, "Score of issue", fields, surveys.rate, "Score")


def edit_form(issue: IssueDetails) -> FormModal[IssueDetails]:
    """Edit the title and the booking, and while it is open the priority and the tier."""
    fields = [
        Field("title", "Title", issue["title"]),
        Field("booking", "Booking", str(issue["booking_id"] or ""), hint="its number"),
    ]
    if issue["status"] in OPEN:
        fields += [
            Field("priority", "Priority", issue["priority"], PRIORITIES[::-1]),
            Field("tier", "Tier", issue["tier"] or "", TIERS),
        ]

    def command(desk: Desk, number: int, booking: str | None = None, **changed: Any) -> IssueDetails:
        if booking is not None:
            changed["booking_id"] = booking_number(booking)
        return editing.edit(desk, number, **changed)

    return _form(issue, "Edit issue", fields, command, "Save", changes_only=True)


def booking_number(text: str) -> int:
    """Parse a booking's number. Raises InvalidInput."""
    return validation.whole(text.strip().removeprefix("#"), "booking", 1, 2**63 - 1)
