"""Saved views in the application: nothing is hidden, and what is gone is said."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from textual.widgets import Input, OptionList

from astra_tui.app import AstraApp
from astra_tui.user.own_views import views_path
from dispatch.desk import event_log
from dispatch.desk.desk import Desk
from dispatch.inputs.filters.filter_reader import Reading
from dispatch.service.issues import intake, lifecycle
from dispatch.service.issues.queries import IssueFilter, issue_ids
from dispatch.views import desk_views
from models.errors import InvalidInput
from screens.filters.bookings import VIEWS as BOOKING_VIEWS
from screens.filters.bookings import parse_filter, view_of, whole_text
from screens.filters.issues import VIEWS as ISSUE_VIEWS
from screens.filters.issues import parse_issue_filter, view_parts, whole_issue_text
from screens.shell.saved_views import SavedViews
from screens.widgets.live_table import LiveTable
from tests.screens.conftest import Running
from tests.screens.picture import text_of
from tests.screens.scenes import fill_in, press
from tests.screens.test_first_minutes import own


def lines(app: AstraApp) -> list[str]:
    assert isinstance(app.screen, SavedViews)
    return [str(option.prompt) for option in app.screen.query_one(OptionList).options]


def typed(app: AstraApp) -> str:
    return app.screen.query_one("#filter", Input).value


def ids(app: AstraApp) -> list[Any]:
    return [row["booking_id"] for row in app.screen.query_one(LiveTable).rows_shown]


async def save(app: AstraApp, name: str, whose: str = "Only me") -> None:
    await press(app, "semicolon", "s")
    await fill_in(app, name=name, whose=whose)
    await press(app, "f9", "escape")


async def test_a_view_without_a_name_asks_for_its_own(golden_file: Path, running: Running) -> None:
    """It said that the customer's name is required."""
    async with running(golden_file, size=(80, 24)) as (app, _):
        await press(app, "f4", "semicolon", "s")
        for key in ("enter", "f9"):
            await press(app, key)
            assert "! View name is required" in text_of(app)
        for key in ("escape", "escape", "home", "down", "e"):
            await press(app, key)
        await fill_in(app, name="")
        await press(app, "f9")
        assert "! Customer name is required" in text_of(app)


async def test_a_view_brings_back_filter_order_and_columns(golden_file: Path) -> None:
    """The view of the list is a part of the text, so that everything that narrows it is seen."""
    async with own(golden_file, agent=1) as app:
        await press(app, "f4", "v", "slash", *"mars", "enter", "greater_than_sign")
        app.screen.query_one(LiveTable).choose(["booking_id", "requests"])
        wanted = ids(app)
        assert wanted
        await save(app, "Pending to Mars")
        assert "Saved: view Pending to Mars" in text_of(app)
        await press(app, "escape", "less_than_sign")
        app.screen.query_one(LiveTable).choose([])
    async with own(golden_file, agent=1) as app:
        await press(app, "f4", "escape", "semicolon")
        assert "status:pending mars" in lines(app)[0] or "mars status:pending" in lines(app)[0]
        assert f" {len(wanted)} " in lines(app)[0]
        await press(app, "enter")
        assert (ids(app), app.screen.query_one(LiveTable).own_choice) == (wanted, ("booking_id", "requests"))
        assert "status:pending" in typed(app)
        assert "mars" in typed(app)
        await press(app, "escape")
        assert len(ids(app)) > len(wanted)


async def test_the_desks_views_are_everybodys_and_deleting_one_is_asked_and_undone(
    running: Running, other_terminal: Desk
) -> None:
    desk_views.save(other_terminal, "Titan", "queue", "to:titan", (), "id")
    desk_views.save(other_terminal, "Other list", "log")
    async with running(at="queue") as (app, _):
        await press(app, "f4", "semicolon")
        assert [line.split()[0] for line in lines(app)] == ["Titan"]
        await press(app, "x", "down")
        assert "x again deletes it" in text_of(app)
        await press(app, "escape")
        await press(app, "semicolon", "x", "x")
        assert "Removed: view Titan" in text_of(app)
        assert lines(app) == []
        await press(app, "escape")
        await press(app, "u", "u", "semicolon")
        assert [line.split()[0] for line in lines(app)] == ["Titan"]
    with other_terminal.reading():
        commands = [event["command"] for event in event_log.events()]
    assert commands[:2] == ["undo", "view.delete"]


@pytest.mark.parametrize(
    ("key", "text"), [("f3", "presence:available"), ("f6", "is:waiting"), ("f3 h", "by:seed")]
)
async def test_every_list_has_its_views(running: Running, key: str, text: str) -> None:
    async with running() as (app, _):
        await press(app, *key.split(), "slash", *text, "enter")
        before = len(app.screen.query_one(LiveTable).rows_shown)
        await save(app, "Mine", "Everybody")
        await press(app, "slash", *["backspace"] * len(text), "enter")
        await press(app, "semicolon", "enter")
        assert (typed(app), len(app.screen.query_one(LiveTable).rows_shown)) == (text, before)


async def test_what_is_gone_from_a_view_is_said(golden_file: Path) -> None:
    views_path().parent.mkdir(parents=True, exist_ok=True)
    view = {
        "list": "queue",
        "filter": "to:mars",
        "columns": ["gone", "booking_id"],
        "sort": "",
        "descending": True,
    }
    broken = view | {"name": "Broken", "filter": "zz:1"}
    views_path().write_text(json.dumps([view | {"name": "Old"}, broken]))
    async with own(golden_file, agent=1) as app:
        await press(app, "f4", "escape", "semicolon")
        assert "! unknown key 'zz'" in lines(app)[0]
        await press(app, "enter")
        assert isinstance(app.screen, SavedViews)
        assert "Unknown key 'zz'" in text_of(app)
        await press(app, "down", "enter")
        assert "This list has no column gone" in text_of(app)
        assert app.screen.query_one(LiveTable).own_choice == ("booking_id",)
        assert typed(app) == "to:mars"


async def test_a_name_may_look_like_markup(running: Running) -> None:
    async with running(at="queue") as (app, _):
        await press(app, "f4")
        await save(app, "[/b] [red]x")
        await press(app, "semicolon")
        assert "[/b] [red]x" in lines(app)[0]


READING = Reading("2082-03-04 12:00:00", lambda _: ("Mars", "Titan"), 1)


@pytest.mark.parametrize("view", BOOKING_VIEWS)
@pytest.mark.parametrize("text", ["", "mars", "to:mars or to:titan", "agent:1 is:asked"])
def test_a_text_with_its_view_lists_the_same_without_the_view(view: str, text: str) -> None:
    which = parse_filter(text, view, READING)
    alone = parse_filter(whole_text(text, which, READING), "All", READING)
    assert (view_of(alone), alone.text, alone.agent_id) == (view_of(which), which.text, which.agent_id)


@pytest.mark.parametrize("view", ISSUE_VIEWS)
def test_an_issue_view_is_a_text_too(other_terminal: Desk, view: str) -> None:
    for text in ("We cannot log in", "My refund is late", "The app crashes"):
        intake.open_issue(other_terminal, text)
    lifecycle.resolve(other_terminal, 2)
    which = IssueFilter(**view_parts(view, 1))
    alone = parse_issue_filter(whole_issue_text("", which, READING), "Open", READING)
    with other_terminal.reading():
        assert issue_ids(alone, None) == issue_ids(which, None)


def test_the_issues_of_a_figure_are_no_view() -> None:
    with pytest.raises(InvalidInput, match="cannot be saved as a view"):
        whole_issue_text("", IssueFilter(ids=(1,)), READING)
