"""The policy ``share``: leads in proportion to the agents' weights, exactly, whatever happens meanwhile."""

from __future__ import annotations

import io
from collections import Counter
from collections.abc import Callable
from fractions import Fraction
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from dispatch import agents, bookings
from dispatch.agents.presence import set_presence
from dispatch.assignment import policy_trial
from dispatch.assignment.caps import set_cap
from dispatch.assignment.counterfactuals import why_not
from dispatch.assignment.explanations import preview, why
from dispatch.assignment.shuffle import shuffle
from dispatch.bootstrap import open_desk
from dispatch.desk import event_log
from dispatch.desk.desk import Desk
from dispatch.inputs.lead_files import open_leads
from dispatch.leads import file_intake, intake
from dispatch.operations import configuration, doctor
from dispatch.operations.undo import redo, undo
from models import shares
from models.agents import Agent
from models.audit import Decision, Event
from models.base import tuples
from models.bookings import Booking
from models.errors import Refused
from tests.conftest import TestClock
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
    assert [add_lead()["agent_id"] for _ in range(6)] == [1, 1, 2, 1, 1, 2]


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
    assert _lags(desk) == pytest.approx({1: -0.5, 2: 0.5}), "three were for both, three for the second alone"
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
        assert [row["agent_id"] for row in preview(desk)["candidates"]] == [1, 2]


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
    configuration.set_value(desk, "returning", "on")
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
        ("UPDATE share_clock SET in_force = 0", "the shares are not kept up"),
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


def test_two_terminals_change_weights_of_one_desk(desk: Desk, share: Callable[..., None], look: Look) -> None:
    share(1, 1)
    other = open_desk(desk.database.path, actor="lee")
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
    before = _lags(desk)
    add_lead()
    after = _lags(desk)
    undo(desk)
    assert _lags(desk) == pytest.approx(before)
    assert _last_detail(desk)["credit"] == {"share": {"1": 1}}
    redo(desk)
    assert _lags(desk) == pytest.approx(after)
    assert _last_detail(desk)["taken_again"] == {"share": {"1": 1}}
    undo(desk)
    assert _lags(desk) == pytest.approx(before)
    assert [add_lead()["agent_id"] for _ in range(3)] == [1, 2, 3]


def test_the_lead_that_filled_an_agent_up_is_undone_exactly(
    desk: Desk, share: Callable[..., None], add_lead: AddLead
) -> None:
    share(1, 1)
    agents.change(desk, 1, capacity=1)
    before = _lags(desk)
    assert add_lead()["agent_id"] == 1
    undo(desk)
    assert _lags(desk) == pytest.approx(before)


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
    assert set(_lags(desk).values()) == {0}


def test_a_file_of_leads_is_given_back(desk: Desk, share: Callable[..., None]) -> None:
    share(2, 1)
    before = _lags(desk)
    rows = [f"Lead {number},Text,Organic,Mars,Tokyo Spaceport Terminal" for number in range(6)]
    text = "\n".join(["name,method,source,destination,launch", *rows])
    with open_leads(io.BytesIO(text.encode()), "leads.csv") as leads:
        file_intake.receive_file(desk, leads)
    after = _lags(desk)
    undo(desk)
    assert _last_detail(desk)["credit"] == {"share": {"2": 2, "1": 4}}
    assert _lags(desk) == pytest.approx(before, abs=1e-9)
    redo(desk)
    assert _lags(desk) == pytest.approx(after, abs=1e-9)


def _lags(desk: Desk) -> dict[int, float]:
    """How far everybody is behind their share, in leads."""
    with desk.reading():
        moment = shares.state().moment
        return {
            one.agent_id: one.share_lag
            if one.share_due is None
            else 1 - one.weight * (one.share_due - moment)
            for one in shares.Sharer.select()
        }


def _last_detail(desk: Desk) -> dict[str, Any]:
    with desk.reading():
        return event_log.events(limit=1)[0]["detail"] or {}


# -- what it costs


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


def test_a_lead_moves_its_agent_in_the_order_of_the_shares_alone(
    desk: Desk, share: Callable[..., None], add_lead: AddLead
) -> None:
    share(1, 1)
    # in the order of rank and of the shares; in that of those who are out only if the agent goes out
    assert index_entries_written(desk, lambda: desk.rehearse(add_lead), "space_travel_agents") == 3


# -- random days against a plain model


class Model:
    """Who received what, and what each lead entitled those to who could have had it."""

    def __init__(self) -> None:
        self.weights: dict[int, Fraction] = {}
        self.members: set[int] = set()
        self.entitled: Counter[int] = Counter()
        self.received: Counter[int] = Counter()

    def lead(self, agent_id: int) -> None:
        total = sum(self.weights[one] for one in self.members)
        for one in self.members:
            self.entitled[one] += self.weights[one] / total  # type: ignore[assignment]  # a fraction
        self.received[agent_id] += 1

    def take_back(self, agent_id: int) -> None:
        """Forget a lead: who is a member now gives back their part of it."""
        self.received[agent_id] -= 1
        total = sum(self.weights[one] for one in self.members)
        for one in self.members if agent_id in self.members else ():
            self.entitled[one] -= self.weights[one] / total  # type: ignore[assignment]  # a fraction

    def off(self) -> list[float]:
        return [float(self.received[one] - self.entitled[one]) for one in self.weights]


