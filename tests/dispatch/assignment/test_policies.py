"""The order of each policy, and its reasons."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from itertools import cycle, product
from typing import Any
from unittest import mock

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from dispatch import agents, bookings
from dispatch.agents.presence import set_presence
from dispatch.assignment import policy_trial
from dispatch.assignment.eligibility import Pool
from dispatch.assignment.explanations import preview, why
from dispatch.assignment.policies import POLICIES, rank_contact
from dispatch.bootstrap import open_desk
from dispatch.desk import event_log
from dispatch.desk.desk import Desk
from dispatch.operations import configuration
from dispatch.operations.undo import redo, undo
from models.agents import Agent
from models.bookings import Booking
from models.customers import Customer, Lead
from models.errors import InvalidInput
from tests.dispatch.conftest import rows_in_sight
from tests.query_cost import FEW, add_agents, extra_steps, index_entries_written, plans

AddAgent = Callable[..., dict[str, Any]]
AddLead = Callable[..., Any]
Look = Callable[..., Any]
SYDNEY = "Sydney Stellar Port"


@pytest.fixture
def policy(desk: Desk) -> Callable[[str], None]:
    def choose(name: str) -> None:
        configuration.set_value(desk, "policy", name)

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
    desk: Desk, policy: Callable[[str], None], three: None, add_lead: AddLead
) -> None:
    policy("round_robin")
    configuration.set_value(desk, "round_robin_start", "lowest")
    got = [
        (
            add_lead()["agent_id"],
            add_lead(launch=SYDNEY)["agent_id"],
            add_lead(destination="Titan")["agent_id"],
        )
        for _ in range(4)
    ]
    assert got == [(1, 1, 1), (2, 2, 2), (3, 3, 3), (1, 1, 1)]


def test_an_undone_lead_gives_its_turn_back_unless_another_has_had_it(
    desk: Desk, policy: Callable[[str], None], three: None, add_lead: AddLead
) -> None:
    policy("round_robin")
    assert add_lead()["agent_id"] == 1
    undo(desk)
    assert [add_lead()["agent_id"] for _ in range(2)] == [1, 2]
    undo(desk)
    with desk.reading():
        assert (event_log.events(limit=1)[0]["detail"] or {})["credit"] == {"round_robin": {"2": 1}}
    assert add_lead(launch=SYDNEY)["agent_id"] == 2, "a new pair goes on behind the turn before"
    assert [add_lead()["agent_id"] for _ in range(2)] == [2, 3]
    undo(desk)
    redo(desk)
    assert add_lead()["agent_id"] == 1, "the redo takes the turn again"
    with desk.reading():
        last = event_log.last_event()
    add_lead()
    undo(desk, last)
    assert add_lead()["agent_id"] == 3, "somebody else has moved the pointer since"


def test_round_robin_begins_a_new_pair_behind_the_agent_of_its_last_lead(
    policy: Callable[[str], None], three: None, add_lead: AddLead
) -> None:
    policy("round_robin")
    trips: list[dict[str, str]] = [{}, {"launch": SYDNEY}, {"destination": "Titan"}]
    assert [add_lead(**trip)["agent_id"] for trip in trips] == [1, 2, 3]
    assert [add_lead(**trip)["agent_id"] for trip in trips] == [2, 3, 1], "each pair has its own turn"
    assert add_lead(destination="Venus")["agent_id"] == 2


def test_one_lead_for_every_pair_is_shared_out_evenly(
    desk: Desk, policy: Callable[[str], None], add_agent: AddAgent, add_lead: AddLead
) -> None:
    for _ in range(10):
        add_agent()
    policy("round_robin")
    with desk.reading():
        pairs = list(product(desk.values.of("destination"), desk.values.of("launch")))
    got = Counter(add_lead(destination=each, launch=launch)["agent_id"] for each, launch in pairs)
    assert got == dict.fromkeys(range(1, 11), 3)


def test_round_robin_continues_from_an_agent_who_left(
    desk: Desk, policy: Callable[[str], None], three: None, add_lead: AddLead
) -> None:
    policy("round_robin")
    assert [add_lead()["agent_id"] for _ in range(2)] == [1, 2]
    agents.leave(desk, 2, hand_over=True)
    assert add_lead()["agent_id"] in (1, 3)
    set_presence(desk, 3, "away")
    assert {add_lead()["agent_id"] for _ in range(3)} == {1}


def test_round_robin_skips_agents_who_do_not_match(
    policy: Callable[[str], None], add_agent: AddAgent, add_lead: AddLead
) -> None:
    for skills in ("Titan", "Mars", "Titan", "Mars"):
        add_agent(skills=skills)
    policy("round_robin")
    assert [add_lead()["agent_id"] for _ in range(3)] == [2, 4, 2]
    assert add_lead(destination="Venus")["agent_id"] == 3, "nobody matches: all take their turn"


@settings(max_examples=8, deadline=None, derandomize=True)
@given(number=st.integers(1, 6), leads=st.integers(0, 30))
def test_round_robin_shares_differ_by_at_most_one(
    tmp_path_factory: pytest.TempPathFactory, empty_desk_file: Any, number: int, leads: int
) -> None:
    from dispatch.leads import intake

    path = tmp_path_factory.mktemp("robin") / "desk.db"
    path.write_bytes(empty_desk_file.read_bytes())
    desk = open_desk(path, actor="kim")
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


def test_round_robin_drops_both_constraints_if_nobody_matches_both(
    policy: Callable[[str], None], add_agent: AddAgent, add_lead: AddLead, look: Look
) -> None:
    """The pair's own pointer is used; half a match is no match (docs/rules.md, Round robin and shuffle)."""
    dubai = "Dubai Interplanetary Hub"
    add_agent(skills="Titan", locations=dubai)
    add_agent(skills="Mars", locations=dubai)
    add_agent(skills="Titan", locations=SYDNEY)
    policy("round_robin")
    assert [add_lead(launch=SYDNEY)["agent_id"] for _ in range(4)] == [1, 2, 3, 1]
    assert look(why, 1)["relaxed"] == ["location", "skill"]
    assert [add_lead(destination="Titan", launch=dubai)["agent_id"] for _ in range(2)] == [1, 1]
    add_agent(skills="Mars", locations=SYDNEY)
    assert add_lead(launch=SYDNEY)["agent_id"] == 4, "a match of both comes before all others"
    assert look(why, 7)["relaxed"] == []


