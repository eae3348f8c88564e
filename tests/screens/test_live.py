"""Changes by others at the same desk appear by themselves, and nothing being used moves."""

from __future__ import annotations

import os
import shutil
import sqlite3
import threading
from pathlib import Path
from typing import Any

import pytest
from textual.widgets import Input, Static

from astra_tui.app import AstraApp
from dispatch import agents, bookings
from dispatch.bootstrap import open_desk
from dispatch.desk.desk import Desk
from dispatch.leads import intake
from screens.bookings.queue import Queue
from screens.dialogs.form import FormModal
from screens.dialogs.panel import Panel
from screens.roster.screen import Roster
from screens.shell.help import Help
from screens.widgets.live_table import LiveTable
from seeds.demo.demo import make_demo
from tests.screens.conftest import standing_still
from tests.screens.picture import text_of
from tests.screens.scenes import fill_in, press, said

LEAD = {"method": "Text", "source": "Organic", "destination": "Mars", "launch": "Sydney Stellar Port"}


def queue(app: AstraApp) -> LiveTable[Any]:
    return app.screen.query_one("#queue", LiveTable)


def in_sight(table: LiveTable[Any]) -> list[str]:
    """The keys of the visible rows, from the top."""
    first = round(table.scroll_y)
    return [row.key.value or "" for row in table.ordered_rows[first : first + table._height]]


async def test_every_place_shows_what_another_terminal_did(running: Any, other_terminal: Desk) -> None:
    async with running(size=(140, 30)) as (app, _):
        app.my_agent_id = 6
        lead = intake.receive(other_terminal, name="Zoë [/]", **LEAD)
        await app.settle()
        assert "Zoë [/]" in text_of(app)
        assert "21 pending" in text_of(app)
        for key in ("f3", "f4", "f5"):
            await press(app, key)
        assert "Zoë [/]" in text_of(app)
        bookings.claim(other_terminal, lead["booking_id"], 6)
        await app.settle()
        assert "In progress 1" in text_of(app)
        await press(app, "f4")
        bookings.note(other_terminal, lead["booking_id"], "call back [/]")
        await app.settle()
        assert "note: call back [/]  (lee)" in text_of(app)
        await press(app, "f3")
        agents.add(
            other_terminal,
            first_name="[/]",
            last_name="New",
            department="Luxury Voyages",
            job_title="Space Travel Agent",
        )
        await app.settle()
        assert "31 agents" in text_of(app)


async def test_the_top_stays_visible_and_a_removed_row_moves_the_cursor_on(
    running: Any, other_terminal: Desk
) -> None:
    async with running(size=(90, 30), at="queue") as (app, _):
        await press(app, "f4", "v")
        table = queue(app)
        lead = intake.receive(other_terminal, name="New", **LEAD)
        await app.settle()
        assert in_sight(table)[0] == str(lead["booking_id"])
        assert table.cursor_row == 1
        row = table.current
        assert row is not None
        bookings.cancel(other_terminal, row["booking_id"], "gone")
        await app.settle()
        assert table.cursor_row == 1
        assert table.current is not None
        assert table.current["booking_id"] != row["booking_id"]


async def test_sizes_change_and_everything_stays_where_it_is(running: Any) -> None:
    async with running(size=(120, 36)) as (app, pilot):
        for key in ("f2", "f3", "f4"):
            await press(app, key, *["down"] * 15)
            table = app.screen.query_one("#latest, #roster, #queue", LiveTable)
            here = table.current
            for size in ((80, 24), (40, 12), (16, 6), (200, 50), (120, 36)):
                await pilot.resize_terminal(*size)
                await app.settle()
                assert table.current == here
                width = sum(column.get_render_width(table) for column in table.columns.values())
                assert width <= max(size[0], 62)
        assert "0 waiting · 20 pending" in text_of(app)
        await pilot.resize_terminal(80, 24)
        await app.settle()
        assert "0 waiting" not in text_of(app)
        assert "20 pending" in text_of(app)


# the whole of a long list


