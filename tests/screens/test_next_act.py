"""What can be done next is told and within reach, also with a row that an act has taken out of the list."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from textual.widgets import OptionList

from astra_tui.app import AstraApp
from dispatch import queries
from dispatch.service.issues import queries as issue_queries
from dispatch.service.row_types import IssueDetails
from screens.dialogs.form import FormModal
from screens.widgets.live_table import LiveTable
from tests.screens.key_checks.registry import booking, place, shown_now
from tests.screens.picture import text_of
from tests.screens.scenes import fill_in, press, said
from tests.screens.test_hands import bottom


def heading(app: AstraApp) -> str:
    return app.screen.heading if isinstance(app.screen, FormModal) else ""


async def issue(app: AstraApp, number: int) -> IssueDetails:
    desk = app.backend.desk
    return await app.backend.read(lambda: issue_queries.issue(desk, number))


async def test_a_resolved_issue_is_scored_and_closed_though_it_has_left_the_list(
    golden_file: Path, running: Any
) -> None:
    """It took its number and the palette; the key that the message named was for another issue."""
    async with running(golden_file, size=(80, 24), at="service") as (app, _):
        app.show_issue(5)
        await app.settle()
        await press(app, "f", "f9")
        assert "Resolved 5: s scores it" in bottom(app), "whole on the narrowest line"
        other = shown_now(app)["issue_id"]
        assert other != 5
        assert app.screen.is_possible("rate")
        await press(app, "s")
        assert heading(app) == "Score of issue 5"
        await press(app, "4", "f9")
        survey = (await issue(app, 5))["survey"]
        assert survey is not None
        assert survey["score"] == 4
        await press(app, "x")
        assert "x again: close issue 5, just left" in bottom(app)
        assert (await issue(app, 5))["status"] == "resolved"
        await press(app, "x")
        assert (await issue(app, 5))["status"] == "closed"
        await press(app, "o")
        assert heading(app) == "Reopen issue 5"
        await press(app, "escape")
        await press(app, "t")
        assert f"Issue 5 left this list; now on {other}. Press again" in said(app)[0]
        assert place(app) == "service"
        await press(app, "s")
        assert (heading(app), place(app)) == ("", "service"), "somebody has moved on: it is for this row"
        assert "the score comes then" in said(app)[0]


async def test_a_cancelled_booking_is_reopened_though_it_has_left_the_list(
    golden_file: Path, running: Any
) -> None:
    async with running(golden_file, size=(80, 24), at="queue") as (app, _):
        await press(app, "f4", "escape", "v", "home")
        number = shown_now(app)["booking_id"]
        await press(app, "x", *"ill", "enter")
        assert (await booking(app, number))["status"] == "Cancelled"
        other = shown_now(app)["booking_id"]
        await press(app, "o")
        assert f"o again: reopen {number} (" in bottom(app)
        await press(app, "o")
        assert (await booking(app, number))["status"] == "Pending"
        assert (await booking(app, other))["status"] == "Pending"
        if shown_now(app)["booking_id"] == other:
            await press(app, "e")
            assert f"Booking {number} is back in this list; now on {other}. Press again" in said(app)[0]
        await press(app, "slash", *f"number:{number}", "enter", "x", *"ill", "enter")
        assert app.screen.query_one(LiveTable).current is None
        await press(app, "s")
        assert heading(app) == f"Score of booking {number}", "in an empty list, too"


async def test_the_log_says_where_an_escalation_is_settled(golden_file: Path, running: Any) -> None:
    async with running(golden_file, size=(120, 36), at="queue") as (app, _):
        await press(app, "f4", "escape", "h", "slash", *"command:issue.escalate", "enter", "u")
        assert "⏎, then D settles it" in " ".join(text_of(app).split())
        await press(app, "enter", "D")
        assert heading(app) == "Settle escalations of issue 1"


async def test_the_cursor_is_on_what_was_just_added(golden_file: Path, running: Any) -> None:
    async with running(golden_file, size=(120, 36), at="roster") as (app, _):
        await press(app, "f3", "home", "enter", "slash", *"soren", "enter", "a")
        await fill_in(
            app,
            first_name="Zed",
            last_name="Newly",
            department="Interplanetary Sales",
            job_title="Space Travel Agent",
        )
        await press(app, "f9")
        newest = max(row["agent_id"] for row in await app.backend.read(queries.list_agents))
        assert (shown_now(app)["agent_id"], shown_now(app)["name"]) == (newest, "Zed Newly")
        for name in ("Zz last", "Aa first"):
            await press(app, *(("f4", "semicolon") if name == "Zz last" else ()), "s", *name, "f9")
            options = app.screen.query_one(OptionList)
            assert options.highlighted is not None
            assert name in str(options.get_option_at_index(options.highlighted).prompt)
