"""Upgrade from schema 3: who may take work, and when agents last received some."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import pytest

from dispatch import bookings, queries
from dispatch.agents.presence import set_presence
from dispatch.assignment import shuffle, waiting_list
from dispatch.assignment.eligibility import Pool
from dispatch.assignment.policies import POLICIES
from dispatch.bootstrap import open_desk
from dispatch.desk.desk import Desk
from dispatch.leads import intake
from models.customers import Lead
from models.round_robin_pointers import RoundRobinPointer
from tests.old_desk import make_old
from tests.query_cost import FEW, add_agents, add_bookings, extra_steps, plans

ROOT = Path(__file__).resolve().parents[2]
LEAD = Lead(destination="Mars", launch_location="Sydney Stellar Port")
OLD_ROWS = """
INSERT INTO customers (customer_id, name, created_at) VALUES (1, 'Kate', 'x');
INSERT INTO space_travel_agents (agent_id, first_name, last_name, job_title, department, years_of_service,
    rating, prior_rating, prior_answers, score_sum, score_count, load, capacity, presence)
VALUES (1, 'Ada', 'Byron', 'Agent', 'Premium', 9, 4, 4, 20, 0, 0, 2, 10, 'available'),
       (2, 'Bob', 'Byron', 'Agent', 'Premium', 5, 4, 4, 20, 0, 0, 0, 2, 'available');
WITH numbers (n) AS (VALUES (1), (2))
INSERT INTO new_customer SELECT n, 1, 'Kate', 'Text', 'Organic', 'Mars', 'Dubai', NULL, 'x' FROM numbers;
INSERT INTO assignment_history VALUES (1, 1, 1, 'Kate', 'Text', 'Organic', '2082-01-01 09:00:00'),
                                      (2, 2, 1, 'Kate', 'Text', 'Organic', '2082-01-02 09:00:00');
INSERT INTO bookings (booking_id, lead_id, assignment_id, agent_id, status, destination, launch_location,
                      created_at, changed_at, voided, version)
VALUES (1, 1, 1, 1, 'Pending', 'Mars', 'Dubai', 'x', 'x', 0, 3),
       (2, 2, 2, 1, 'Pending', 'Mars', 'Dubai', 'x', 'x', 0, 1);
INSERT INTO decisions (lead_id, agent_id, decided_at, policy, settings_version, reason, candidates, excluded)
VALUES (1, 1, 'x', 'rank', 1, 'lowest load (0)', '[[1,0,9,4.0]]',
        '[[5,"away"],[7,"full (1/1)"],[2,"away"]]'),
       (2, 1, 'x', 'rank', 1, 'lowest load (0)', '[[1,0,9,4.0]]', '[]');
"""


@pytest.fixture
def old_file(tmp_path: Path) -> Path:
    """A desk of schema 3."""
    return make_old(tmp_path, 3, OLD_ROWS)


def test_a_desk_of_schema_3_opens_and_distributes(old_file: Path) -> None:
    desk = open_desk(old_file, actor="kim")
    try:
        driver = desk.database.driver()
        found = driver.execute("SELECT takes_work, last_given_at FROM agents_here ORDER BY agent_id")
        assert found.fetchall() == [(1, "2082-01-02 09:00:00"), (1, None)]
        kept_out = driver.execute("SELECT excluded FROM decisions ORDER BY decision_id").fetchall()
        assert [json.loads(text) for (text,) in kept_out] == [{"away": [5, 2], "full (1/1)": [7]}, {}]
        with desk.reading():
            rows = queries.list_bookings(queries.BookingFilter())
        assert [(row["given_at"], row["asked_at"], row["unattended"]) for row in rows] == [
            (None, None, False)
        ] * 2
        trip = {"method": "Text", "source": "Organic", "destination": "Mars", "launch": "Sydney Stellar Port"}
        assert intake.receive(desk, name="Kate", **trip)["agent_id"] == 2
        bookings.claim(desk, 1, 1)
        assert set_presence(desk, 1, "away")["returned"] == [2]
        assert shuffle.shuffle(desk)["moves"] == []
        assert desk.database.driver().execute("PRAGMA foreign_key_check").fetchone() is None
    finally:
        desk.close()


@pytest.fixture
def at_work(desk: Desk, add_agent: Callable[..., object], add_lead: Callable[..., object]) -> None:
    """A hundred agents who may take work, a hundred who may not, and one booking."""
    add_agent()
    add_lead()
    add_agents(desk, 100, load=0)
    add_agents(desk, 100, presence="away")


@pytest.mark.on_file
@pytest.mark.parametrize(
    ("policy", "takes_work", "others"),
    [
        ("rank", 1, {"load": 5}),
        ("rank", 1, {"presence": "away"}),
        ("rank", 0, {"load": 0}),
        ("rank", 0, {"presence": "busy", "load": 5}),
        ("round_robin", 1, {"load": 0}),
    ],
)
def test_the_first_agents_cost_the_same_among_many(
    desk: Desk, at_work: None, policy: str, takes_work: int, others: dict[str, object]
) -> None:
    def first() -> object:
        return POLICIES[policy].ranked(LEAD, Pool(takes_work=takes_work), 11)

    assert extra_steps(desk, first, lambda: add_agents(desk, **others)) < FEW
    assert not any("TEMP B-TREE" in plan for plan in plans(desk, first))


@pytest.mark.on_file
def test_the_next_in_turn_costs_the_same_far_from_the_first(desk: Desk, at_work: None) -> None:
    add_agents(desk, load=0)

    def next_in_turn() -> object:
        return POLICIES["round_robin"].ranked(LEAD, Pool(), 11)

    def turn() -> None:
        with desk.transaction():
            pointer = {"location": LEAD.launch_location, "skill": LEAD.destination}
            RoundRobinPointer.insert(**pointer, agent_id=1000).execute()

    assert extra_steps(desk, next_in_turn, turn) < FEW


@pytest.mark.on_file
def test_waiting_bookings_cost_the_same_among_many(desk: Desk, at_work: None) -> None:
    def look() -> bool:
        return waiting_list.drainable(desk)

    def add_others() -> None:
        add_bookings(desk)
        add_bookings(desk, agent_id=None, status="Cancelled", cancelled_at=desk.now())

    assert extra_steps(desk, look, add_others) < FEW
    add_bookings(desk, agent_id=None)
    assert extra_steps(desk, look, lambda: add_bookings(desk, agent_id=None)) < FEW, "a hundred are read"
    assert not any("TEMP B-TREE" in plan for plan in plans(desk, look))
    with desk.reading():
        assert look()


@pytest.mark.on_file
def test_a_command_begins_with_the_same_cost_among_many_agents(desk: Desk, at_work: None) -> None:
    """Neither the next change of presence nor a listed skill is searched for among them all."""
    assert extra_steps(desk, desk.settings.begin, lambda: add_agents(desk)) < FEW
    add_agents(desk, 1, due_at="2082-03-01 10:00:00", skills='["Mars"]')
    others = {"due_at": "2082-03-01 11:00:00", "skills": '["Mars"]'}
    assert extra_steps(desk, desk.settings.begin, lambda: add_agents(desk, **others)) < FEW
    assert desk.settings.due_at == "2082-03-01 10:00:00"
