"""Features as of an assignment's time equal those shown then, without its outcome."""

from __future__ import annotations

import random
from collections.abc import Callable
from contextlib import suppress
from typing import Any

import numpy as np
import pytest

from dispatch import agents, bookings, queries
from dispatch.desk.accepted_values import FIRST_PACKAGES, FIRST_VALUES
from dispatch.desk.desk import Desk
from dispatch.leads import intake
from dispatch.matching.features import FEATURES, Terms, features, ranked_features
from dispatch.matching.learning.training_data import Samples, collect
from dispatch.operations import undo
from dispatch.queries.row_types import BookingRow
from models.bookings import Booking
from models.customers import Lead
from models.errors import DeskError

Add = Callable[..., Any]
QUOTE = ("Luxury Dome Stay", "100", "50")


def gathered(desk: Desk, **given: Any) -> Samples:
    with desk.reading():
        return collect(lambda *_: None, **given)


def shown(desk: Desk, terms: Terms) -> dict[int, list[float]]:
    with desk.reading():
        found = features(terms)
        return {
            agent.agent_id: list(values) for agent, values in zip(found, ranked_features(found), strict=True)
        }


def drawn(rng: random.Random) -> dict[str, str]:
    kinds = ("method", "source", "destination", "launch")
    return {kind: rng.choice(FIRST_VALUES[kind]) for kind in kinds}


def close_and_rate(desk: Desk, booking_id: int, rng: random.Random, clock: Any) -> None:
    clock.advance(seconds=1)
    with suppress(DeskError):
        if rng.random() < 0.6:
            with desk.reading():
                destination = queries.booking(booking_id)["destination"]
            package = dict(FIRST_PACKAGES)[destination]
            bookings.confirm(desk, booking_id, package, rng.randint(1, 900), 5)
        else:
            bookings.cancel(desk, booking_id, "no money")
    clock.advance(seconds=1)
    with suppress(DeskError):
        bookings.rate(desk, booking_id, rng.randint(1, 5))


def test_every_assignment_has_the_features_shown_before_it(desk: Desk, add_agent: Add, clock: Any) -> None:
    """Random work: leads, sales, losses, ratings, an agent leaving; all seconds differ."""
    rng = random.Random(3)
    for number in range(6):
        department = rng.choice(FIRST_VALUES["department"])
        add_agent(f"Agent{number}", department=department, years=number, rating=rng.choice((None, 3.5, 4.5)))
    seen: dict[int, list[float]] = {}
    for step in range(90):
        clock.advance(hours=rng.randint(1, 70), seconds=1)
        terms, requests = drawn(rng), rng.choice(("", "Luxury, please"))
        before = shown(desk, Terms(**terms, requests=requests))
        lead = intake.receive(desk, name=f"Customer {step}", requests=requests, **terms)
        assert lead["agent_id"] is not None
        seen[lead["booking_id"]] = before[lead["agent_id"]]
        close_and_rate(desk, rng.randint(max(1, step - 4), step + 1), rng, clock)
        if step == 60:
            for row in rows_of(desk):
                if row["agent_id"] == 1 and row["status"] == "Pending":
                    bookings.cancel(desk, row["booking_id"], "no money")
            agents.leave(desk, 1)
    samples = gathered(desk)

    rows = [row for row in rows_of(desk) if row["status"] != "Pending"]
    assert len(samples) == len(rows) > 60
    assert [bool(won) for won in samples.won] == [row["status"] == "Confirmed" for row in rows]
    for row, values in zip(rows, samples.features, strict=True):
        result = dict(zip(FEATURES, values, strict=True))
        assert result == pytest.approx(dict(zip(FEATURES, seen[row["booking_id"]], strict=True))), row


def rows_of(desk: Desk) -> list[BookingRow]:
    with desk.reading():
        return queries.list_bookings(queries.BookingFilter(sort="id", descending=False))


def test_the_outcome_of_an_assignment_is_not_in_its_features(
    desk: Desk, add_agent: Add, add_lead: Add, clock: Any
) -> None:
    """The same desk twice, except for the end of the last booking: equal features."""
    add_agent("Ada")
    add_agent("Bob", years=9)
    for _ in range(4):
        clock.advance(hours=1)
        bookings.confirm(desk, add_lead()["booking_id"], *QUOTE)
    clock.advance(hours=1)
    last = add_lead()["booking_id"]
    bookings.confirm(desk, last, *QUOTE)
    won = gathered(desk)
    bookings.reopen(desk, last)
    bookings.cancel(desk, last, "no money")
    lost = gathered(desk)
    assert (bool(won.won[-1]), bool(lost.won[-1])) == (True, False)
    assert won.features[-1].tolist() == lost.features[-1].tolist()


