"""Intake of a lead: checked, saved and assigned in one transaction."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import partial
from typing import Any, Literal, NotRequired, TypedDict

from dispatch import customers
from dispatch.assignment.customer_owner import ON_OPEN, REFUSE, Known, known_of, open_words
from dispatch.assignment.selection import policy_named
from dispatch.customers import contacts, recognition
from dispatch.customers.contacts import Contact
from dispatch.customers.recognition import Recognised
from dispatch.desk.accepted_values import AcceptedValues
from dispatch.desk.commands import Command, command, put_back
from dispatch.desk.desk import Desk
from dispatch.inputs import trip_facts, validation
from dispatch.inputs.trip_facts import past_departure
from models.customer_index import include
from models.customers import Lead
from models.errors import InvalidInput, Refused
from models.hints import act
from models.priorities import MEDIUM, PRIORITIES

NEW_CUSTOMER: Literal["new"] = "new"
"""In place of a customer's id: somebody new, even if the phone or e-mail is known."""
Whose = int | Literal["new"] | None


class LeadResult(TypedDict):
    """The result for a lead; agent and assignment are None while it waits.

    ``other_customer_id`` is the customer who is known by the phone or e-mail under another name. ``known`` is
    what the desk had of the customer before, None of a new one. ``do_not_contact``: nobody may contact them.
    A result is kept with the event, so it holds nobody's name: ``noted`` adds what to say. ``trip_note``
    warns of a departure in the past.
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
    known: Known | None
    do_not_contact: bool
    priority: str
    trip_note: NotRequired[str]


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
    on_open: str | None = None,
    row_id: str | None = None,
    **facts: str | int | None,
) -> LeadResult:
    """Take in a lead as part of a command; the triggers assign it and open its booking.

    It belongs to the customer named by ``customer_id`` (NEW_CUSTOMER: to a new one), else to the one with
    this phone or e-mail; merged customers are followed to the remaining one. ``on_open`` decides about one
    with an open booking: ON_OPEN, None as the desk's setting has it. ``row_id`` is the request id of a row
    of a file, which was looked for before. ``facts`` are those of trip_facts. Raises
    InvalidInput, NotFound for the customer, and Refused.
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
    _put_wishes(running, lead, requests, facts)
    lead.priority = validation.priority(priority, MEDIUM) if priority else MEDIUM
    contact = contacts.phone(phone) if phone else None, contacts.email(email) if email else None
    if policy:
        running.policy = running.detail["policy"] = policy_named(policy).name
    if on_open:
        lead.on_open = running.detail["on_open"] = check_on_open(on_open)
    return _saved(running, lead, _whose(lead.customer_name, *contact, customer_id), *contact)


def _put_wishes(
    running: Command, lead: Lead, requests: str | None, facts: Mapping[str, str | int | None]
) -> None:
    """Put into a lead what is optional of its trip; most have none of it. Raises InvalidInput."""
    if requests:
        lead.requests = validation.wishes(requests)
    if any(facts.values()):
        trip_facts.put(lead, facts, running.now, running.desk.settings["currency"])


receive = command("lead.add", past="came in", undo=put_back, may="lead.enter")(received)
"""``received`` as a separate command."""


def _saved(
    running: Command, lead: Lead, found: Recognised, phone: Contact | None, email: Contact | None
) -> LeadResult:
    """Save a lead of the customer found, or of a new one. Raises Refused before anything is written."""
    known = known_of(found.customer_id) if found.customer_id else None
    if known and known["open"] and lead.on_open == REFUSE:
        raise _open_booking(known)
    found.complete()
    lead.is_first = known is None
    lead.customer_id = found.customer_id or _new_customer(lead.customer_name, phone, email, running.now)
    lead.save()
    if known:
        include(lead.customer_id, lead.customer_name)
    return _result(running, lead, found, known)


class NotedLead(LeadResult):
    """A lead's result with what to say about its customer, None for nothing."""

    customer_note: str | None


def noted(result: LeadResult) -> NotedLead:
    """Return a result with what to say; reads the desk if there is anything."""
    other_id = result.get("other_customer_id")  # which results of older versions lack
    told = [] if other_id is None else [customers.note_on(result["customer_id"], other_id)]
    if result.get("do_not_contact"):
        told.append(f"customer {result['customer_id']} must not be contacted")
    return NotedLead(**result, customer_note="; ".join(told) or None)


def known_words(result: LeadResult) -> str:
    """Say which bookings of a lead's customer were open already; empty for none."""
    known = result.get("known")  # which results of older versions lack
    return open_words(known) if known and known["open"] else ""


def receive_noted(desk: Desk, customer_id: Whose = None, /, **lead: Any) -> NotedLead:
    """Take in a lead as ``receive`` does, and say what is known of its customer."""
    result = receive(desk, customer_id, **lead)
    with desk.reading():
        return noted(result)


def _whose(name: str, phone: Contact | None, email: Contact | None, customer_id: Whose) -> Recognised:
    if customer_id is None:
        return customers.recognise(name, phone, email)
    return Recognised(None) if customer_id == NEW_CUSTOMER else _named(customer_id, phone, email)


def _named(customer_id: int, phone: Contact | None, email: Contact | None) -> Recognised:
    """The customer named by id, who gets the phone and e-mail unless another customer has them."""
    customer = contacts.standing_customer(customer_id)
    customers.refuse_erased(customer.customer_id)
    new_phone = None if phone and recognition.with_phone(phone.value) else phone
    new_email = None if email and recognition.with_email(email.value) else email
    return Recognised(customer.customer_id, None, new_phone, new_email, customer.do_not_contact)


def check_on_open(word: str) -> str:
    """Return what decides about an open booking. Raises InvalidInput."""
    if word not in ON_OPEN:
        raise InvalidInput("on_open", f"no such answer: {word!r}", "accepted: " + ", ".join(ON_OPEN))
    return word


def _open_booking(known: Known) -> Refused:
    """The refusal of a lead whose customer has an open booking."""
    return Refused(
        "open_booking",
        open_words(known),
        f"{act('lead.on_open')} gives the lead to the agent who has one",
    )


def _new_customer(name: str, phone: Contact | None, email: Contact | None, now: str) -> int:
    customer = contacts.new_customer(name, phone, email, now)
    customer.save()
    return customer.customer_id


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


def _result(running: Command, lead: Lead, found: Recognised, known: Known | None) -> LeadResult:
    booking, decision = lead.booking, running.decision
    assert decision is not None  # the first trigger decides on every new lead
    if decision.by_owner:
        booking.pinned_at = running.now
        booking.save()
    row = booking.__data__  # its columns by name, read faster
    running.booking_id, running.agent_id = row["booking_id"], row["agent_id"]
    assigned = row["assignment_id"] is not None
    result = LeadResult(
        lead_id=row["lead_id"],
        assignment_id=row["assignment_id"],
        booking_id=row["booking_id"],
        agent_id=row["agent_id"],
        agent_name=booking.holder.name if assigned else None,
        assigned_at=row["created_at"] if assigned else None,
        policy=decision.policy,
        reason=decision.reason,
        customer_id=lead.customer_id,
        other_customer_id=found.other_id,
        known=known,
        do_not_contact=found.do_not_contact,
        priority=PRIORITIES[row["priority"] - 1],
    )
    if lead.departs_on and (note := past_departure(lead.departs_on, running.now)):
        result["trip_note"] = note
    return result
