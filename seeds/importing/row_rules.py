"""Rules for a single row: accepted values, numbers, names, dates, and dates that fit the status.

The desk's own validation and lists check each distinct value once: a file of a million rows has few
destinations and amounts.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from typing import Any, Generic, NamedTuple, TypeVar

from dispatch.agents.roster import MOST_YEARS
from dispatch.desk.desk import Desk
from dispatch.inputs import cleaning, trip_facts, validation
from dispatch.inputs.times.moments import moment
from dispatch.inputs.trip_facts import FACTS
from dispatch.inputs.value_words import meant
from dispatch.triage import categories
from models.bookings import CANCELLED, CONFIRMED, STATUSES
from models.errors import InvalidInput
from seeds.importing.accepted import NewValues, ValueRow
from seeds.importing.cells import switch
from seeds.importing.columns import NO_MORE, Value
from seeds.importing.further import FurtherRules, check_progress

# Nobody groups by two digits: the comma of 4,5 and 1.500,00 can only be the decimal sign.
ONLY_COMMA = re.compile(r"\s*[+-]?(?:[0-9]+|[0-9]{1,3}(?:[. ][0-9]{3})+),[0-9]{1,2}\s*")
MOST_CACHED = 10_000

T = TypeVar("T")


class Notation(NamedTuple):
    """How files write what has two readings: which of 01/03/2081 is the day (dmy, mdy), the decimal sign."""

    dates: str | None = None
    decimal: str = cleaning.POINT


class Place(NamedTuple):
    """A row's position: its file, its number there, and its physical line.

    ``lacks`` are the columns that the file does not have at all.
    """

    file: str
    row: int
    line: int
    lacks: frozenset[str] = frozenset()


class AgentRow(NamedTuple):
    agent_id: int
    first_name: str
    last_name: str
    email: str | None
    job_title: str
    department: str
    manager_name: str | None
    license_number: str | None
    years_of_service: int
    rating: float | None
    place: Place
    more: Mapping[str, Any] = NO_MORE


class CustomerRow(NamedTuple):
    customer_id: int
    name: str
    phone: str | None
    email: str | None
    created_at: str | None
    merged_into: int | None
    tier: str | None
    place: Place
    do_not_contact: bool = False
    phone_typed: str | None = None
    email_typed: str | None = None


class LeadRow(NamedTuple):
    lead_id: int
    customer_id: int
    customer_name: str
    method: str
    source: str
    destination: str | None
    launch_location: str | None
    requests: str | None
    received_at: str
    place: Place
    departs_on: str | None = None
    returns_on: str | None = None
    travellers: int | None = None
    budget_cents: int | None = None
    language: str | None = None


class AssignmentRow(NamedTuple):
    """An assignment; one of a lead in the files (``lead_id``) may have no agent at present."""

    assignment_id: int
    agent_id: int | None
    customer_name: str
    method: str
    source: str
    assigned_at: str
    place: Place
    lead_id: int | None = None


class BookingRow(NamedTuple):
    """A booking; one of a lead in the files (``lead_id``) may have no assignment."""

    booking_id: int
    assignment_id: int | None
    status: str
    destination: str
    launch_location: str
    package: str | None
    destination_revenue_cents: int | None
    package_revenue_cents: int | None
    completed_at: str | None
    cancelled_at: str | None
    agent_id: int | None  # only said again: the assignment has it
    place: Place
    lead_id: int | None = None
    more: Mapping[str, Any] = NO_MORE


class CachedCheck(Generic[T]):
    """A check that caches its results, including refusals, until there are too many."""

    def __init__(self, check: Callable[..., T]) -> None:
        self._check = check
        self._answers: dict[tuple[Any, ...], T] = {}
        self._refusals: dict[tuple[Any, ...], InvalidInput] = {}

    def __call__(self, *values: Any) -> T:
        if values in self._answers:
            return self._answers[values]
        if values in self._refusals:
            raise self._refusals[values].with_traceback(None)
        if len(self._answers) + len(self._refusals) >= MOST_CACHED:
            self._answers.clear()
            self._refusals.clear()
        try:
            answer = self._answers[values] = self._check(*values)
        except InvalidInput as error:
            self._refusals[values] = error
            raise
        return answer


class Rules:
    """Conversion of a row's text to values. Every method raises InvalidInput with the reason."""

    def __init__(self, desk: Desk, notation: Notation) -> None:
        self._now = desk.now()
        self._notation = notation
        self._accepted = NewValues(desk)
        self._further = FurtherRules(self._accepted.check, self._now)
        self._value = CachedCheck(self._meant)
        self._package = CachedCheck(self._accepted.check_package)
        self._money = CachedCheck(self._cents)
        self._status = CachedCheck(_status)

    def value(self, values: tuple[Value, ...], place: Place, more: Mapping[str, Value]) -> ValueRow:
        return self._accepted.add(*values)

    def agent(self, values: tuple[Value, ...], place: Place, more: Mapping[str, Value]) -> AgentRow:
        agent_id, first, last, email, title, department, manager, license_number, years, rating = values
        row = AgentRow(
            _identifier(agent_id, "agent_id"),
            validation.name(first, "first_name"),
            validation.name(last, "last_name"),
            None if email is None else _address(email),
            self._value("job_title", title),
            self._value("department", department),
            validation.optional_text(manager, "manager_name"),
            validation.optional_text(license_number, "license_number"),
            _years(years),
            self._rating(rating),
            place,
        )
        return row._replace(more=self._further.of_agent(more, row.years_of_service)) if more else row

    def customer(self, values: tuple[Value, ...], place: Place, more: Mapping[str, Value]) -> CustomerRow:
        customer_id, name, phone, email, created_at, merged_into, tier = values
        return CustomerRow(
            _identifier(customer_id, "customer_id"),
            validation.name(name, "name"),
            validation.phone(phone),
            validation.email(email),
            self._now if created_at is None else self._moment(created_at, "created_at"),
            None if merged_into is None else _identifier(merged_into, "merged_into"),
            categories.tier(tier),
            place,
            switch(more.get("do_not_contact") or "false", "do_not_contact"),
            *(
                validation.optional_text(more.get(name), name) if contact else None
                for name, contact in (("phone_typed", phone), ("email_typed", email))
            ),
        )

    def lead(self, values: tuple[Value, ...], place: Place, more: Mapping[str, Value]) -> LeadRow:
        lead_id, customer_id, name, method, source, destination, launch, requests, received_at, *facts = (
            values
        )
        trip = trip_facts.read(dict(zip(FACTS, facts, strict=True)), self._now)
        return LeadRow(
            _identifier(lead_id, "lead_id"),
            _identifier(customer_id, "customer_id"),
            validation.name(name, "customer_name"),
            self._value("method", method),
            self._value("source", source),
            None if destination is None else self._value("destination", destination),
            None if launch is None else self._value("launch", launch),
            validation.wishes(requests),
            self._moment(_present(received_at, "received_at"), "received_at"),
            place,
            **trip,
        )

    def assignment(self, values: tuple[Value, ...], place: Place, more: Mapping[str, Value]) -> AssignmentRow:
        assignment_id, agent_id, customer, method, source, assigned_at = values
        lead_id = more.get("lead_id")
        return AssignmentRow(
            _identifier(assignment_id, "assignment_id"),
            None if agent_id is None and lead_id is not None else _identifier(agent_id, "agent_id"),
            validation.name(customer, "customer_name"),
            self._value("method", method),
            self._value("source", source),
            self._moment(_present(assigned_at, "assigned_date_time"), "assigned_date_time"),
            place,
            None if lead_id is None else _identifier(lead_id, "lead_id"),
        )

    def booking(self, values: tuple[Value, ...], place: Place, more: Mapping[str, Value]) -> BookingRow:
        booking_id, assignment_id, completed, cancelled, destination, package, launch, *rest = values
        *revenues, status, agent_id = rest
        lead_id = more.get("lead_id")
        place_to = self._value("destination", destination)
        row = BookingRow(
            _identifier(booking_id, "booking_id"),
            None if assignment_id is None and lead_id else _identifier(assignment_id, "assignment_id"),
            self._status(status),
            place_to,
            self._value("launch", launch),
            None if package is None else self._package(place_to, package),
            self._money(revenues[0], "destination_revenue"),
            self._money(revenues[1], "package_revenue"),
            None if completed is None else self._moment(completed, "booking_complete_date"),
            None if cancelled is None else self._moment(cancelled, "cancelled_date"),
            None if agent_id is None else _identifier(agent_id, "agent_id"),
            place,
            None if lead_id is None else _identifier(lead_id, "lead_id"),
        )
        _check_total(row, self._money(revenues[2], "total_revenue"))
        _check_outcome(row)
        if more:
            row = row._replace(more=self._further.of_booking(more))
            check_progress(row.status, row.more)
        return row

    def _meant(self, kind: str, text: Value) -> str:
        return self._accepted.check(kind, text and meant(kind, text.strip(), self._accepted.of(kind)))

    def _moment(self, text: str, field: str) -> str:
        return moment(text, field, self._notation.dates)

    def _cents(self, value: Value, field: str) -> int | None:
        return None if value is None else cleaning.money(value, field, self._decimal(value))

    def _rating(self, value: Value) -> float | None:
        return None if value is None else validation.rating(cleaning.number(value, self._decimal(value)))

    def _decimal(self, text: str) -> str:
        return cleaning.COMMA if ONLY_COMMA.fullmatch(text) else self._notation.decimal


