"""The policy ``share``: leads in proportion to the agents' weights, exactly, whatever happens meanwhile."""

from __future__ import annotations

import io
from collections import Counter
from collections.abc import Callable, Iterable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from dispatch import agents, bookings
from dispatch.agents.presence import set_presence
from dispatch.assignment import policy_trial
from dispatch.assignment.caps import set_cap
from dispatch.assignment.counterfactuals import why_not
from dispatch.assignment.eligibility import EVERY, WEIGHT, Pool
from dispatch.assignment.explanations import preview, why
from dispatch.assignment.policies.share import SharePolicy
from dispatch.assignment.shuffle import shuffle
from dispatch.bootstrap import open_desk
from dispatch.desk import event_log
from dispatch.desk.desk import Desk
from dispatch.inputs.lead_files import open_leads
from dispatch.leads import file_intake
from dispatch.operations import configuration, doctor
from dispatch.operations.undo import redo, undo
from models import shares
from models.agents import Agent
from models.customers import Lead
from models.shares import ShareClock, Sharer
from tests.conftest import TestClock
from tests.plain_distribution import lags
from tests.query_cost import FEW, add_agents, extra_steps, index_entries_written, plans

AddAgent = Callable[..., dict[str, Any]]
AddLead = Callable[..., Any]
Look = Callable[..., Any]
MANY_LEADS = {"capacity": 1_000}
TRIP = {"method": "Text", "source": "Organic", "destination": "Mars", "launch": "Tokyo Spaceport Terminal"}


@pytest.fixture
def share(desk: Desk, add_agent: AddAgent) -> Callable[..., None]:
    """A desk that shares its leads by these weights, in the order of the agents' numbers."""

    def begin(*weights: float) -> None:
        for weight in weights:
            add_agent(weight=weight, **MANY_LEADS)
        configuration.set_value(desk, "policy", "share")

    return begin


# -- the order


def test_leads_are_shared_out_by_weight(share: Callable[..., None], add_lead: AddLead) -> None:
    share(2, 1)
    assert [add_lead()["agent_id"] for _ in range(6)] == [1, 2, 1, 1, 2, 1]


def test_equal_weights_take_turns(share: Callable[..., None], add_lead: AddLead) -> None:
    share(1, 1, 1)
    assert [add_lead()["agent_id"] for _ in range(6)] == [1, 2, 3, 1, 2, 3]


@pytest.mark.parametrize(
    "weights", [[10.0] * 3 + [1.0] * 10 + [0.1] * 20, [10.0, 0.1], [5.0] + [1.0] * 5, [0.3, 0.3, 0.1]]
)
def test_nobody_is_a_lead_from_their_share(
    desk: Desk, share: Callable[..., None], add_lead: AddLead, weights: list[float]
) -> None:
    """Plain smooth weighted round robin is up to 1.62 leads off with the first of these."""
    share(*weights)
    got, total = Counter[int](), sum(weights)
    with desk.batch():
        for number in range(1, 400):
            got[add_lead()["agent_id"]] += 1
            off = [abs(got[place] - number * own / total) for place, own in enumerate(weights, 1)]
            assert max(off) < 1


WEIGHTS = (0.5, 2.0)
PEOPLE = st.lists(
    st.fixed_dictionaries(
        {
            "weight": st.sampled_from([0.0, *WEIGHTS, *WEIGHTS]),
            "behind": st.sampled_from([-0.9, -0.25, 0.0, 0.0, 0.5, 0.9, 1.0, 2.5]),
            "skills": st.sampled_from([None, None, '["Mars"]', '["Titan"]']),
            "presence": st.sampled_from(["available", "available", "available", "away"]),
        }
    ),
    min_size=8,
    max_size=24,
)


@settings(
    max_examples=60,
    deadline=None,
    derandomize=True,
    suppress_health_check=[HealthCheck.function_scoped_fixture],  # all writes are rolled back
)
@given(
    people=PEOPLE,
    limit=st.integers(1, 5),
    without=st.sets(st.integers(1, 24), max_size=3),
    needed=st.integers(-1, 1),
)
def test_the_first_of_each_weight_hold_the_first_of_all(
    desk: Desk, people: list[dict[str, Any]], limit: int, without: set[int], needed: int
) -> None:
    """However few of a weight were needed the last time: the same as if everybody were put in order."""
    policy, lead = SharePolicy(), Lead(destination="Mars")

    def ranked() -> list[Any]:
        employ(people)
        found = []
        for rules in ({}, {WEIGHT: 0}, {WEIGHT: 0, "skill": '"Mars"'}):
            pool = Pool(desk, dict(rules), tuple(rules), without)
            everybody = policy.ranked(lead, replace(pool), EVERY)
            policy.needed = dict.fromkeys(((limit, of) for of in WEIGHTS), needed)
            found.append((policy.ranked(lead, pool, limit), everybody, able_by(rules)))
        return found

    def able_by(rules: Iterable[str]) -> set[int]:
        rows = {number: row for number, row in enumerate(people, 1) if row["presence"] == "available"}
        if WEIGHT in rules:
            rows = {number: row for number, row in rows.items() if row["weight"]}
        if "skill" in rules:
            rows = {number: row for number, row in rows.items() if "Mars" in (row["skills"] or "Mars")}
        return rows.keys() - without

    for first, everybody, able in desk.rehearse(ranked):
        assert {each.agent_id for each in everybody} == able
        assert everybody == sorted(everybody, key=policy.place)
        assert first == everybody[:limit]


