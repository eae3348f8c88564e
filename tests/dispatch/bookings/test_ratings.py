"""Ratings: an imported average counts as 20 answers, every score here as one more."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from dispatch import agents, bookings, queries
from dispatch.desk.desk import Desk
from dispatch.leads.intake import LeadResult
from dispatch.operations import configuration
from dispatch.operations.undo import undo

AddAgent = Callable[..., dict[str, Any]]
AddLead = Callable[..., LeadResult]
Look = Callable[..., Any]


@pytest.fixture
def rating(look: Look) -> Callable[[int], float]:
    return lambda agent_id: float(look(queries.agent, agent_id)["rating"])


Rating = Callable[[int], float]


@pytest.fixture(autouse=True)
def finished(desk: Desk, lead: LeadResult) -> None:
    """Ada's and Bob's ratings are 4.0 of 20 answers; booking 1 is Ada's, and finished."""
    bookings.cancel(desk, 1, "no money")


def test_an_imported_average_counts_as_twenty_answers(desk: Desk, rating: Rating) -> None:
    bookings.rate(desk, 1, 5)
    assert rating(1) == round((4.0 * 20 + 5) / 21, 6)


def test_a_second_score_replaces_the_first(desk: Desk, rating: Rating) -> None:
    bookings.rate(desk, 1, 5)
    bookings.rate(desk, 1, 1)
    assert rating(1) == round((4.0 * 20 + 1) / 21, 6)


def test_the_same_score_again_changes_nothing(desk: Desk, look: Look, clock: Any) -> None:
    first = bookings.rate(desk, 1, 5)
    clock.advance(days=1)
    assert bookings.rate(desk, 1, 5) == first


def test_after_a_reassignment_the_new_agents_score_replaces_the_old_ones(desk: Desk, rating: Rating) -> None:
    bookings.rate(desk, 1, 5)
    bookings.reopen(desk, 1)
    bookings.reassign(desk, 1, 2, "speaks French")
    assert rating(1) == round(85 / 21, 6), "still Ada's score"
    bookings.cancel(desk, 1, "no money")
    bookings.rate(desk, 1, 5)
    assert (rating(1), rating(2)) == (4.0, round(85 / 21, 6))


def test_the_score_of_an_agent_who_left_still_counts(desk: Desk, rating: Rating) -> None:
    agents.leave(desk, 1)
    bookings.rate(desk, 1, 1)
    assert rating(1) == round(81 / 21, 6)


def test_scores_are_undone_one_by_one(desk: Desk, rating: Rating, look: Look) -> None:
    bookings.rate(desk, 1, 5)
    bookings.rate(desk, 1, 2)
    undo(desk)
    assert rating(1) == round(85 / 21, 6)
    undo(desk)
    assert rating(1) == 4.0
    assert look(queries.booking, 1)["score"] is None


def test_the_weight_of_an_average_is_a_setting(
    desk: Desk, add_agent: AddAgent, add_lead: AddLead, rating: Rating
) -> None:
    configuration.set_value(desk, "rating_prior_answers", "1")
    add_agent("Cid", years=50, rating=3.0)
    add_lead()
    bookings.cancel(desk, 2, "no money")
    bookings.rate(desk, 2, 5)
    assert (rating(3), rating(1)) == (4.0, 4.0)


def test_an_average_without_weight_is_replaced_by_the_first_score(
    desk: Desk, add_agent: AddAgent, add_lead: AddLead, rating: Rating
) -> None:
    configuration.set_value(desk, "rating_prior_answers", "0")
    add_agent("Cid", years=50, rating=3.0)
    assert rating(3) == 3.0
    add_lead()
    bookings.cancel(desk, 2, "no money")
    bookings.rate(desk, 2, 5)
    assert rating(3) == 5.0


def test_scores_are_kept_when_the_imported_average_is_corrected(desk: Desk, rating: Rating) -> None:
    bookings.rate(desk, 1, 5)
    agents.change(desk, 1, rating=3.0)
    assert rating(1) == round((3.0 * 20 + 5) / 21, 6)
    undo(desk)
    assert rating(1) == round(85 / 21, 6)


def test_the_order_of_the_answers_does_not_matter(desk: Desk, add_lead: AddLead, rating: Rating) -> None:
    """The same answers must tie in rank, in whatever order they were added up."""
    for _ in range(8):
        add_lead()
    held: dict[int | None, list[int]] = {1: [], 2: []}
    for booking_id in range(2, 10):
        row = bookings.cancel(desk, booking_id, "no money")
        held[row["agent_id"]].append(booking_id)
    for ids, scores in ((held[1], (5, 1, 2, 4)), (held[2], (4, 2, 1, 5))):
        for booking_id, score in zip(ids, scores, strict=True):
            bookings.rate(desk, booking_id, score)
    assert rating(1) == rating(2)
