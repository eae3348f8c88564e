"""Each policy's order, and the reasons it gives."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from itertools import cycle
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from dispatch import agents, bookings, configure, logbook, trial, views
from dispatch.decisions import preview, why
from dispatch.desk import Desk
from dispatch.presence import set_presence
from dispatch.undo import undo
from models.customers import Lead
from models.errors import InvalidInput

AddAgent = Callable[..., dict[str, Any]]
AddLead = Callable[..., Any]
Look = Callable[..., Any]
SYDNEY = "Sydney Stellar Port"


@pytest.fixture
def policy(desk: Desk) -> Callable[[str], None]:
    def choose(name: str) -> None:
        configure.set_value(desk, "policy", name)

    return choose


@pytest.fixture
def three(add_agent: AddAgent) -> None:
    for years in (9, 5, 1):
        add_agent(years=years, rating=4.0, capacity=100)


# -- round robin


def test_round_robin_takes_the_next_higher_id_and_wraps(
    policy: Callable[[str], None], three: None, add_lead: AddLead
) -> None:
    policy("round_robin")
    assert [add_lead()["agent_id"] for _ in range(7)] == [1, 2, 3, 1, 2, 3, 1]


def test_round_robin_has_a_pointer_for_each_pair(
    policy: Callable[[str], None], three: None, add_lead: AddLead
) -> None:
    policy("round_robin")
    got = [
        (
            add_lead()["agent_id"],
            add_lead(launch=SYDNEY)["agent_id"],
            add_lead(destination="Titan")["agent_id"],
        )
        for _ in range(4)
    ]
    assert got == [(1, 1, 1), (2, 2, 2), (3, 3, 3), (1, 1, 1)]


def test_round_robin_goes_on_from_an_agent_who_is_gone(
    desk: Desk, policy: Callable[[str], None], three: None, add_lead: AddLead
) -> None:
    policy("round_robin")
    assert [add_lead()["agent_id"] for _ in range(2)] == [1, 2]
    agents.leave(desk, 2, hand_over=True)
    assert add_lead()["agent_id"] in (1, 3)
    set_presence(desk, 3, "away")
    assert {add_lead()["agent_id"] for _ in range(3)} == {1}


def test_round_robin_passes_over_who_does_not_match(
    policy: Callable[[str], None], add_agent: AddAgent, add_lead: AddLead
) -> None:
    for skills in ("Titan", "Mars", "Titan", "Mars"):
        add_agent(skills=skills)
    policy("round_robin")
    assert [add_lead()["agent_id"] for _ in range(3)] == [2, 4, 2]
    assert add_lead(destination="Venus")["agent_id"] == 1, "nobody matches: all take their turn"


@settings(max_examples=8, deadline=None, derandomize=True)
@given(number=st.integers(1, 6), leads=st.integers(0, 30))
def test_round_robin_over_equal_agents_differs_by_at_most_one(
    tmp_path_factory: pytest.TempPathFactory, empty_desk_file: Any, number: int, leads: int
) -> None:
    from dispatch import intake

    path = tmp_path_factory.mktemp("robin") / "desk.db"
    path.write_bytes(empty_desk_file.read_bytes())
    desk = Desk.open(path, actor="kim")
    person: dict[str, Any] = {
        "department": "Premium Bookings",
        "job_title": "Space Travel Agent",
        "capacity": 100,
    }
    for _ in range(number):
        agents.add(desk, first_name="Ada", last_name="Byron", **person)
    trip = {"method": "Text", "source": "Organic", "destination": "Mars", "launch": SYDNEY}
    given_to = [
        intake.receive(desk, name="Kate", policy="round_robin", **trip)["agent_id"] for _ in range(leads)
    ]
    desk.close()
    counts = Counter(given_to)
    shares = [counts[agent_id] for agent_id in range(1, number + 1)]
    assert sum(shares) == leads
    assert max(shares) - min(shares) <= 1


# -- skill, balanced, rank+contact


def test_skill_is_the_formula(
    policy: Callable[[str], None], add_agent: AddAgent, add_lead: AddLead, look: Look
) -> None:
    """0.4 specialised + 0.2 level/5 + 0.2 free + 0.2 rating/5, by hand (mission.md C3)."""
    add_agent("Old", years=30, rating=5.0)
    add_agent("Spec", years=0, rating=2.5, skills="Mars, Titan")
    policy("skill")
    add_lead()
    told = look(why, 1)
    assert [(row["agent_name"], row["score"]) for row in (told["winner"], *told["next"])] == [
        ("Spec Byron", pytest.approx(0.4 + 0.2 / 5 + 0.2 + 0.1)),
        ("Old Byron", pytest.approx(0.2 + 0.2 + 0.2)),
    ]
    assert told["reason"] == "highest score (0.740: specialised, level 1, 100% free, rating 2.5)"
    assert add_lead(destination="Venus")["agent_id"] == 1


def test_skill_weighs_the_free_capacity(
    desk: Desk, policy: Callable[[str], None], add_agent: AddAgent, add_lead: AddLead
) -> None:
    add_agent(capacity=2)
    add_agent(capacity=2)
    policy("skill")
    assert [add_lead()["agent_id"] for _ in range(4)] == [1, 2, 1, 2]


def test_balanced_fills_everybody_alike_for_the_capacity(
    policy: Callable[[str], None], add_agent: AddAgent, add_lead: AddLead
) -> None:
    add_agent(years=30, capacity=2)
    add_agent(years=1, capacity=4)
    policy("balanced")
    counts = Counter(add_lead()["agent_id"] for _ in range(6))
    assert counts == {1: 2, 2: 4}


def test_balanced_goes_round_by_who_had_the_last_longest_ago(
    desk: Desk, policy: Callable[[str], None], three: None, add_lead: AddLead, clock: Any
) -> None:
    policy("balanced")
    for expected in (1, 2, 3, 1, 2, 3):
        result = add_lead()
        assert result["agent_id"] == expected
        bookings.cancel(desk, result["booking_id"], "no money")
        clock.advance(minutes=1)
    assert "longest without a new booking" in add_lead()["reason"]


def test_rank_and_contact_puts_who_reaches_customers_before_years(
    desk: Desk, policy: Callable[[str], None], three: None, add_lead: AddLead, clock: Any
) -> None:
    for agent_id in (1, 2):
        number = add_lead()["booking_id"]
        if agent_id == 2:
            bookings.contact(desk, number, "reached")
        clock.advance(hours=2)
        bookings.cancel(desk, number, "no money")
        set_presence(desk, 1, "away")
    set_presence(desk, 1, "available")
    assert add_lead()["agent_id"] == 1, "rank stays the published order"
    undo(desk)
    policy("rank+contact")
    result = add_lead()
    assert (result["agent_id"], result["reason"]) == (
        2,
        "lowest load (0), then best contact rate (100%), then most years (5)",
    )


# -- one lead, previews


def test_one_lead_may_go_by_another_policy(three: None, add_lead: AddLead) -> None:
    assert [add_lead(policy="round_robin")["policy"], add_lead()["policy"]] == ["round_robin", "rank"]


def test_a_policy_that_does_not_exist_is_refused_with_those_there_are(desk: Desk, three: None) -> None:
    with pytest.raises(InvalidInput):
        configure.set_value(desk, "policy", "astrology")
    with pytest.raises(InvalidInput) as caught:
        trial.try_policy(desk, "astrology")
    assert caught.value.hint == "accepted: rank, rank+contact, round_robin, skill, balanced, match"


def test_a_trial_tells_who_would_have_got_the_last_leads_and_keeps_nothing(
    desk: Desk, three: None, add_lead: AddLead, look: Look
) -> None:
    for number, close in zip(range(6), cycle((True, False))):
        add_lead(f"Customer {number}")
        if close:
            bookings.cancel(desk, number + 1, "no money")
    before = look(lambda: (views.bookings(views.BookingFilter()), views.agents(), logbook.events()))
    told = trial.try_policy(desk, "round_robin")
    assert [row["would_get"] for row in told["leads"]] == [1, 2, 3, 1, 2, 3]
    assert [(row["agent_id"], row["would_get"]) for row in told["agents"]] == [(1, 2), (2, 2), (3, 2)]
    assert sum(row["got"] for row in told["agents"]) == 6
    assert look(lambda: (views.bookings(views.BookingFilter()), views.agents(), logbook.events())) == before
    assert trial.try_policy(desk, "round_robin", limit=2)["leads"] != told["leads"]


@pytest.mark.parametrize("name", ["rank", "rank+contact", "round_robin", "skill", "balanced"])
def test_a_preview_follows_the_trip_and_the_policy(
    desk: Desk, add_agent: AddAgent, add_lead: AddLead, look: Look, name: str
) -> None:
    add_agent("Tom", years=9, skills="Titan")
    add_agent("Any", years=5)
    lead = Lead(destination="Mars", launch_location=SYDNEY)
    told = look(preview, desk, lead=lead, policy=name)
    assert [row["agent_id"] for row in told["candidates"]] == [2]
    assert add_lead(policy=name)["agent_id"] == 2
