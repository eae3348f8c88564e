"""Customers: finding them, what is known of one, who may be the same, and making two into one."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from peewee import JOIN

from dispatch import queries
from dispatch.customers.support_history import dealings
from dispatch.desk import event_log
from dispatch.desk.commands import Command, command, put_back
from dispatch.inputs import validation
from dispatch.triage import categories
from models.audit import Event
from models.base import listed, tuples
from models.bookings import PENDING, Assignment, Booking
from models.customers import Customer, Lead
from models.errors import InvalidInput, NotFound, Refused

Row = dict[str, Any]

MOST_LISTED = 10_000
MOST_ON_CARD = 50
COLUMNS = (
    Customer.customer_id,
    Customer.name,
    Customer.phone,
    Customer.email,
    Customer.created_at,
    Customer.merged_into,
    Customer.tier,
)


def rows_of(customer_ids: Sequence[int]) -> list[Row]:
    """Customers in the order given, with what they have open and their last booking."""
    people = tuples(Customer.select(*COLUMNS).where(Customer.customer_id.in_(listed(customer_ids))))
    made = {values[0]: _row(values) for values in people}
    bookings = (
        Booking.select(Lead.customer_id, Booking.booking_id, Booking.status, Booking.created_at)
        .join(Lead, on=(Booking.lead_id == Lead.lead_id))
        .where(Lead.customer_id.in_(listed(customer_ids)), ~Booking.voided)
    )
    for customer_id, booking_id, status, created_at in tuples(bookings):
        row = made[customer_id]
        row["open_bookings"] += status == PENDING
        if booking_id > (row["last_booking_id"] or 0):
            row["last_booking_id"], row["last_booking_at"] = booking_id, created_at
    return [made[customer_id] for customer_id in customer_ids if customer_id in made]


def _row(values: tuple[Any, ...]) -> Row:
    row = dict(zip((column.name for column in COLUMNS), values, strict=True))
    return row | {"open_bookings": 0, "last_booking_id": None, "last_booking_at": None}


def card(customer_id: int, limit: int = MOST_ON_CARD) -> Row:
    """All that is known of a customer; leads, bookings and events newest first, ``limit`` of each.

    Raises NotFound.
    """
    rows = rows_of([customer_id])
    if not rows:
        raise NotFound("customer", customer_id, "astra customer find looks for one")
    merged = Customer.select(Customer.customer_id).where(Customer.merged_into == customer_id)
    bookings = queries.bookings_of([customer_id], limit)
    return (
        rows[0]
        | dealings(customer_id)
        | {
            "merged": [other for (other,) in tuples(merged)],
            "leads": _leads(customer_id, limit),
            "bookings": bookings,
            "events": _events(customer_id, [row["booking_id"] for row in bookings], limit),
        }
    )


def _leads(customer_id: int, limit: int) -> list[Row]:
    names = ("customer_name", "method", "source", "destination", "launch_location", "requests", "received_at")
    query = (
        Lead.select(Lead.lead_id, *(getattr(Lead, name) for name in names))
        .where(Lead.customer_id == customer_id)
        .order_by(Lead.lead_id.desc())
        .limit(limit)
    )
    return [dict(zip(("lead_id", *names), values, strict=True)) for values in tuples(query)]


def _events(customer_id: int, booking_ids: Sequence[int], limit: int) -> list[Row]:
    """What was done to the customer and to these bookings."""
    newest: set[int] = set()
    for of_it in (Event.customer_id == customer_id, Event.booking_id.in_(listed(booking_ids))):
        query = Event.select(Event.event_id).where(of_it).order_by(Event.event_id.desc()).limit(limit)
        newest |= {event_id for (event_id,) in tuples(query)}
    return event_log.events_among(sorted(newest)[-limit:] if limit else [])


def standing(customer_id: int) -> int:
    """The customer as whom one is known now: the last one merged into. Raises NotFound."""
    customer = Customer.lock(customer_id)
    while customer.merged_into is not None:
        customer = Customer.lock(customer.merged_into)
    return customer.customer_id


@command("customer.edit", past="edited", undo=put_back)
def edit(
    running: Command,
    customer_id: int,
    *,
    name: str | None = None,
    phone: str | None = None,
    email: str | None = None,
    tier: str | None = None,
) -> Row:
    """Change what is given and leave the rest; leads under the old name get the new one.

    An empty text clears phone, e-mail and tier. Raises NotFound, Refused, InvalidInput.
    """
    customer = present_customer(customer_id)
    if phone is not None:
        customer.phone = validation.phone(phone)
    if email is not None:
        customer.email = validation.email(email)
    if name is not None:
        customer.name = validation.name(name, "customer_name")
    if tier is not None:
        customer.tier = categories.tier(tier)
    if not customer.differs():
        raise InvalidInput("edit", "nothing to change", "give at least one new value")
    before = customer.was("name")
    customer.save()
    if customer.name != before:
        rename_leads(customer_id, [before], customer.name)
    running.customer_id = customer_id
    running.detail = {"customer_id": customer_id}
    return rows_of([customer_id])[0]


def rename_leads(customer_id: int, before: Sequence[str], after: str) -> None:
    """Give the customer's leads and assignments that show one of these names the new one.

    They show the name they came with; where that was a mistake on the customer, it was one there too.
    """
    wrong = (
        Lead.select(Lead.lead_id, Assignment.assignment_id)
        .join(Assignment, JOIN.LEFT_OUTER, on=(Assignment.lead_id == Lead.lead_id))
        .where(Lead.customer_id == customer_id, Lead.customer_name.in_(before))
    )
    for lead_id, assignment_id in tuples(wrong):
        lead, assignment = Lead.lock(lead_id), Assignment.lock_or_none(assignment_id)
        lead.customer_name = after
        lead.save()
        if assignment is not None:
            assignment.customer_name = after
            assignment.save()


def present_customer(customer_id: int) -> Customer:
    """A customer for writing. Raises NotFound; Refused for one who was merged."""
    customer = Customer.lock_or_none(customer_id)
    if customer is None:
        raise NotFound("customer", customer_id, "astra customer find looks for one")
    if customer.merged_into is not None:
        raise Refused(
            "merged",
            f"customer {customer_id} was merged into customer {customer.merged_into}",
            f"work on customer {standing(customer_id)}",
        )
    return customer
