"""The forms of an issue's life: reply, note, resolve, escalate, settle, reassign, reopen, score, edit."""

from __future__ import annotations

from collections.abc import Callable

from dispatch.desk.desk import Desk
from dispatch.inputs import validation
from dispatch.queries.row_types import AgentRow
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
from models.base import Json
from models.errors import Conflict, InvalidInput
from models.issues import CUSTOMER, DESK, OPEN, PRIORITIES, TIERS
from screens.dialogs.form import Field, FormModal, Values
from screens.wording.issues import customer
from screens.wording.text import short

Verb = Callable[[Desk, int, str], IssueDetails]
QUOTED = 200  # characters of a message that came while one wrote
SPEAKERS = {"Us": DESK, "The customer": CUSTOMER}
GOES_ON, WAITS, SOLVES = "It goes on", "They have to answer", "It should be solved"


def _about(issue: IssueDetails) -> str:
    holder = issue["agent_name"] or "nobody yet"
    about = f"{customer(issue)}: {issue['priority']} {category(issue)}, {status(issue)}, with {holder}"
    return f"{about}\n{short(issue['title'], 70)}"


def reply_form(issue: IssueDetails) -> FormModal[IssueDetails]:
    """A message to the customer, or from the customer; two who answer at once are told of each other."""
    fields = [
        Field("text", "Message", hint="what the customer reads", lines=5),
        Field("author", "From", "Us", tuple(SPEAKERS)),
        Field("then", "Then", GOES_ON, (GOES_ON, WAITS, SOLVES)),
    ]
    seen = issue["last_interaction_id"] or 0

    def command(desk: Desk, given: Values) -> IssueDetails:
        nonlocal seen
        by_us = SPEAKERS.get(given["author"], DESK) == DESK
        try:
            return conversation.reply(
                desk,
                issue["issue_id"],
                given["text"],
                author=SPEAKERS.get(given["author"], DESK),
                wait=by_us and given["then"] == WAITS,
                solution=by_us and given["then"] == SOLVES,
                seen=seen,
            )
        except Conflict as conflict:
            seen, newest = _newest(desk, issue["issue_id"])
            raise Conflict(f"{conflict.message}: “{newest}”", "send it again if it still fits") from conflict

    return FormModal(
        f"Reply to issue {issue['issue_id']}", fields, command, submit="Send", about=_about(issue)
    )


def _newest(desk: Desk, issue_id: int) -> tuple[int, str]:
    """The last message of a conversation."""
    with desk.reading():
        last = [one for one in queries.interactions(issue_id) if one["kind"] == "message"][-1]
    return last["interaction_id"], short((last["text"] or "").replace("\n", " "), QUOTED)


def note_form(issue: IssueDetails) -> FormModal[IssueDetails]:
    """An internal note."""
    field = Field("text", "Note", hint="what the next person should know", lines=5)
    return _one_field(issue, "Note on issue", field, conversation.note, "Write")


def resolve_form(issue: IssueDetails) -> FormModal[IssueDetails]:
    """It is solved: a last word to the customer, or none."""
    field = Field("text", "Last word", hint="what the customer reads; empty: nothing is sent", lines=4)
    return _one_field(
        issue,
        "Resolve issue",
        field,
        lambda desk, number, text: lifecycle.resolve(desk, number, text if text.strip() else None),
        "Resolve",
    )


def escalate_form(issue: IssueDetails) -> FormModal[IssueDetails]:
    """More eyes are needed: why, and how many."""
    levels = ("next", *map(str, range(1, triggers.TOP_LEVEL + 1)))
    number = issue["issue_id"]
    return FormModal(
        f"Escalate issue {number}",
        [
            Field("reason", "Reason", hint="why more eyes are needed"),
            Field("level", "Level", "next", levels),
        ],
        lambda desk, given: escalation_commands.escalate(
            desk, number, given["reason"], None if given["level"] == "next" else given["level"]
        ),
        submit="Escalate",
        about=_about(issue),
    )


def settle_form(issue: IssueDetails) -> FormModal[IssueDetails]:
    """Nothing more has to be done about its escalations: why."""
    field = Field("reason", "Reason", hint="why nothing more has to be done about it")
    return _one_field(issue, "Settle escalations of issue", field, escalation_commands.settle, "Settle")


def reopen_form(issue: IssueDetails) -> FormModal[IssueDetails]:
    """It is taken up again: why."""
    field = Field("reason", "Reason", hint="why it is taken up again")
    return _one_field(issue, "Reopen issue", field, lifecycle.reopen, "Reopen")


def reassign_form(issue: IssueDetails, agents: list[AgentRow]) -> FormModal[IssueDetails]:
    """Another agent takes it over: who, and why."""
    number = issue["issue_id"]
    others = tuple(agent for agent in agents if agent["agent_id"] != issue["agent_id"])

    def command(desk: Desk, given: Values) -> IssueDetails:
        if not given["to"]:
            raise InvalidInput("agent", "no agent is chosen", "type a part of the name, or the id")
        return ownership.reassign(desk, number, int(given["to"]), given["reason"])

    return FormModal(
        f"Reassign issue {number}",
        [Field("to", "To", agents=others), Field("reason", "Reason", hint="why it changes hands")],
        command,
        submit="Reassign",
        about=_about(issue),
    )


def rate_form(issue: IssueDetails) -> FormModal[IssueDetails]:
    """The customer's answer to the survey; one counts."""
    number = issue["issue_id"]
    fields = [
        Field("score", "Score 1 to 5", hint="5 is best"),
        Field("comment", "Comment", hint="what the customer said about it"),
    ]
    return FormModal(
        f"Score of issue {number}",
        fields,
        lambda desk, given: surveys.rate(desk, number, given["score"], given["comment"] or None),
        submit="Score",
        about=_about(issue),
    )


def edit_form(issue: IssueDetails) -> FormModal[IssueDetails]:
    """Mend the title and the booking, and while it is open the priority and the tier."""
    number = issue["issue_id"]
    before = {"title": issue["title"], "booking": str(issue["booking_id"] or "")}
    fields = [
        Field("title", "Title", before["title"]),
        Field("booking", "Booking", before["booking"], hint="its number"),
    ]
    if issue["status"] in OPEN:
        before |= {"priority": issue["priority"], "tier": issue["tier"] or ""}
        fields += [
            Field("priority", "Priority", before["priority"], PRIORITIES[::-1]),
            Field("tier", "Tier", before["tier"], TIERS),
        ]

    def command(desk: Desk, given: Values) -> IssueDetails:
        changed: Json = {name: text for name, text in given.items() if text != before[name]}
        if "booking" in changed:
            changed["booking_id"] = booking_number(changed.pop("booking"))
        return editing.edit(desk, number, **changed)

    return FormModal(
        f"Edit issue {number}", fields, command, submit="Save", changes_only=True, about=_about(issue)
    )


def booking_number(text: str) -> int:
    """The number of a booking as it was typed. Raises InvalidInput."""
    return validation.whole(text.strip().removeprefix("#"), "booking", 1, 2**63 - 1)


def _one_field(
    issue: IssueDetails, title: str, field: Field, command: Verb, submit: str
) -> FormModal[IssueDetails]:
    number = issue["issue_id"]
    return FormModal(
        f"{title} {number}",
        [field],
        lambda desk, given: command(desk, number, given[field.name]),
        submit=submit,
        about=_about(issue),
    )
