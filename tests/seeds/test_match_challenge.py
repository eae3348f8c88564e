"""The published table of scores, and any lead against a plain evaluation of the history."""

from __future__ import annotations

import json
import math
import random
import sqlite3
from collections.abc import Iterator
from contextlib import suppress
from datetime import datetime, timedelta
from itertools import product
from pathlib import Path
from typing import Any, NamedTuple

import pytest

from astra_tui.main import main
from dispatch import bookings
from dispatch.bookings import editing
from dispatch.bootstrap import open_desk
from dispatch.desk.accepted_values import FIRST_PACKAGES, FIRST_VALUES
from dispatch.desk.desk import Desk
from dispatch.leads import intake
from dispatch.matching import evidence
from dispatch.matching.features import FEATURES, Terms
from dispatch.matching.learning.training import train
from dispatch.matching.learning.training_data import collect
from dispatch.matching.score import score
from dispatch.matching.weights import PUBLISHED_WEIGHTS, in_use
from models.errors import DeskError, Refused
from seeds.demo.demo import make_demo
from seeds.importing.importer import import_files
from tests.by_hand import as_file

PUBLISHED_TABLE = """
19 100, 6 91, 17 90.2, 7 83.7, 27 81.8, 3 76.9, 5 74.2, 12 66, 28 63.9, 23 63.4, 25 60.4, 24 60, 11 57.1,
13 57.1, 20 53, 9 47.1, 1 45.4, 22 44.8, 18 39.3, 30 38.7, 15 36.7, 4 36.1, 14 29.3, 10 17.8, 21 13.1, 26 12,
2 11.7, 29 7, 16 4.9, 8 0
"""
PUBLISHED = {
    int(agent): float(points) for agent, points in (pair.split() for pair in PUBLISHED_TABLE.split(","))
}
LEAD = Terms("Phone Call", "Organic", "Mars", requests="Luxury Dome Stay")
HISTORY = """
SELECT a.agent_id, a.method, a.source, b.status, b.destination, b.completed_at,
       coalesce(destination_revenue_cents, 0) + coalesce(package_revenue_cents, 0)
FROM assignment_history a LEFT JOIN bookings b ON b.lead_id = a.lead_id
WHERE coalesce(voided, 0) = 0 AND a.agent_id IS NOT NULL
"""


@pytest.fixture(scope="module")
def challenge(lasting_path: Path | str, challenge_data: Path) -> Iterator[Desk]:
    desk = open_desk(lasting_path, actor="kim")
    import_files(desk, sorted(challenge_data.glob("*.sql.txt")))
    yield desk
    desk.close()


@pytest.fixture
def rows(challenge: Desk, lasting_path: Path | str, tmp_path: Path) -> Path:
    """A file with the rows of the challenge's desk."""
    return as_file(lasting_path, tmp_path / "rows.db")


def plainly(path: Path, terms: Terms) -> dict[int, tuple[float, dict[str, float]]]:
    """Score and contributions by docs/rules.md, Match score, over plain lists of the whole history."""
    with sqlite3.connect(path) as connection:
        agents = connection.execute(
            "SELECT agent_id, rating, years_of_service, department, capacity FROM space_travel_agents"
            " WHERE left_at IS NULL"
        ).fetchall()
        rows = connection.execute(HISTORY).fetchall()
    connection.close()
    sold = [row for row in rows if row[3] == "Confirmed"]
    cut = ""
    if sold:
        latest = datetime.fromisoformat(max(row[5] for row in sold))
        cut = str(latest - timedelta(hours=720))
    raw: dict[int, dict[str, float]] = {}
    for agent_id, rating, years, department, capacity in agents:
        mine = [row for row in sold if row[0] == agent_id]
        all_mine = [row for row in rows if row[0] == agent_id]
        of_source = [row for row in all_mine if row[2] == terms.source]
        of_method = [row for row in all_mine if row[1] == terms.method]
        pending = sum(row[3] == "Pending" for row in all_mine)
        raw[agent_id] = {
            "rating_score": rating,
            "experience_score": years,
            "revenue_score": sum(row[6] for row in mine),
            "dest_expertise_score": part([row[4] == terms.destination for row in mine]),
            "lead_conversion_score": part([row[3] == "Confirmed" for row in of_source]),
            "communication_score": part([row[3] == "Confirmed" for row in of_method]),
            "requirements_score": department == "Luxury Voyages" and "luxury" in terms.requests.lower(),
            "recency_score": part([row[5] >= cut for row in mine]),
            "availability_score": 1 - pending / capacity,
        }
    contributions: dict[int, dict[str, float]] = {agent_id: {} for agent_id in raw}
    for name, weight in PUBLISHED_WEIGHTS.items():
        values = [agent[name] for agent in raw.values()]
        for agent_id, agent in raw.items():
            lower = sum(value < agent[name] for value in values)
            ranked = agent[name] if name == "requirements_score" else lower / (len(values) - 1)
            contributions[agent_id][name] = weight * ranked
    sums = {agent_id: sum(parts.values()) for agent_id, parts in contributions.items()}
    low, high = min(sums.values()), max(sums.values())
    return {
        agent_id: (round(100 * (total - low) / (high - low), 1), contributions[agent_id])
        for agent_id, total in sums.items()
    }


