"""The match score while a lead is typed, and what Insights makes of the desk's rows."""

from __future__ import annotations

import re
import subprocess
import sys
import threading
from pathlib import Path
from typing import Any

import pytest
from textual.widgets import Input, Static

from astra_tui.app import AstraApp
from dispatch import queries
from dispatch.desk.desk import Desk
from dispatch.leads import intake
from dispatch.matching import assessment as glances
from dispatch.matching import weights
from dispatch.matching.assessment import Glance
from dispatch.matching.features import Terms
from dispatch.matching.lead_terms import latest_terms
from dispatch.operations import configuration
from dispatch.queries.bookings import BookingFilter
from dispatch.reporting import booking_figures
from models.errors import Refused
from screens.dialogs.panel import Panel
from screens.dispatch.candidates import WhoGetsIt
from screens.insights.sections import READ
from screens.widgets.live_table import LiveTable
from tests.screens.key_checks.registry import place
from tests.screens.picture import text_of
from tests.screens.scenes import LEAD, fill_in, press

LATER = """
import asyncio, sys
from astra_tui.app import AstraApp

async def main():
    app = AstraApp(database=sys.argv[1])
    async with app.run_test(size=(80, 24)):
        app.screen.query_one("#destination").value = "Mars"
        await app.settle()
        assert app.screen.who.glance is not None
        print(sorted({"sklearn", "numpy"} & set(sys.modules)))

asyncio.run(main())
"""


def rows(app: AstraApp, table: str) -> list[dict[str, Any]]:
    return app.screen.query_one(f"#{table}", LiveTable).rows_shown


def scores(app: AstraApp) -> dict[int, float]:
    """The scores that are shown, by agent."""
    shown = rows(app, "candidates")
    return {row["agent_id"]: row["match_score"] for row in shown if "match_score" in row}


async def expected(app: AstraApp, terms: Terms) -> dict[int, float]:
    seen = await app.backend.read(lambda: glances.glance(terms))
    shown = {row["agent_id"] for row in rows(app, "candidates")}
    return {agent.agent_id: agent.match_score for agent in seen.scores.agents if agent.agent_id in shown}


def told(app: AstraApp, widget: str) -> str:
    return str(app.screen.query_one(f"#{widget}", Static).render())


async def test_scores_follow_the_form_and_say_what_to_think_of_them(running: Any) -> None:
    async with running(size=(120, 36)) as (app, _):
        assert scores(app) == {}
        assert told(app, "verdict") == told(app, "chance") == ""
        await fill_in(app, destination="Mars")
        half = scores(app)
        assert half == await expected(app, Terms("", "", "Mars"))
        await fill_in(app, **(LEAD | {"requests": "luxury"}))
        launch = LEAD["launch"]
        assert scores(app) == await expected(app, Terms("Text", "Organic", "Mars", launch, "luxury"))
        assert scores(app) != half
        assert told(app, "verdict") == ""  # the scores decide nothing, and are not listed
        assert "Match" not in text_of(app)
        assert not any(row["steers"] for row in rows(app, "candidates"))
        app.screen.query_one("#candidates").focus()
        await press(app, "c", "enter")  # c claims no booking here
        assert isinstance(app.screen, Panel)
        first, seen = rows_of_place(app)[0]["agent_id"], app.place.query_one(WhoGetsIt).glance
        scored = next(agent for agent in seen.scores.agents if agent.agent_id == first)
        said = app.screen.text.plain
        assert "450 assignments show" in said.split("revenue")[0]  # what to think of it comes first
        assert f"{scored.match_score:.1f} of 100" in said
        assert f"{scored.agent_name} ({scored.agent_id})" in app.screen.heading
        assert said.count(f"{sum(scored.contributions.values()):+.2f}") >= 1
        assert all(f"{part + 0.0:+.2f}" in said for part in scored.contributions.values())
        await press(app, "escape", "f9")
        await press(app, "escape")
        await press(app, "ctrl+l")
        assert scores(app) == {}
        assert told(app, "verdict") == ""


