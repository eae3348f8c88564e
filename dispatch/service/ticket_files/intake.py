"""Tickets become issues: each through triage, routing and clocks as one command, and each only once.

A file is one act (dispatch/desk/file_acts.py).
"""

from __future__ import annotations

import json
from typing import TypedDict

from dispatch import customers
from dispatch.customers import contacts
from dispatch.desk import file_acts
from dispatch.desk.acts import Act
from dispatch.desk.commands import Command, command, put_back, put_parts_back
from dispatch.desk.desk import Desk
from dispatch.desk.record_intake import Line, Progress, receive_rows
from dispatch.inputs import validation
from dispatch.inputs.column_choice import RememberedColumns
from dispatch.outputs.rejected_rows import RejectedRows
from dispatch.service.issues import command_support, editing, intake, text_analysis
from dispatch.service.issues.state_machine import enter
from dispatch.service.row_types import IssueDetails
from dispatch.service.sla import clocks
from dispatch.service.ticket_files.tickets import Ticket, TicketFile
from dispatch.service.ticket_files.words import ENDED, PENDING
from models.customers import Customer
from models.issues import (
    CLOSED,
    CUSTOMER,
    DESK,
    FIRST_RESPONSE,
    IN_PROGRESS,
    MESSAGE,
    NEW,
    NOTE,
    PENDING_CUSTOMER,
    TITLE_LENGTH,
    Interaction,
    Issue,
)

MOST_ROWS = 5
_begin = command("issue.add_file", past="tickets from a file", undo=put_parts_back, may="issue.manage")(
    file_acts.begin
)
HEAD = file_acts.FileHead("issue.add_file", _begin)


class FileResult(TypedDict):
    """The result for a file; ``repeated`` lines were already in, and count as accepted.

    ``changed`` lists those of them whose ticket differs from the one taken in. ``event_id`` is the file's own
    event, None if nothing was written. ``remembered``: what was said about the columns with another file.
    """

    accepted: int
    repeated: int
    rejected: list[Line]
    changed: list[Line]
    issues: list[int]
    event_id: int | None
    remembered: RememberedColumns | None


class FilePreview(TypedDict):
    """What a file of tickets means: the head or heads of each field, the first tickets, and what is wrong."""

    columns: dict[str, str]
    ignored: list[str]
    rows: list[Ticket]
    acceptable: int
    rejected: list[Line]
    remembered: RememberedColumns | None


@command("issue.take_in", past="came in from a file", undo=put_back, may="issue.manage")
def take_in(running: Command, ticket: Ticket) -> IssueDetails:
    """Open the issue of a ticket, with its conversation. Raises InvalidInput.

    An open one is assigned or waits, a pending one waits for the customer if somebody can hold it, and one
    that has ended is closed here too, without an agent. The clocks start now.
    """
    text = command_support.words(ticket["text"])
    customer = _customer(running, ticket)
    issue = _issue(running, ticket, text, intake.tier_of(customer, ticket["tier"]))
    issue.customer_id = running.customer_id = customer.customer_id if customer else None
    if ticket["state"] == ENDED:
        issue.status, issue.waiting_since = NEW, running.now
        issue.save()
        clocks.start(issue, running.desk.settings)
    else:
        intake.route_and_save(running, issue)
    spoken = _write_conversation(running, issue, ticket)
    if ticket["state"] == ENDED:
        enter(running, issue, CLOSED)
    elif ticket["state"] == PENDING and issue.agent_id is not None:
        enter(running, issue, IN_PROGRESS)
        enter(running, issue, PENDING_CUSTOMER)
    running.detail = {"messages": spoken, "row": ticket["row"]}
    return command_support.saved(running, issue)


def _customer(running: Command, ticket: Ticket) -> Customer | None:
    if not ticket["name"]:
        return None
    name = validation.name(ticket["name"][: validation.NAME_LENGTH], "customer_name")
    phone, email = contacts.phone(ticket["phone"]), contacts.email(ticket["email"])
    found = customers.recognise(name, phone, email) if _contact_of(ticket) else None
    if found is not None and found.customer_id is not None:
        customers.refuse_erased(found.customer_id)
        found.complete()
        return Customer.lock(found.customer_id)
    made = contacts.new_customer(name, phone, email, running.now)
    made.save()
    return made


def _contact_of(ticket: Ticket) -> str | None:
    return ticket["phone"] or ticket["email"]