# -- skill, balanced, rank+contact


def test_skill_is_the_formula(
    policy: Callable[[str], None], add_agent: AddAgent, add_lead: AddLead, look: Look
) -> None:
    """0.4 specialised + 0.2 level/5 + 0.2 free + 0.2 rating/5, by hand (docs/rules.md, Policies)."""
    add_agent("Old", years=30, rating=5.0)
    add_agent("Spec", years=0, rating=2.5, skills="Mars, Titan")
    policy("skill")
    add_lead()
    answer = look(why, 1)
    assert [(row["agent_name"], row["score"]) for row in (answer["winner"], *answer["next"])] == [
        ("Spec Byron", pytest.approx(0.4 + 0.2 / 5 + 0.2 + 0.1)),
        ("Old Byron", pytest.approx(0.2 + 0.2 + 0.2)),
    ]
    assert answer["reason"] == "highest score (0.740: specialised, level 1, 100% free, rating 2.5)"
    assert add_lead(destination="Venus")["agent_id"] == 1


def test_skill_weighs_the_free_capacity(
    desk: Desk, policy: Callable[[str], None], add_agent: AddAgent, add_lead: AddLead
) -> None:
    add_agent(capacity=2)
    add_agent(capacity=2)
    policy("skill")
    assert [add_lead()["agent_id"] for _ in range(4)] == [1, 2, 1, 2]


def test_balanced_fills_agents_in_proportion_to_capacity(
    policy: Callable[[str], None], add_agent: AddAgent, add_lead: AddLead
) -> None:
    add_agent(years=30, capacity=2)
    add_agent(years=1, capacity=4)
    policy("balanced")
    counts = Counter(add_lead()["agent_id"] for _ in range(6))
    assert counts == {1: 2, 2: 4}


def test_balanced_breaks_ties_by_the_oldest_last_lead(
    desk: Desk, policy: Callable[[str], None], three: None, add_lead: AddLead, clock: Any
) -> None:
    policy("balanced")
    for expected in (1, 2, 3, 1, 2, 3):
        result = add_lead()
        assert result["agent_id"] == expected
        bookings.cancel(desk, result["booking_id"], "no money")
        clock.advance(minutes=1)
    assert "longest without a new booking" in add_lead()["reason"]


