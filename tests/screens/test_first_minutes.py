"""Filling an empty desk, and the tour, shown once; neither gets in the way of typing."""

from __future__ import annotations

import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import pytest
from textual import events
from textual.widgets import Input, Static

from astra_tui.app import AstraApp
from astra_tui.user.preferences import Preferences
from astra_tui.user.remembered import memory_path
from dispatch import queries
from dispatch.bootstrap import open_desk
from dispatch.inputs.column_choice import ColumnChoice
from models.errors import InvalidInput
from screens.app.first_steps import FirstSteps
from screens.app.import_files import ImportFiles
from screens.app.tour import PAGES, Tour
from screens.dialogs.form import FormModal
from screens.dialogs.typed_paths import paths_in
from screens.roster.screen import Roster
from screens.widgets.bars import EmptyDesk
from screens.widgets.live_table import LiveTable
from seeds.importing.importer import import_files
from tests.screens.conftest import standing_still
from tests.screens.picture import text_of
from tests.screens.scenes import press, said

AGENTS = """\
AgentID,FirstName,LastName,Email,JobTitle,DepartmentName,ManagerName,SpaceLicenseNumber,YearsOfService,\
AverageCustomerServiceRating
1,Ada,Byron,ada@example.com,Space Travel Agent,Luxury Voyages,,,3,4.5
2,Bo,,bo@example.com,Space Travel Agent,Luxury Voyages,,,3,4.5
"""


@asynccontextmanager
async def own(path: Path, **preferences: Any) -> AsyncIterator[AstraApp]:
    """The application of a user with preferences."""
    wanted = Preferences(**preferences)
    app = AstraApp(database=path, clock=standing_still, actor="kim", preferences=wanted)
    app.animation_level = "none"
    async with app.run_test(size=(80, 24), notifications=True):
        await app.settle()
        yield app


async def test_a_desk_that_was_made_for_the_application_is_announced(path: Path, tmp_path: Path) -> None:
    made = tmp_path / "new.db"
    async with own(made) as app:
        assert said(app) == [f"Made a new desk: {made}"]
    async with own(made) as app:
        assert said(app) == []
    app = AstraApp(database=path, clock=standing_still, is_new=True)
    async with app.run_test(notifications=True):
        await app.settle()
        assert said(app) == [f"Made a new desk: {path}"]


