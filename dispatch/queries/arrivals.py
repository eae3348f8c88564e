"""Leads and assignments as they arrived, newest first, one at a time: there may be a million of them."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, cast

from peewee import JOIN, Case, ModelSelect

from dispatch.queries.bookings import as_units
from dispatch.queries.row_types import AssignmentRow, ListedLead
from models.agents import Agent
from models.base import each_tuple
from models.bookings import Assignment, Booking
from models.customers import Customer, Lead
from models.priorities import PRIORITIES

_OF_ASSIGNMENTS: dict[str, Any] = {"agent_name": Agent.first_name.concat(" ").concat(Agent.last_name)}
_OF_LEADS: dict[str, Any] = {
    "phone": Customer.phone,
    "email": Customer.email,
    "budget": Lead.budget_cents,
    "priority": Case(Booking.priority, list(enumerate(PRIORITIES, 1))),
}


def each_assignment(agent_id: int | None = None, limit: int | None = None) -> Iterator[AssignmentRow]:
    """Yield assignments, all or those that an agent has."""
    columns = _columns(AssignmentRow, _OF_ASSIGNMENTS, Assignment)
    query = Assignment.select(*columns.values()).join(
        Agent, JOIN.LEFT_OUTER, on=(Assignment.agent_id == Agent.agent_id)
    )
    if agent_id is not None:
        query = query.where(Assignment.agent_id == agent_id)
    rows = _each(query.order_by(Assignment.assignment_id.desc()).limit(limit), columns)
    return cast(Iterator[AssignmentRow], rows)


def each_lead(limit: int | None = None) -> Iterator[ListedLead]:
    """Yield leads."""
    columns = _columns(ListedLead, _OF_LEADS, Lead)
    query = Lead.select(*columns.values()).join(Customer, on=(Lead.customer_id == Customer.customer_id))
    query = query.join_from(Lead, Booking, JOIN.LEFT_OUTER, on=(Booking.lead_id == Lead.lead_id))
    rows = _each(query.order_by(Lead.lead_id.desc()).limit(limit), columns)
    return cast(Iterator[ListedLead], (row | {"budget": as_units(row["budget"])} for row in rows))


def _columns(row: type, joined: dict[str, Any], model: Any) -> dict[str, Any]:
    return {name: joined.get(name) or model._meta.fields[name] for name in row.__annotations__}


def _each(query: ModelSelect[Any], columns: dict[str, Any]) -> Iterator[dict[str, Any]]:
    return (dict(zip(columns, values, strict=True)) for values in each_tuple(query))
