"""My desk: what to do now, and what comes next when it is done."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from astra_tui.app import AstraApp
from dispatch import bookings
from dispatch.bootstrap import open_desk
from screens.bookings.desk_header import DeskHeader, counts, header
from screens.bookings.now_card import NowCard
from screens.widgets.detail_pane import DetailPane
from screens.widgets.live_table import LiveTable
from screens.widgets.steady_text import HangingText
from screens.wording.text import BAD
from tests.conftest import TestClock
from tests.screens.conftest import NOON, standing_still
from tests.screens.picture import text_of
from tests.screens.scenes import fill_in, press

AGENT: Any = {
    "owed": 0,
    "name": "Aurora Wilhelmina von Tanaka-Ødegård",
    "presence": "away",
    "presence_until": "2026-03-04 12:30:00",
    "presence_reason": "two offers in a row not claimed",
    "left_at": None,
    "load": 3,
    "issue_load": 1,
    "capacity": 10,
    "rank": 2,
}
DONE: Any = [{"group": "done today", "status": "Confirmed"}] * 3 + [
    {"group": "done today", "status": "Cancelled"}
]


def here(app: AstraApp) -> int | None:
    row = app.screen.query_one("#my-desk", LiveTable).current
    return None if row is None else row["booking_id"]


def card(app: AstraApp) -> list[str]:
    """The lines of the card, as they are painted."""
    region = app.screen.query_one(NowCard).region
    return [line[region.x : region.right] for line in text_of(app).splitlines()[region.y : region.bottom]]


async def close(app: AstraApp, key: str = "x", **values: str) -> None:
    await press(app, key)
    await fill_in(app, **(values or {"reason": "no time"}))
    await press(app, "f9")


@pytest.mark.parametrize("size", [(60, 15), (80, 24), (120, 36)])
async def test_after_each_close_the_cursor_and_the_card_go_to_the_next_open_work(
    golden_file: Path, running: Any, size: tuple[int, int]
) -> None:
    async with running(golden_file, size=size, at="my-desk") as (app, _):
        app.my_agent_id = 1
        await press(app, "f5")
        assert here(app) == 1
        assert "NOW  1 Kate Nguyen" in card(app)[0]
        await close(app, "x")
        assert here(app) == 7
        assert "NOW  7 A name" in card(app)[0]
        await close(app, "f", destination_revenue="25k", package_revenue="1,000")
        assert here(app) == 8
        assert "c Claim" in card(app)[0], "the key that the pane and the key line have"
        await close(app, "x")  # now only issues are open
        assert app.screen.query_one("#my-issues").has_focus
        assert "NOW  issue 1" in card(app)[0]
        assert "Open on Service" in card(app)[0]
        await press(app, "x", "f")
        assert "No booking selected" in text_of(app)


async def test_work_that_went_to_another_agent_is_not_what_is_next(golden_file: Path, running: Any) -> None:
    other = open_desk(golden_file, clock=standing_still, actor="lee")
    async with running(golden_file, size=(80, 24), at="my-desk") as (app, _):
        app.my_agent_id = 1
        await press(app, "f5", "down", "down")
        assert here(app) == 8
        bookings.reassign(other, 8, 2, "asked for Nova")
        await app.settle()
        assert here(app) == 1, "the first open one: nothing comes after the last"
        await close(app, "x")
        await press(app, "end")
        assert here(app) == 1, "one can go to what is done"
        assert "DONE" in card(app)[0]
        await press(app, "o")
        assert "DONE" in card(app)[0], "it asks to press the key again"
        await press(app, "o")
        assert "NOW" in card(app)[0]
    other.close()


async def test_the_card_says_what_to_do_whom_to_reach_and_what_was_asked_for(
    golden_file: Path, running: Any
) -> None:
    async with running(golden_file, size=(120, 36), at="my-desk") as (app, _):
        app.my_agent_id = 1
        await press(app, "f5")
        first, second = card(app)
        assert "text again, overdue 1 h" in first
        assert first.rstrip().endswith("t Contact")
        assert "text to +15550100  Mars  “a dome with a view" in second
        assert second.rstrip().endswith("f Confirm  x Cancel")
        assert "Due 1 · In progress 1 · New 1 · Issues 3" in text_of(app)
        app.screen.query_one("#my-issues").focus()
        await app.settle()
        assert "issue 1" in card(app)[0]
        assert app.screen.query_one(DetailPane).border_title == "Issue 1"


def test_overdue_issues_are_counted_loudly() -> None:
    told = counts([], "4", "K", 1)
    assert told.plain == "Issues 4, 1 overdue"
    assert [told.plain[span.start : span.end] for span in told.spans if BAD in str(span.style)] == [
        ", 1 overdue"
    ]
    assert counts([], "4", "K").plain == "Issues 4"


@pytest.mark.parametrize("width", range(31, 140, 3))
def test_the_header_is_never_cut(width: int) -> None:
    line = header(AGENT, DONE, "p", width)
    assert line.cell_len <= width
    assert "○ away" in line.plain
    assert "4/10" in line.plain
    assert "3 ✓ 1 ✗" in line.plain
    assert line.plain.startswith("Aurora" if width > 40 else "Aur")
    assert ("two offers in a row not claimed" in line.plain) == (width >= 101)


@pytest.mark.parametrize(("width", "height"), [(60, 15), (80, 24), (200, 60)])
async def test_every_size_shows_the_header_and_rows(
    golden_file: Path, running: Any, width: int, height: int
) -> None:
    async with running(golden_file, size=(120, 36), at="my-desk") as (app, pilot):
        app.my_agent_id = 1
        await press(app, "f5")
        await pilot.resize_terminal(width, height)
        await app.settle()
        shown = app.screen.query_one(DeskHeader)
        assert str(shown.visual) in text_of(app)
        assert "▇▇▇▇▇▇▁▁▁▁ 6/10" in str(shown.visual)
        table = app.screen.query_one("#my-desk", LiveTable)
        assert table.size.height > table.header_height + 2, "room for the three rows"


async def test_ages_and_presence_follow_the_clock(golden_file: Path, running: Any) -> None:
    clock = TestClock()
    clock.moment = NOON
    async with running(golden_file, size=(120, 36), clock=clock, at="my-desk") as (app, _):
        app.my_agent_id = 1
        await press(app, "f5", "down")
        before = text_of(app)
        clock.advance(minutes=7)
        await app.settle()
        after = text_of(app)
        assert before != after
        assert "overdue 1 h" in after
        clock.moment = NOON + timedelta(hours=3)
        await app.settle()
        assert "overdue 4 h" in text_of(app)


async def test_fresh_ages_are_shown_again_every_few_seconds(golden_file: Path, running: Any) -> None:
    clock = TestClock()
    clock.moment = NOON
    async with running(golden_file, size=(120, 36), clock=clock, at="my-desk") as (app, _):
        app.my_agent_id = 1
        await press(app, "f5", "home")
        table = app.screen.query_one("#my-desk", LiveTable)
        new = next(row for row in table.rows_shown if row["status"] == "Pending" and not row["claimed_at"])
        table.move_cursor(row=table.get_row_index(str(new["booking_id"])))
        await press(app, "c")

        def told() -> str:
            row = next(row for row in table.rows_shown if row["booking_id"] == new["booking_id"])
            return str(row["age"])

        assert told() == "0s"
        for seconds, age in ((1, "0s"), (12, "13s"), (40, "53s")):
            clock.advance(seconds=seconds)
            app.screen.look_at_clock()
            await app.settle()
            assert told() == age, seconds


@pytest.mark.parametrize("way", ["f4", "f5"])
async def test_list_and_pane_tell_the_same_age(golden_file: Path, running: Any, way: str) -> None:
    """The pane's age stood still until its row or the minute changed."""
    clock = TestClock()
    clock.moment = NOON
    async with running(golden_file, size=(120, 36), clock=clock) as (app, _):
        app.my_agent_id = 1
        await press(app, way, "escape", "home")
        table = app.screen.query_one(LiveTable)
        new = next(row for row in table.rows_shown if row["agent_id"] == 1 and not row["claimed_at"])
        table.move_cursor(row=table.get_row_index(str(new["booking_id"])))
        await press(app, "c")

        def told() -> list[str]:
            pane = str(app.screen.query(DetailPane).first().query_one(HangingText).content)
            row = next(row for row in table.rows_shown if row["booking_id"] == new["booking_id"])
            return [str(row["age"]), pane.splitlines()[0].rpartition(" ")[2]]

        for seconds, age in ((5, "5s"), (12, "17s"), (20, "37s")):
            clock.advance(seconds=seconds)
            app.screen.look_at_clock()
            await app.settle()
            assert told() == [age, age]
        await press(app, "t", "f9")
        assert told() == (["0s", "0s"] if way == "f4" else ["37s", "37s"]), "changed, or in its state"
