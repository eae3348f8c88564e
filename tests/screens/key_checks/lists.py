"""Keys of lists and of the places around them: Insights, Roster, first steps and the tour."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from textual.widgets import Input, Static

from astra_tui.app import AstraApp
from dispatch import queries
from dispatch.operations.lists import list_values
from dispatch.queries.wording import moment
from dispatch.reporting.booking_figures import beginnings
from screens.app.first_steps import FirstSteps
from screens.app.import_files import ImportFiles
from screens.app.tour import Tour
from screens.app.value_lists import ValueLists
from screens.dialogs.form import FormModal
from screens.dialogs.panel import Panel
from screens.shell.desk_screen import Place
from screens.shell.saved_views import SavedViews
from screens.widgets.detail_pane import DetailPane
from screens.widgets.live_table import LiveTable
from tests.screens.key_checks.registry import (
    checks_of,
    place,
)
from tests.screens.picture import text_of
from tests.screens.scenes import fill_in, press

check = checks_of("lists")


@check(
    "insights.view",
    "insights.view.back",
    "insights.open",
    "insights.train",
    "insights.use",
    "insights.report",
    "insights.period",
)
async def keys_of_insights(app: AstraApp) -> None:
    await press(app, "f7", "v", "down", "T", "enter")
    assert place(app) == "queue"
    since = moment(beginnings(app.backend.desk.now(), 30)[0])[:10]
    assert app.screen.query_one("#filter", Input).value == f"status:Pending created>={since}"
    await press(app, "escape", "f7", "T", "enter")
    assert (place(app), app.screen.query_one("#filter", Input).value) == ("queue", "status:Pending")
    await press(app, "escape", "f7", "v", "v", "v", "v", "V")
    assert shown_in(app, "weights")["name"] == "published"
    await press(app, "enter")
    assert "+92.220" in text_of(app)
    await press(app, "escape")
    await press(app, "asterisk", "asterisk")
    assert "Selected: published weights" in text_of(app)
    await press(app, "L")
    assert "decided assignments are too few" in " ".join(text_of(app).split())
    await press(app, "E")
    assert app.screen.query_one("#folder", Input).value == "astra-report"
    assert isinstance(app.screen, FormModal)
    latest = await app.backend.read(lambda: queries.list_bookings(queries.BookingFilter(sort="id"), limit=1))
    assert app.screen.values()["destination"] == latest[0]["destination"]
    await fill_in(app, folder="")
    await press(app, "f9")
    assert "Folder is required" in text_of(app)


def shown_in(app: AstraApp, table: str) -> Any:
    row = app.screen.query_one(f"#{table}", LiveTable).current
    assert row is not None
    return row


@check("export")
async def export_of_the_roster(app: AstraApp) -> None:
    await press(app, "f3", "E")
    file = Path(app.screen.query_one("#path", Input).value)
    assert file.name.startswith("roster-")
    target = Path(app.backend.path).with_name("roster.csv")
    await fill_in(app, path=str(target))
    await press(app, "f9")
    assert target.read_text().startswith("agent_id,rank,department,name,")
    await press(app, "E")
    await fill_in(app, path=str(target))
    await press(app, "f9")
    assert "already exists" in " ".join(text_of(app).split())
    await press(app, "escape", "escape")


@check("views", "views.save", "views.use", "views.delete", "views.close")
async def saved_views(app: AstraApp) -> None:
    await press(app, "f4", "escape", "slash", *"to:mars", "enter", "semicolon")
    assert isinstance(app.screen, SavedViews)
    await press(app, "s", *"Mars", "enter", "enter", "f9")
    assert "Mars" in text_of(app)
    await press(app, "escape", "escape", "semicolon", "enter")
    assert (place(app), app.screen.query_one("#filter", Input).value) == ("queue", "to:mars")
    await press(app, "semicolon", "x")
    assert "x again deletes it" in text_of(app)
    await press(app, "x")
    assert "No saved views yet" in text_of(app)
    assert "Delete" not in text_of(app), "there is none to delete"
    await press(app, "escape", "escape")
    assert place(app) == "queue"


@check("retry")
async def read_anew(app: AstraApp) -> None:
    await press(app, "f3")
    table = app.screen.query_one(LiveTable)
    before = table.rows_shown
    table.show_rows([])  # as if something had gone wrong
    await press(app, "ctrl+r")
    assert table.rows_shown == before != []


@check("sort", "sort.reverse", "queue.view", "queue.view.back")
async def sort_and_view(app: AstraApp) -> None:
    await press(app, "f4", "escape", *"vvvvV")
    assert [row["booking_id"] for row in app.screen.query_one(LiveTable).rows_shown] == [12]
    await press(app, "v")
    rows = app.screen.query_one(LiveTable).rows_shown
    assert [row["booking_id"] for row in rows] == [2]
    assert "Confirmed 1" in text_of(app)
    await press(app, *"vv", "greater_than_sign")
    while app.recall("queue.sort", "") != "id":
        await press(app, "greater_than_sign")
    assert [row["booking_id"] for row in app.screen.query_one(LiveTable).rows_shown] == list(range(12, 0, -1))
    await press(app, "less_than_sign")
    assert [row["booking_id"] for row in app.screen.query_one(LiveTable).rows_shown] == list(range(1, 13))
    await press(app, "f3", "greater_than_sign")
    while app.recall("roster.sort", "") != "name":
        await press(app, "greater_than_sign")
    names = [row["name"] for row in app.screen.query_one(LiveTable).rows_shown]
    assert names == sorted(names, key=str.lower)
    await press(app, "less_than_sign")
    assert [row["name"] for row in app.screen.query_one(LiveTable).rows_shown] == names[::-1]


@check("zoom", "border.left", "border.right")
async def room_for_the_panes(app: AstraApp) -> None:
    await press(app, "f4", "escape")
    table, pane = app.screen.query_one(LiveTable), app.screen.query_one(DetailPane)
    before = pane.outer_size
    await press(app, "[")
    assert pane.outer_size != before
    await press(app, "]")
    assert pane.outer_size == before
    await press(app, "z")
    assert (table.region.area > 0, pane.region.area) == (True, 0)
    await press(app, "z")
    pane.focus()
    await press(app, "z")
    assert (table.region.area, pane.region.area > 0) == (0, True)
    await press(app, "z")
    assert pane.outer_size == before


@check("log.view", "log.view.back")
async def views_of_the_log(app: AstraApp) -> None:
    await press(app, "f4", "escape", "h", "v")
    rows = app.screen.query_one(LiveTable).rows_shown
    assert {row["actor"] for row in rows} <= {"kim"}
    await press(app, "v")
    assert all(row["undone_by"] for row in app.screen.query_one(LiveTable).rows_shown)
    await press(app, "V", "V")
    assert len(app.screen.query_one(LiveTable).rows_shown) > len(rows)
    await press(app, "escape")


@check("roster.fairness")
async def who_got_how_many(app: AstraApp) -> None:
    await press(app, "f3", "B")
    assert isinstance(app.screen, Panel)
    assert app.screen.heading == "Who got how many leads"
    assert "Jain's index" in app.screen.text.plain
    await press(app, "escape")


@check("agent.add", "agent.edit", "agent.leave", "agent.bookings", "roster.view", "roster.view.back")
async def keys_of_the_roster(app: AstraApp) -> None:
    await press(app, "f3", "a")
    about = {"department": "Luxury Voyages", "job_title": "Space Travel Agent"}
    await fill_in(app, first_name="Zoë", last_name="[/]", capacity="0", **about)  # takes no waiting lead
    await press(app, "f9", "slash", *"zo", "enter", "e")
    await fill_in(app, years="3", skills="mars, titan")
    await press(app, "f9")
    (row,) = app.screen.query_one(LiveTable).rows_shown
    assert (row["agent_id"], row["name"], row["years_of_service"]) == (7, "Zoë [/]", 3)
    assert row["skills"] == ["Mars", "Titan"]
    await press(app, "X", "X")
    assert app.screen.query_one(LiveTable).rows_shown == []
    await press(app, "V", "X", "home", "v")
    assert len(app.screen.query_one(LiveTable).rows_shown) == 1
    await press(app, "b")
    assert place(app) == "queue"
    assert app.screen.query_one("#filter", Input).value == "agent:7"
    assert app.screen.query_one(LiveTable).rows_shown == []


@check(
    "columns",
    "columns.toggle",
    "columns.earlier",
    "columns.later",
    "columns.sort",
    "columns.reset",
    "columns.close",
)
async def choose_columns(app: AstraApp) -> None:
    await press(app, "f3", "escape", "comma", *("down",) * 12, "space", "minus", "minus", "minus")
    await press(app, "plus", "s")
    table = app.screen_stack[0].query_one(LiveTable)
    usual = [
        "agent_id",
        "rank",
        "department",
        "name",
        "load",
        "issue_load",
        "trend",
        "rating",
        "years_of_service",
    ]
    usual += ["presence"]
    assert list(table.chosen) == [*usual, "email", "job_title"]
    assert app.recall("roster.sort", "") == "email"
    await press(app, "r", "s")
    assert list(table.chosen) == [*usual, "job_title"]
    assert app.recall("roster.sort", "") == "agent_id"
    await press(app, "escape")
    assert place(app) == "roster"


@check("first_steps", "start.close", "start.up", "start.down", "start.take", "import.close", "import.go")
async def fill_the_desk(app: AstraApp) -> None:
    await press(app, "f2", "ctrl+n", "escape", "ctrl+n")
    assert isinstance(app.screen, FirstSteps)
    await press(app, "down", "up", "enter")
    assert isinstance(app.screen, ImportFiles)
    await press(app, "f9")
    assert "! Type a path, or drop a file here" in text_of(app)
    await press(app, "escape", "ctrl+n", "down", "enter")
    assert isinstance(app.screen, FormModal)
    assert app.screen.heading == "Add an agent"


@check("tour.next", "tour.back", "tour.skip")
async def take_the_tour(app: AstraApp) -> None:
    app.action_tour()
    await press(app, "enter", "right", "left")
    assert isinstance(app.screen, Tour)
    assert "2 of " in text_of(app)
    await press(app, "escape")
    assert isinstance(app.screen, Place)


@check("desk.agent", "pick.close", "pick.take")
async def choose_whose_desk(app: AstraApp) -> None:
    await press(app, "f5", "at", *"nova", "escape")
    assert app.my_agent_id == 1
    await press(app, "at", *"nova", "enter")
    assert app.my_agent_id == 2
    assert "Nova Singh" in str(app.screen.query_one(".headline", Static).visual)


@check("lists.add", "lists.rename", "lists.retire", "lists.close")
async def keep_the_lists(app: AstraApp) -> None:
    app.action_lists()
    await app.settle()
    await press(app, "a")
    await fill_in(app, name="[red]Ceres")
    await press(app, "f9")
    assert "Ceres" in text_of(app)
    await press(app, "home", "down", "r")
    await fill_in(app, new_name="Charon")
    await press(app, "f9", "x", "f9", "escape")
    assert not isinstance(app.screen, ValueLists)
    found = await app.backend.read(lambda: list_values("destination", retired=True))
    rows = {row["name"]: row for row in found}
    assert rows["[red]Ceres"]["retired_at"] is None
    assert rows["Charon"]["retired_at"] is not None
