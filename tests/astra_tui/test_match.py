"""``astra match``, ``train``, ``weights`` and ``report match``."""

from __future__ import annotations

import json
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import pytest

from dispatch import agents
from dispatch.desk.desk import Desk
from dispatch.matching.features import FEATURES
from dispatch.matching.weights import PUBLISHED_WEIGHTS
from seeds.demo.demo import make_demo
from tests.astra_tui.conftest import Run
from tests.by_hand import rows_of

LEAD = (
    *("--method", "Phone Call", "--source", "Organic", "--destination", "Mars"),
    *("--launch", "Tokyo Spaceport Terminal"),
)


@pytest.fixture
def at_work(astra: Run, desk: Desk) -> Run:
    """``astra`` on a demo desk of ten agents."""
    make_demo(desk, agents=10, bookings=150)
    return astra


def test_every_agent_is_scored_best_first(at_work: Run) -> None:
    ended = at_work("match", *LEAD, "--requests", "Luxury Dome Stay", "--weights", "published", "--json")
    assert ended.code == 0
    rows = ended.json
    assert [set(row) for row in rows] == [
        {"agent_id", "agent_name", "match_score", "contributions", "rate"}
    ] * 10
    assert all(0 <= row["rate"]["low"] < row["rate"]["rate"] < row["rate"]["high"] <= 1 for row in rows)
    scores = [row["match_score"] for row in rows]
    assert scores == sorted(scores, reverse=True)
    assert (scores[0], scores[-1]) == (100.0, 0.0)
    assert tuple(rows[0]["contributions"]) == FEATURES
    sums = [sum(row["contributions"].values()) for row in rows]
    spread = sums[0] - sums[-1]
    assert scores == [round(100 * (total - sums[-1]) / spread, 1) for total in sums]


def test_text_output_says_how_far_to_trust_the_score(at_work: Run) -> None:
    ended = at_work("match", *LEAD)
    assert ended.out.splitlines()[0].split()[:6] == ["Id", "Agent", "Score", "Most", "of", "it"]
    assert ended.err.startswith("weights: published. 164 assignments show no difference between agents (p = ")


def test_an_empty_desk_has_no_agents_to_score(astra: Run) -> None:
    ended = astra("match", *LEAD, "--json")
    assert (ended.code, ended.json, ended.err) == (0, [], "no agents to score\n")


def test_equal_agents_score_0_with_a_note(staffed: Run, desk: Desk) -> None:
    agents.change(desk, 1, years=9)
    ended = staffed("match", *LEAD, "--json")
    assert [row["match_score"] for row in ended.json] == [0.0, 0.0]
    assert "all agents score the same" in ended.err


def test_a_file_of_weights_is_used(at_work: Run, tmp_path: Path) -> None:
    file = tmp_path / "mine.json"
    file.write_text(json.dumps(dict.fromkeys(FEATURES, 0.0) | {"experience_score": 2.0}))
    rows = at_work("match", *LEAD, "--weights", file, "--json").json
    assert rows[0]["contributions"]["experience_score"] == 2.0
    used = at_work("weights", "use", file, "--json")
    assert used.json == {"weights": "1", "name": "version 1"}
    file.unlink()
    assert at_work("match", *LEAD, "--json").json == rows


@pytest.mark.parametrize(
    ("arguments", "code", "message"),
    [
        (["--method", "Pigeon"], 2, "'Pigeon' is not an accepted contact method"),
        (["--destination", "Pluto"], 2, "'Pluto' is not an accepted destination"),
        (["--weights", "nowhere.json"], 2, "'nowhere.json' cannot be read"),
        (["--weights", "7"], 1, "no version of the weights 7"),
        (["--weights", "0"], 2, "match_weights cannot be '0'"),
        (["--requests", "a\x1bb"], 2, "control character"),
    ],
)
def test_bad_input_is_refused(staffed: Run, arguments: list[str], code: int, message: str) -> None:
    ended = staffed("match", *LEAD, *arguments, "--json")
    assert ended.code == code
    assert message in ended.error["message"]
    assert ended.error["hint"]