def part(holds: list[bool]) -> float:
    return sum(holds) / len(holds) if holds else 0


def check(desk: Desk, rows: Path, terms: Terms) -> None:
    expected = plainly(rows, terms)
    with desk.reading():
        found = score(terms, PUBLISHED_WEIGHTS).agents
    assert {agent.agent_id: agent.match_score for agent in found} == {
        agent_id: points for agent_id, (points, _) in expected.items()
    }
    for agent in found:
        assert agent.contributions == pytest.approx(expected[agent.agent_id][1])
        assert tuple(agent.contributions) == FEATURES


def test_the_published_table_of_scores(challenge: Desk) -> None:
    with challenge.reading():
        found = score(LEAD, PUBLISHED_WEIGHTS)
    assert {agent.agent_id: agent.match_score for agent in found.agents} == PUBLISHED
    assert list(PUBLISHED.values()) == [agent.match_score for agent in found.agents]
    assert found.note == ""


def test_the_command_prints_the_published_table(challenge: Desk, capsys: pytest.CaptureFixture[str]) -> None:
    lead = ("--method", LEAD.method, "--source", LEAD.source, "--destination", LEAD.destination)
    trip = ("--launch", "Tokyo Spaceport Terminal", "--requests", LEAD.requests)
    desk = ("--db", challenge.database.address, "--weights", "published", "--json")
    assert main(["match", *lead, *trip, *desk]) == 0
    rows = json.loads(capsys.readouterr().out)
    assert [(row["agent_id"], row["match_score"]) for row in rows] == list(PUBLISHED.items())


def test_any_lead_agrees_with_the_whole_history(challenge: Desk, rows: Path) -> None:
    kinds = (FIRST_VALUES["method"], FIRST_VALUES["source"], FIRST_VALUES["destination"], ("", "LUXURY"))
    for method, source, destination, requests in product(*kinds):
        check(challenge, rows, Terms(method, source, destination, requests=requests))


@pytest.mark.on_file
def test_scores_follow_random_work(desk: Desk, clock: Any) -> None:
    """Random leads, outcomes and handovers on a demo desk, each followed by the score of a random lead."""
    make_demo(desk, agents=8, bookings=150)
    rng = random.Random(5)
    packages = dict(FIRST_PACKAGES)

    def drawn() -> dict[str, str]:
        return {
            kind: rng.choice(FIRST_VALUES[kind]) for kind in ("method", "source", "destination", "launch")
        }

    for step in range(40):
        clock.advance(hours=rng.randint(1, 60))
        terms = drawn()
        number = intake.receive(desk, name=f"Customer {step}", **terms)["booking_id"]
        if rng.random() < 0.5:
            bookings.confirm(desk, number, packages[terms["destination"]], rng.randint(1, 9999), 5)
        older = rng.randint(1, number)
        with suppress(DeskError):
            rng.choice(
                (
                    lambda older=older: bookings.reopen(desk, older),
                    lambda older=older: bookings.cancel(desk, older, "no money"),
                    lambda older=older: bookings.reassign(desk, older, rng.randint(1, 8), "free"),
                    lambda older=older: editing.edit(desk, older, source=rng.choice(FIRST_VALUES["source"])),
                )
            )()
        check(desk, desk.database.file, Terms(**drawn()))


def test_the_history_shows_no_difference_between_agents(challenge: Desk) -> None:
    with challenge.reading():
        verdict = evidence.verdict(in_use())
        of_leads = evidence.lead_differences()
    assert verdict.sentence == (
        "450 assignments show no difference between agents (p = 0.79): ordering by rank"
    )
    assert not verdict.believed
    assert of_leads["method"] < 0.001
    assert round(of_leads["source"], 3) == 0.009


