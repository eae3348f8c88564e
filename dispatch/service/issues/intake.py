"""Issue intake: triage, routing and clocks in one transaction."""

from __future__ import annotations

import json
from typing import Any

from dispatch import customers
from dispatch.desk.commands import Command, command, put_back
from dispatch.inputs import validation
from dispatch.service.issues import command_support, queue, routing, text_analysis
from dispatch.service.issues.state_machine import record_status
from dispatch.service.row_types import IssueDetails
from dispatch.service.sla import clocks
from dispatch.triage import categories
from dispatch.triage.row_types import Triage
from models.bookings import Booking
from models.customers import Customer, Lead
from models.errors import NotFound, Refused
from models.hints import act
from models.issues import ASSIGNED, CHANNELS, NEW, TITLE_LENGTH, Issue
from models.priorities import PRIORITIES

USUAL_CHANNEL = "web_form"


@command("issue.open", past="came in", undo=put_back, may="issue.manage")
def open_issue(
    running: Command,
    text: str,
    *,
    channel: str | None = None,
    tier: str | None = None,
    customer_id: int | None = None,
    booking_id: int | None = None,
    category: str | None = None,
) -> IssueDetails:
    """Open an issue from the customer's own words, and assign it to the best agent or let it wait.

    ``tier`` defaults to the customer's; a customer without one gets the given tier. A booking implies its
    customer. A person's ``category`` overrides triage, which learns from it. Raises InvalidInput, NotFound,
    Refused.
    """
    text = command_support.words(text)
    way = validation.one_of(channel or USUAL_CHANNEL, "channel", CHANNELS)
    customer = customer_of(customer_id, booking_id)
    rank = tier_of(customer, tier)
    issue = new_issue(running, text, way, rank, text_analysis.understand(text, rank, category))
    issue.customer_id = customer.customer_id if customer else None
    issue.booking_id = booking_id
    issue.corrected_at = None if category is None else running.now
    route_and_save(running, issue)
    running.customer_id, running.booking_id = issue.customer_id, booking_id
    return command_support.saved(running, issue)


def customer_of(customer_id: int | None, booking_id: int | None) -> Customer | None:
    """Return the customer, given or implied by the booking. Raises NotFound, Refused."""
    of_booking = None if booking_id is None else _of_booking(booking_id)
    named = None if customer_id is None else customers.standing(customer_id)
    if named is not None and of_booking is not None and named != of_booking:
        raise Refused(
            "other_customer",
            f"booking {booking_id} belongs to customer {of_booking}, not {customer_id}",
            "leave the customer out",
        )
    known = named if named is not None else of_booking
    customers.refuse_erased(known)
    return None if known is None else Customer.lock(known)


def _of_booking(booking_id: int) -> int:
    booking = Booking.lock_or_none(booking_id)
    if booking is None:
        raise NotFound("booking", booking_id, f"{act('place.queue')} shows them")
    return customers.standing(Lead.lock(booking.lead_id).customer_id)


def tier_of(customer: Customer | None, given: str | None) -> str | None:
    """Return the tier for this issue; None if unknown."""
    if given is None:
        return customer.tier if customer else None
    rank = categories.tier(given)
    if customer is not None and customer.tier is None:
        customer.tier = rank
        customer.save()
    return rank


def new_issue(running: Command, text: str, channel: str, tier: str | None, triaged: Triage) -> Issue:
    """Return an issue as triage sees it, not yet saved."""
    return Issue(
        category=triaged["category"],
        confidence=triaged["confidence"],
        unsure=triaged["unsure"],
        priority=PRIORITIES.index(triaged["priority"]) + 1,
        priority_steps=as_json(triaged["priority_steps"]),
        tier=tier,
        channel=channel,
        title=text.replace("\n", " ").replace("\t", " ")[:TITLE_LENGTH],
        description=text,
        tags=as_json(triaged["keywords"]),
        sentiment=as_json(triaged["sentiment"]),
        entities=as_json(triaged["entities"]),
        urgency_indicators=as_json(triaged["urgency_indicators"]),
        complexity=triaged["complexity"],
        routing_reason=routing.NOBODY,
        opened_at=running.now,
        changed_at=running.now,
    )


def route_and_save(running: Command, issue: Issue) -> None:
    """Insert the routed issue once: at version 1, undo knows that nothing followed."""
    helper = routing.choose(issue.category, queue.helpers())
    if helper is None:
        issue.status, issue.waiting_since = NEW, running.now
    else:
        issue.status, issue.agent_id, issue.assigned_at = ASSIGNED, helper.agent_id, running.now
        issue.routing_reason = routing.reason(issue.category, helper)
    issue.save()
    clocks.start(issue, running.desk.settings)
    if helper is not None:
        record_status(issue, NEW, running.now)


def as_json(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"))