def rows_of_place(app: AstraApp) -> list[dict[str, Any]]:
    """The candidates of the place below a panel."""
    assert app.place is not None
    return app.place.query_one("#candidates", LiveTable).rows_shown


async def test_the_match_policy_says_its_doubt_once_and_its_why_tells_the_parts(
    running: Any, other_terminal: Desk
) -> None:
    configuration.set_value(other_terminal, "policy", "match")
    async with running(size=(120, 36)) as (app, _):
        await fill_in(app, **LEAD)
        assert "assignments show" in told(app, "reason")
        assert told(app, "verdict") == ""
        weights.use(other_terminal, "published")  # somebody wants it so
        await app.settle()
        assert all(row["steers"] for row in rows(app, "candidates"))
        shown = [row["match_score"] for row in rows(app, "candidates")]
        assert shown == sorted(shown, reverse=True)
        lead = intake.receive(
            other_terminal,
            **{
                "name": "Ida [/]",
                **{key: LEAD[key] for key in ("method", "source", "destination", "launch")},
            },
        )
        app.show_booking(lead["booking_id"])
        await app.settle()
        await press(app, "f8")
        assert isinstance(app.screen, Panel)
        assert "Score with today's figures (published weights): 100.0" in app.screen.text.plain
        assert "best match score (100.0)" in app.screen.text.plain


async def test_policies_are_named_in_words(running: Any, other_terminal: Desk) -> None:
    configuration.set_value(other_terminal, "policy", "round_robin")
    async with running(size=(160, 36)) as (app, _):
        await fill_in(app, **LEAD)
        assert "In turn policy" in text_of(app).splitlines()[0]
        assert "round_robin" not in text_of(app)
        await press(app, "f7", *"vvvv")
        assert "round_robin" not in text_of(app)