def _identifier(value: Value, field: str) -> int:
    return cleaning.identifier(_present(value, field), field)


def _years(value: Value) -> int:
    field = "years_of_service"
    return validation.whole(cleaning.whole(_present(value, field)), field, 0, MOST_YEARS)


def _address(text: str) -> str | None:
    """Return the e-mail address in a text; a text without any is refused."""
    return cleaning.contact(text, cleaning.first_address).value or validation.email(text)


def _present(value: Value, field: str) -> str:
    if value is None or not value.strip():
        raise InvalidInput(field, f"{validation.noun(field)} is required")
    return value


def _status(value: Value) -> str:
    text = meant("status", _present(value, "booking_status").strip(), STATUSES)
    if text not in STATUSES:
        problem = f"{validation.excerpt(text)} is not a booking status"
        raise InvalidInput("booking_status", problem, "accepted: " + ", ".join(STATUSES))
    return STATUSES[STATUSES.index(text)]


def _check_total(row: BookingRow, total: int | None) -> None:
    if total is None:
        return
    parts = (row.destination_revenue_cents or 0) + (row.package_revenue_cents or 0)
    if parts != total:
        problem = f"the total revenue {total / 100:.2f} is not the sum of both revenues, {parts / 100:.2f}"
        raise InvalidInput("total_revenue", problem)


def _check_outcome(row: BookingRow) -> None:
    """Check that the dates fit the status, and that a Confirmed booking has a complete quote."""
    for status, date, word in (
        (CONFIRMED, row.completed_at, "booking complete date"),
        (CANCELLED, row.cancelled_at, "cancelled date"),
    ):
        if row.status == status and date is None:
            raise InvalidInput("booking_status", f"{status} without a {word}")
        if row.status != status and date is not None:
            raise InvalidInput("booking_status", f"{row.status} with a {word}")
    quote = (row.package, row.destination_revenue_cents, row.package_revenue_cents)
    if row.status == CONFIRMED and None in quote:
        raise InvalidInput("package", "Confirmed without its package and both revenues")
