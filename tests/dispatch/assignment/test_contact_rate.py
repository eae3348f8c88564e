"""The share of customers that an agent reaches in time."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from dispatch import bookings, queries
from dispatch.assignment.contact_rate import Rate, rates, with_rates
from dispatch.desk.desk import Desk
from dispatch.operations import configuration
from dispatch.operations.undo import undo
from models.bookings import Booking
from tests.query_cost import FEW, add_bookings, extra_steps, plans

AddLead = Callable[..., Any]
Look = Callable[..., Any]


def test_the_rate_is_reached_in_time_of_all_decided(
    desk: Desk, two: None, add_lead: AddLead, look: Look, clock: Any
) -> None:
    for _ in range(8):  # the odd ones are Ada's
        add_lead()
    bookings.contact(desk, 1, "reached")
    assert look(rates, desk, [1, 2]) == {1: Rate(1, 1), 2: Rate(0, 0)}
    bookings.cancel(desk, 3, "no money")
    clock.advance(minutes=60)
    bookings.contact(desk, 5, "reached")
    assert look(rates, desk, [1])[1] == Rate(2, 4), "7 was not reached within the hour"
    clock.advance(minutes=1)
    bookings.contact(desk, 7, "reached")
    assert look(rates, desk, [1])[1] == Rate(2, 4)
    configuration.set_value(desk, "contact_within_minutes", "61")
    assert look(rates, desk, [1])[1] == Rate(3, 4)
    (row,) = look(lambda: with_rates(desk, [queries.agent(1)]))
    assert (row["contact_rate"], row["contact_assigned"]) == (0.75, 4)
    assert row["contact_low"] < 0.75 < row["contact_high"]


def test_imported_and_old_work_does_not_count(
    desk: Desk, two: None, add_lead: AddLead, look: Look, clock: Any
) -> None:
    add_lead()
    clock.advance(days=91)
    assert look(rates, desk, [1])[1] == Rate(0, 0)
    clock.advance(days=-90)
    with desk.transaction():
        Booking.update(given_at=None).execute()
    (row,) = look(lambda: with_rates(desk, [queries.agent(1)]))
    assert (row["contact_rate"], row["contact_low"], row["contact_assigned"]) == (None, None, 0)


def test_a_lead_entered_by_mistake_does_not_count(
    desk: Desk, two: None, add_lead: AddLead, look: Look
) -> None:
    add_lead()
    undo(desk)
    assert look(rates, desk, [1])[1] == Rate(0, 0)


@pytest.mark.parametrize(
    ("rate", "low", "high"),
    [(Rate(0, 1), 0.0, 0.793), (Rate(10, 10), 0.722, 1.0), (Rate(50, 100), 0.404, 0.596)],
)
def test_the_interval_is_wilsons(rate: Rate, low: float, high: float) -> None:
    assert list(rate.interval) == [pytest.approx(low, abs=0.001), pytest.approx(high, abs=0.001)]


@pytest.mark.on_file
def test_an_agents_rate_costs_the_same_after_a_long_history(desk: Desk, two: None, add_lead: AddLead) -> None:
    """Only bookings of the last ninety days are read, and of those only an index."""
    add_lead()

    def read() -> dict[int, Rate]:
        return rates(desk, [1])

    def add_others() -> None:
        before = "2070-01-01 09:00:00"
        add_bookings(desk, given_at=before)
        add_bookings(desk, given_at=before, status="Cancelled", cancelled_at=before)
        add_bookings(desk, agent_id=2)

    assert extra_steps(desk, read, add_others) < FEW
    found = plans(desk, read)
    assert any("COVERING INDEX" in plan for plan in found), found
    assert not any("TEMP B-TREE" in plan for plan in found), found