class PastAssignment(NamedTuple):
    """An assignment of the history, read by plain SQL."""

    number: int
    agent: int
    method: str
    source: str
    at: str
    status: str | None
    destination: str | None
    closed_at: str | None
    cents: int


AS_IT_WAS = """
SELECT a.assignment_id, a.agent_id, a.method, a.source, a.assigned_at, b.status, b.destination,
       coalesce(b.completed_at, b.cancelled_at),
       coalesce(b.destination_revenue_cents, 0) + coalesce(b.package_revenue_cents, 0)
FROM assignment_history a LEFT JOIN bookings b ON b.assignment_id = a.assignment_id
ORDER BY a.assigned_at, a.assignment_id
"""


def as_known_at(row: PastAssignment, agents: list[Any], before: list[PastAssignment]) -> list[float]:
    """An agent's features by docs/rules.md, Match score, as of the assignment, over plain lists."""
    closed = [one for one in before if one.closed_at is not None and one.closed_at < row.at]
    sold = [one for one in closed if one.status == "Confirmed"]
    is_closed, is_sold = ({one.number for one in known} for known in (closed, sold))
    times = [datetime.fromisoformat(one.closed_at or "") for one in sold]
    cut = max(times) - timedelta(hours=720) if times else None
    columns: list[list[float]] = [[] for _ in range(8)]
    for agent_id, rating, years, capacity in agents:
        given = [one for one in before if one.agent == agent_id]
        mine = [one for one in sold if one.agent == agent_id]
        late = [datetime.fromisoformat(one.closed_at or "") >= cut for one in mine if cut is not None]
        pending = sum(one.status is not None and one.number not in is_closed for one in given)
        for column, value in zip(
            columns,
            (
                rating,
                years,
                sum(one.cents for one in mine),
                part([one.destination == row.destination for one in mine]),
                part([one.number in is_sold for one in given if one.source == row.source]),
                part([one.number in is_sold for one in given if one.method == row.method]),
                part(late),
                1 - pending / capacity,
            ),
            strict=True,
        ):
            column.append(value)
    place = [agent[0] for agent in agents].index(row.agent)
    ranks = [sum(value < column[place] for value in column) / (len(agents) - 1) for column in columns]
    ranks[3] = ranks[3] if row.destination is not None else math.nan
    ranks.insert(FEATURES.index("requirements_score"), 0)  # no wishes were imported
    return ranks


def test_training_uses_only_what_was_known_at_each_assignment(challenge: Desk, rows: Path) -> None:
    """Every assignment against a plain evaluation of its past: no outcome counts before it is known."""
    with sqlite3.connect(rows) as connection:
        history = [PastAssignment(*row) for row in connection.execute(AS_IT_WAS)]
        agents = connection.execute(
            "SELECT agent_id, rating, years_of_service, capacity FROM space_travel_agents ORDER BY agent_id"
        ).fetchall()
    connection.close()
    with challenge.reading():
        samples = collect(lambda *_: None)
    decided = [place for place, row in enumerate(history) if row.status != "Pending"]
    assert len(samples) == len(decided) == 430
    for sample, place in enumerate(decided):
        row = history[place]
        expected = as_known_at(row, agents, history[:place])
        assert samples.features[sample].tolist() == pytest.approx(expected, nan_ok=True), row


def test_honest_training_leaves_the_gate_closed(challenge: Desk) -> None:
    found = train(challenge, dry_run=True)
    assert (found["outcomes"], found["confirmed"]) == (430, 297)
    assert not found["gate_open"]
    assert found["sentence"] == (
        "450 assignments show no difference between agents (p = 0.79): ordering by rank"
    )
    auc = {row["model"]: row["auc"] for row in found["evaluation"]["models"]}
    assert auc["agent only"] < 0.55 < auc["lead only"]
    # the lead's contact method and source do matter: their intervals exclude 0
    clear = {row["name"] for row in found["coefficients"] if row["low"] > 0 or row["high"] < 0}
    assert clear == {"Phone Call", "Organic"}


def test_the_published_recipe_fails_the_audit(challenge: Desk) -> None:
    with pytest.raises(Refused, match=r"^revenue_score knows the outcome: .* \(AUC 1\.000 alone\)"):
        train(challenge, recipe="published")