async def test_every_booking_is_shown_on_the_way_down_and_up(tmp_path: Path, running: Any) -> None:
    path = tmp_path / "long.db"
    desk = open_desk(path, create=True, clock=standing_still, actor="seed")
    make_demo(desk, agents=30, bookings=650)
    desk.close()
    async with running(path, size=(60, 60), at="queue") as (app, _):
        await press(app, "f4")
        table = queue(app)
        for key in ("pagedown", "pageup"):
            seen: set[str] = set()
            before = None
            while before != (before := (table.cursor_row, table.current)):
                assert len(table.rows_shown) <= 500
                seen |= set(in_sight(table))
                await press(app, key)
            assert len(seen) == 650, key
        assert app.screen._window.anchor is None
        table.scroll_to(y=table.max_scroll_y, animate=False, immediate=True)
        await app.settle()
        await press(app, *["end"] * 6)
        top = in_sight(table)[0]
        table.scroll_to(y=0, animate=False, immediate=True)
        await app.settle()
        assert in_sight(table)[0] != top
        assert app.screen._window.anchor is not None  # no jump to the very top


def test_a_roster_of_thousands_shows_the_first_and_finds_the_others() -> None:
    from screens.roster.groups import totals_text

    person = {"left_at": None, "presence": "available", "load": 3, "issue_load": 1, "capacity": 10}
    people: list[Any] = [person] * 2000
    told = "Total  2,000 agents  ▇▇▇▇▁▁▁▁▁▁ 8000/20000  the first 500 · 2,000 available"
    assert totals_text(people, 2000, ["the first 500"]).plain == told
    assert totals_text(people[:3], 2000, []).plain.startswith("Total  3 of 2,000 agents")


# trouble


def bar(app: AstraApp) -> str:
    """The text of the lost-database bar, if shown."""
    lost = app.screen.query_one("#lost", Static)
    return str(lost.visual) if lost.display else ""


async def test_a_deleted_file_is_reported_and_found_again(demo_file: Path, running: Any) -> None:
    hidden = demo_file.with_suffix(".hidden")
    async with running(size=(100, 30)) as (app, _):
        demo_file.rename(hidden)
        await app.settle()
        assert "Lost the database file" in bar(app)
        await press(app, "f4", "f2")
        assert "Lost the database file" in bar(app)
        await fill_in(app, customer="Kate", **{**LEAD, "launch": "Sydney Stellar Port"})
        await press(app, "f9")
        assert "Kate" in text_of(app)
        assert "Lost the database file" in str(app.screen.query_one("#notice", Static).visual)
        hidden.rename(demo_file)
        await app.settle()
        assert not bar(app)
        await press(app, "f9")
        assert "Kate →" in text_of(app)