def test_training_is_reported_and_used(at_work: Run) -> None:
    ended = at_work("train", "--json")
    assert ended.code == 0
    row = ended.json
    assert row["version"] == 1
    assert set(row["weights"]) == set(FEATURES)
    assert [model["model"] for model in row["evaluation"]["models"]] == [
        "base rate",
        "lead only",
        "agent only",
        "lead and agent",
    ]
    for model in row["evaluation"]["models"]:
        assert {"auc", "brier", "log_loss", "calibration"} < set(model)
    assert {"kind", "name", "mean", "weight", "low", "high"} == set(row["coefficients"][0])
    at_work("weights", "use", "1")
    output = at_work("match", *LEAD).err.splitlines()
    assert output[0].startswith("weights: version 1. ")
    assert output[1].startswith("chance to confirm: ")
    published, version = sorted(at_work("weights", "list", "--json").json, key=lambda row: row["origin"])
    assert (published["in_use"], version["in_use"], version["gate_open"]) == (False, True, False)
    assert version["outcomes"] == row["outcomes"]
    shown = at_work("weights", "show", "1").out
    assert all(word in shown for word in ("recency_score", "base rate", "Brier", "→"))
    assert at_work("weights", "use", "published").out == "the score now uses the weights published\n"
    assert at_work("weights", "show", "--json").json["weights"] == PUBLISHED_WEIGHTS


def test_training_prints_a_summary(at_work: Run) -> None:
    ended = at_work("train", "--dry-run")
    assert "nothing was kept" in ended.out
    for word in (
        "communication_score",
        "Log loss",
        "lead and agent",
        "Predicted",
        "agents p = ",
        "Better than the lead",
    ):
        assert word in ended.out
    heading, *quintiles = ended.out[ended.out.index("by quintile") :].splitlines()[1:7]
    assert " ".join(heading.split()) == "base rate lead only agent only lead and agent"
    assert [line.count("%") for line in quintiles] == [8] * 5  # predicted and actual, beside the baselines
    assert at_work("weights", "list", "--json").json[1:] == []


def test_the_published_recipe_is_refused(at_work: Run, path: Path) -> None:
    before = rows_of(path)
    ended = at_work("train", "--recipe", "published", "--json")
    assert (ended.code, ended.error["code"]) == (1, "leak")
    assert "revenue_score" in ended.error["message"]
    assert rows_of(path) == before