async def test_a_key_never_waits_for_scores_and_a_late_answer_is_dropped(
    running: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    true_glance, slow, asked = glances.glance, threading.Event(), []

    def glance(terms: Terms) -> Glance:
        asked.append(terms)
        if terms.destination == "Venus":
            slow.wait(10)
        return true_glance(terms)

    monkeypatch.setattr(glances, "glance", glance)
    async with running(size=(80, 24)) as (app, pilot):
        app.screen.query_one("#destination").value = "Venus"
        while not asked:
            await pilot.pause(0.01)
        await pilot.press("K", "a")
        assert app.screen.query_one("#customer", Input).value == "Ka"
        who = app.screen.query_one(WhoGetsIt)
        app.screen.query_one("#destination").value = "Titan"
        while who.glance is None:
            await pilot.pause(0.01)
        slow.set()
        await app.settle()
        assert [terms.destination for terms in asked] == ["Venus", "Titan"]
        assert who.glance.terms.destination == "Titan"
        assert scores(app) == await expected(app, Terms("", "", "Titan"))


async def test_insights_lead_from_figures_to_their_rows(running: Any, tmp_path: Path) -> None:
    async with running(size=(120, 36), at="insights") as (app, _):
        await press(app, "f7", "v")
        assert {
            row["value"]: row["bookings"] for row in rows(app, "bookings") if row["kind"] == "method"
        } == {
            row["value"]: row["bookings"]
            for row in await app.backend.read(booking_figures.by_kind)
            if row["kind"] == "method"
        }
        table = app.screen.query_one("#bookings", LiveTable)
        table.move_cursor(row=table.get_row_index("method:Phone Call"))
        number = table.current["bookings"] if table.current else 0
        await press(app, "enter")
        assert place(app) == "queue"
        assert app.screen.query_one("#filter", Input).value == 'method:"Phone Call"'
        listed = app.screen.query_one(LiveTable).rows_shown
        assert {row["method"] for row in listed} == {"Phone Call"}
        found = await app.backend.read(lambda: queries.list_bookings(BookingFilter(method="Phone Call")))
        assert len(found) == number > 0
        await press(app, "escape", "f7", "v", "enter")
        assert app.screen.query_one("#filter", Input).value.startswith("agent:")
        await press(app, "escape", "f7", "v")
        assert "450 assignments show" in " ".join(text_of(app).split())
        assert "for the latest lead" in text_of(app)
        assert re.search(r"share +weight ", text_of(app))
        assert text_of(app).count("%  ") >= 9
        await press(app, "E")
        await fill_in(app, folder=str(tmp_path / "out"))
        await press(app, "f9")
        made = {file.name for file in (tmp_path / "out").iterdir()}
        assert made >= {"match.md", "match.html", "match-importance.svg"}
        assert isinstance(app.screen, Panel)
        assert str(tmp_path / "out" / "match.html") in app.screen.text.plain


@pytest.fixture
def slow(monkeypatch: pytest.MonkeyPatch) -> threading.Event:
    """Agents and weights are read once this is set; a key that leaves does not wait for them."""
    may_go_on = threading.Event()

    def patient(section: str) -> Any:
        true_read = READ[section]

        def read(desk: Desk, lead: Terms | None) -> Any:
            may_go_on.wait(10)
            return true_read(desk, lead)

        return read

    for section in ("agents", "weights"):
        monkeypatch.setitem(READ, section, patient(section))
    monkeypatch.setattr("screens.base.key_queue.PATIENT_TURNS", 1)
    return may_go_on


async def test_keys_wait_for_a_section_however_long_it_takes(running: Any, slow: threading.Event) -> None:
    async with running(size=(80, 24), at="insights") as (app, pilot):
        await press(app, "f7", "v")
        for key in ("v", "down", "enter"):
            await pilot.press(key)
        insights = app.screen
        while "Loading the agents…" not in text_of(app):
            await pilot.pause(0.01)
        assert place(app) == "insights"
        slow.set()
        await app.settle()
        assert place(app) == "queue"
        second = insights.query_one("#agents", LiveTable).rows_shown[1]
        assert app.screen.query_one("#filter", Input).value == f"agent:{second['agent_id']}"

        slow.clear()
        for key in ("f7", "v", "v", "enter"):
            await pilot.press(key)
        await pilot.press("f2")  # who goes elsewhere has changed their mind
        while place(app) != "dispatch":
            await pilot.pause(0.01)
        slow.set()
        await app.settle()
        assert app.screen is app.place
        assert place(app) == "dispatch"


async def test_keys_wait_until_a_section_is_laid_out(running: Any) -> None:
    """Enter was lost where Textual batched its updates: the table had no columns yet, hence no rows."""
    async with running(size=(80, 24), at="insights") as (app, pilot):
        await press(app, "f7", "v")
        agents = app.screen.query_one("#agents", LiveTable)
        with app.batch_update():
            await pilot.press("v", "enter")
            while not agents.rows_shown:
                await pilot.pause(0.01)
            await pilot.pause(0.01)
        await app.settle()
        assert place(app) == "queue"
        first = agents.rows_shown[0]
        assert app.screen.query_one("#filter", Input).value == f"agent:{first['agent_id']}"


async def test_a_section_stays_readable_while_it_is_recalculated(
    running: Any, slow: threading.Event, other_terminal: Desk
) -> None:
    async with running(size=(80, 24)) as (app, pilot):
        slow.set()
        await press(app, "f7", *"vvvv")
        slow.clear()
        weights.use(other_terminal, "published")
        while "recalculating…" not in text_of(app):
            await pilot.pause(0.01)
        assert rows(app, "weights")  # what there was can be read meanwhile
        slow.set()
        await app.settle()
        assert "recalculating…" not in text_of(app)


async def test_a_section_that_cannot_be_read_says_so_and_forgets_what_was_typed(
    running: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refused(_desk: Desk, _lead: Terms | None) -> Any:
        raise Refused("busy", "another command is writing")

    with monkeypatch.context() as failing:
        failing.setitem(READ, "weights", refused)
        async with running(size=(80, 24), at="insights") as (app, _):
            await press(app, "f7", *"vvvv")
            assert "Not loaded. Another command is writing. ^r tries again." in text_of(app)
            await press(app, "enter")
            assert "Nothing to open here" in text_of(app)
            failing.undo()
            await press(app, "ctrl+r")
            assert rows(app, "weights")


async def test_insights_of_an_empty_desk_say_what_comes_here(running: Any, path: Path) -> None:
    async with running(path, size=(80, 24), at="insights") as (app, _):
        await press(app, "f7")
        assert "No bookings yet. Leads come in on Dispatch (f2)" in text_of(app)
        await press(app, "v")
        assert "No bookings yet. Leads come in on Dispatch (f2)" in text_of(app)
        await press(app, "v")
        assert "No agents yet: f3 opens the roster, where a adds one." in text_of(app)
        await press(app, "v")
        said = " ".join(text_of(app).split())
        assert "0 outcomes are decided (50 are needed, 300 before a score may decide)." in said
        assert "No leads yet: nothing to score." in said
        assert "p = " not in said
        await press(app, "enter")
        assert isinstance(app.screen, Panel)
        assert "+92.220" in app.screen.text.plain  # the weights in use
        await press(app, "escape")
        await press(app, "v")
        assert [row["name"] for row in rows(app, "weights")] == ["published"]


def endless(_desk: Any, *, progress: Any, check: Any) -> None:
    while True:
        progress(0, 0, "on and on")
        threading.Event().wait(0.01)


async def test_training_goes_on_beside_and_can_be_stopped(
    running: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with running(size=(120, 36), at="insights") as (app, pilot):
        await press(app, "f7", *"vvvv")
        with monkeypatch.context() as slow:
            slow.setattr("dispatch.matching.learning.training.study", endless)
            await pilot.press("L")
            await pilot.press("L")
            await app.settle()
        assert "Training stopped" in text_of(app)
        assert [row["name"] for row in rows(app, "weights")] == ["published"]
        await press(app, "L")
        assert isinstance(app.screen, Panel)
        said = app.screen.text.plain
        assert said.startswith("Not selected yet. * selects it.\nversion 1: ")
        assert all(word in said for word in ("Gate shut", "AUC", "Brier", "lead only", "base rate", "95%"))
        await press(app, "asterisk")
        assert [row["name"] for row in rows(app, "weights") if row["in_use"]] == ["version 1"]
        await press(app, "f2")
        await fill_in(app, **LEAD)
        assert told(app, "chance").startswith("Chance to confirm ")
        assert "points; from " in told(app, "chance")
        await press(app, "f3")
        assert "Match" not in text_of(app)  # the gate is shut, and the policy goes by rank
        roster = app.screen.query_one(LiveTable)
        roster.choose(["name", "match_score", "rate", "decided"])
        await press(app, "ctrl+r", "greater_than_sign")  # one list of all
        seen = await app.backend.read(
            lambda: glances.glance(Terms("Text", "Organic", "Mars", "", LEAD["requests"]))
        )
        assert {row["agent_id"]: row["match_score"] for row in roster.rows_shown} == {
            agent.agent_id: agent.match_score for agent in seen.scores.agents
        }
        assert all(0 < row["low"] < row["rate"] < row["high"] < 1 for row in roster.rows_shown)


async def test_without_a_lead_in_the_form_the_roster_scores_for_the_latest_one(
    running: Any, other_terminal: Desk
) -> None:
    configuration.set_value(other_terminal, "policy", "match")
    async with running(size=(120, 36), at="roster") as (app, _):
        await press(app, "f3")
        assert "match: the latest lead" in text_of(app)
        latest = await app.backend.read(lambda: glances.glance(latest_terms() or Terms("", "", "")))
        expected = {agent.agent_id: agent.match_score for agent in latest.scores.agents}
        scored = {row["agent_id"]: row["match_score"] for row in rows(app, "roster") if "members" not in row}
        assert scored == expected
        app.screen.post_message(LiveTable.SortAsked("match_score"))
        await app.settle()
        shown = [row["match_score"] for row in rows(app, "roster")]
        assert shown == sorted(shown, reverse=True)
        assert not any(row["steers"] for row in rows(app, "roster"))


def test_dispatch_never_loads_what_trains(demo_file: Path) -> None:
    run = subprocess.run(
        [sys.executable, "-c", LATER, demo_file], capture_output=True, text=True, check=False, timeout=60
    )
    assert (run.stdout, run.returncode) == ("[]\n", 0), run.stderr
