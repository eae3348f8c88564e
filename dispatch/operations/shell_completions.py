"""Shell completions for the beginning of a number or a part of a name."""

from __future__ import annotations

from functools import reduce
from operator import or_
from typing import Any

from peewee import fn

from dispatch import customers, queries
from dispatch.queries.caps import cap_words
from models.agents import Agent
from models.audit import Event
from models.base import tuples
from models.bookings import Booking
from models.caps import RULE_COLUMNS, Cap, CapRule
from models.customers import Customer, Lead
from models.issues import Issue
from models.planned_absences import PlannedAbsence

MOST = 50
LONGEST_NUMBER = 18  # digits that always fit into 64 bits

Candidate = tuple[int, str]
"""A row's id and a short description."""


def agents(typed: str) -> list[Candidate]:
    """Current agents by the beginning of the id or a part of the name; lowest id first."""
    name = Agent.first_name.concat(" ").concat(Agent.last_name)
    meant = _begins(Agent.agent_id, typed) if _is_number(typed) else fn.LOWER(name).contains(typed.lower())
    query = Agent.select(Agent.agent_id, name, Agent.department).where(Agent.left_at.is_null(), meant)
    return _candidates(query.order_by(Agent.agent_id))


def bookings(typed: str) -> list[Candidate]:
    """Bookings by the beginning of the number or by the queue's filter; highest number first."""
    if not _is_number(typed):
        rows = queries.list_bookings(queries.BookingFilter(text=typed, sort="id"), MOST)
        return [
            (row["booking_id"], f"{row['customer_name']}, {row['destination']}, {row['status']}")
            for row in rows
        ]
    query = Booking.select(Booking.booking_id, Lead.customer_name, Booking.destination, Booking.status)
    query = query.join(Lead, on=(Booking.lead_id == Lead.lead_id)).where(_begins(Booking.booking_id, typed))
    return _candidates(query.order_by(Booking.booking_id.desc()))


def absences(typed: str) -> list[Candidate]:
    """Planned absences by the beginning of the number, with the agent."""
    query = PlannedAbsence.select(
        PlannedAbsence.absence_id,
        Agent.first_name.concat(" ").concat(Agent.last_name),
        PlannedAbsence.from_at,
    ).join(Agent, on=(Agent.agent_id == PlannedAbsence.agent_id))
    meant = query.where(~PlannedAbsence.removed, _begins(PlannedAbsence.absence_id, typed))
    return _candidates(meant.order_by(PlannedAbsence.absence_id.desc())) if _is_number(typed) else []


def caps(typed: str) -> list[Candidate]:
    """Caps in force by the beginning of the number."""
    rules = Cap.select(*RULE_COLUMNS).where(~Cap.removed, _begins(Cap.cap_id, typed)).order_by(Cap.cap_id)
    found = [CapRule._make(row) for row in tuples(rules.limit(MOST))] if _is_number(typed) else []
    return [(rule.cap_id, cap_words(rule)) for rule in found]


def customers_like(typed: str) -> list[Candidate]:
    """Customers by the beginning of the id, newest first, or by the customer search."""
    if typed and not _is_number(typed):
        return [(row["customer_id"], row["name"]) for row in customers.find(typed, MOST)]
    query = Customer.select(Customer.customer_id, Customer.name).where(
        _begins(Customer.customer_id, typed), Customer.merged_into.is_null()
    )
    return _candidates(query.order_by(Customer.customer_id.desc()))


def events(typed: str) -> list[Candidate]:
    """Commands by the beginning of their event's number; newest first."""
    if not _is_number(typed):
        return []
    query = Event.select(Event.event_id, Event.command, Event.actor).where(_begins(Event.event_id, typed))
    return _candidates(query.order_by(Event.event_id.desc()))


def issues(typed: str) -> list[Candidate]:
    """Issues by the beginning of the number or a part of the title; newest first."""
    meant = (
        _begins(Issue.issue_id, typed) if _is_number(typed) else fn.LOWER(Issue.title).contains(typed.lower())
    )
    query = Issue.select(Issue.issue_id, Issue.category, Issue.title).where(meant)
    return _candidates(query.order_by(Issue.issue_id.desc()))


def _candidates(query: Any) -> list[Candidate]:
    return [(number, ", ".join(map(str, words))) for number, *words in tuples(query.limit(MOST))]


def _is_number(typed: str) -> bool:
    return not typed or (typed.isascii() and typed.isdecimal())


def _begins(column: Any, digits: str) -> Any:
    """The condition that an id begins with these digits: ranges, so that the key's index is used."""
    if not digits or digits.startswith("0"):
        return column.is_null(bool(digits))  # no id starts with zero
    tens = (10**more for more in range(LONGEST_NUMBER + 1 - len(digits)))
    ranges = [(column >= int(digits) * ten) & (column < (int(digits) + 1) * ten) for ten in tens]
    return reduce(or_, ranges) if ranges else column.is_null()
