"""What the desk holds of a person: the rows and the events, and which of their columns are personal."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple

from dispatch.assignment.decisions import BY_HAND
from dispatch.customers.contacts import with_merged
from dispatch.customers.records import present_customer
from dispatch.desk.event_filter import EventFilter
from dispatch.desk.undo_chain import undone_by
from models.audit import ERASED_TEXT, Decision, Erasure, Event, EventBooking, EventIssue
from models.base import BaseModel, tuples
from models.bookings import Assignment, Booking
from models.customers import ContactPoint, Customer, Lead
from models.issues import Escalation, Interaction, Issue, SlaClock, SlaWarning, Survey
from models.sql import json_number, listed

CONTACTS = ("phone", "email", "phone_typed", "email_typed")
"""The columns that a merge gives to the customer kept."""
PERSONAL: dict[type[BaseModel], dict[str, str | None]] = {
    Customer: {"name": ERASED_TEXT, **dict.fromkeys(CONTACTS)},
    ContactPoint: dict.fromkeys(("value", "typed", "note")),
    Lead: {"customer_name": ERASED_TEXT, "requests": None},
    Assignment: {"customer_name": ERASED_TEXT},
    Booking: {"cancel_reason": ERASED_TEXT},
    Issue: {
        "title": ERASED_TEXT,
        "description": ERASED_TEXT,
        "tags": "[]",
        "entities": "[]",
        "urgency_indicators": "[]",
    },
    Decision: {"reason": ERASED_TEXT},
    Interaction: {"text": ERASED_TEXT},
    Escalation: {"reason": ERASED_TEXT, "close_reason": ERASED_TEXT},
    Survey: {"comment": None},
}
"""The columns that may tell who a customer is, with what takes the place of a text that is there."""
LABELS = {model.table: model.label for model in PERSONAL}
"""What a row of each table is called."""
TYPED = {Decision: Decision.policy == BY_HAND}
"""Where the rows of a model hold what somebody typed; the other reasons are those of a policy."""
MERGE = "customer.merge"


class Loan(NamedTuple):
    """A customer who got another one's contacts in a merge, until the undo of that; both are events."""

    customer_id: int
    first: int
    last: int

    def is_at(self, event_id: int) -> bool:
        return self.first <= event_id <= self.last


@dataclass(frozen=True)
class Holdings:
    """The ids of everything held of a customer and of those merged into them, by model.

    ``loans`` are of other customers: their events from then may have contacts of this one.
    """

    ids: dict[type[BaseModel], list[int]]
    loans: list[Loan]

    @property
    def customers(self) -> list[int]:
        return self.ids[Customer]

    def keys(self) -> set[str]:
        """Return the rows' keys as events have them: ``table:id``."""
        return {f"{model.table}:{number}" for model, numbers in self.ids.items() for number in numbers}

    def borrowers(self, event_id: int) -> set[str]:
        """Return the keys of the customers who had contacts of this one at an event."""
        return {f"{Customer.table}:{loan.customer_id}" for loan in self.loans if loan.is_at(event_id)}


def holdings(customer_id: int) -> Holdings:
    """Look up what is held of a customer. Raises NotFound, and Refused for one who was merged or erased."""
    present_customer(customer_id)
    return holdings_of(with_merged([customer_id]))


def holdings_of(people: list[int]) -> Holdings:
    """Look up what is held of customers, among them everybody merged into one of them."""
    leads = _ids(Lead, Lead.customer_id, people)
    bookings = _ids(Booking, Booking.lead_id, leads)
    issues = sorted({*_ids(Issue, Issue.customer_id, people), *_ids(Issue, Issue.booking_id, bookings)})
    ids: dict[type[BaseModel], list[int]] = {Customer: people, Lead: leads, Booking: bookings, Issue: issues}
    ids[ContactPoint] = _ids(ContactPoint, ContactPoint.customer_id, people)
    ids |= {model: _ids(model, model.lead_id, leads) for model in (Assignment, Decision)}
    ids |= {
        model: _ids(model, model.issue_id, issues)
        for model in (Interaction, SlaClock, SlaWarning, Escalation, Survey)
    }
    return Holdings(ids, _loans(people))


def _ids(model: Any, column: Any, among: Sequence[int]) -> list[int]:
    key = model._meta.primary_key
    return [number for (number,) in tuples(model.select(key).where(column.in_(listed(among))).order_by(key))]


def event_ids(held: Holdings) -> list[int]:
    """Return the events that tell of a person, among them merges undone since, oldest first."""
    of_bookings = EventBooking.select(EventBooking.event_id).where(
        EventBooking.booking_id.in_(listed(held.ids[Booking]))
    )
    of_issues = EventIssue.select(EventIssue.event_id).where(EventIssue.issue_id.in_(listed(held.ids[Issue])))
    found = {number for loan in held.loans for number in (loan.first, loan.last)}
    for condition in (
        Event.customer_id.in_(listed(held.customers)),
        Event.booking_id.in_(listed(held.ids[Booking])),
        Event.issue_id.in_(listed(held.ids[Issue])),
        Event.event_id.in_(of_bookings),
        Event.event_id.in_(of_issues),
    ):
        found |= {number for (number,) in tuples(Event.select(Event.event_id).where(condition))}
    return sorted(found)


def _loans(people: Sequence[int]) -> list[Loan]:
    """Follow the contacts of customers through merges, undone since, in which others got them."""
    numbers = EventFilter(command=MERGE).numbers()
    kept, given = (json_number(Event.detail, name) for name in ("customer_id", "merged_customer_id"))
    merges = Event.select(Event.event_id, kept, given)
    merges = merges.where(Event.event_id.in_(numbers.select_from(numbers.c.event_id)))
    own, loans = set(people), dict[int, list[Loan]]()
    found = list(tuples(merges.order_by(Event.event_id)))
    undone = undone_by([event_id for event_id, _, _ in found])
    for event_id, keep, other in found:
        has_them = other in own or any(one.is_at(event_id) for one in loans.get(other, ()))
        if has_them and keep not in own:
            loans.setdefault(keep, []).append(Loan(keep, event_id, undone.get(event_id, sys.maxsize)))
    return [one for of_one in loans.values() for one in of_one]


def events_on_loan(held: Holdings) -> set[int]:
    """Return the events that changed another customer who then had contacts of this one."""
    found: set[int] = set()
    for loan in held.loans:
        changed = Event.after.contains(f'"{Customer.table}:{loan.customer_id}":')
        query = Event.select(Event.event_id).where(Event.event_id.between(loan.first, loan.last), changed)
        found |= {number for (number,) in tuples(query)}
    return found


def events_of_erased() -> set[int]:
    """Return the events in which the erasures so far may have erased a text."""
    held = holdings_of([number for (number,) in tuples(Erasure.select(Erasure.customer_id))])
    return {*event_ids(held), *events_on_loan(held)}


def names_of(customer_id: int) -> list[str]:
    """Return the names, phone numbers and e-mail addresses of a customer; none of one who was erased."""
    held = holdings_of(with_merged([customer_id]))
    people = Customer.select(Customer.name, *(getattr(Customer, name) for name in CONTACTS))
    leads = Lead.select(Lead.customer_name)
    rows = tuples(people.where(Customer.customer_id.in_(listed(held.customers))))
    further = ContactPoint.select(ContactPoint.value, ContactPoint.typed)
    rows += tuples(further.where(ContactPoint.contact_id.in_(listed(held.ids[ContactPoint]))))
    rows += tuples(leads.where(Lead.lead_id.in_(listed(held.ids[Lead]))))
    return sorted({text for row in rows for text in row if text and text != ERASED_TEXT})
