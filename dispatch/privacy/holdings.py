"""What the desk holds of a person: the rows and the events, and which of their columns are personal."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from dispatch.assignment.decisions import BY_HAND
from dispatch.customers.records import present_customer
from models.audit import ERASED_TEXT, Decision, Event, EventBooking, LogLine, last_line
from models.base import BaseModel, listed, tuples
from models.bookings import Assignment, Booking
from models.customers import Customer, Lead
from models.issues import Escalation, Interaction, Issue, SlaClock, SlaWarning, Survey

PERSONAL: dict[type[BaseModel], dict[str, str | None]] = {
    Customer: {"name": ERASED_TEXT, "phone": None, "email": None},
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


@dataclass(frozen=True)
class Holdings:
    """The ids of everything held of a customer and of those merged into them, by model."""

    ids: dict[type[BaseModel], list[int]]

    @property
    def customers(self) -> list[int]:
        return self.ids[Customer]

    def keys(self) -> set[str]:
        """Return the rows' keys as events have them: ``table:id``."""
        return {f"{model.table}:{number}" for model, numbers in self.ids.items() for number in numbers}


def holdings(customer_id: int) -> Holdings:
    """Look up what is held of a customer. Raises NotFound, and Refused for one who was merged or erased."""
    present_customer(customer_id)
    people = _with_merged(customer_id)
    leads = _ids(Lead, Lead.customer_id, people)
    bookings = _ids(Booking, Booking.lead_id, leads)
    issues = sorted({*_ids(Issue, Issue.customer_id, people), *_ids(Issue, Issue.booking_id, bookings)})
    ids: dict[type[BaseModel], list[int]] = {Customer: people, Lead: leads, Booking: bookings, Issue: issues}
    ids |= {model: _ids(model, model.lead_id, leads) for model in (Assignment, Decision)}
    ids |= {
        model: _ids(model, model.issue_id, issues)
        for model in (Interaction, SlaClock, SlaWarning, Escalation, Survey)
    }
    return Holdings(ids)


def _with_merged(customer_id: int) -> list[int]:
    people = [customer_id]
    for one in people:  # grows while it is read: a merged customer may have been merged into
        people += _ids(Customer, Customer.merged_into, [one])
    return people


def _ids(model: Any, column: Any, among: Sequence[int]) -> list[int]:
    key = model._meta.primary_key
    return [number for (number,) in tuples(model.select(key).where(column.in_(listed(among))).order_by(key))]


def event_ids(held: Holdings) -> list[int]:
    """Return the events that tell of a person, oldest first."""
    of_bookings = EventBooking.select(EventBooking.event_id).where(
        EventBooking.booking_id.in_(listed(held.ids[Booking]))
    )
    found: set[int] = set(_merges(held.customers))
    for condition in (
        Event.customer_id.in_(listed(held.customers)),
        Event.booking_id.in_(listed(held.ids[Booking])),
        Event.issue_id.in_(listed(held.ids[Issue])),
        Event.event_id.in_(of_bookings),
    ):
        found |= {number for (number,) in tuples(Event.select(Event.event_id).where(condition))}
    return sorted(found)


def _merges(people: Sequence[int]) -> Iterator[int]:
    """Yield the merges that named one of them, and their undos: they are filed under the customer kept."""
    older = LogLine.select(LogLine.event_id).where(LogLine.command == MERGE)
    named = Event.after.contains(f'"{Customer.table}:{people[0]}":')
    for customer_id in people[1:]:
        named |= Event.after.contains(f'"{Customer.table}:{customer_id}":')
    among = Event.event_id.in_(older) | (Event.event_id > last_line())
    merges = Event.select(Event.event_id).where(among, Event.command == MERGE, named)
    for (number,) in tuples(merges):
        yield number
        yield from (undo for (undo,) in tuples(Event.select(Event.event_id).where(Event.undoes == number)))


def names_of(customer_id: int) -> list[str]:
    """Return the names, phone numbers and e-mail addresses of a customer. Raises NotFound, Refused."""
    held = holdings(customer_id)
    people = Customer.select(Customer.name, Customer.phone, Customer.email)
    leads = Lead.select(Lead.customer_name)
    rows = tuples(people.where(Customer.customer_id.in_(listed(held.customers))))
    rows += tuples(leads.where(Lead.lead_id.in_(listed(held.ids[Lead]))))
    return sorted({text for row in rows for text in row if text})
