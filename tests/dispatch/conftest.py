"""A desk at work: two agents, and eyes to look at it with."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from dispatch import queries
from dispatch.desk import event_log
from dispatch.desk.desk import Desk
from dispatch.leads import intake
from models.base import BaseModel
from models.bookings import Assignment, Booking
from models.customers import Customer, Lead

AddAgent = Callable[..., dict[str, Any]]


def rows_in_sight() -> tuple[object, ...]:
    """Bookings, agents and the log: what a refused or previewed command must leave alone."""
    return queries.list_bookings(queries.BookingFilter()), queries.list_agents(), event_log.events()


@pytest.fixture
def look(desk: Desk) -> Callable[..., Any]:
    """Call a reading function on the desk."""

    def look(function: Callable[..., Any], *args: Any, **given: Any) -> Any:
        with desk.reading():
            return function(*args, **given)

    return look


@pytest.fixture
def two(add_agent: AddAgent) -> None:
    """Ada (1) has more years than Bob (2), and so gets the first lead."""
    add_agent("Ada", years=9, rating=4.0, capacity=100)
    add_agent("Bob", years=5, rating=4.0, capacity=100)


@pytest.fixture
def lead(two: None, add_lead: Callable[..., intake.LeadResult]) -> intake.LeadResult:
    """One lead, assigned to Ada."""
    return add_lead(phone="+49 711 1234", email="kate@example.com", requests="window seat")


@pytest.fixture
def loads(look: Callable[..., Any]) -> Callable[[], dict[int, int]]:
    """Every agent's load, those who left included."""
    return lambda: {row["agent_id"]: row["load"] for row in look(queries.list_agents, with_left=True)}


@pytest.fixture
def counts(look: Callable[..., Any]) -> Callable[[], dict[str, int]]:
    """How many rows there are of each kind."""
    models: tuple[type[BaseModel], ...] = (Customer, Lead, Assignment, Booking)
    return lambda: {model.__name__: look(model.select().count) for model in models}
