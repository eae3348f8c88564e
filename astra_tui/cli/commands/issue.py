"""``astra issue``: service issues from opening to rating."""

from __future__ import annotations

from functools import partial
from typing import Any

import rich_click as click

from astra_tui.cli.column_options import naming_columns
from astra_tui.cli.commands.issue_batch import close, priority, reassign
from astra_tui.cli.file_options import FILE_OPTIONS, instead_of_file, reading_files, without_file
from astra_tui.cli.options import (
    Call,
    asked_for,
    changing,
    filtering,
    formatted,
    issue_number,
    limited,
    reading,
    verbs,
)
from astra_tui.cli.output.issues import LISTING, print_changed, print_details, print_opened
from astra_tui.cli.value_types import AGENT, BOOKING, CUSTOMER
from dispatch import queries as desk_queries
from dispatch.desk import event_log
from dispatch.inputs import validation
from dispatch.inputs.times import date_ranges
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
from dispatch.service.issues.issue_filter_keys import ISSUE_KEYS
from dispatch.service.row_types import IssueStory
from dispatch.triage import categories
from models.issues import CHANNELS, ISSUE_STATUSES, OPEN, TIERS
from models.priorities import PRIORITIES

agent_option = partial(click.option, "--agent", "agent_id", type=AGENT)
reason_option = partial(click.option, "--reason", required=True)
CATEGORY_HELP = "Any of: " + ", ".join(categories.CATEGORIES) + "."
TRIGGER_HELP = "Only the one raised by: " + ", ".join(triggers.TRIGGERS) + "."


@click.group("issue")
def issue() -> None:
    """Open, answer, reassign, escalate, resolve and rate issues."""


for batch_verb in (reassign, priority, close):
    issue.add_command(batch_verb)
verb = verbs(issue, issue_number, print_changed)
customer_option = click.option("--customer", "customer_id", type=CUSTOMER, help="The customer who has it.")
booking_option = click.option("--booking", "booking_id", type=BOOKING, help="The booking it is about.")


@issue.command("open")
@click.option("--text", metavar="TEXT", help="The customer's own words.")
@click.option("--channel", metavar="NAME", help="Any of: " + ", ".join(CHANNELS) + "; default web_form.")
@click.option("--tier", metavar="TIER", help="Any of: " + ", ".join(TIERS) + "; default: the customer's.")
@customer_option
@booking_option
@click.option("--category", metavar="NAME", help=CATEGORY_HELP + " Default: chosen by triage.")
@click.option(
    "--from",
    "source_file",
    metavar="FILE",
    help="Open the tickets of a CSV, JSON, SQL or .xlsx file, such as an export; - reads stdin.",
)
@naming_columns
@click.option("--dry-run", is_flag=True, help="With --from: only show how the file is understood.")
@reading_files
@changing
def open_issue(call: Call, /, text: str | None, source_file: str | None, **given: Any) -> None:
    """Open an issue, or a file of tickets; triage, SLA clocks and an agent follow at once.

    The columns of Zendesk and Freshdesk are known, --map names others. A ticket is taken in once, by its
    number and requester: a file can simply be repeated. --channel, --tier and --category are for rows that
    have none.
    """
    about = {name: given.pop(name) for name in FILE_OPTIONS}
    if source_file is None:
        without_file(about, FILE_OPTIONS)
        if text is None:
            raise click.UsageError("missing: --text (or --from FILE)")
        call.show(call.change(intake.open_issue, text, **given), print_opened)
        return
    one = {"text": text, "customer": given["customer_id"], "booking": given["booking_id"]}
    instead_of_file(one | {"request-id": call.request_id}, "issue")
    from astra_tui.cli.issue_files import open_file  # slow to import, and one issue does not need it

    open_file(call, source_file, about, given)


