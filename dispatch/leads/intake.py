"""Intake of a lead: checked, saved and assigned in one transaction."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import partial
from typing import Any, Literal, TypedDict

from dispatch import customers
from dispatch.assignment.selection import policy_named
from dispatch.customers import recognition
from dispatch.customers.recognition import Recognised
from dispatch.desk.accepted_values import AcceptedValues
from dispatch.desk.commands import Command, command, put_back
from dispatch.desk.desk import Desk
from dispatch.inputs import validation
from models.customer_index import include
from models.customers import Customer, Lead
from models.errors import InvalidInput
from models.priorities import MEDIUM, PRIORITIES

NEW_CUSTOMER: Literal["new"] = "new"
"""In place of a customer's id: somebody new, even if the phone or e-mail is known."""
Whose = int | Literal["new"] | None


class LeadResult(TypedDict):
    """The result for a lead; agent and assignment are None while it waits.

    ``other_customer_id`` is the customer who is known by the phone or e-mail under another name. A result is
    kept with the event, so it holds nobody's name: ``noted`` adds what to say.
    """

    lead_id: int
    assignment_id: int | None
    booking_id: int
    agent_id: int | None
    agent_name: str | None
    assigned_at: str | None
    policy: str
    reason: str
    customer_id: int
    other_customer_id: int | None
    priority: str


def received(
    running: Command,
    customer_id: Whose = None,
    /,
    *,
    name: str,
    method: str,
    source: str,
    destination: str,
    launch: str,
    requests: str | None = None,
    phone: str | None = None,
    email: str | None = None,
    policy: str | None = None,
    priority: str | None = None,
    row_id: str | None = None,
) -> LeadResult:
    """Take in a lead as part of a command; the triggers assign it and open its booking.

    It belongs to the customer named by ``customer_id`` (NEW_CUSTOMER: to a new one), else to the one with
    this phone or e-mail; merged customers are followed to the remaining one. ``row_id`` is the request id of
    a row of a file, which was looked for before. Raises InvalidInput, and NotFound for the customer.
    """
    running.request_id = row_id
    values = running.desk.values
    lead = Lead(
        customer_name=validation.name(name, "customer_name"),
        method=values.check("method", method),
        source=values.check("source", source),
        destination=values.check("destination", destination),
        launch_location=values.check("launch", launch),
        received_at=running.now,
    )
    if requests:
        lead.requests = validation.wishes(requests)
    lead.priority = validation.priority(priority, MEDIUM) if priority else MEDIUM
    contact = validation.phone(phone) if phone else None, validation.email(email) if email else None
    if policy:
        running.policy = running.detail["policy"] = policy_named(policy).name
    found = _whose(lead.customer_name, *contact, customer_id)
    lead.customer_id = found.customer_id or _new_customer(lead.customer_name, *contact, running.now)
    lead.save()
    if found.customer_id:
        include(found.customer_id, lead.customer_name)
    return _result(running, lead, found.other_id)


receive = command("lead.add", past="came in", undo=put_back, may="lead.enter")(received)
"""``received`` as a separate command."""


class NotedLead(LeadResult):
    """A lead's result with what to say about its customer, None for nothing."""

    customer_note: str | None


def noted(result: LeadResult) -> NotedLead:
    """Return a result with what to say; reads the desk if there is anything."""
    other_id = result.get("other_customer_id")  # which results of older versions lack
    note = None if other_id is None else customers.note_on(result["customer_id"], other_id)
    return NotedLead(**result, customer_note=note)


def receive_noted(desk: Desk, customer_id: Whose = None, /, **lead: Any) -> NotedLead:
    """Take in a lead as ``receive`` does, and say what is known of its customer."""
    result = receive(desk, customer_id, **lead)
    with desk.reading():
        return noted(result)


def _whose(name: str, phone: str | None, email: str | None, customer_id: Whose) -> Recognised:
    if customer_id is None:
        return customers.recognise(name, phone, email)
    return Recognised(None if customer_id == NEW_CUSTOMER else _named(customer_id, phone, email))


def _named(customer_id: int, phone: str | None, email: str | None) -> int:
    """The customer named by id, who gets the phone and e-mail unless another customer has them."""
    standing = customers.standing(customer_id)
    customers.refuse_erased(standing)
    new_phone = None if phone and recognition.with_phone(phone) else phone
    new_email = None if email and recognition.with_email(email) else email
    customers.complete(standing, new_phone, new_email)
    return standing


def _new_customer(name: str, phone: str | None, email: str | None, now: str) -> int:
    customer = Customer(name=name, phone=phone, email=email, created_at=now)
    customer.save()
    return customer.customer_id


CHOICES = ("method", "source", "destination", "launch")
CHOICES = ("method", "source", "destination", "launch")
CHECKED_FIELDS = ("name", "phone", "email", *CHOICES, "requests", "priority")
_TEXT_CHECKS: dict[str, Callable[[str | None], str | None]] = {
    "name": partial(validation.name, field="customer_name"),
    "phone": validation.phone,
    "email": validation.email,
    "requests": validation.wishes,
    "priority": lambda name: PRIORITIES[validation.priority(name, MEDIUM) - 1],
}


def problems(fields: Mapping[str, str | None], values: AcceptedValues) -> dict[str, InvalidInput]:
    """Return what ``receive`` would refuse, by field, using the accepted values as last read."""
    found: dict[str, InvalidInput] = {}
    for field in CHECKED_FIELDS:
        check = _TEXT_CHECKS.get(field) or partial(values.check_known, field)
        try:
            check(fields.get(field))
        except InvalidInput as error:
            found[field] = error
    return found


def _result(running: Command, lead: Lead, other_id: int | None) -> LeadResult:
    booking, decision = lead.booking, running.decision
    assert decision is not None  # the first trigger decides on every new lead
    if decision.returning:
        booking.pinned_at = running.now
        booking.save()
    row = booking.__data__  # its columns by name, read faster
    running.booking_id, running.agent_id = row["booking_id"], row["agent_id"]
    assigned = row["assignment_id"] is not None
    return LeadResult(
        lead_id=row["lead_id"],
        assignment_id=row["assignment_id"],
        booking_id=row["booking_id"],
        agent_id=row["agent_id"],
        agent_name=booking.holder.name if assigned else None,
        assigned_at=row["created_at"] if assigned else None,
        policy=decision.policy,
        reason=decision.reason,
        customer_id=lead.customer_id,
        other_customer_id=other_id,
        priority=PRIORITIES[row["priority"] - 1],
    )
