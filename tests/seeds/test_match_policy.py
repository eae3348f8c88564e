"""The ``match`` policy: by score where the gate is open or weights were chosen, else by load and rank."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import pytest

from dispatch.assignment import explanations
from dispatch.desk import event_log
from dispatch.desk.desk import Desk
from dispatch.leads import intake
from dispatch.matching import evidence, weights
from dispatch.matching.features import Terms
from dispatch.matching.learning.version_store import Lesson, learn
from dispatch.matching.score import score
from dispatch.operations import configuration
from seeds.demo.demo import make_demo

LEAD = {
    "name": "Kate Nguyen",
    "method": "Text",
    "source": "Organic",
    "destination": "Mars",
    "launch": "Dallas-Fort Worth Launch Complex",
}
TERMS = Terms("Text", "Organic", "Mars")


@pytest.fixture
def made(desk: Desk) -> Desk:
    make_demo(desk, agents=12, bookings=200)
    configuration.set_value(desk, "policy", "match")
    return desk


def lesson(gate_open: bool, outcomes: int = 400) -> Lesson:
    """A possible result of training."""
    row: Any = {
        "outcomes": outcomes,
        "first_at": "2082-01-01 00:00:00",
        "last_at": "2082-02-01 00:00:00",
        "gate_open": gate_open,
        "weights": weights.PUBLISHED_WEIGHTS,
        "evaluation": {"gain": {"mean": 0.02, "low": 0.01, "high": 0.03}},
    }
    return Lesson("honest", row, {})


def best(desk: Desk) -> tuple[int, float]:
    with desk.reading():
        first = score(TERMS, weights.PUBLISHED_WEIGHTS).agents[0]
    return first.agent_id, first.match_score


def first_by_rank(desk: Desk) -> int:
    with desk.reading():
        return int(explanations.preview(desk, 1, policy="rank")["candidates"][0]["agent_id"])


def test_without_evidence_load_and_rank_decide(made: Desk) -> None:
    expected = first_by_rank(made)
    assert expected != best(made)[0]
    lead = intake.receive(made, **LEAD)
    assert lead["agent_id"] == expected
    assert lead["policy"] == "match"
    assert "show no difference between agents" in lead["reason"]
    assert ": ordering by rank; fewest bookings (0)" in lead["reason"]
    with made.reading():
        winner: Any = explanations.why(lead["booking_id"])["winner"]
    assert winner["match_score"] is None
    assert winner["load"] == 0


def test_an_open_gate_lets_the_score_decide(made: Desk) -> None:
    learn(made, lesson(gate_open=True))
    weights.use(made, "1")
    expected, points = best(made)
    lead = intake.receive(made, **LEAD)
    assert lead["agent_id"] == expected
    assert lead["reason"] == (
        f"best match score ({points:.1f}); 400 outcomes support it: log loss 0.020 lower than by the lead"
        " alone (95%: 0.010 to 0.030)"
    )
    with made.reading():
        why: Any = explanations.why(lead["booking_id"])
        shown = [why["winner"], *why["next"]]
    assert why["winner"]["match_score"] == points == 100.0
    assert [row["match_score"] for row in shown] == sorted(
        (row["match_score"] for row in shown), reverse=True
    )


def test_a_closed_gate_keeps_learned_weights_from_deciding(made: Desk) -> None:
    learn(made, lesson(gate_open=False))
    expected = first_by_rank(made)
    assert intake.receive(made, **LEAD)["agent_id"] == expected
    weights.use(made, "1")
    expected = first_by_rank(made)
    assert intake.receive(made, **LEAD)["agent_id"] == expected


@pytest.mark.parametrize("own", [None, weights.PUBLISHED_WEIGHTS])
def test_chosen_weights_decide(made: Desk, own: dict[str, float] | None) -> None:
    weights.use(made, "mine.json" if own else "published", own)
    expected, points = best(made)
    lead = intake.receive(made, **LEAD)
    assert (lead["agent_id"], points) == (expected, 100.0)
    assert lead["reason"].startswith("best match score (100.0); ")
    assert lead["reason"].endswith("weights decide, as chosen")


def test_under_another_policy_the_score_is_not_said_to_decide(made: Desk) -> None:
    with made.reading():
        doubtful = evidence.verdict(weights.in_use())
    assert doubtful.under("rank") == doubtful.sentence == f"{doubtful.grounds}: ordering by rank"
    assert doubtful.under("balanced") == f"{doubtful.grounds}: ordering by the balanced policy"
    assert doubtful.under("balanced", "Balanced load") == f"{doubtful.grounds}: ordering by Balanced load"
    weights.use(made, "published")
    with made.reading():
        chosen = evidence.verdict(weights.in_use())
    assert chosen.under("match") == f"{doubtful.grounds}: published weights decide, as chosen"
    assert chosen.under("rank") == f"{doubtful.grounds}; only the match policy goes by it"
    learn(made, lesson(gate_open=True))
    weights.use(made, "learned")
    with made.reading():
        believed = evidence.verdict(weights.in_use())
    assert believed.under("match") == believed.grounds
    assert believed.under("skill").endswith("; only the match policy goes by it")


def test_equal_scores_are_decided_by_the_next_policy(desk: Desk, add_agent: Callable[..., Any]) -> None:
    add_agent("Ada", years=1)
    add_agent("Bob", years=9)
    flat = dict.fromkeys(weights.PUBLISHED_WEIGHTS, 0.0)
    weights.use(desk, "flat.json", flat)
    configuration.set_value(desk, "policy", "match")
    lead = intake.receive(desk, **LEAD)
    assert lead["agent_id"] == 2
    assert lead["reason"].startswith(
        "best match score (0.0), then fewest bookings (0), then most years (9); "
    )


def test_a_missing_version_does_not_stop_assignment(made: Desk) -> None:
    configuration.set_value(made, "match_weights", "99")
    assert intake.receive(made, **LEAD)["agent_id"] is not None


def test_without_agents_the_lead_waits(desk: Desk) -> None:
    configuration.set_value(desk, "policy", "match")
    for wish in ("learned", "published"):
        weights.use(desk, wish)
        assert intake.receive(desk, **LEAD)["agent_id"] is None


def test_the_training_event_names_its_version(made: Desk) -> None:
    learn(made, lesson(gate_open=True))
    with made.reading():
        event = event_log.events(limit=1)[0]
    assert event["command"] == "weights.learn"
    assert event["detail"] == json.loads('{"version": 1, "outcomes": 400, "gate_open": true}')


def test_training_never_changes_the_weights_in_use(made: Desk) -> None:
    """The first training took effect at once, at every terminal."""
    for number, used in ((1, "published"), (2, "published"), (3, "version 2")):
        learn(made, lesson(gate_open=True))
        with made.reading():
            assert weights.in_use().name == used
            assert not weights.in_use().is_wish
        if number == 2:
            weights.use(made, "learned")
    weights.use(made, "learned")
    with made.reading():
        assert weights.in_use().name == "version 3"


def test_a_desk_that_used_its_newest_weights_keeps_that_version(made: Desk) -> None:
    learn(made, lesson(gate_open=True))
    configuration.set_value(made, "match_weights", "learned")
    with made.reading():
        assert weights.in_use().name == "version 1"
    learn(made, lesson(gate_open=True))
    with made.reading():
        assert weights.in_use().name == "version 1"
