"""Typed text is never lost: by a quit, a crash, or one escape too many."""

from __future__ import annotations

import os
import sqlite3
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest
from textual.widgets import Button

from astra_tui.app import AstraApp
from astra_tui.user.draft_files import DraftFile
from astra_tui.user.draft_folder import drafts_folder
from astra_tui.user.preferences import Preferences
from dispatch.leads import intake
from models.sqlite import engine
from screens.base.drafts import Draft
from screens.dialogs.form import FormModal
from screens.dialogs.quit_warning import Leaving
from screens.dispatch.several_leads import SeveralLeads
from screens.shell.desk_screen import Place
from tests.screens.conftest import standing_still
from tests.screens.picture import text_of
from tests.screens.scenes import LEAD, fill_in, leave, press
from tests.screens.test_dispatch import form, newest, notice

HALF = {
    "customer": "Zoë [/] 山田",
    "phone": "0711",
    "method": "Text",
    "destination": "Titan",
    "requests": "a dome",
}

MARS = {
    "method": "Text",
    "source": "Organic",
    "destination": "Mars",
    "launch": "Dallas-Fort Worth Launch Complex",
}


def kept(folder: Path) -> list[Path]:
    return list(folder.glob("*.json"))


async def test_a_half_filled_form_is_restored(golden_file: Path, tmp_path: Path, running: Any) -> None:
    folder = tmp_path / "drafts"
    async with running(golden_file, size=(80, 24), drafts=DraftFile(golden_file, folder)) as (app, _):
        await fill_in(app, **HALF)
        assert len(kept(folder)) == 1
        await fill_in(app, source="Organic")
        with closing(DraftFile(golden_file, folder)) as second:
            assert second.take_up() is None  # this terminal is alive
        before = form(app)
    async with running(golden_file, size=(80, 24), drafts=DraftFile(golden_file, folder)) as (app, _):
        assert form(app) == before
        assert notice(app) == "Restored what you typed at 12:00; Clear empties the form"
        await fill_in(app, launch="Sydney Stellar Port")
        await press(app, "f9")
        assert (await newest(app, 1))[0]["customer_name"] == HALF["customer"]
        assert kept(folder) == []
        await fill_in(app, **HALF)
        assert len(kept(folder)) == 1
        await press(app, "ctrl+l")
        assert notice(app) == "Cleared"
        assert not any(form(app).values())
        assert kept(folder) == []
        await press(app, "ctrl+l")
        assert notice(app) == "The form is empty"
    assert list(folder.iterdir()) == []


async def test_values_no_longer_accepted_are_left_out(
    golden_file: Path, tmp_path: Path, running: Any
) -> None:
    drafts = DraftFile(golden_file, tmp_path)
    with closing(DraftFile(golden_file, tmp_path)) as earlier:
        values = {
            "name": "Kate Nguyen",
            "destination": "Pluto",
            "method": "Fax",
            "source": "Organic",
            "x": "y",
        }
        earlier.keep(Draft(values, "2082-03-01 09:30:00"))
    async with running(golden_file, size=(80, 24), drafts=drafts) as (app, _):
        assert {name for name, text in form(app).items() if text} == {"name", "source"}
        assert notice(app).startswith("Restored what you typed at 09:30 on 1 Mar")


async def test_a_full_disk_is_reported_once_and_typing_continues(golden_file: Path, running: Any) -> None:
    class Full:
        def keep(self, draft: Draft) -> None:
            raise OSError(28, "No space left on device")

        def take_up(self) -> Draft | None:
            raise OSError(13, "Permission denied")

        def close(self) -> None:
            pass

    async with running(golden_file, size=(80, 24), drafts=Full()) as (app, _):
        assert "Drafts cannot be saved: Permission denied" in text_of(app).replace("\n", "")
        app.clear_notifications()
        await fill_in(app, **HALF)
        assert "No space" not in text_of(app)
        await press(app, "ctrl+q")
        assert "It will be lost" in text_of(app)


async def test_without_preferences_no_file_is_written(golden_file: Path, running: Any) -> None:
    async with running(golden_file, size=(80, 24)) as (app, _):
        await fill_in(app, **HALF)
    assert not Path(os.environ["XDG_STATE_HOME"]).exists()
    app = AstraApp(database=golden_file, clock=standing_still, actor="kim", preferences=Preferences())
    async with app.run_test(size=(80, 24)):
        await app.settle()
        await leave(app)  # the tour of the first start
        await fill_in(app, **HALF)
        await press(app, "ctrl+q")
        assert "not assigned. It is kept for next time." in text_of(app)
    assert len(kept(drafts_folder())) == 1


async def test_quitting_with_unsaved_text_asks(golden_file: Path, running: Any) -> None:
    async with running(golden_file, size=(80, 24)) as (app, pilot):
        await fill_in(app, **LEAD)
        await press(app, "f4", "ctrl+q")  # in any place
        assert isinstance(app.screen, Leaving)
        assert "The lead you typed is not assigned." in text_of(app)
        await press(app, *"x", "escape")
        assert isinstance(app.screen, Place)
        await press(app, "ctrl+p", *"quit", "enter")
        assert isinstance(app.screen, Leaving)
        await press(app, "enter")  # enter stays
        await press(app, "home", "n", *"a note", "ctrl+q")
        assert "Note on booking 12: what you typed will be lost." in text_of(app)
        await pilot.click("#stay")
        await app.settle()
        assert isinstance(app.screen, FormModal)
        await leave(app)
        await press(app, "f2", "ctrl+t", *"Kate", "ctrl+q")
        assert "Lines of leads that are not assigned: they will be lost." in text_of(app)
        await press(app, "escape")
        assert isinstance(app.screen, SeveralLeads)
        assert app.return_code is None
        await press(app, "ctrl+q", "ctrl+q")
        assert app._exit


@pytest.mark.parametrize("close", ["escape", "click"])
async def test_a_form_asks_once_before_dropping_typed_text(
    golden_file: Path, running: Any, close: str
) -> None:
    async def leave_it() -> None:
        if close == "escape":
            await press(app, "escape")
        else:
            app.screen.query_one(
                "#close", Button
            ).active_effect_duration = 0  # else it ignores keys for 0.2 s
            await pilot.click("#close")
            await app.settle()

    async with running(golden_file, size=(80, 24), at="queue") as (app, pilot):
        await press(app, "f4", "home", "e")
        await leave_it()  # nothing was typed
        assert isinstance(app.screen, Place)
        await press(app, "e", "end", "x")
        await leave_it()
        assert "Close again to discard what you typed" in text_of(app)
        app.screen.query_one("#name").focus()
        await press(app, "end", "y")
        assert "Close again" not in text_of(app)
        await leave_it()
        assert isinstance(app.screen, FormModal)
        assert app.screen.values()["name"].endswith("xy")
        await leave_it()
        assert isinstance(app.screen, Place)


async def test_a_full_disk_is_told_as_one_and_the_form_stays(
    golden_file: Path, running: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    with closing(sqlite3.connect(golden_file)) as connection:
        (pages,) = connection.execute("PRAGMA page_count").fetchone()
    monkeypatch.setattr(engine, "PRAGMAS", engine.PRAGMAS | {"max_page_count": pages})
    async with running(golden_file, size=(80, 24)) as (app, _):
        await fill_in(app, **HALF)
        app.perform(lambda desk: [intake.receive(desk, name="x" * 90, **MARS) for _ in range(200)])
        await app.settle()
        shown = " ".join(text_of(app).split())
        assert "the disk is full" in shown
        assert "permissions" not in shown
        assert form(app)["name"] == HALF["customer"]
