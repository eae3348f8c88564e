"""The match score and its weights, mainly bad input; the published table is in tests/seeds."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from dispatch import agents, bookings, queries
from dispatch.desk.desk import Desk
from dispatch.matching import weights
from dispatch.matching.features import FEATURES, Terms, features, percent_ranks
from dispatch.matching.score import ALL_EQUAL, NOBODY_HERE, Scores, scale, score
from dispatch.matching.weights import PUBLISHED_WEIGHTS
from dispatch.operations import doctor
from models.agents import Agent
from models.bookings import Booking
from models.errors import InvalidInput, NotFound

Add = Callable[..., Any]
MARS = Terms("Text", "Organic", "Mars", requests="a LUXURY dome")
QUOTE = ("Luxury Dome Stay", "100", "50")


def scored(desk: Desk, terms: Terms = MARS) -> Scores:
    with desk.reading():
        return score(terms, PUBLISHED_WEIGHTS)


def named_features(desk: Desk, terms: Terms = MARS) -> dict[int, dict[str, float]]:
    with desk.reading():
        return {agent.agent_id: dict(zip(FEATURES, agent.values, strict=True)) for agent in features(terms)}


def test_percent_ranks_share_the_lowest_rank() -> None:
    assert percent_ranks([3, 1, 3, 2, 9]) == [0.5, 0.0, 0.5, 0.25, 1.0]
    assert percent_ranks([5]) == [0.0]
    assert percent_ranks([]) == []


def test_scores_lie_between_0_and_100() -> None:
    assert scale([-3, 0, 1]) == [0.0, 75.0, 100.0]
    assert scale([0.1 + 0.2, 0.3]) == [0.0, 0.0]
    assert scale([9.66, 9.66 + 1e-9]) == [0.0, 100.0]
    assert scale([]) == []


def test_no_agents_no_scores(desk: Desk) -> None:
    assert scored(desk) == Scores((), NOBODY_HERE)


def test_a_single_agent_has_0_and_a_note(desk: Desk, add_agent: Add) -> None:
    add_agent("Ada", rating=5, years=9)
    found = scored(desk)
    assert [agent.match_score for agent in found.agents] == [0.0]
    assert found.note == ALL_EQUAL


def test_equal_agents_have_0_and_a_note(desk: Desk, add_agent: Add) -> None:
    for name in ("Ada", "Bob", "Cyd"):
        add_agent(name, rating=4, years=9)
    found = scored(desk)
    assert [(agent.agent_id, agent.match_score) for agent in found.agents] == [(1, 0.0), (2, 0.0), (3, 0.0)]
    assert found.note == ALL_EQUAL


def test_a_new_agent_has_the_lowest_share_of_everything(desk: Desk, add_agent: Add, add_lead: Add) -> None:
    add_agent("Ada")
    bookings.confirm(desk, add_lead()["booking_id"], *QUOTE)
    add_agent("Bob")
    values = named_features(desk)[2]
    shares = ("revenue", "dest_expertise", "lead_conversion", "communication", "requirements", "recency")
    assert [values[f"{name}_score"] for name in shares] == [0.0] * 6
    assert values["availability_score"] == 1.0
    assert [agent.match_score for agent in scored(desk).agents] == [100.0, 0.0]


def test_an_unsold_destination_counts_for_nobody(desk: Desk, add_agent: Add, add_lead: Add) -> None:
    add_agent("Ada")
    bookings.confirm(desk, add_lead()["booking_id"], *QUOTE)
    add_agent("Bob")
    terms = MARS._replace(destination="Titan")
    assert [row["dest_expertise_score"] for row in named_features(desk, terms).values()] == [0.0, 0.0]
    assert {agent.values["dest_expertise_score"] for agent in scored(desk, terms).agents} == {0.0}


def test_open_work_counts_as_assigned_and_lowers_availability(
    desk: Desk, add_agent: Add, add_lead: Add
) -> None:
    add_agent("Ada", department="Luxury Voyages")
    bookings.confirm(desk, add_lead()["booking_id"], *QUOTE)
    add_lead()
    add_lead(method="Phone Call")
    values = named_features(desk)[1]
    assert values["lead_conversion_score"] == 1 / 3
    assert values["communication_score"] == 1 / 2
    assert values["availability_score"] == 1 - 2 / 10
    assert values["revenue_score"] == 150.0
    assert values["requirements_score"] == 1.0
    assert named_features(desk, MARS._replace(requests="window"))[1]["requirements_score"] == 0.0


def test_missing_revenue_counts_as_nothing(desk: Desk, add_agent: Add, add_lead: Add) -> None:
    add_agent("Ada")
    booking_id = add_lead()["booking_id"]
    bookings.confirm(desk, booking_id, *QUOTE)
    with desk.reading():
        Booking.update(destination_revenue_cents=None, package_revenue_cents=None).execute()
    bookings.reopen(desk, booking_id)
    assert named_features(desk)[1]["revenue_score"] == 150.0  # as a repair does
    doctor.repair(desk)
    assert named_features(desk)[1]["revenue_score"] == 0.0


def test_no_part_of_a_score_is_minus_zero(desk: Desk, add_agent: Add) -> None:
    add_agent("Ada")
    add_agent("Bob", years=9)
    assert "-0.0" not in json.dumps([agent.row() for agent in scored(desk).agents])


def test_an_agent_with_capacity_0_is_not_available(desk: Desk, add_agent: Add) -> None:
    add_agent("Ada")
    with desk.reading():
        Agent.update(capacity=0).execute()
    assert named_features(desk)[1]["availability_score"] == 0.0


def test_an_agent_who_left_is_not_scored(desk: Desk, add_agent: Add) -> None:
    add_agent("Ada")
    add_agent("Bob")
    agents.leave(desk, 1)
    assert [agent.agent_id for agent in scored(desk).agents] == [2]


def test_recent_days_begin_at_the_exact_second(desk: Desk, add_agent: Add, add_lead: Add, clock: Any) -> None:
    add_agent("Ada", years=9)
    add_agent("Bob")
    for _ in range(2):
        bookings.confirm(desk, add_lead()["booking_id"], *QUOTE)
        clock.advance(seconds=1)
    clock.advance(days=30, seconds=-1)
    with desk.reading():
        assert queries.booking(1)["agent_id"] == queries.booking(2)["agent_id"] == 1
    bookings.confirm(desk, add_lead()["booking_id"], *QUOTE)
    # the first lies one second before the cut, the second on it
    assert named_features(desk)[1]["recency_score"] == 2 / 3


# -- weights


def test_a_file_of_nine_weights_is_read(tmp_path: Path) -> None:
    file = tmp_path / "mine.json"
    file.write_text(json.dumps(PUBLISHED_WEIGHTS | {"rating_score": 3}))
    assert weights.read_file(str(file)) == PUBLISHED_WEIGHTS | {"rating_score": 3.0}


@pytest.mark.parametrize(
    ("change", "expected"),
    [
        ({"rating_score": None}, "rating_score in mine.json is 'null', not a finite number"),
        ({"rating_score": "1"}, "rating_score"),
        ({"rating_score": True}, "rating_score"),
        ({"rating_score": float("nan")}, "rating_score in mine.json is 'NaN'"),
        ({"recency_score": float("inf")}, "recency_score"),
        ({"recency_score": 10**400}, "recency_score"),
        ({"recency_score": -1e308}, "not a finite number up to 1e+12"),  # the scores would be infinite
        ({"charm_score": 1}, "unknown weight: 'charm_score'"),
    ],
)
def test_an_invalid_weight_is_refused_by_name(tmp_path: Path, change: dict[str, Any], expected: str) -> None:
    file = tmp_path / "mine.json"
    file.write_text(json.dumps(PUBLISHED_WEIGHTS | change))
    with pytest.raises(InvalidInput) as refusal:
        weights.read_file(str(file))
    assert expected in refusal.value.message
    assert refusal.value.hint


@pytest.mark.parametrize(
    ("content", "expected"),
    [
        (b'{"rating_score": 1}', "lacks experience_score, revenue_score"),
        (b"[1, 2]", "is not an object"),
        (b"rating: 1", "is not JSON"),
        (b'{"rating_score": 1, "rating_score": 2}', "a name is given twice"),
        (b"\xff\xfe", "is not JSON"),
        (b"[" * 100_000, "is not JSON"),
        (b" " * 1_000_001, "too long"),
    ],
)
def test_a_file_without_weights_is_refused(tmp_path: Path, content: bytes, expected: str) -> None:
    file = tmp_path / "mine.json"
    file.write_bytes(content)
    with pytest.raises(InvalidInput, match=expected) as refusal:
        weights.read_file(str(file))
    assert refusal.value.hint


def test_names_of_weights(desk: Desk, tmp_path: Path) -> None:
    with desk.reading():
        assert weights.named("published").weights == PUBLISHED_WEIGHTS
        assert weights.named(None).name == "published"  # nothing has been learned yet
        for name in ("7", str(10**17)):
            with pytest.raises(NotFound, match=name):
                weights.named(name)
        for name in ("0", "9" * 5000, str(tmp_path / "no.json"), "\0"):
            with pytest.raises(InvalidInput) as refusal:
                weights.named(name)
            assert refusal.value.hint


def test_weights_of_a_file_become_a_version_that_is_used(desk: Desk) -> None:
    mine = PUBLISHED_WEIGHTS | {"rating_score": 7.0}
    assert weights.use(desk, "mine.json", mine) == {"weights": "1", "name": "version 1"}
    with desk.reading():
        assert weights.in_use().weights == mine
        assert [row["in_use"] for row in weights.listing()] == [False, True]
        shown = weights.details(None)
    # no training data, and the gate was not used
    assert (shown["origin"], shown["outcomes"], shown["gate_open"]) == ("file", None, None)
    weights.use(desk, "published")
    with desk.reading():
        assert [row["in_use"] for row in weights.listing()] == [True, False]
    with pytest.raises(NotFound):
        weights.use(desk, "2")
    with desk.reading():
        assert weights.in_use().name == "published"
