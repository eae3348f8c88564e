"""Several bookings at once, and back again."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from dispatch import agents, batch, bookings, logbook, views
from dispatch.desk import Desk
from dispatch.undo import undo
from models.errors import DeskError, InvalidInput, Refused

AddLead = Callable[..., Any]
Look = Callable[..., Any]


@pytest.fixture
def four(desk: Desk, two: None, add_lead: AddLead) -> None:
    """Bookings 1 and 3 are Ada's, claimed; 2 and 4 are Bob's, 4 is closed."""
    for _ in range(4):
        add_lead()
    bookings.claim(desk, 1, 1)
    bookings.claim(desk, 3, 1)
    bookings.cancel(desk, 4, "no money")


def seen(look: Look) -> Any:
    moving = {"changed_at", "version"}
    rows, people = look(lambda: (views.bookings(views.BookingFilter(sort="id")), views.agents()))
    return [{key: row[key] for key in row.keys() - moving} for row in rows], people


RUNS: dict[str, tuple[Callable[[Desk, list[int]], Any], list[bool]]] = {
    "reassign": (
        lambda desk, ids: batch.reassign(desk, ids, 2, "she is ill"),
        [True, False, True, False, False],
    ),
    "cancel": (lambda desk, ids: batch.cancel(desk, ids, "launch is off"), [True, True, True, False, False]),
    "release": (lambda desk, ids: batch.release(desk, ids), [True, False, True, False, False]),
}


@pytest.mark.parametrize("name", RUNS)
def test_every_booking_has_its_result_and_one_undo_takes_all_back(
    desk: Desk, four: None, look: Look, name: str
) -> None:
    run, expected = RUNS[name]
    ids, before = [1, 2, 3, 4, 99], seen(look)
    planned = batch.preview(desk, lambda: run(desk, ids))
    assert seen(look) == before
    result = run(desk, [*ids, 1])
    assert result == planned
    assert [row["ok"] for row in result["results"]] == expected
    assert (result["done"], result["refused"]) == (sum(expected), len(expected) - sum(expected))
    assert all((row["error"] is None) is row["ok"] for row in result["results"])
    assert look(views.totals).drift == ()
    assert look(logbook.events, booking_id=1)[0]["command"] == f"booking.{name}_all"
    undo(desk)
    assert seen(look) == before


def test_a_batch_that_was_changed_since_is_not_undone_and_says_by_what(
    desk: Desk, four: None, look: Look
) -> None:
    batch.cancel(desk, [1, 2, 3], "launch is off")
    with desk.acting_as("lee"):
        bookings.reopen(desk, 2)
    before = seen(look)
    with pytest.raises(Refused, match=r"booking 2 has changed since .* booking.reopen of lee"):
        undo(desk)
    assert seen(look) == before


def test_a_batch_above_the_capacity_is_an_override(desk: Desk, four: None, look: Look) -> None:
    agents.change(desk, 2, capacity=1)
    assert [row["booking"]["over_capacity"] for row in batch.reassign(desk, [1, 3], 2, "ill")["results"]] == [
        True,
        True,
    ]
    assert look(logbook.events, limit=1)[0]["detail"] == {
        "bookings": 2,
        "reason": "ill",
        "over_capacity": True,
    }


def test_a_batch_of_nothing_or_to_nobody_is_refused(desk: Desk, four: None) -> None:
    with pytest.raises(InvalidInput):
        batch.release(desk, [])
    with pytest.raises(DeskError):
        batch.reassign(desk, [1], 9, "ill")
    with pytest.raises(InvalidInput):
        batch.cancel(desk, [1], " ")
