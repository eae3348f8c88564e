"""Customer records: rows, the full card, and editing."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, cast

from peewee import JOIN

from dispatch import queries
from dispatch.customers import contacts
from dispatch.customers.contacts import Contact, standing
from dispatch.customers.row_types import CustomerCard, LeadRow
from dispatch.customers.support_history import dealings
from dispatch.desk import event_log
from dispatch.desk.commands import Command, command, put_back
from dispatch.desk.row_types import EventRow
from dispatch.inputs import validation
from dispatch.queries.row_types import CustomerRow
from dispatch.triage import categories
from models.audit import Erasure, Event, EventBooking
from models.base import Json, tuples
from models.bookings import PENDING, Assignment, Booking
from models.customers import Customer, Lead
from models.errors import InvalidInput, NotFound, Refused
from models.hints import act
from models.sql import listed

MOST_LISTED = 10_000
MOST_ON_CARD = 50
COLUMNS = tuple(name for name in CustomerRow.__annotations__ if name in Customer._meta.fields)


def rows_of(customer_ids: Sequence[int]) -> list[CustomerRow]:
    """Customers in the order given, with the number of open bookings and the last booking."""
    columns = (getattr(Customer, name) for name in COLUMNS)
    people = tuples(Customer.select(*columns).where(Customer.customer_id.in_(listed(customer_ids))))
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


def _row(values: tuple[Any, ...]) -> CustomerRow:
    row: Json = dict(zip(COLUMNS, values, strict=True))
    return cast(CustomerRow, row | {"open_bookings": 0, "last_booking_id": None, "last_booking_at": None})


def card(customer_id: int, limit: int = MOST_ON_CARD) -> CustomerCard:
    """Everything about a customer; leads, bookings and events newest first, up to ``limit`` of each.

    Raises NotFound.
    """
    rows = rows_of([customer_id])
    if not rows:
        raise NotFound("customer", customer_id, f"{act('find')} looks for one")
    merged = Customer.select(Customer.customer_id).where(Customer.merged_into == customer_id)
    bookings = queries.with_seen(queries.bookings_of([customer_id], limit))
    return {
        **rows[0],
        **dealings(customer_id),
        "merged": [other for (other,) in tuples(merged)],
        "apart": contacts.apart_from(customer_id),
        "contacts": contacts.contact_rows([customer_id]),
        "leads": _leads(customer_id, limit),
        "bookings": bookings,
        "events": _events(customer_id, [row["booking_id"] for row in bookings], limit),
    }


def _leads(customer_id: int, limit: int) -> list[LeadRow]:
    columns = (getattr(Lead, name) for name in LeadRow.__annotations__)
    theirs = Lead.select(*columns).where(Lead.customer_id == customer_id)
    return cast(list[LeadRow], list(theirs.order_by(Lead.lead_id.desc()).limit(limit).dicts()))


def _events(customer_id: int, booking_ids: Sequence[int], limit: int) -> list[EventRow]:
    """The events of the customer and of these bookings, also those that were about several bookings."""
    newest: set[int] = set()
    among = listed(booking_ids)
    for events, of_it in (
        (Event, Event.customer_id == customer_id),
        (Event, Event.booking_id.in_(among)),
        (EventBooking, EventBooking.booking_id.in_(among)),
    ):
        query = events.select(events.event_id).where(of_it).order_by(events.event_id.desc()).limit(limit)
        newest |= {event_id for (event_id,) in tuples(query)}
    return event_log.events_among(sorted(newest)[-limit:] if limit else [])


@command("customer.edit", past="edited", undo=put_back, may="customer.edit")
def edit(
    running: Command,
    customer_id: int,
    *,
    name: str | None = None,
    phone: str | None = None,
    email: str | None = None,
    tier: str | None = None,
    add: Sequence[str] = (),
    remove: Sequence[str] = (),
    further: str | None = None,
    do_not_contact: bool | None = None,
) -> CustomerRow:
    """Change only what is given; leads under the old name get the new one.

    Empty text clears phone, e-mail and tier. ``add`` and ``remove`` are contacts beside the main ones, and
    ``further`` lists all of these, with commas. Raises NotFound, Refused, InvalidInput.
    """
    customer = present_customer(customer_id)
    set_contacts(customer, phone, email)
    if further is not None:
        gone, new = contacts.differences(customer, further)
        add, remove = [*add, *new], [*remove, *gone]
    for text in remove:
        contacts.remove(customer, text)
    for text in add:
        contacts.add(customer, text)
    if name is not None:
        customer.name = validation.name(name, "customer_name")
    if tier is not None:
        customer.tier = categories.tier(tier)
    if do_not_contact is not None:
        customer.do_not_contact = do_not_contact
    if not (customer.differs() or add or remove):
        raise InvalidInput("edit", "nothing to change", "give at least one new value")
    before = customer.was("name")
    customer.save()
    if customer.name != before:
        rename_leads(customer_id, [before], customer.name)
    running.customer_id = customer_id
    running.detail = {"customer_id": customer_id}
    return rows_of([customer_id])[0]


def set_contacts(customer: Customer, phone: str | None, email: str | None) -> None:
    """Set the main contacts that are given; an empty text clears one. Raises InvalidInput."""
    if phone is not None:
        contacts.set_main(customer, contacts.PHONE, contacts.phone(phone))
    if email is not None:
        contacts.set_main(customer, contacts.EMAIL, contacts.email(email))


def complete(customer_id: int, *added: Contact | None) -> None:
    """Add contacts that nobody has yet: as the main ones where those are lacking."""
    if not any(added):
        return
    customer = Customer.lock(customer_id)
    for contact in filter(None, added):
        contacts.give(customer, contact)
    customer.save()


def rename_leads(customer_id: int, before: Sequence[str], after: str) -> None:
    """Rename the customer's leads and assignments that have one of the names in ``before``.

    They keep the name they were entered with; a wrong name of the customer is wrong there too.
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


def refuse_erased(customer_id: int | None) -> None:
    """Raise Refused for a customer whose personal data was erased: nothing new is written about them."""
    if customer_id is not None and Erasure.lock_or_none(customer_id) is not None:
        raise Refused("erased", f"customer {customer_id} was erased", "enter the person as a new customer")


def present_customer(customer_id: int) -> Customer:
    """Return a customer for writing. Raises NotFound, and Refused for one who was merged or erased."""
    customer = Customer.lock_or_none(customer_id)
    if customer is None:
        raise NotFound("customer", customer_id, f"{act('find')} looks for one")
    if customer.merged_into is not None:
        raise Refused(
            "merged",
            f"customer {customer_id} was merged into customer {customer.merged_into}",
            f"use customer {standing(customer_id)}",
        )
    refuse_erased(customer_id)
    return customer
