"""The forms of an issue's life: reply, note, resolve, escalate, settle, reassign, reopen, score, edit."""

from __future__ import annotations

from functools import partial
from typing import Any

from dispatch.desk.desk import Desk
from dispatch.inputs import validation
from dispatch.service.escalation import levels
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
from dispatch.service.wording import priority_words, status
from models.errors import Conflict
from models.issues import CUSTOMER, DESK, OPEN, TIERS
from screens.dialogs.form import Field, FormModal, Values, reason_field
from screens.dialogs.row_forms import RowForms
from screens.wording.issues import about_issue
from screens.wording.priorities import NAMES
from screens.wording.text import short

ABOUT = 72  # characters of a line above the fields
QUOTED = 200  # characters of a message that arrived during writing
SPEAKERS = {"Us": DESK, "The customer": CUSTOMER}
STAYS_OPEN, WAITS, SOLVES = "Keep open", "Wait for customer", "Propose solution"


def _about(issue: IssueDetails) -> str:
    """Describe an issue in two lines of a narrow form: who says what; what kind, how far and with whom."""
    holder = short(issue["agent_name"] or "no agent yet", 24)
    who = f"{short(issue['customer_name'], 24)}: " if issue["customer_name"] else ""
    return f"{short(who + issue['title'], ABOUT)}\n{about_issue(issue)} · {status(issue)} · {holder}"


def _resolve(desk: Desk, number: int, text: str) -> IssueDetails:
    return lifecycle.resolve(desk, number, text if text.strip() else None)


def _escalate(desk: Desk, number: int, reason: str, level: str) -> IssueDetails:
    return escalation_commands.escalate(desk, number, reason, None if level == "next" else level)


FORMS = RowForms("issue", _about)
note_form = FORMS.asking(
    "Note on",
    [reason_field("what the next person should know", "text", "Note", lines=5)],
    conversation.note,
    submit="Save note",
)
resolve_form = FORMS.asking(
    "Resolve",
    [Field("text", "Closing message", hint="what the customer reads; empty: nothing is sent", lines=4)],
    _resolve,
    submit="Resolve issue",
)
escalate_form = FORMS.asking(
    "Escalate",
    [
        reason_field("why it needs a higher level"),
        Field("level", "Level", "next", ("next", *map(str, range(1, levels.TOP_LEVEL + 1)))),
    ],
    _escalate,
    submit="Escalate issue",
)
settle_form = FORMS.asking(
    "Settle escalations of",
    [reason_field("why it is settled")],
    escalation_commands.settle,
    submit="Settle escalations",
)
reopen_form = FORMS.asking(
    "Reopen",
    [reason_field("why it is reopened")],
    lifecycle.reopen,
    submit="Reopen issue",
)
rate_form = FORMS.asking(
    "Score of",
    [
        Field(
            "score",
            "Score",
            hint="1 to 5; 5 is best",
            required=True,
            check=partial(validation.whole, field="score", low=1, high=5),
        ),
        Field("comment", "Comment", hint="what the customer said about it"),
    ],
    surveys.rate,
    submit="Save score",
)
reassign_form = FORMS.reassigning(ownership.reassign)


def reply_form(issue: IssueDetails) -> FormModal[IssueDetails]:
    """Write a message to or from the customer; each of two simultaneous authors sees the other's."""
    fields = [
        reason_field("what the customer reads", "text", "Message", lines=5),
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

    def submit(given: Values) -> str:
        return "Send message" if SPEAKERS.get(given["author"], DESK) == DESK else "Log message"

    return FORMS.form(issue, "Reply to", fields, command, submit=submit)


def _newest(desk: Desk, issue_id: int) -> tuple[int, str]:
    with desk.reading():
        last = [one for one in queries.interactions(issue_id) if one["kind"] == "message"][-1]
    return last["interaction_id"], short((last["text"] or "").replace("\n", " "), QUOTED)


def edit_form(issue: IssueDetails) -> FormModal[IssueDetails]:
    fields = [
        Field("title", "Title", issue["title"], required=True),
        Field("booking", "Booking", str(issue["booking_id"] or ""), hint="its number"),
    ]
    if issue["status"] in OPEN:
        fields += [
            Field("priority", "Priority", priority_words(issue["priority"]), NAMES),
            Field("tier", "Tier", issue["tier"] or "", TIERS),
        ]

    def command(desk: Desk, number: int, booking: str | None = None, **changed: Any) -> IssueDetails:
        if booking is not None:
            changed["booking_id"] = booking_number(booking)
        if "priority" in changed:
            changed["priority"] = changed["priority"].upper()
        return editing.edit(desk, number, **changed)

    return FORMS.form(issue, "Edit", fields, command, submit="Save changes", changes_only=True)


def booking_number(text: str) -> int:
    """Parse a booking's number. Raises InvalidInput."""
    return validation.whole(text.strip().removeprefix("#"), "booking", 1, 2**63 - 1)