def employ(people: list[dict[str, Any]]) -> None:
    """Add these agents, so far behind their shares, and let share be in force."""
    names = {"first_name": "Ada", "last_name": "Byron", "job_title": "x", "department": "x", "capacity": 9}
    for number, row in enumerate(people, 1):
        values = {name: row[name] for name in ("weight", "skills", "presence")}
        Agent.insert(agent_id=number, **values, **names).execute()
        Sharer.update(share_lag=row["behind"]).where(Sharer.agent_id == number).execute()
    ShareClock.insert(clock_id=shares.THE_CLOCK, moment=3.0, in_force=True, since_decision=0).execute()
    shares.recount()


def test_a_late_agent_does_not_catch_up_on_what_was_before(
    share: Callable[..., None], add_agent: AddAgent, add_lead: AddLead
) -> None:
    share(1, 1)
    for _ in range(10):
        add_lead()
    add_agent(**MANY_LEADS)
    assert Counter(add_lead()["agent_id"] for _ in range(9)) == {1: 3, 2: 3, 3: 3}


def test_weights_change_what_comes_and_not_what_was(
    desk: Desk, share: Callable[..., None], add_lead: AddLead
) -> None:
    share(1, 1)
    for _ in range(4):
        add_lead()
    agents.change(desk, 2, weight=3)
    assert Counter(add_lead()["agent_id"] for _ in range(8)) == {1: 2, 2: 6}


def test_who_is_full_is_left_out_and_continues_later(
    desk: Desk, share: Callable[..., None], add_lead: AddLead
) -> None:
    share(1, 1)
    agents.change(desk, 1, capacity=1)
    got = [add_lead() for _ in range(5)]
    assert [lead["agent_id"] for lead in got] == [1, 2, 2, 2, 2]
    bookings.cancel(desk, got[0]["booking_id"], "changed their mind")
    assert [add_lead()["agent_id"] for _ in range(2)] == [2, 1], "1 had the last turn of the two together"


def test_who_is_at_a_cap_is_entitled_to_nothing_meanwhile(
    desk: Desk, clock: TestClock, share: Callable[..., None], add_lead: AddLead
) -> None:
    share(1, 1)
    set_cap(desk, 2, "hour", agent_id=1)
    assert [add_lead()["agent_id"] for _ in range(6)] == [1, 2, 1, 2, 2, 2]
    assert lags(desk) == pytest.approx({1: -0.5, 2: 0.5}), "three were for both, three for the second alone"
    with desk.reading():
        assert shares.fault("share") == ""
    clock.advance(hours=1)
    assert [add_lead()["agent_id"] for _ in range(3)] == [2, 1, 2], "both begin where they were"
    with desk.reading():
        assert shares.fault("share") == ""


def test_rules_come_first_and_the_share_is_caught_up_on(
    desk: Desk, share: Callable[..., None], add_lead: AddLead
) -> None:
    share(1, 1)
    agents.change(desk, 1, skills="Titan")
    assert [add_lead()["agent_id"] for _ in range(2)] == [2, 2]
    assert [add_lead(destination="Titan")["agent_id"] for _ in range(4)] == [1, 1, 1, 2]


def test_nobody_else_who_is_behind_is_passed_by_in_a_reason(
    desk: Desk, share: Callable[..., None], add_lead: AddLead, look: Look
) -> None:
    share(2, 1)
    booking_id = add_lead()["booking_id"]
    row = look(why, booking_id)
    assert row["reason"] == "due first for its share (0.67 leads behind, weight 2)"
    behind = {"is_behind": True, "due_in": 1.5, "behind": pytest.approx(2 / 3), "weight": 2}
    assert row["winner"] == {"agent_id": 1, "agent_name": "Ada Byron", **behind}
    answer = why_not(desk, booking_id, 2)
    assert (answer["kind"], answer["key"], answer["value"]) == ("key", "due_in", 3)
    assert answer["because"] == "leads until due: 3.0, where Ada Byron had 1.5"
    with desk.reading():
        assert [row["agent_id"] for row in preview(desk)["candidates"]] == [2, 1]