def test_an_outcome_counts_from_the_next_second(
    desk: Desk, add_agent: Add, add_lead: Add, clock: Any
) -> None:
    """A sale at noon does not count for a lead of that second, but for one a second later."""
    add_agent("Ada")
    add_agent("Bob")
    number = add_lead()["booking_id"]
    clock.advance(hours=1)
    early = add_lead()["booking_id"]
    bookings.reassign(desk, early, 1, "knows them")
    bookings.confirm(desk, number, *QUOTE)
    clock.advance(seconds=1)
    late = add_lead()["booking_id"]
    bookings.reassign(desk, late, 1, "knows them")
    for booking_id in (early, late):
        bookings.cancel(desk, booking_id, "no money")
    features = gathered(desk).features
    revenue, availability = FEATURES.index("revenue_score"), FEATURES.index("availability_score")
    assert features[:, revenue].tolist() == [0.0, 0.0, 1.0]
    assert features[1, availability] == 0.0  # the sold one was still open, and Bob held nothing


def test_past_recent_days_begin_at_the_exact_second(
    desk: Desk, add_agent: Add, add_lead: Add, clock: Any
) -> None:
    """Ada sold 2 of 3 in that time, the first only just; Bob is above her with 3 of 4, Cyd below."""
    for name in ("Ada", "Bob", "Cyd"):
        add_agent(name)

    def sell(agent: int, number: int = 1) -> None:
        for _ in range(number):
            booking = add_lead()
            if booking["agent_id"] != agent:
                bookings.reassign(desk, booking["booking_id"], agent, "knows them")
            bookings.confirm(desk, booking["booking_id"], *QUOTE)

    sell(2)
    sell(3)
    clock.advance(hours=1)
    sell(1)
    clock.advance(seconds=1)
    sell(1)
    clock.advance(days=30)
    sell(1)
    sell(2, 3)
    sell(3)
    clock.advance(seconds=1)
    last = add_lead()
    assert last["agent_id"] == 1
    bookings.cancel(desk, last["booking_id"], "no money")
    assert gathered(desk).features[-1, FEATURES.index("recency_score")] == 0.5


def test_a_missing_destination_does_not_reveal_an_unreached_customer(
    desk: Desk, add_agent: Add, add_lead: Add
) -> None:
    add_agent("Ada")
    bookings.confirm(desk, add_lead()["booking_id"], *QUOTE)
    number = add_lead()["lead_id"]
    with desk.reading():
        Booking.delete().where(Booking.lead_id == number).execute()
        Lead.update(destination=None, launch_location=None).where(Lead.lead_id == number).execute()
    samples = gathered(desk)
    assert samples.won.tolist() == [True, False]
    assert samples.covariates["destination"] == ["Mars", None]
    assert np.isnan(samples.features[1, FEATURES.index("dest_expertise_score")])


def test_a_lead_entered_by_mistake_is_not_learned_from(desk: Desk, add_agent: Add, add_lead: Add) -> None:
    add_agent("Ada")
    bookings.confirm(desk, add_lead()["booking_id"], *QUOTE)
    add_lead()
    undo.undo(desk)
    assert len(gathered(desk)) == 1


def test_a_score_is_learned_from_unless_it_is_undone(
    desk: Desk, add_agent: Add, add_lead: Add, clock: Any
) -> None:
    add_agent("Ada")
    add_agent("Ben")
    for booking_id in (1, 2):
        bookings.confirm(desk, add_lead()["booking_id"], *QUOTE)
        if booking_id == 1:
            bookings.rate(desk, 1, 1)
        clock.advance(hours=1)
    scored = gathered(desk).features.tolist()
    undo.undo(desk, 5)
    unscored = gathered(desk).features.tolist()
    undo.redo(desk)
    assert gathered(desk).features.tolist() == scored != unscored
    undo.undo(desk)
    assert gathered(desk).features.tolist() == unscored


def test_the_published_recipe_uses_the_revenue_of_the_same_booking(
    desk: Desk, add_agent: Add, add_lead: Add
) -> None:
    add_agent("Ada")
    bookings.confirm(desk, add_lead()["booking_id"], *QUOTE)
    bookings.cancel(desk, add_lead()["booking_id"], "no money")
    samples = gathered(desk, published_recipe=True)
    assert samples.features[:, FEATURES.index("revenue_score")].tolist() == [15000.0, 0.0]
    assert samples.late["revenue_score"] == "it is the revenue of the same booking"
