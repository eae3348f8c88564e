"""docs/rules.md, Assignment by rank: effects of a saved row on loads, ranks and scores."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import suppress
from typing import Any

import pytest
from peewee import IntegrityError

from dispatch import agents, bookings
from dispatch.desk.desk import Desk
from dispatch.leads import intake
from dispatch.operations.undo import undo
from models.agents import Agent, AgentRank
from models.base import tuples
from models.bookings import Assignment, Booking
from models.engine import Engine
from models.errors import Refused
from models.triggers import RanksChanged, ranks_changed

AddAgent = Callable[..., dict[str, Any]]
AddLead = Callable[..., intake.LeadResult]
QUOTE = {"package": "Luxury Dome Stay", "destination_revenue": "100", "package_revenue": "50"}


def loads() -> dict[int, int]:
    return dict(tuples(Agent.select(Agent.agent_id, Agent.load)))


def ranks() -> dict[int, int]:
    rows = AgentRank.select(AgentRank.agent_id, AgentRank.agent_rank)
    return dict(tuples(rows))


@pytest.fixture
def announced() -> Iterator[list[RanksChanged]]:
    """The RanksChanged events, in order."""
    announcements: list[RanksChanged] = []

    def listen(_sender: type[RanksChanged], change: RanksChanged) -> None:
        announcements.append(change)

    ranks_changed.connect(listen, name="test")
    yield announcements
    ranks_changed.disconnect(name="test")


@pytest.fixture
def two(database: Engine, add_agent: AddAgent) -> None:
    """Ada (1) has more years than Bob (2), and so gets the first lead."""
    add_agent("Ada", years=9)
    add_agent("Bob", years=5)


def test_a_new_lead_opens_a_pending_booking_with_the_leads_trip(two: None, add_lead: AddLead) -> None:
    result = add_lead(destination="Europa", launch="Sydney Stellar Port")
    booking = Booking.lock(result["booking_id"])
    assert (booking.status, booking.agent_id, booking.claimed_at) == ("Pending", 1, None)
    assert (booking.destination, booking.launch_location) == ("Europa", "Sydney Stellar Port")
    assignment = Assignment.lock(booking.assignment_id)
    assert (assignment.agent_id, assignment.customer_name) == (1, "Kate Nguyen")


def test_a_new_pending_booking_adds_one_to_its_agents_load(two: None, add_lead: AddLead) -> None:
    add_lead()
    assert loads() == {1: 1, 2: 0}
    add_lead()
    assert loads() == {1: 1, 2: 1}


def test_a_waiting_booking_adds_to_nobodys_load(database: Engine, add_lead: AddLead) -> None:
    result = add_lead()
    assert (result["agent_id"], result["assignment_id"]) == (None, None)
    assert Assignment.select().count() == 0
    assert Booking.lock(1).agent_id is None


@pytest.mark.parametrize(
    "close",
    [
        pytest.param(lambda desk: bookings.confirm(desk, 1, **QUOTE), id="confirmed"),
        pytest.param(lambda desk: bookings.cancel(desk, 1, "no money"), id="cancelled"),
    ],
)
def test_a_closed_booking_lowers_the_load(
    two: None, desk: Desk, add_lead: AddLead, close: Callable[[Desk], object]
) -> None:
    add_lead()
    close(desk)
    assert loads() == {1: 0, 2: 0}


def test_a_reassigned_booking_moves_its_load(two: None, desk: Desk, add_lead: AddLead) -> None:
    add_lead()
    bookings.reassign(desk, 1, 2, "speaks French")
    assert loads() == {1: 0, 2: 1}
    assert Assignment.lock(1).agent_id == 2, "the assignment follows its booking"


def test_a_declined_booking_moves_on_and_then_waits(two: None, desk: Desk, add_lead: AddLead) -> None:
    add_lead()
    bookings.decline(desk, 1, "full")
    assert loads() == {1: 0, 2: 1}
    bookings.decline(desk, 1, "full too")
    assert loads() == {1: 0, 2: 0}
    assert Assignment.lock(1).agent_id is None


def test_a_reopened_booking_adds_to_the_load_again(two: None, desk: Desk, add_lead: AddLead) -> None:
    add_lead()
    bookings.cancel(desk, 1, "no money")
    bookings.reopen(desk, 1)
    assert loads() == {1: 1, 2: 0}


def test_an_undone_command_moves_the_load_back(two: None, desk: Desk, add_lead: AddLead) -> None:
    add_lead()
    bookings.reassign(desk, 1, 2, "speaks French")
    undo(desk)
    assert loads() == {1: 1, 2: 0}
    assert Assignment.lock(1).agent_id == 1
    undo(desk)
    assert loads() == {1: 0, 2: 0}


def test_claiming_and_noting_leave_the_load_alone(two: None, desk: Desk, add_lead: AddLead) -> None:
    add_lead()
    bookings.claim(desk, 1, 1)
    bookings.contact(desk, 1, "reached")
    bookings.note(desk, 1, "calls back on Monday")
    bookings.release(desk, 1)
    assert loads() == {1: 1, 2: 0}


@pytest.mark.on_file
def test_a_load_below_zero_is_refused_and_never_clamped(two: None, desk: Desk, add_lead: AddLead) -> None:
    add_lead()
    Agent.update(load=0).where(Agent.agent_id == 1).execute()  # as a manual change might
    with pytest.raises(Refused, match="is 0, less than") as refused:
        bookings.cancel(desk, 1, "no money")
    assert "{doctor.repair}" in refused.value.hint
    with pytest.raises(IntegrityError, match="load >= 0"):
        Agent.update(load=-1).execute()
    assert Booking.lock(1).status == "Pending", "drift is seen, not hidden"


def test_ranks_are_competition_ranks(database: Engine, add_agent: AddAgent) -> None:
    """1, 2, 2, 4, 5, 5, 7: lower load first, then more years, then the higher rating."""
    for years, rating in ((9, 4.0), (8, 4.5), (8, 4.5), (8, 4.4), (2, 1.0), (2, 1.0), (1, 5.0)):
        add_agent(years=years, rating=rating)
    assert list(ranks().values()) == [1, 2, 2, 4, 5, 5, 7]


def test_a_lower_load_outranks_years_and_rating(two: None, add_lead: AddLead) -> None:
    add_lead()
    assert ranks() == {2: 1, 1: 2}


def test_an_agent_who_left_has_no_rank(two: None, desk: Desk) -> None:
    agents.leave(desk, 1)
    assert ranks() == {2: 1}


def test_the_walkthroughs_cancellation_follows_the_rule(
    database: Engine, desk: Desk, add_agent: AddAgent, add_lead: AddLead
) -> None:
    """Two agents tie on years and rating; a change of load moves only its agent."""
    for years in (18, 15, 15, 12):
        add_agent(years=years, rating=4.0)
    assert ranks() == {1: 1, 2: 2, 3: 2, 4: 4}
    add_lead()
    add_lead()
    assert ranks() == {3: 1, 4: 2, 1: 3, 2: 4}
    bookings.cancel(desk, 2, "no money")
    assert ranks() == {2: 1, 3: 1, 4: 3, 1: 4}


def test_changed_ranks_are_announced_after_the_commit(
    two: None, desk: Desk, add_lead: AddLead, announced: list[RanksChanged]
) -> None:
    add_lead()
    bookings.reassign(desk, 1, 2, "speaks French")
    assert announced == [RanksChanged(1, 0, 1), RanksChanged(1, 1, 0), RanksChanged(2, 0, 1)]


def test_a_batch_is_announced_when_it_is_committed(
    two: None, desk: Desk, add_lead: AddLead, announced: list[RanksChanged]
) -> None:
    with desk.batch():
        add_lead()
        add_lead()
        assert announced == []
    assert announced == [RanksChanged(1, 0, 1), RanksChanged(2, 0, 1)]


def test_a_rolled_back_change_is_never_announced(
    two: None, desk: Desk, add_lead: AddLead, announced: list[RanksChanged]
) -> None:
    with suppress(ZeroDivisionError), desk.transaction():
        add_lead()
        raise ZeroDivisionError
    assert loads() == {1: 0, 2: 0}
    assert announced == []


def test_a_failing_listener_does_not_undo_or_fail_the_command(
    two: None, add_lead: AddLead, announced: list[RanksChanged], caplog: pytest.LogCaptureFixture
) -> None:
    """It ran after the commit, and was reported as a database that cannot be opened."""

    def fail(_sender: type[RanksChanged], change: RanksChanged) -> None:
        raise ValueError(change)

    ranks_changed.connect(fail, name="failing")
    try:
        assert add_lead()["agent_id"] == 1
    finally:
        ranks_changed.disconnect(name="failing")
    assert loads() == {1: 1, 2: 0}
    assert "a listener failed" in caplog.text


def test_a_change_of_name_announces_nothing(two: None, desk: Desk, announced: list[RanksChanged]) -> None:
    agents.change(desk, 1, first_name="Adele")
    assert announced == []


@pytest.mark.parametrize(("scores", "rating"), [([4], 4.0), ([4, 5], 4.5), ([1, 5, 4], 3.333333)])
def test_scores_average_for_an_agent_without_an_imported_rating(
    two: None, desk: Desk, add_lead: AddLead, scores: list[int], rating: float
) -> None:
    agents.leave(desk, 2)
    for booking_id, score in enumerate(scores, 1):
        add_lead()
        bookings.cancel(desk, booking_id, "no money")
        bookings.rate(desk, booking_id, score)
    assert Agent.lock(1).rating == rating