# -- weight 0


def test_weight_0_gets_nothing_and_is_told(
    desk: Desk, share: Callable[..., None], add_lead: AddLead, look: Look
) -> None:
    share(1, 0)
    assert {add_lead()["agent_id"] for _ in range(5)} == {1}
    assert why_not(desk, 1, 2)["because"] == "without weight"
    with desk.reading():
        assert preview(desk)["kept_out"] == {"without weight": 1}
    configuration.set_value(desk, "policy", "rank")
    assert add_lead()["agent_id"] == 2


def test_a_lead_waits_rather_than_go_to_weight_0(
    desk: Desk, share: Callable[..., None], add_lead: AddLead, look: Look
) -> None:
    share(1, 0, 0)
    set_presence(desk, 1, "break")
    lead = add_lead()
    assert lead["agent_id"] is None
    assert lead["reason"] == "no agent can take it yet: 1 break, 2 without weight"
    bookings.note(desk, lead["booking_id"], "still waits")
    agents.change(desk, 2, years=3)
    assert look(why, lead["booking_id"])["decisions"] == 1, "nobody is asked again in vain"
    assert agents.change(desk, 3, weight=0.5)["load"] == 1


def test_the_shuffle_moves_nothing_to_weight_0(
    desk: Desk, share: Callable[..., None], add_lead: AddLead
) -> None:
    share(1, 0)
    for _ in range(4):
        add_lead()
    assert shuffle(desk)["moves"] == []
    agents.change(desk, 2, weight=1)
    assert len(shuffle(desk)["moves"]) == 2


def test_a_customers_own_agent_of_weight_0_gets_nothing(
    desk: Desk, share: Callable[..., None], add_lead: AddLead
) -> None:
    share(1, 1)
    configuration.set_value(desk, "owner", "seller")
    first = add_lead(phone="+15550001111")
    bookings.confirm(desk, first["booking_id"], "Luxury Dome Stay", "100", "50")
    agents.change(desk, 1, weight=0)
    assert add_lead(phone="+15550001111")["agent_id"] == 2


# -- other policies, previews, doctor


def test_one_lead_by_share_continues_where_the_last_such_lead_was(
    desk: Desk, add_agent: AddAgent, add_lead: AddLead
) -> None:
    for _ in range(3):
        add_agent(**MANY_LEADS)
    assert [add_lead(policy="share")["agent_id"] for _ in range(4)] == [1, 2, 3, 1]
    set_presence(desk, 2, "break")
    assert [add_lead(policy="share")["agent_id"] for _ in range(3)] == [3, 1, 3]


def test_a_trial_shares_leads_out_and_keeps_nothing(
    desk: Desk, add_agent: AddAgent, add_lead: AddLead, look: Look
) -> None:
    for weight in (2, 1):
        add_agent(weight=weight, **MANY_LEADS)
    for _ in range(6):
        add_lead(policy="round_robin")
    would = [row["would_get"] for row in policy_trial.try_policy(desk, "share")["leads"]]
    assert Counter(would) == {1: 4, 2: 2}
    assert look(shares.state) == shares.State()


def test_all_begin_level_when_share_becomes_the_policy(
    desk: Desk, share: Callable[..., None], add_lead: AddLead, look: Look
) -> None:
    share(1, 1)
    assert [add_lead()["agent_id"] for _ in range(3)] == [1, 2, 1]
    configuration.set_value(desk, "policy", "rank")
    assert look(shares.state) == shares.State()
    configuration.set_value(desk, "policy", "share")
    assert add_lead()["agent_id"] == 1
    configuration.set_value(desk, "policy", "share")
    assert add_lead()["agent_id"] == 2, "the same again is no new beginning"


@pytest.mark.parametrize(
    ("damage", "detail"),
    [
        (
            "UPDATE space_travel_agents SET presence = 'busy' WHERE agent_id = 2",
            "agents wrongly in or out: 2",
        ),
        ("UPDATE space_travel_agents SET weight = 3 WHERE agent_id = 2", "the sum of the weights is not"),
        ("UPDATE share_clock SET members = '{}'", "the sum of the weights is not that of the members"),
        ("DELETE FROM share_clock", "the shares are not kept up"),
        ("UPDATE share_clock SET in_force = FALSE", "the shares are not kept up"),
    ],
)
def test_the_doctor_finds_and_mends_what_disagrees(
    desk: Desk, share: Callable[..., None], add_lead: AddLead, damage: str, detail: str
) -> None:
    share(2, 1, 1)
    add_lead()
    with desk.transaction():
        desk.database.run(damage, ())
    found = _checks(desk)
    assert not found["shares"]["ok"]
    assert detail in found["shares"]["detail"]
    assert doctor.repair(desk)["shares"] == 1
    assert _checks(desk)["shares"]["ok"]
    assert doctor.repair(desk)["shares"] == 0