@issue.command("list")
@click.option(
    "--status", metavar="STATUS", help="Only " + ", ".join(ISSUE_STATUSES) + "; default: open ones."
)
@click.option("--all", "every", is_flag=True, help="Also resolved and closed ones.")
@click.option("--priority", metavar="NAME", help="Only " + ", ".join(PRIORITIES) + " ones.")
@click.option("--category", metavar="NAME", help=CATEGORY_HELP)
@click.option("--channel", metavar="NAME", help="Any of: " + ", ".join(CHANNELS) + ".")
@click.option("--agent", type=AGENT, help="Only those of this agent.")
@click.option("--customer", type=CUSTOMER, help="Only those of this customer.")
@click.option("--escalated", is_flag=True, help="Only those with an open escalation.")
@click.option("--unsure", is_flag=True, help="Only those whose category needs a decision.")
@click.option("--text", default="", help="Only those with this in customer, title or conversation.")
@click.option("--since", metavar="TIME", help=f"Only those opened since: {date_ranges.EXAMPLES}.")
@click.option("--until", metavar="TIME", help="Only those opened before; a date includes its day.")
@click.option(
    "--sort",
    default=queries.URGENCY,
    metavar="KEY",
    help=f"Order: {', '.join(queries.SORTS)}; default urgency.",
)
@filtering(ISSUE_KEYS)
@limited
@formatted
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
        rows = queries.each_issue(desk, queries.IssueFilter(sort=sort, **fields), limit)
        call.show_rows(rows, LISTING, "no such issues")


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
        call.show(row, print_details)


verb(
    ownership.claim,
    "Start work on an assigned issue, or take on a waiting one.",
    agent_option(required=True, help="The agent who takes it on."),
)
verb(
    conversation.reply,
    "Answer the customer, or record what the customer says.",
    click.option("--text", required=True, help="The message; the customer sees it."),
    click.option("--from", "author", default="desk", metavar="WHO", help="desk (default) or customer."),
    agent_option(help="Who answers; default: the issue's agent."),
    click.option("--channel", metavar="NAME", help="A channel other than the issue's own."),
    click.option("--wait", is_flag=True, help="Wait for the customer: pauses the resolution clock."),
    click.option("--solution", is_flag=True, help="Count it as an attempt to resolve the issue."),
    click.option("--seen", type=click.IntRange(0), metavar="N", help="Refuse if there is a message after N."),
)
verb(
    conversation.note,
    "Write an internal note.",
    click.option("--text", required=True, help="The note; the customer does not see it."),
    agent_option(help="Who writes it; default: the issue's agent."),
)
verb(
    lifecycle.set_status,
    "Move an issue to the next STATUS: in_progress, pending_customer, resolved or closed.",
    click.argument("status", metavar="STATUS"),
    name="status",
)
verb(
    escalation_commands.escalate,
    "Escalate an issue by hand.",
    reason_option(help="Why it is escalated."),
    click.option("--level", metavar="1-3", help="The level; default: the next one."),
)
verb(
    escalation_commands.acknowledge,
    "Acknowledge an issue's escalations: no further level unless nothing is done.",
    click.option("--trigger", metavar="NAME", help=TRIGGER_HELP),
)
verb(
    escalation_commands.settle,
    "Close an issue's escalations, with the reason.",
    reason_option(help="Why nothing more is needed."),
    click.option("--trigger", metavar="NAME", help=TRIGGER_HELP),
)
verb(
    lifecycle.resolve,
    "Resolve an issue; the customer is to be asked to rate its agent.",
    click.option("--text", help="A closing message to the customer."),
)
verb(
    lifecycle.reopen,
    "Reopen a resolved or closed issue; its clock continues with the time left.",
    reason_option(help="Why it is reopened."),
)
verb(
    surveys.rate,
    "Record the customer's one answer to the survey.",
    click.option("--score", required=True, metavar="1-5", help="The customer's score, 1 to 5."),
    click.option("--comment", help="The customer's comment."),
)
verb(
    editing.edit,
    "Change the given details; the clocks follow a new priority.",
    click.option("--category", metavar="NAME", help=CATEGORY_HELP + " Triage learns from it."),
    click.option("--priority", metavar="NAME", help="Any of: " + ", ".join(PRIORITIES) + "."),
    click.option("--tier", metavar="TIER", help="Any of: " + ", ".join(TIERS) + "."),
    click.option("--title", help="The new title."),
    booking_option,
    customer_option,
)
