"""What a wide terminal shows beside each other: each thing once, and times in one way."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

from astra_tui.app import AstraApp
from dispatch.queries.wording import day, day_and_moment, exact, moment_column, short_moment, time_range
from screens.insights.columns import WEIGHTS
from screens.widgets.cells import as_cell
from screens.widgets.detail_pane import DetailPane
from screens.widgets.steady_text import HangingText
from screens.wording.times import aged, ahead, as_of
from tests.screens.picture import text_of
from tests.screens.scenes import PLACES, leave, press

NUMERIC_DATE = re.compile(r"(?:\d{4}-)?\d\d-\d\d \d\d:\d\d")
NOW = "2082-03-04 12:00:00"


def panes(app: AstraApp) -> list[str]:
    """The texts of the panes, the list's own first."""
    return [pane.query_one(HangingText)._text.plain for pane in app.screen.query(DetailPane)]


async def test_why_stands_once_and_the_roster_has_its_titles(golden_file: Path, running: Any) -> None:
    async with running(golden_file, size=(200, 60), at="roster") as (app, pilot):
        await press(app, "f3")
        assert "Title" in text_of(app)
        for place, why, beside in (("f4", "\nWhy\n", "\nWhy "), ("f6", "Why so urgent", ", because\n")):
            await press(app, place, "escape", "home")
            own, aside = panes(app)
            assert why not in own
            assert beside in aside
        await pilot.resize_terminal(120, 36)
        for place, why in (("f6", "Why so urgent"), ("f4", "\nWhy\n")):
            await press(app, place)
            assert why in panes(app)[0], "there is no third column to tell it"
        await pilot.resize_terminal(200, 60)
        await app.settle()
        assert "\nWhy\n" not in panes(app)[0]
        await press(app, "f3")


async def test_no_place_shows_a_numeric_date(golden_file: Path, running: Any) -> None:
    async with running(golden_file, size=(200, 60)) as (app, _):
        app.my_agent_id = 6
        for name, scene in PLACES.items():
            await scene(app)
            found = NUMERIC_DATE.findall(text_of(app))
            assert not found, name
            await leave(app)


def test_a_time_is_told_in_one_way_for_each_purpose() -> None:
    assert exact("2082-03-04 09:05:59") == "4 Mar 2082 09:05"
    assert short_moment("2082-03-04 09:05:59") == "4 Mar 09:05"
    assert exact(None) == short_moment(None) == ""
    assert moment_column("2082-03-04 09:05:59") == " 4 Mar 09:05"
    assert day("2082-11-24 09:00:00") == "24 Nov 2082"
    assert day_and_moment("2082-11-24 09:00:00") == "Tue 24 Nov 2082 09:00"
    assert time_range("2082-03-04 01:00:00", "2082-03-04 01:10:00") == "01:00-01:10"
    assert time_range("2082-03-03 23:00:00", "2082-03-04 01:10:00") == "3 Mar 23:00 - 4 Mar 01:10"


def test_weights_that_are_not_used_say_so_in_every_cell() -> None:
    unknown = dict.fromkeys(("gate_open", "learned_at", "first_at", "last_at"))
    row: Any = {"in_use": False, "name": "version 1", "origin": "trained", "outcomes": 0, **unknown}
    assert [as_cell(column, row).plain for column in WEIGHTS] == ["no", "version 1", "trained", "–", "–", "–"]


def test_a_list_tells_how_long_ago_and_how_far_away() -> None:
    times = ("2082-03-04 11:56:00", "2082-03-03 10:00:00", "2082-02-12 10:00:00", None)
    past: list[dict[str, Any]] = [{"at": at} for at in times]
    rows = as_of(past, NOW)
    assert [aged("at")(row) for row in rows] == ["4m", "Tue 10:00", "12 Feb", ""]
    coming: list[dict[str, Any]] = [
        {"at": "2082-03-04 12:10:00"},
        {"at": "2082-03-06 09:00:00"},
        {"at": None},
    ]
    assert [ahead("at")(row) for row in as_of(coming, NOW)] == ["10m", "Fri 09:00", ""]