def test_interrupted_training_writes_nothing(
    at_work: Run, path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def interrupted(*_: Any) -> None:
        raise KeyboardInterrupt

    before = rows_of(path)
    monkeypatch.setattr("dispatch.matching.learning.study.evaluate", interrupted)
    assert at_work("train").code == 130
    assert rows_of(path) == before


REPORT = ("match.md", "match.html", "match-importance.svg", "match-importance.png")


def test_a_report_is_four_files(
    at_work: Run, tmp_path: Path, add_agent: Callable[..., dict[str, Any]]
) -> None:
    add_agent("Zoë | <b>", years=40)
    folder = tmp_path / "new" / "folder"
    arguments = ("--requests", "luxury *dome*", "--weights", "published", "--out", folder)
    ended = at_work("report", "match", *LEAD, *arguments, "--json")
    assert ended.json["files"] == [str(folder / name) for name in REPORT]
    assert ended.json["left_out"] == []
    assert sum(each["share"] for each in ended.json["importance"]) == pytest.approx(1)
    assert ended.json["chance"] is None  # nothing was learned
    markdown, html = ((folder / name).read_text("utf-8") for name in REPORT[:2])
    assert r"Zoë \| \<b\> Byron (11)" in markdown
    assert r"luxury \*dome\*" in markdown
    assert "![Feature importance](match-importance.svg)" in markdown
    assert "Zoë | &lt;b&gt; Byron (11)" in html
    assert "<b>" not in html
    tables = [line.count("|") - line.count(r"\|") for line in markdown.splitlines() if line.startswith("|")]
    assert tables == [6] * 13 + [4] * 11
    drawing = ElementTree.fromstring((folder / REPORT[2]).read_text("utf-8"))
    bars = [bar for bar in drawing.iter("{http://www.w3.org/2000/svg}rect") if bar.get("x")]
    assert len(bars) == len(FEATURES) + 2
    assert (folder / REPORT[3]).read_bytes().startswith(b"\x89PNG")
    assert [place.stat().st_mode & 0o077 for place in (folder, *folder.iterdir())] == [0] * 5


def test_without_matplotlib_the_rest_is_written_with_a_hint(
    at_work: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(sys.modules, "matplotlib.figure", None)
    ended = at_work("report", "match", *LEAD, "--out", tmp_path / "out")
    assert ended.code == 0
    assert sorted(file.name for file in (tmp_path / "out").iterdir()) == sorted(REPORT[:3])
    assert "pip install 'astra-tui[report]'" in ended.err


def test_a_folder_that_cannot_be_written_is_refused(at_work: Run, tmp_path: Path) -> None:
    (tmp_path / "taken").write_text("")
    ended = at_work("report", "match", *LEAD, "--out", tmp_path / "taken", "--json")
    assert (ended.code, ended.error["code"]) == (2, "invalid_out")


def test_a_report_on_an_empty_desk(astra: Run, tmp_path: Path) -> None:
    ended = astra("report", "match", *LEAD, "--out", tmp_path)
    assert ended.code == 0
    assert "no agents to score" in (tmp_path / "match.md").read_text("utf-8")


def test_the_evidence_has_its_figures(at_work: Run) -> None:
    row = at_work("weights", "evidence", "--json").json
    assert set(row["p_values"]) == {"agent", "method", "source"}
    assert all(0 <= value <= 1 for value in row["p_values"].values())
    assert (row["weights"], row["steers"], row["believed"], row["assignments"]) == (
        "published",
        False,
        False,
        164,
    )
    output = at_work("weights", "evidence").out
    assert row["sentence"] in " ".join(output.split())
    assert "agents p = " in " ".join(output.split())
    assert row["decided"] == at_work("train", "--dry-run", "--json").json["outcomes"] < 164
    at_work("policy", "balanced")
    assert (
        at_work("weights", "evidence", "--json")
        .json["sentence"]
        .endswith(": ordering by the balanced policy")
    )
    assert at_work("match", *LEAD).err.rstrip().endswith(": ordering by the balanced policy")
    at_work("weights", "use", "published")
    assert at_work("weights", "evidence", "--json").json["steers"] is True


def test_the_desk_report_has_figures_and_agents(at_work: Run) -> None:
    row = at_work("report", "desk", "--json").json
    (whole,) = (each for each in row["figures"] if each["kind"] == "all")
    assert whole["bookings"] == 150
    assert [agent["rate"] for agent in row["agents"]] == sorted(
        (agent["rate"] for agent in row["agents"]), reverse=True
    )
    assert len(row["agents"]) == 10
    output = at_work("report", "desk").out
    assert all(word in output for word in ("destination", "Mars", "Confirmed of decided", "Reached in time"))


def test_why_shows_the_parts_of_the_deciding_score(at_work: Run) -> None:
    at_work("weights", "use", "published")
    lead = at_work("lead", "add", "--name", "Ida", *LEAD, "--policy", "match", "--json").json
    row = at_work("why", lead["booking_id"], "--json").json
    assert row["match"]["agent_id"] == lead["agent_id"]
    assert tuple(row["match"]["contributions"]) == FEATURES
    assert "The score by current figures: " in at_work("why", lead["booking_id"]).out
    by_rank = at_work("lead", "add", "--name", "Bo", *LEAD, "--policy", "rank", "--json").json
    assert "match" not in at_work("why", by_rank["booking_id"], "--json").json


def test_report_fairness(at_work: Run) -> None:
    for name in ("Ida", "Bo", "Cy"):
        at_work("lead", "add", "--name", name, *LEAD)
    found = at_work("report", "fairness", "--window", "30d", "--json").json
    assert set(found) >= {"window", "jain", "busiest_share", "agents"}
    assert {tuple(row) for row in found["agents"]} == {
        ("agent_id", "agent_name", "received", "entitled", "owed")
    }
    received, entitled = (sum(row[figure] for row in found["agents"]) for figure in ("received", "entitled"))
    assert received == found["leads"] > 0
    assert abs(received - entitled) <= 0.05 * len(found["agents"]), "every lead is due in full"
    assert "Jain's index" in at_work("report", "fairness").err
    refused = at_work("report", "fairness", "--window", "1y")
    assert refused.code == 2
    assert "7d" in refused.err