def _checks(desk: Desk) -> dict[str, Any]:
    with desk.reading():
        return {row["check"]: row for row in doctor.examine(desk)["checks"]}


def test_two_terminals_change_weights_of_one_desk(
    desk: Desk, path: Path, share: Callable[..., None], look: Look
) -> None:
    share(1, 1)
    other = open_desk(path, actor="lee")
    agents.change(other, 1, weight=2)
    agents.change(desk, 2, weight=3)
    agents.change(other, 2, weight=4)
    other.close()
    assert look(shares.state).total == 6
    assert look(shares.fault, "share") == ""


# -- undo


def test_an_undone_lead_gives_its_share_back_once(
    desk: Desk, share: Callable[..., None], add_lead: AddLead, look: Look
) -> None:
    share(1, 1, 1)
    before = lags(desk)
    add_lead()
    after = lags(desk)
    undo(desk)
    assert lags(desk) == pytest.approx(before)
    assert _last_detail(desk)["credit"] == {"share": {"1": 1}}
    redo(desk)
    assert lags(desk) == pytest.approx(after)
    assert _last_detail(desk)["taken_again"] == {"share": {"1": 1}}
    undo(desk)
    assert lags(desk) == pytest.approx(before)
    assert [add_lead()["agent_id"] for _ in range(3)] == [1, 2, 3]


def test_the_lead_that_filled_an_agent_up_is_undone_exactly(
    desk: Desk, share: Callable[..., None], add_lead: AddLead
) -> None:
    share(1, 1)
    agents.change(desk, 1, capacity=1)
    before = lags(desk)
    assert add_lead()["agent_id"] == 1
    undo(desk)
    assert lags(desk) == pytest.approx(before)


def test_only_the_leads_that_the_policy_gave_are_given_back(
    desk: Desk, share: Callable[..., None], add_lead: AddLead
) -> None:
    share(1, 1)
    add_lead()
    with desk.reading():
        entered = event_log.last_event()
    configuration.set_value(desk, "policy", "rank")
    configuration.set_value(desk, "policy", "share")
    undo(desk, entered)
    assert "credit" not in _last_detail(desk), "all began level since"
    assert set(lags(desk).values()) == {0}


def test_a_file_of_leads_is_given_back(desk: Desk, share: Callable[..., None]) -> None:
    share(2, 1)
    before = lags(desk)
    rows = [f"Lead {number},Text,Organic,Mars,Tokyo Spaceport Terminal" for number in range(6)]
    text = "\n".join(["name,method,source,destination,launch", *rows])
    with open_leads(io.BytesIO(text.encode()), "leads.csv") as leads:
        file_intake.receive_file(desk, leads)
    after = lags(desk)
    undo(desk)
    assert _last_detail(desk)["credit"] == {"share": {"2": 2, "1": 4}}
    assert lags(desk) == pytest.approx(before, abs=1e-9)
    redo(desk)
    assert lags(desk) == pytest.approx(after, abs=1e-9)


def _last_detail(desk: Desk) -> dict[str, Any]:
    with desk.reading():
        return event_log.events(limit=1)[0]["detail"] or {}


# -- what it costs


@pytest.mark.on_file
def test_the_choice_reads_a_few_rows_of_many(
    desk: Desk, share: Callable[..., None], add_lead: AddLead
) -> None:
    share(1, 2, 2)
    set_presence(desk, 3, "away")

    def add_many() -> None:
        add_agents(desk)
        add_agents(desk, presence="away", weight=2.0)
        with desk.transaction():
            shares.recount()

    found = " ".join(plans(desk, lambda: desk.rehearse(add_lead)))
    assert "TEMP B-TREE" not in found
    assert "SCAN space_travel_agents" not in found
    # ten runners-up, and fifty of the two thousand who are away
    assert extra_steps(desk, lambda: desk.rehearse(add_lead), add_many) < 25 * FEW


@pytest.mark.on_file
def test_a_lead_moves_its_agent_in_the_order_of_the_shares_alone(
    desk: Desk, share: Callable[..., None], add_lead: AddLead
) -> None:
    share(1, 1)
    # in the order of rank and of the shares; in that of those who are out only if the agent goes out
    assert index_entries_written(desk, lambda: desk.rehearse(add_lead), "space_travel_agents") == 3
