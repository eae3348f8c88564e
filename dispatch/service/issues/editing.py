"""Edits to an issue: its subject, priority and customer."""

from __future__ import annotations

import json

from dispatch.customers.records import refuse_erased
from dispatch.desk.commands import Command, command, put_back
from dispatch.inputs import validation
from dispatch.service.issues import command_support, text_analysis
from dispatch.service.issues.intake import as_json, customer_of
from dispatch.service.row_types import IssueDetails
from dispatch.service.sla import clocks
from dispatch.triage import categories
from models.errors import InvalidInput
from models.issues import Issue
from models.priorities import PRIORITIES


@command("issue.edit", past="edited", undo=put_back, may="issue.manage")
def edit(
    running: Command,
    issue_id: int,
    *,
    category: str | None = None,
    priority: str | None = None,
    tier: str | None = None,
    title: str | None = None,
    booking_id: int | None = None,
    customer_id: int | None = None,
) -> IssueDetails:
    """Change the given fields; a new category or tier recalculates the priority unless one is given.

    Priority, category and tier can change only while the issue is open, because its clocks depend on them.
    Raises NotFound, Refused, InvalidInput.
    """
    is_urgent = any(value is not None for value in (category, priority, tier))
    at_work = command_support.open_issue_at_work if is_urgent else command_support.issue_at_work
    issue = at_work(running, issue_id)
    refuse_erased(issue.customer_id)
    if is_urgent:
        _reconsider(running, issue, category, priority, tier)
    if title is not None:
        issue.title = validation.name(title, "title")
    if customer_id is not None or booking_id is not None:
        issue.booking_id = booking_id if booking_id is not None else issue.booking_id
        customer = customer_of(customer_id, issue.booking_id)
        issue.customer_id = customer.customer_id if customer else issue.customer_id
        # the event is the new customer's, whose name its result has
        running.customer_id, running.booking_id = issue.customer_id, issue.booking_id
    if not issue.differs():
        raise InvalidInput("edit", "nothing to change", "give at least one new value")
    return command_support.saved(running, issue)


def _reconsider(
    running: Command, issue: Issue, category: str | None, priority: str | None, tier: str | None
) -> None:
    if tier is not None:
        issue.tier = categories.tier(tier)
    if category is not None:
        issue.category = categories.category(category)
        issue.unsure = False
        issue.corrected_at = running.now
    if category is not None or tier is not None:
        triaged = text_analysis.prioritise(issue.category, issue.description, issue.tier)
        issue.priority = PRIORITIES.index(triaged["priority"]) + 1
        issue.priority_steps = as_json(triaged["priority_steps"])
    if priority is not None:
        set_priority(running, issue, validation.priority(priority))
    if issue.priority != issue.was("priority"):
        clocks.follow_priority(issue, running.desk.settings)


def set_priority(running: Command, issue: Issue, number: int) -> None:
    """Set the priority by hand as part of a command; the caller has the clocks follow."""
    name = PRIORITIES[number - 1]
    steps = json.loads(issue.priority_steps)
    steps.append(
        {
            "step": "by hand",
            "why": f"set by {running.actor}",
            "add": number - issue.priority,
            "priority": name,
        }
    )
    issue.priority, issue.priority_steps = number, as_json(steps)
