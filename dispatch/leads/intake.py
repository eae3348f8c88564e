"""Intake of a lead: checked, saved and assigned in one transaction."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import partial
from typing import TypedDict

from dispatch import customers
from dispatch.assignment.selection import policy_named
from dispatch.desk.accepted_values import AcceptedValues
from dispatch.desk.commands import Command, command, put_back
from dispatch.inputs import validation
from models.base import CompiledQuery, parameter
from models.customer_index import include
from models.customers import Customer, Lead
from models.errors import InvalidInput


class LeadResult(TypedDict):
    """The result for a lead; agent and assignment are None while it waits."""

    lead_id: int
    assignment_id: int | None
    booking_id: int
    agent_id: int | None
    agent_name: str | None
    assigned_at: str | None
    policy: str
    reason: str


def received(
    running: Command,
    customer_id: int | None = None,
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
) -> LeadResult:
    """Take in a lead as part of a command; the triggers assign it and open its booking.

    It belongs to the customer named by ``customer_id``, else to the one with this phone or e-mail; merged
    customers are followed to the remaining one. Raises InvalidInput, and NotFound for the customer.
    """
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
    contact = validation.phone(phone) if phone else None, validation.email(email) if email else None
    if policy:
        running.policy = policy_named(policy).name
    known = _known(*contact) if customer_id is None else _named(customer_id, *contact)
    lead.customer_id = known or _new_customer(lead.customer_name, *contact, running.now)
    lead.save()
    if known:
        include(known, lead.customer_name)
    return _result(running, lead)


receive = command("lead.add", past="came in", undo=put_back)(received)
"""``received`` as a separate command."""


def _known(phone: str | None, email: str | None) -> int | None:
    """The customer with this phone or e-mail, else None: a name alone proves nothing."""
    by_phone = _by_phone(phone=phone) if phone else []
    by_email = _by_email(email=email) if email else []
    known = by_phone or by_email
    if not known:
        return None
    customer_id, merged_into = known[0]
    if merged_into is not None:
        customer_id = customers.standing(merged_into)
    if not (by_phone and by_email):
        _complete(customer_id, phone, email)
    return int(customer_id)


def _named(customer_id: int, phone: str | None, email: str | None) -> int:
    """The customer named by id, who gets the phone and e-mail unless another customer has them."""
    standing = customers.standing(customer_id)
    customers.refuse_erased(standing)
    new_phone = None if phone and _by_phone(phone=phone) else phone
    new_email = None if email and _by_email(email=email) else email
    if new_phone or new_email:
        _complete(standing, new_phone, new_email)
    return standing


def _new_customer(name: str, phone: str | None, email: str | None, now: str) -> int:
    customer = Customer(name=name, phone=phone, email=email, created_at=now)
    customer.save()
    return customer.customer_id


def _complete(customer_id: int, phone: str | None, email: str | None) -> None:
    """Add a phone or e-mail that the customer lacks."""
    customer = Customer.lock(customer_id)
    customer.phone = customer.phone or phone
    customer.email = customer.email or email
    customer.save()


_people = Customer.select(Customer.customer_id, Customer.merged_into).order_by(Customer.customer_id)
_by_phone = CompiledQuery(lambda: _people.where(Customer.phone == parameter("phone")))
_by_email = CompiledQuery(lambda: _people.where(Customer.email == parameter("email")))

CHECKED_FIELDS = ("name", "phone", "email", "method", "source", "destination", "launch", "requests")
_TEXT_CHECKS: dict[str, Callable[[str | None], str | None]] = {
    "name": partial(validation.name, field="customer_name"),
    "phone": validation.phone,
    "email": validation.email,
    "requests": validation.wishes,
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


def _result(running: Command, lead: Lead) -> LeadResult:
    booking, decision = lead.booking, running.decision
    assert decision is not None  # the first trigger decides on every new lead
    running.booking_id = booking.booking_id
    running.agent_id = booking.agent_id
    assigned = booking.assignment_id is not None
    return LeadResult(
        lead_id=lead.lead_id,
        assignment_id=booking.assignment_id,
        booking_id=booking.booking_id,
        agent_id=booking.agent_id,
        agent_name=booking.holder.name if assigned else None,
        assigned_at=booking.created_at if assigned else None,
        policy=decision.policy,
        reason=decision.reason,
    )
