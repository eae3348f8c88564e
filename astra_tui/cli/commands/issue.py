"""``astra issue``: what customers need, from the first word to the last."""

from __future__ import annotations

from typing import Any

import rich_click as click

from astra_tui.cli.options import (
    AGENT,
    BOOKING,
    CUSTOMER,
    Call,
    asked_for,
    changing,
    filtering,
    issue_number,
    limited,
    reading,
)
from astra_tui.cli.output.issues import LIST_COLUMNS, tell_details, tell_line, tell_opened
from dispatch import queries as desk_queries
from dispatch.desk import event_log
from dispatch.inputs import date_ranges, validation
from dispatch.service.escalation import triggers
from dispatch.service.issues import (
    conversation,
    editing,
    escalation_commands,
    intake,
    lifecycle,
    ownership,
    queries,
    surveys,
)
from dispatch.service.issues.issue_keys import ISSUE_KEYS
from dispatch.service.row_types import IssueStory
from dispatch.triage import categories
from models.issues import CHANNELS, ISSUE_STATUSES, OPEN, PRIORITIES, TIERS

CATEGORY_HELP = "Any of: " + ", ".join(categories.CATEGORIES) + "."
TRIGGER_HELP = "Only the one raised by: " + ", ".join(triggers.TRIGGERS) + "."


@click.group("issue")
def issue() -> None:
    """Open issues, answer, hand on, escalate, resolve and rate them."""


COMMANDS = {"issue": issue}


@issue.command("open")
@click.option("--text", required=True, metavar="TEXT", help="The customer's own words.")
@click.option("--channel", metavar="NAME", help="Any of: " + ", ".join(CHANNELS) + "; default web_form.")
@click.option("--tier", metavar="TIER", help="Any of: " + ", ".join(TIERS) + "; else the customer's.")
@click.option("--customer", "customer_id", type=CUSTOMER, metavar="CUSTOMER", help="Whose issue it is.")
@click.option("--booking", "booking_id", type=BOOKING, metavar="BOOKING", help="What it is about.")
@click.option("--category", metavar="NAME", help=CATEGORY_HELP + " Else triage says.")
@changing
def open_issue(call: Call, /, text: str, **given: Any) -> None:
    """Open an issue: understood, timed, and given to the best agent at once."""
    call.tell(call.change_or_create(intake.open_issue, text, **given), tell_opened)


@issue.command("list")
@click.option("--status", metavar="STATUS", help="Only " + ", ".join(ISSUE_STATUSES) + "; default the open.")
@click.option("--all", "every", is_flag=True, help="Also those that have ended.")
@click.option("--priority", metavar="NAME", help="Only " + ", ".join(PRIORITIES) + " ones.")
@click.option("--category", metavar="NAME", help=CATEGORY_HELP)
@click.option("--channel", metavar="NAME", help="Any of: " + ", ".join(CHANNELS) + ".")
@click.option("--agent", type=AGENT, metavar="AGENT", help="Only those that this agent holds.")
@click.option("--customer", type=CUSTOMER, metavar="CUSTOMER", help="Only this customer's.")
@click.option("--escalated", is_flag=True, help="Only those with an open escalation.")
@click.option("--unsure", is_flag=True, help="Only those whose category a person has to choose.")
@click.option("--text", default="", help="Only those with this in the title or the customer's name.")
@click.option("--since", metavar="TIME", help=f"Only those opened from then on: {date_ranges.EXAMPLES}.")
@click.option("--until", metavar="TIME", help="Only those opened before then; a day alone is still in.")
@click.option("--sort", default=queries.URGENCY, metavar="KEY", help="urgency (default) or changed.")
@filtering(ISSUE_KEYS)
@limited
@reading
def list_issues(
    call: Call, /, every: bool, text: str, sort: str, filter_text: str, limit: int | None, **given: Any
) -> None:
    """List issues, the most urgent first."""
    sort = validation.one_of(sort, "sort", queries.SORTS)
    flags = [("is", flag) for flag in ("escalated", "unsure") if given.pop(flag)]
    with call.desk() as desk:
        fields, named = asked_for(desk, ISSUE_KEYS, filter_text, text, [*given.items(), *flags])
        if given["agent"] is not None:
            desk_queries.agent(given["agent"])
        fields.setdefault("statuses", () if every or "statuses" in named else OPEN)
        rows = queries.issues(desk, queries.IssueFilter(sort=sort, **fields), limit)
    call.tell_all(rows, LIST_COLUMNS, "no such issues")


@issue.command()
@issue_number
@reading
def show(call: Call, issue_id: int) -> None:
    """Show an issue with its conversation, clocks, escalations and history."""
    with call.desk() as desk:
        row: IssueStory = {
            **queries.issue(desk, issue_id),
            "interactions": queries.interactions(issue_id),
            "history": event_log.events(issue_id=issue_id)[::-1],
        }
    call.tell(row, tell_details)


@issue.command()
@issue_number
@click.option("--agent", "agent_id", type=AGENT, required=True, metavar="AGENT", help="Who takes it on.")
@changing
def claim(call: Call, issue_id: int, agent_id: int) -> None:
    """Begin work on an issue that one holds, or take on one that waits."""
    call.tell(call.change(ownership.claim, issue_id, agent_id), tell_line)