async def test_a_lost_database_can_be_retried_and_nothing_typed_is_lost(
    demo_file: Path, running: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    hidden = demo_file.with_suffix(".hidden")
    monkeypatch.setattr("astra_tui.app.LOOK_EVERY_S", 3600)  # here only the user retries
    async with running(size=(80, 24), at="queue") as (app, pilot):
        await press(app, "f4", "v", "n")
        await press(app, *"call [/]")
        demo_file.rename(hidden)
        await press(app, "f9")
        assert "Lost the database file" in str(app.screen.query_one("#problem", Static).visual)
        assert app.screen.values() == {"text": "call [/]"}
        await press(app, "ctrl+r")  # under a modal, too
        assert "the database still cannot be reached" in text_of(app)
        await press(app, "escape", "escape")  # the second press drops what was typed
        assert "since 12:00" in bar(app)
        assert "^r tries now" in bar(app)
        before = queue(app).rows_shown
        await every_key_says_why_it_cannot(app)
        assert queue(app).rows_shown == before  # stays readable
        hidden.rename(demo_file)
        await pilot.click("#lost")
        await app.quiet()  # settle() would refresh by itself
        assert not bar(app)
        for path, other in ((demo_file, hidden), (hidden, demo_file)):
            path.rename(other)
            app.clear_notifications()
            await pilot.press("ctrl+r")
            await app.quiet()
            assert bool(bar(app)) is ("still cannot be reached" in str(said(app))) is (path == demo_file)


async def every_key_says_why_it_cannot(app: AstraApp) -> None:
    for key in ("c", "t", "m", "w", "u"):  # at once, by a form, by a panel, by the application
        app.clear_notifications()
        await press(app, key)
        assert isinstance(app.screen, Queue)
        assert said(app)[-1].startswith("Not done: "), key


async def test_another_file_in_its_place_is_opened(
    demo_file: Path, golden_template: Path, running: Any
) -> None:
    async with running(size=(100, 30), at="roster") as (app, _):
        await press(app, "f3")
        for suffix in ("", "-wal", "-shm"):
            demo_file.with_name(demo_file.name + suffix).unlink(missing_ok=True)
        new = shutil.copy(golden_template, demo_file.with_suffix(".new"))
        Path(new).rename(demo_file)
        await app.settle()
        assert "was replaced by another file" in bar(app)
        assert "^r loads the new file, ^q quits" in bar(app)
        assert "30 agents" in text_of(app)
        await press(app, "ctrl+r")
        await app.settle()
        assert not bar(app)
        assert "6 agents" in text_of(app)
        assert "Loaded demo.db, another desk" in text_of(app)
        await press(app, "slash", *"singh", "enter", "e")
        app.screen.query_one("#capacity", Input).value = "3"
        await press(app, "f9")
        connection = sqlite3.connect(demo_file)
        rows = connection.execute("SELECT capacity FROM space_travel_agents WHERE agent_id = 2").fetchall()
        connection.close()
        assert rows == [(3,)]


async def test_an_error_in_a_query_is_a_panel_and_the_application_continues(
    running: Any, other_terminal: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with running(size=(100, 30), at="roster") as (app, _):
        await press(app, "f3")
        with monkeypatch.context() as broken:
            broken.setattr(Roster, "look_up", lambda _: lambda: 1 / 0)
            for number in range(2):
                intake.receive(other_terminal, name=f"New {number}", **LEAD)
                await app.settle()
        assert isinstance(app.screen, Panel)
        assert "ZeroDivisionError" in text_of(app)
        await press(app, "y", "escape")
        assert "ZeroDivisionError" in app.clipboard
        assert isinstance(app.screen, Roster)  # one panel, not one for each time
        intake.receive(other_terminal, name="Last", **LEAD)
        app.clear_notifications()
        await app.settle()
        assert "23 pending" in text_of(app)
        with monkeypatch.context() as broken:
            broken.setattr(Roster, "action_copy", lambda _: 1 / 0)
            await press(app, "y")
        assert isinstance(app.screen, Panel)


async def test_answers_for_a_place_left_earlier_are_ignored(running: Any) -> None:
    async with running(size=(100, 30)) as (app, pilot):
        app.my_agent_id = 6
        for key in ("f3", "f4", "f5", "f2") * 2:
            await pilot.press(key)
        await press(app, "f4", "x", "f3")  # the form of the queue opens over the queue, or not at all
        assert [type(screen) for screen in app.screen_stack] == [Roster]
        await press(app, "f4", "x", "i", "f3")  # with something typed it stays
        assert [type(screen) for screen in app.screen_stack] == [Queue, FormModal]
        await press(app, "escape", "escape", *["f2", "f3", "f4", "f5"])
        assert [type(screen).__name__ for screen in app.screen_stack] == ["MyDesk"]


async def test_the_clock_and_the_footer_are_current(running: Any, demo_file: Path) -> None:
    connection = sqlite3.connect(demo_file)
    connection.execute("UPDATE space_travel_agents SET load = load + 1 WHERE agent_id = 3")
    connection.commit()
    async with running(size=(120, 36)) as (app, _):
        assert "counts ≠ bookings: agent 3 ✗" in text_of(app)
        assert "4 Mar 2082 12:00" in text_of(app)
        connection.execute("UPDATE space_travel_agents SET load = load - 1 WHERE agent_id = 3")
        connection.commit()
        connection.close()
        await app.settle()
        assert "counts ≠ bookings" not in text_of(app)
        assert not app.screen.query_one(".totals", Static).has_class("-drift")


async def test_the_cursor_stays_on_its_row_and_the_row_in_its_place(
    running: Any, other_terminal: Desk
) -> None:
    async with running(size=(90, 30), at="queue") as (app, _):
        await press(app, "f4", *["down"] * 30)
        table = queue(app)
        here, before = table.current, in_sight(table)
        assert here is not None
        for number in range(3):  # new rows come in above
            intake.receive(other_terminal, name=f"New {number}", **LEAD)
            await app.settle()
        assert table.current == here
        assert in_sight(table) == before
        pending = [row["booking_id"] for row in table.rows_shown if row["status"] == "Pending"]
        moved = next(number for number in pending[3:] if number != here["booking_id"])
        bookings.cancel(other_terminal, moved, "ill")  # a row above moves to the top
        await app.settle()
        assert table.current == here
        assert in_sight(table).index(str(here["booking_id"])) == before.index(str(here["booking_id"]))
        assert moved in [row["booking_id"] for row in table.rows_shown[:5]]
        here = table.current
        table.scroll_to(y=40, animate=False, immediate=True)
        await app.settle()
        before = in_sight(table)
        for number in range(3):
            intake.receive(other_terminal, name=f"Newer {number}", **LEAD)
        await app.settle()
        assert in_sight(table) == before
        assert table.current == here  # out of sight, still on its row


async def test_a_late_answer_never_replaces_a_newer_one(running: Any) -> None:
    async with running(size=(100, 30), at="queue") as (app, _):
        await press(app, "f4")
        screen = app.screen
        assert isinstance(screen, Queue)
        late = threading.Event()
        rows = await app.backend.read(screen.look_up())

        def slow() -> Any:
            late.wait(5)
            return rows[0], rows[1][:1]

        screen.reload(slow)
        screen.reload()
        late.set()
        await app.settle()
        assert len(queue(app).rows_shown) == 100


async def test_the_mouse_sorts_chooses_and_enters(running: Any) -> None:
    async with running(size=(120, 36), at="roster") as (app, pilot):
        await press(app, "f3")
        table = app.screen.query_one("#roster", LiveTable)
        for offset, mark in (((14, 0), "Agent▴"), ((14, 0), "Agent▾"), ((40, 0), "Load▾")):
            await pilot.click("#roster", offset=offset)
            await app.settle()
            assert mark in text_of(app)
        loads = [row["load"] for row in table.rows_shown]
        assert loads == sorted(loads, reverse=True)
        await pilot.click("#roster", offset=(12, 5))
        await app.settle()
        assert table.cursor_row == 4
        assert isinstance(app.screen, Roster)
        await pilot.click("#roster", offset=(12, 5))
        await app.settle()
        assert isinstance(app.screen, Queue)
        await pilot.click("PlaceTab")
        await app.settle()
        assert app.place is not None
        assert app.place.NAME == "dispatch"
        await pilot.click(".help")
        await app.settle()
        assert isinstance(app.screen, Help)


async def test_a_desk_that_can_only_be_read_is_shown(
    golden_file: Path, running: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = golden_file.read_bytes()
    monkeypatch.setattr(os, "access", lambda _, mode: not mode & os.W_OK)
    async with running(golden_file, sweeps=True) as (app, _):
        shown = text_of(app)
        assert f"{golden_file.name} (read-only)" in shown
        assert "nothing can be changed" in " ".join(shown.split())
        await press(app, "f4", "c")
        app.perform(lambda desk: bookings.note(desk, 12, "call back"))
        await app.settle()
        shown = " ".join(text_of(app).split())
        assert "annot write" in shown
        assert "Trying again" not in shown
        await press(app, "f3")
        assert " agents" in text_of(app)
    assert golden_file.read_bytes() == before
