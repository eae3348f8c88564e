"""Received, entitled and owed, against counting lead by lead; and who is said to starve."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from dispatch import agents, bookings
from dispatch.agents import presence
from dispatch.bootstrap import open_desk
from dispatch.desk import event_log
from dispatch.desk.desk import Desk
from dispatch.leads import intake
from dispatch.operations import configuration, doctor, undo
from dispatch.queries.row_types import AgentRow
from dispatch.reporting import fairness
from models.agents import Agent
from models.base import tuples
from models.bookings import Assignment
from models.errors import Refused
from tests.conftest import TestClock

DAY_S = 24 * 3600
AddAgent = Callable[..., AgentRow]
Acts = list[tuple[str, int]]


def lead(desk: Desk, **how: Any) -> intake.LeadResult:
    trip = {"destination": "Mars", "launch": "Sydney Stellar Port"}
    return intake.receive(desk, name="Kate Nguyen", method="Text", source="Organic", **trip, **how)


class PlainCount:
    """Every lead, when it is given out, with the agents who are available at that moment."""

    def __init__(self, desk: Desk) -> None:
        self.desk = desk
        self.due: dict[int, dict[int, float]] = {}

    def look(self) -> None:
        """Note the leads given out by the last act, and forget those it undid."""
        with self.desk.reading():
            here = Agent.presence == "available", Agent.left_at.is_null()
            available = dict(tuples(Agent.select(Agent.agent_id, Agent.weight).where(*here)))
            given = [number for (number,) in tuples(Assignment.select(Assignment.assignment_id))]
        for number in given:
            self.due.setdefault(number, available)

    def entitled(self, undone: set[int]) -> dict[int, float]:
        found: dict[int, float] = defaultdict(float)
        for number, weights in self.due.items():
            for agent_id, weight in weights.items():
                if number not in undone and weight:
                    found[agent_id] += weight / sum(weights.values())
        return found


ACTS = st.lists(
    st.tuples(
        st.sampled_from(("lead", "lead", "lead", "away", "back", "add", "leave", "weigh", "undo")),
        st.integers(0, 7),
    ),
    max_size=40,
)


@given(ACTS)
@settings(max_examples=30)
def test_what_everybody_is_due_follows_from_the_log(
    tmp_path_factory: pytest.TempPathFactory, empty_desk_file: Path, acts: Acts
) -> None:
    path = tmp_path_factory.mktemp("fair") / "desk.db"
    path.write_bytes(empty_desk_file.read_bytes())
    clock = TestClock()
    desk = open_desk(path, clock=clock, actor="kim")
    plain, undone, leads = PlainCount(desk), set[int](), list[tuple[int, int]]()
    try:
        for act, number in acts:
            clock.advance(hours=7 if number == 7 else 0, seconds=40)
            _act(desk, act, number, leads, undone)
            plain.look()
        with desk.reading():
            found = fairness.fairness(desk, "30d")
            each = {window: fairness.fairness(desk, window) for window in fairness.WINDOWS}
            assert fairness.every_fairness(desk) == each
            held = Counter(
                agent_id
                for number, agent_id in tuples(
                    Assignment.select(Assignment.assignment_id, Assignment.agent_id)
                )
                if number not in undone
            )
        assert {row["agent_id"]: row["received"] for row in found["agents"] if row["received"]} == held
        due = {agent_id: round(part, 1) for agent_id, part in plain.entitled(undone).items()}
        assert {row["agent_id"]: row["entitled"] for row in found["agents"] if row["entitled"]} == {
            agent_id: part for agent_id, part in due.items() if part
        }
    finally:
        desk.close()


def _act(desk: Desk, act: str, number: int, leads: list[tuple[int, int]], undone: set[int]) -> None:
    with desk.reading():
        everybody = tuples(Agent.select(Agent.agent_id, Agent.left_at, Agent.load).order_by(Agent.agent_id))
    chosen = everybody[number % len(everybody)] if everybody else None
    if act == "lead":
        result = lead(desk)
        if result["assignment_id"] is not None:
            with desk.reading():
                leads.append((event_log.last_event(), result["assignment_id"]))
    elif act == "undo" and leads:
        event_id, assignment_id = leads.pop()
        undo.undo(desk, event_id)
        undone.add(assignment_id)
    elif act == "add":
        about = {"department": "Premium Bookings", "job_title": "Space Travel Agent"}
        agents.add(desk, first_name="Ada", last_name=str(len(everybody)), capacity=100, **about)
    elif chosen is None or chosen[1] is not None:
        return
    elif act == "away":
        presence.set_presence(desk, chosen[0], "break")
    elif act == "back":
        presence.set_presence(desk, chosen[0], "available")
    elif act == "weigh":
        with suppress(Refused):  # the last weight above 0
            agents.change(desk, chosen[0], weight=(0, 0.5, 1, 3)[number % 4])
    elif act == "leave" and not chosen[2]:
        agents.leave(desk, chosen[0])


def test_windows_begin_at_midnight(desk: Desk, clock: TestClock, add_agent: AddAgent) -> None:
    add_agent(capacity=100)
    for _ in range(3):
        lead(desk)
        clock.advance(days=1)
    clock.moment -= clock.moment - clock.moment.replace(hour=8)
    with desk.reading():
        counted = {window: one["leads"] for window, one in fairness.every_fairness(desk).items()}
    assert counted == {"today": 0, "7d": 3, "30d": 3}


def test_a_desk_without_leads_is_even(desk: Desk, add_agent: AddAgent) -> None:
    add_agent()
    with desk.reading():
        found = fairness.fairness(desk)
    assert (found["jain"], found["busiest_share"], found["got_nothing"]) == (1.0, 0.0, [])


@pytest.fixture
def rank_desk(desk: Desk, add_agent: AddAgent, clock: TestClock) -> Desk:
    """Three agents under rank, whose leads are closed at once: the one with most years gets them all."""
    for years in (9, 5, 1):
        add_agent(f"A{years}", years=years, capacity=100)
    for _ in range(30):
        clock.advance(minutes=1)
        bookings.cancel(desk, lead(desk)["booking_id"], "no answer")
    return desk


def test_a_policy_that_starves_is_told_with_one_that_does_not(rank_desk: Desk) -> None:
    with rank_desk.reading():
        found = fairness.starved(rank_desk)
        even = fairness.fairness(rank_desk)
    assert found == {
        "policy": "rank", "agent_ids": [2, 3], "eligible": 3, "leads": 30, "instead": "balanced"
    }  # fmt: skip
    assert (even["jain"], even["busiest_share"], even["got_nothing"]) == (0.3333, 1.0, [2, 3])
    with rank_desk.reading():
        checks = doctor.examine(rank_desk)["checks"]
    (told,) = (check for check in checks if check["check"] == "fairness")
    assert (told["ok"], told["warning"]) == (False, True)
    assert told["detail"] == "2 of 3 available agents got none of the last 30 leads under rank"
    assert told["hint"] == "{set.to policy balanced} gives everybody a turn"


def test_who_has_just_come_does_not_starve(rank_desk: Desk, clock: TestClock) -> None:
    for agent_id in (2, 3):
        presence.set_presence(rank_desk, agent_id, "break")
    for _ in range(30):
        clock.advance(minutes=1)
        lead(rank_desk)
    for agent_id in (2, 3):
        presence.set_presence(rank_desk, agent_id, "available")
    with rank_desk.reading():
        assert fairness.starved(rank_desk) is None, "they were not there for any of the last thirty"


@pytest.mark.parametrize("policy", ["balanced", "round_robin"])
def test_policies_that_give_everybody_a_turn_do_not_starve(
    desk: Desk, add_agent: AddAgent, clock: TestClock, policy: str
) -> None:
    configuration.set_value(desk, "policy", policy)
    for years in (9, 5, 1):
        add_agent(f"A{years}", years=years, capacity=100)
    for _ in range(30):
        clock.advance(minutes=1)
        lead(desk)
    with desk.reading():
        assert fairness.starved(desk) is None
        assert fairness.fairness(desk)["jain"] == 1.0