async def test_an_interrupted_import_is_told_at_start(
    path: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    file = tmp_path / "agents.csv"
    file.write_text(AGENTS)
    desk = open_desk(path, clock=standing_still, actor="kim")
    with monkeypatch.context() as patch:
        patch.setattr("seeds.bulk_writer._write_rows", lambda *_: sys.exit(7))
        with pytest.raises(SystemExit):
            import_files(desk, [file])
    desk.close()
    async with own(path) as app:
        assert "undo event 1 in the log" in str(said(app))


async def test_the_tour_is_shown_once_and_leads_to_the_ways_to_begin(path: Path) -> None:
    async with own(path, keymap={"why": "f12", "booking.claim": "k"}) as app:
        assert isinstance(app.screen, Tour)
        seen = [text_of(app)]
        for _ in PAGES[1:]:
            await press(app, "enter")
            seen.append(text_of(app))
        assert all(title in text for (title, _), text in zip(PAGES, seen, strict=True))
        assert "k claims" in seen[2]
        assert "f12 shows why" in seen[2]
        await press(app, "left")
        assert f"4 of {len(PAGES)}" in text_of(app)
        await press(app, "right", "right")
        assert isinstance(app.screen, FirstSteps)
        await press(app, "escape")
        assert len(app.screen_stack) == 1
    assert "tour.seen" in memory_path().read_text()
    async with own(path) as app:
        assert isinstance(app.screen, FirstSteps), "the desk is still empty"
        app.post_message(events.Paste("Ka"))
        await press(app, *"te")
        assert app.screen.query_one("#customer", Input).value == "Kate"
        await press(app, "ctrl+p", *"tour", "enter")
        assert isinstance(app.screen, Tour)
        await press(app, "escape")
        assert isinstance(app.screen, FirstSteps)


async def test_text_typed_into_the_tour_is_not_lost(golden_file: Path) -> None:
    async with own(golden_file) as app:
        assert isinstance(app.screen, Tour)
        await press(app, *"Ida K", "f4")
        assert app.current_mode == "queue"
        assert len(app.screen_stack) == 1
        app.go("dispatch")
        await app.settle()
        assert app.screen.query_one("#customer", Input).value == "Ida K"


async def test_an_empty_desk_is_filled_in_three_ways(path: Path, tmp_path: Path, running: Any) -> None:
    file = tmp_path / "new agents.csv"
    file.write_text(AGENTS)
    async with running(path, size=(80, 24)) as (app, pilot):
        assert len(app.screen_stack) == 1, "nothing gets in the way of a script"
        assert app.screen.query_one(EmptyDesk).display
        await pilot.click(EmptyDesk)
        await app.settle()
        assert isinstance(app.screen, FirstSteps)
        await press(app, "up", "enter")
        assert isinstance(app.screen, FormModal)
        await press(app, "escape", "ctrl+n", "enter")
        await import_agents(app, file)
        assert not app.screen.query_one(EmptyDesk).display
        await press(app, "ctrl+n")
        assert "demo" not in text_of(app)
        await press(app, "escape")
        app.action_fill_demo()
        await app.settle()
        assert "a demo needs an empty desk" in text_of(app)


async def import_agents(app: AstraApp, file: Path) -> None:
    """Check a file, and import it with the same key."""
    assert isinstance(app.screen, ImportFiles)
    await press(app, "enter")
    assert "! Type a path, or drop a file here" in text_of(app)
    app.screen.query_one("#paths", Input).value = "none.csv"
    await press(app, "f9")
    assert "none.csv: no such file" in " ".join(text_of(app).split())
    app.screen.query_one("#paths", Input).value = f"'{file}'"
    await press(app, "enter")
    told = str(app.screen.query_one("#told", Static).visual)
    assert "Would import 1 agent, 0 assignments, 0 bookings" in told
    assert "new agents.csv, row 2: " in told
    assert await app.backend.read(queries.is_unused)
    await press(app, "enter")
    assert isinstance(app.screen, Roster)
    assert "Imported 1 agent," in text_of(app)
    assert [row["name"] for row in app.screen.query_one(LiveTable).rows_shown] == ["Ada Byron"]


async def test_an_import_reads_columns_as_the_last_one_did(path: Path, running: Any, tmp_path: Path) -> None:
    file = tmp_path / "other agents.csv"
    file.write_text(AGENTS.replace("AgentID", "Nr"))
    desk = open_desk(path, clock=standing_still, actor="kim")
    import_files(desk, [file], choice=ColumnChoice({"Nr": "AgentID"}))
    desk.close()
    file.write_text(AGENTS.replace("AgentID", "Nr").replace("1,Ada", "3,Eve").replace(",3,4.5", ",4,4.5"))
    async with running(path, size=(80, 24)) as (app, _):
        app.action_import_files()
        await app.settle()
        app.screen.query_one("#paths", Input).value = f"'{file}'"
        await press(app, "enter")
        told = str(app.screen.query_one("#told", Static).visual)
        assert "other agents.csv: columns as in other agents.csv; in a shell, astra import --map" in told
        await press(app, "enter")
        assert "Imported 1 agent," in text_of(app)


async def test_an_empty_desk_becomes_a_demo(path: Path, running: Any) -> None:
    async with running(path, size=(80, 24), at="roster") as (app, _):
        await press(app, "f3", "ctrl+n", "down", "enter")
        assert sum("members" not in row for row in app.screen.query_one(LiveTable).rows_shown) == 30
        assert "Demo loaded: 30 agents, 450 assignments, 412 bookings" in str(said(app))


def test_paths_as_they_are_typed_or_dropped(tmp_path: Path) -> None:
    with_blank = tmp_path / "a b.csv"
    with_blank.touch()
    assert paths_in(str(with_blank)) == [with_blank]
    assert paths_in(f"'{with_blank}' c.csv") == [with_blank, Path("c.csv")]
    assert paths_in("a\\ b.csv") == [Path("a b.csv")]
    assert paths_in("~/a.csv") == [Path.home() / "a.csv"]
    for wrong in ("", "'a.csv"):
        with pytest.raises(InvalidInput):
            paths_in(wrong)