@issue.command()
@issue_number
@click.option("--text", required=True, help="What is said; the customer sees it.")
@click.option("--from", "author", default="desk", metavar="WHO", help="desk (default) or customer.")
@click.option("--agent", "agent_id", type=AGENT, metavar="AGENT", help="Who answers; the holder.")
@click.option("--channel", metavar="NAME", help="Another way than the issue's own.")
@click.option("--wait", is_flag=True, help="The customer has to answer: the resolution clock stands still.")
@click.option("--solution", is_flag=True, help="It is an attempt to resolve the issue.")
@click.option("--seen", type=click.IntRange(0), metavar="N", help="Refuse if there is a message after N.")
@changing
def reply(call: Call, /, issue_id: int, text: str, **given: Any) -> None:
    """Answer the customer, or take down what the customer says."""
    call.tell(call.change(conversation.reply, issue_id, text, **given), tell_line)


@issue.command()
@issue_number
@click.option("--text", required=True, help="The note; the customer does not see it.")
@click.option("--agent", "agent_id", type=AGENT, metavar="AGENT", help="Who writes it; else the holder.")
@changing
def note(call: Call, issue_id: int, text: str, agent_id: int | None) -> None:
    """Write an internal note."""
    call.tell(call.change(conversation.note, issue_id, text, agent_id=agent_id), tell_line)


@issue.command("status")
@issue_number
@click.argument("status", metavar="STATUS")
@changing
def set_status(call: Call, issue_id: int, status: str) -> None:
    """Take an issue to the next STATUS: in_progress, pending_customer, resolved or closed."""
    call.tell(call.change(lifecycle.set_status, issue_id, status), tell_line)


@issue.command()
@issue_number
@click.option("--reason", required=True, help="Why more eyes are needed.")
@click.option("--level", metavar="1-3", help="The level; else the next one.")
@changing
def escalate(call: Call, issue_id: int, reason: str, level: str | None) -> None:
    """Escalate an issue by hand."""
    call.tell(call.change(escalation_commands.escalate, issue_id, reason, level), tell_line)


@issue.command()
@issue_number
@click.option("--trigger", metavar="NAME", help=TRIGGER_HELP)
@changing
def acknowledge(call: Call, issue_id: int, trigger: str | None) -> None:
    """Take care of an issue's escalations: no further level, unless nothing is done."""
    call.tell(call.change(escalation_commands.acknowledge, issue_id, trigger), tell_line)


@issue.command()
@issue_number
@click.option("--reason", required=True, help="Why nothing more has to be done about it.")
@click.option("--trigger", metavar="NAME", help=TRIGGER_HELP)
@changing
def settle(call: Call, issue_id: int, reason: str, trigger: str | None) -> None:
    """Close an issue's escalations, with the reason."""
    call.tell(call.change(escalation_commands.settle, issue_id, reason, trigger), tell_line)


@issue.command()
@issue_number
@click.option("--text", help="The last word to the customer.")
@changing
def resolve(call: Call, issue_id: int, text: str | None) -> None:
    """Resolve an issue; the customer is asked to rate its agent."""
    call.tell(call.change(lifecycle.resolve, issue_id, text), tell_line)


@issue.command()
@issue_number
@changing
def close(call: Call, issue_id: int) -> None:
    """Close a resolved issue."""
    call.tell(call.change(lifecycle.close, issue_id), tell_line)


@issue.command()
@issue_number
@click.option("--reason", required=True, help="Why it is taken up again.")
@changing
def reopen(call: Call, issue_id: int, reason: str) -> None:
    """Take up an ended issue again; its clock goes on with what was left."""
    call.tell(call.change(lifecycle.reopen, issue_id, reason), tell_line)


@issue.command()
@issue_number
@click.option("--to", "to_agent_id", type=AGENT, required=True, metavar="AGENT", help="Who gets it.")
@click.option("--reason", required=True, help="Why it changes hands.")
@changing
def reassign(call: Call, issue_id: int, to_agent_id: int, reason: str) -> None:
    """Give an open issue to another agent; the clocks go on."""
    call.tell(call.change(ownership.reassign, issue_id, to_agent_id, reason), tell_line)


@issue.command()
@issue_number
@click.option("--score", required=True, metavar="1-5", help="The customer's score, 1 to 5.")
@click.option("--comment", help="What the customer said about it.")
@changing
def rate(call: Call, issue_id: int, score: str, comment: str | None) -> None:
    """Note the customer's answer to the survey; one counts."""
    call.tell(call.change(surveys.rate, issue_id, score, comment), tell_line)


@issue.command()
@issue_number
@click.option("--category", metavar="NAME", help=CATEGORY_HELP + " Triage learns from it.")
@click.option("--priority", metavar="NAME", help="Any of: " + ", ".join(PRIORITIES) + ".")
@click.option("--tier", metavar="TIER", help="Any of: " + ", ".join(TIERS) + ".")
@click.option("--title", help="Another title.")
@click.option("--booking", "booking_id", type=BOOKING, metavar="BOOKING", help="What it is about.")
@click.option("--customer", "customer_id", type=CUSTOMER, metavar="CUSTOMER", help="Whose issue it is.")
@changing
def edit(call: Call, /, issue_id: int, **changes: Any) -> None:
    """Change what is given; the clocks follow a new priority."""
    call.tell(call.change(editing.edit, issue_id, **changes), tell_line)