def test_rank_and_contact_puts_the_contact_rate_before_years(
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
        "fewest bookings (0), then best contact rate (100%), then most years (5)",
    )


def plain_key(row: dict[str, Any], policy: str, contact: float) -> tuple[Any, ...]:
    """An agent's place by a policy, written from docs/rules.md, Policies."""
    ratio = (row["load"] + row["issue_load"]) / max(row["capacity"], 1)
    rank = (-row["years_of_service"], -row["rating"], row["agent_id"])
    if policy == "rank":
        return row["load"], *rank
    if policy == "rank+contact":
        return row["load"], -contact, *rank
    if policy == "balanced":
        return ratio, row["last_given_at"] or "", row["agent_id"]
    level = row["level"] or min(5, 1 + row["years_of_service"] // 5)
    specialised = 0.4 if row["skills"] and "Mars" in row["skills"] else 0
    score = specialised + 0.2 * level / 5 + 0.2 * (1 - ratio) + 0.2 * row["rating"] / 5
    return -round(score, 9), row["agent_id"]


PEOPLE = st.lists(
    st.fixed_dictionaries(
        {
            "load": st.integers(0, 3),
            "issue_load": st.integers(0, 2),
            "capacity": st.integers(0, 7),
            "years_of_service": st.integers(0, 30),
            "rating": st.sampled_from([0.0, 3.3, 4.1, 5.0]),
            "level": st.sampled_from([None, None, 1, 4, 5]),
            "skills": st.sampled_from([None, '["Mars"]', '["Titan"]', '["Mars", "Titan"]']),
            "last_given_at": st.sampled_from([None, "2082-02-27 09:00:00", "2082-02-28 09:00:00"]),
            "presence": st.sampled_from(["available", "available", "available", "away"]),
        }
    ),
    min_size=1,
    max_size=12,
)


@pytest.mark.on_file
@settings(
    max_examples=60,
    deadline=None,
    derandomize=True,
    suppress_health_check=[HealthCheck.function_scoped_fixture],  # all writes are rolled back
)
@given(
    people=PEOPLE,
    limit=st.integers(1, 12),
    reached=st.sets(st.integers(1, 12)),
    closed=st.integers(0, 12),
)
def test_every_order_follows_the_plain_rule(
    desk: Desk, people: list[dict[str, Any]], limit: int, reached: set[int], closed: int
) -> None:
    """Indexes and early exits do not change the agents or their order."""
    rows = [row | {"agent_id": number} for number, row in enumerate(people, 1)]
    lead = Lead(destination="Mars", launch_location=SYDNEY)

    def compared() -> list[Any]:
        employ(desk, rows, reached, closed)
        found = []
        for name in ("rank", "rank+contact", "balanced", "skill"):
            for rules in ({}, {"skill": '"Mars"'}):
                able = [row for row in rows if may_take(row, bool(rules))]
                able.sort(key=lambda row: plain_key(row, name, rate_of(row["agent_id"], reached, closed)))
                ranked = POLICIES[name].ranked(lead, Pool(desk, dict(rules), tuple(rules)), limit)
                found.append((name, [each.agent_id for each in ranked], able[:limit]))
        return found

    with mock.patch.multiple(rank_contact, FIRST_LOOK=1, STEP=2):
        answers = desk.rehearse(compared)
    for name, ranked, able in answers:
        assert ranked == [row["agent_id"] for row in able], name


def may_take(row: dict[str, Any], for_mars: bool) -> bool:
    has_room = row["presence"] == "available" and row["load"] + row["issue_load"] < row["capacity"]
    return has_room and not (for_mars and row["skills"] and "Mars" not in row["skills"])


def rate_of(agent_id: int, reached: set[int], closed: int) -> float:
    return 1.0 if agent_id > closed or agent_id in reached else 0.0


def employ(desk: Desk, rows: list[dict[str, Any]], reached: set[int], closed: int) -> None:
    """Add these agents; the first ones get a booking each, and some reach the customer."""
    now, trip = desk.now(), {"destination": "Mars", "launch_location": SYDNEY}
    names = {"first_name": "Ada", "last_name": "Byron", "job_title": "x", "department": "x"}
    who = {"customer_id": 1, "customer_name": "Kate", "method": "Text", "source": "Organic"}
    Customer.insert(customer_id=1, name="Kate", created_at=now).execute()
    for row in rows:
        number = row["agent_id"]
        Agent.insert(**row, **names).execute()
        Lead.insert(lead_id=number, received_at=now, **who, **trip).execute()
        if number <= closed:
            times = {"created_at": now, "changed_at": now, "given_at": now, "cancelled_at": now}
            contact = {"contacted_at": now if number in reached else None}
            given = {"lead_id": number, "agent_id": number, "status": "Cancelled"}
            Booking.insert(**given, **times, **contact, **trip).execute()


@pytest.mark.on_file
@pytest.mark.parametrize("name", ["rank", "rank+contact", "balanced", "skill"])
def test_the_first_in_an_order_cost_the_same_among_many(desk: Desk, three: None, name: str) -> None:
    """Only the requested agents are read: thirty thousand cost as much as thirty."""
    configuration.set_value(desk, "policy", name)
    lead = Lead(destination="Mars", launch_location=SYDNEY)

    def first() -> object:
        return POLICIES[name].ranked(lead, Pool(desk), 3)

    add_agents(desk, rank_contact.FIRST_LOOK)
    assert extra_steps(desk, first, lambda: add_agents(desk, load=1)) < FEW
    found = plans(desk, first)
    assert not any("TEMP B-TREE" in plan for plan in found), found


@pytest.mark.on_file
def test_a_lead_moves_its_agent_only_in_the_order_of_the_desks_policy(
    desk: Desk, three: None, add_lead: AddLead
) -> None:
    """Each index costs a page write per lead: that of ``rank`` is always there, others with their policy."""
    written = {}
    for name in ("rank", "skill", "balanced", "rank+contact"):
        configuration.set_value(desk, "policy", name)
        written[name] = index_entries_written(desk, lambda: desk.rehearse(add_lead), "space_travel_agents")
    # two more for ``skill``: agents with a list of skills have an order of their own
    assert written == {"rank": 1, "skill": 3, "balanced": 2, "rank+contact": 1}


# -- one lead, previews


def test_one_lead_may_use_another_policy(three: None, add_lead: AddLead) -> None:
    assert [add_lead(policy="round_robin")["policy"], add_lead()["policy"]] == ["round_robin", "rank"]


def test_an_unknown_policy_is_refused_with_the_known_ones(desk: Desk, three: None) -> None:
    with pytest.raises(InvalidInput):
        configuration.set_value(desk, "policy", "astrology")
    with pytest.raises(InvalidInput) as caught:
        policy_trial.try_policy(desk, "astrology")
    assert caught.value.hint == "accepted: rank, rank+contact, round_robin, skill, balanced, share, match"


def test_a_trial_reassigns_the_last_leads_and_keeps_nothing(
    desk: Desk, three: None, add_lead: AddLead, look: Look
) -> None:
    for number, close in zip(range(6), cycle((True, False))):
        add_lead(f"Customer {number}")
        if close:
            bookings.cancel(desk, number + 1, "no money")
    before = look(rows_in_sight)
    answer = policy_trial.try_policy(desk, "round_robin")
    assert [row["would_get"] for row in answer["leads"]] == [1, 2, 3, 1, 2, 3]
    assert [(row["agent_id"], row["would_get"]) for row in answer["agents"]] == [(1, 2), (2, 2), (3, 2)]
    assert sum(row["got"] for row in answer["agents"]) == 6
    assert look(rows_in_sight) == before
    assert policy_trial.try_policy(desk, "round_robin", limit=2)["leads"] != answer["leads"]


@pytest.mark.parametrize("name", ["rank", "rank+contact", "round_robin", "skill", "balanced"])
def test_a_preview_follows_the_trip_and_the_policy(
    desk: Desk, add_agent: AddAgent, add_lead: AddLead, look: Look, name: str
) -> None:
    add_agent("Tom", years=9, skills="Titan")
    add_agent("Any", years=5)
    lead = Lead(destination="Mars", launch_location=SYDNEY)
    answer = look(preview, desk, lead=lead, policy=name)
    assert [row["agent_id"] for row in answer["candidates"]] == [2]
    assert add_lead(policy=name)["agent_id"] == 2