def _issue(running: Command, ticket: Ticket, text: str, tier: str | None) -> Issue:
    subject = ticket["subject"]
    whole = text if subject in text else f"{subject}\n{text}"
    triaged = text_analysis.understand(whole, tier, ticket["category"])
    issue = intake.new_issue(running, text, ticket["channel"] or intake.USUAL_CHANNEL, tier, triaged)
    issue.corrected_at = None if ticket["category"] is None else running.now
    if subject:
        issue.title = subject[:TITLE_LENGTH]
    issue.tags = intake.as_json(list(dict.fromkeys((*ticket["tags"], *triaged["keywords"]))))
    if ticket["priority"] is not None and ticket["priority"] != issue.priority:
        editing.set_priority(running, issue, ticket["priority"])
    return issue


def _write_conversation(running: Command, issue: Issue, ticket: Ticket) -> int:
    """Write the comments and remarks; return their number. Our first message is the first response."""
    for comment in ticket["comments"]:
        _write(running, issue, comment["kind"], comment["author"], comment["text"])
        if (comment["kind"], comment["author"]) == (MESSAGE, DESK):
            clocks.end(clocks.clocks_of(issue.issue_id)[FIRST_RESPONSE], running.now)
    if ticket["remarks"]:
        _write(running, issue, NOTE, DESK, ticket["remarks"])
    return len(ticket["comments"]) + bool(ticket["remarks"])


def _write(running: Command, issue: Issue, kind: str, author: str, text: str) -> None:
    text = command_support.words(text)
    Interaction(
        issue_id=issue.issue_id,
        at=running.now,
        kind=kind,
        author=author,
        agent_id=None if author == CUSTOMER else issue.agent_id,
        channel=issue.channel if kind == MESSAGE else None,
        text=text,
        compound=text_analysis.feeling(text),
    ).save()


def receive_file(
    desk: Desk,
    tickets: TicketFile,
    *,
    rejects: RejectedRows | None = None,
    progress: Progress | None = None,
) -> FileResult:
    """Take in each row as a command of its own; one that is in already, and not undone, is left alone.

    A ticket is known by its own number and requester, without a number by its file and line. Raises
    DatabaseUnavailable, and Undone if somebody undoes the file meanwhile; what was committed before stays.
    """
    tickets.begin()
    act = file_acts.act_of(desk, HEAD, tickets.name, tickets.digest, tickets.choices.record())
    result = FileResult(
        accepted=0,
        repeated=0,
        rejected=[],
        changed=[],
        issues=[],
        event_id=None,
        remembered=tickets.choices.remembered(),
    )

    def take(line: int, place: str, ticket: Ticket) -> None:
        _receive(desk, act, place, line, ticket, result)

    result["rejected"] = receive_rows(desk, tickets, take, rejects, progress)
    result["event_id"] = act.head if result["issues"] else None
    return result


def _receive(desk: Desk, act: Act, place: str, line: int, ticket: Ticket, result: FileResult) -> None:
    key, event = file_acts.turn_of(desk, f"ticket {_key(ticket) or place}")
    if event is None:
        with file_acts.row_of(desk, act, key):
            result["issues"].append(take_in(desk, ticket)["issue_id"])
    else:
        result["repeated"] += 1
        if json.loads(event.detail or "{}").get("row") != ticket["row"]:
            told = f"issue {event.issue_id} is this ticket; what differs in the file is not taken over"
            result["changed"].append(Line(line=line, error=told))
    result["accepted"] += 1


def _key(ticket: Ticket) -> str:
    """Return what is one ticket's alone: its number in the other program, and who asked; "" without one."""
    if not ticket["external"]:
        return ""
    return f"{ticket['external']} {_contact_of(ticket) or ticket['name'] or ''}".casefold().strip()


def preview(tickets: TicketFile) -> FilePreview:
    """Read a file to its end; nothing is written. Raises InvalidInput as reading it does."""
    tickets.begin()
    remembered = tickets.choices.remembered()
    seen = FilePreview(columns={}, ignored=[], rows=[], acceptable=0, rejected=[], remembered=remembered)
    for line, ticket in tickets:
        if isinstance(ticket, str):
            seen["rejected"].append(Line(line=line, error=ticket))
            continue
        seen["acceptable"] += 1
        if len(seen["rows"]) < MOST_ROWS:
            seen["rows"].append(ticket)
    seen["columns"] = dict(tickets.columns.understood()) if tickets.columns else {}
    seen["ignored"] = tickets.ignored
    return seen