DISTURBING = ["join", "leave", "back", "weigh", "away", "here", "undo weight", "undo lead", "undo old"]
ACTS = st.lists(
    st.tuples(
        st.sampled_from(
            ["lead"] * 6
            + ["join", "leave", "back", "weigh", "away", "here", "undo weight", "undo lead", "undo old"]
        ),
        st.integers(0, 50),
        st.sampled_from([0, 0.1, 0.5, 1, 1, 2, 3.5, 10]),
    ),
    min_size=10,
    max_size=60,
)


@given(st.lists(st.sampled_from([0.1, 0.7, 1, 2, 10]), min_size=1, max_size=6), ACTS)
@settings(max_examples=40)
def test_random_days_keep_everybody_near_their_share(
    tmp_path_factory: pytest.TempPathFactory, empty_desk_file: Any, weights: list[float], acts: list[Any]
) -> None:
    path = tmp_path_factory.mktemp("day") / "desk.db"
    path.write_bytes(empty_desk_file.read_bytes())
    desk = open_desk(path, actor="kim")
    try:
        _random_day(desk, weights, acts)
    finally:
        desk.close()


def _random_day(desk: Desk, weights: list[float], acts: list[tuple[str, int, float]]) -> None:
    model, last_decision, turned, is_bounded, was = Model(), 0, False, True, ""
    for weight in weights:
        _add(desk, weight)
    configuration.set_value(desk, "policy", "share")
    for what, which, weight in acts:
        if what == "undo lead" and was != "lead":
            continue  # only without the newest lead everybody is as near as before
        undone = None
        if what in UNDOS:
            undone = _undo_lead(desk, which, newest=what == "undo lead")
        else:
            ACTIONS[what](desk, _agents(desk)[which % len(_agents(desk))], weight)
        is_bounded = is_bounded and what != "undo old"
        was, before = what, model.members
        rows = _agents(desk)
        model.weights = {one.agent_id: Fraction(str(one.weight)) for one in rows}
        model.members = {
            one.agent_id
            for one in rows
            if one.left_at is None and one.presence == "available" and one.weight and one.held < one.capacity
        }
        turned = turned or bool(before and before != model.members) or what == "weigh"
        if undone is not None:
            model.take_back(undone)
        with desk.reading():
            query = Decision.select(Decision.decision_id, Decision.agent_id)
            made = tuples(query.where(Decision.decision_id > last_decision).order_by(Decision.decision_id))
            assert shares.fault("share") == ""
        for number, agent_id in made:
            last_decision = number
            if agent_id is not None:
                model.lead(agent_id)
        assert not is_bounded or max(map(abs, model.off())) < (2 if turned else 1)
        _check_lags(desk, model)


def _check_lags(desk: Desk, model: Model) -> None:
    stored = _lags(desk)
    assert stored == pytest.approx(
        {one: float(model.entitled[one] - model.received[one]) for one in stored}, abs=1e-6
    )


def _agents(desk: Desk) -> list[Agent]:
    with desk.reading():
        return list(Agent.select().order_by(Agent.agent_id))


def _add(desk: Desk, weight: float) -> None:
    agents.add(
        desk,
        first_name="Ada",
        last_name="Byron",
        department="Premium Bookings",
        job_title="Space Travel Agent",
        weight=weight,
        capacity=10_000,
    )


def _weigh(desk: Desk, row: Agent, weight: float) -> None:
    if weight or row.weight == 0:
        agents.change(desk, row.agent_id, weight=weight)


def _weigh_and_back(desk: Desk, row: Agent, weight: float) -> None:
    if weight and row.weight and weight != row.weight:
        agents.change(desk, row.agent_id, weight=weight)
        undo(desk)


def _undo_lead(desk: Desk, which: int, *, newest: bool) -> int | None:
    """Undo a lead that its agent has by the policy; return the agent."""
    with desk.reading():
        query = (
            Booking.select(Booking.agent_id, Event.event_id)
            .join(Event, on=(Event.booking_id == Booking.booking_id))
            .where(Event.command == "lead.add", ~Booking.voided, Booking.agent_id.is_null(False))
        )
        held = tuples(query.order_by(Booking.booking_id))
    if not held:
        return None
    agent_id, event_id = held[-1] if newest else held[which % len(held)]
    try:
        undo(desk, event_id)
    except Refused:  # it went to somebody else since
        return None
    return int(agent_id)


def _presence(name: str) -> Callable[[Desk, Agent, float], None]:
    def put(desk: Desk, row: Agent, _weight: float) -> None:
        if row.left_at is None:
            set_presence(desk, row.agent_id, name)

    return put


def _leave(desk: Desk, row: Agent, _weight: float) -> None:
    if row.left_at is None:
        agents.leave(desk, row.agent_id, hand_over=True)


def _back(desk: Desk, row: Agent, _weight: float) -> None:
    if row.left_at is not None:
        agents.come_back(desk, row.agent_id)


UNDOS = ("undo lead", "undo old")
ACTIONS: dict[str, Callable[[Desk, Agent, float], object]] = {
    "lead": lambda desk, *_: intake.receive(desk, name="Kate Nguyen", **TRIP),
    "join": lambda desk, _, weight: _add(desk, weight),
    "leave": _leave,
    "back": _back,
    "weigh": _weigh,
    "undo weight": _weigh_and_back,
    "away": _presence("away"),
    "here": _presence("available"),
}
