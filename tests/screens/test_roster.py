"""The roster by department, its sums and bars, and the agent in the pane."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from textual.widgets import Static

from astra_tui.app import AstraApp
from screens.bookings.queue import Queue
from screens.fields.agent_picker import agent_lines
from screens.roster.columns import COLUMNS
from screens.roster.detail import weight_text
from screens.roster.fairness_panel import SORTED_BY, TITLES, fairness_table
from screens.roster.groups import grouped, totals_text
from screens.roster.screen import Roster
from screens.widgets.columns import fitting_columns
from screens.widgets.detail_pane import DetailPane
from screens.widgets.live_table import LiveTable
from screens.widgets.view_tabs import ViewTabs
from screens.wording.agents import held_bar, sparkline
from tests.screens.picture import text_of
from tests.screens.scenes import press

FIELDS: Any = {
    "rank": 1,
    "load": 3,
    "issue_load": 1,
    "capacity": 10,
    "presence": "available",
    "left_at": None,
}
PEOPLE: list[Any] = [
    FIELDS | {"agent_id": 1, "name": "Ada", "department": "sales"},
    FIELDS | {"agent_id": 2, "name": "Bob", "department": "Luxury", "presence": "break"},
    FIELDS | {"agent_id": 3, "name": "Cy", "department": "sales"},
]


@pytest.mark.parametrize(
    ("load", "issues", "left_at", "possible"),
    [(0, 0, None, False), (1, 0, None, True), (0, 1, None, True), (0, 0, "2082-03-04 12:00:00", False)],
)
def test_only_who_has_work_hands_it_over(load: int, issues: int, left_at: str | None, possible: bool) -> None:
    agent = PEOPLE[0] | {"load": load, "issue_load": issues, "left_at": left_at}
    assert Roster.POSSIBLE["hand_over"](agent) is possible


def test_who_is_about_to_be_absent_is_marked_in_the_chooser() -> None:
    soon, here = agent_lines([PEOPLE[0] | {"absent_from": "2082-03-06 00:00:00"}, PEOPLE[2]])
    assert soon.plain.endswith("absent from 6 Mar 00:00")
    assert here.plain.endswith("rank 1")


def names(rows: list[Any]) -> list[str]:
    return [row["name"] for row in rows]


def test_agents_stand_below_their_department() -> None:
    assert names(grouped(PEOPLE, [])) == ["▾ Luxury", "Bob", "▾ sales", "Ada", "Cy"]
    assert names(grouped(PEOPLE, ["sales"])) == ["▾ Luxury", "Bob", "▸ sales"]
    assert names(grouped(PEOPLE, [], descending=True))[0] == "▾ sales"


def test_a_department_sums_up_its_agents_and_is_none_of_them() -> None:
    luxury, _, sales, *_ = grouped(PEOPLE, [])
    assert (sales["load"], sales["issue_load"], sales["capacity"], sales["members"]) == (6, 2, 20, 2)
    assert {luxury["agent_id"], sales["agent_id"]} == {-1, -2}


def test_totals_leave_out_who_left() -> None:
    left = PEOPLE[0] | {"left_at": "2082-01-01 00:00:00"}
    told = totals_text([*PEOPLE, left], 9, []).plain
    assert told == "Total  4 of 9 agents  ▇▇▇▇▁▁▁▁▁▁ 12/30  2 available · 1 on break"


@pytest.mark.parametrize(
    ("held", "told"),
    [
        ((0, 0, 10), "▁▁▁▁▁▁▁▁▁▁ 0/10"),
        ((3, 1, 10), "▇▇▇▇▁▁▁▁▁▁ 4/10"),
        ((1, 0, 300), "▇▁▁▁▁▁▁▁▁▁ 1/300"),
        ((9, 2, 10), "▇▇▇▇▇▇▇▇▇▇ 11/10!"),
        ((0, 0, 0), "▇▇▇▇▇▇▇▇▇▇ 0/0"),
    ],
)
def test_the_bar_counts_bookings_and_issues(held: tuple[int, int, int], told: str) -> None:
    assert held_bar(*held).plain == told


def test_a_sparkline_has_the_scale_of_all() -> None:
    assert sparkline([0, 1, 4, 8], 8) == "▁▂▅█"
    assert sparkline([0, 0], 0) == "▁▁"


async def on_roster(app: AstraApp) -> LiveTable[Any]:
    await press(app, "f3")
    return app.screen.query_one("#roster", LiveTable)


async def test_enter_folds_a_department_for_the_next_time_too(golden_file: Path, running: Any) -> None:
    async with running(golden_file, size=(150, 40), at="roster") as (app, _):
        table = await on_roster(app)
        assert table.current is not None
        assert table.current["agent_id"] > 0, "keys act on somebody from the first moment on"
        assert len(table.rows_shown) == 9
        await press(app, "p")
        assert len(app.screen_stack) == 2
        await press(app, "escape", "home", "p")
        assert "No agent selected" in text_of(app)
        await press(app, "enter")
        assert names(table.rows_shown)[0] == "▸ Interplanetary Sales"
        assert len(table.rows_shown) == 7
        assert app.recall("roster.folded", list[str]()) in ([], ["Interplanetary Sales"])
        await press(app, "enter", "down", "enter")
        assert isinstance(app.screen, Queue)


async def test_another_order_is_one_list(golden_file: Path, running: Any) -> None:
    async with running(golden_file, size=(150, 40), at="roster") as (app, _):
        table = await on_roster(app)
        while app.screen.present_view()["sort"] != "name":
            await press(app, "greater_than_sign")
        found = names(table.rows_shown)
        assert found == sorted(found, key=str.lower)
        assert len(found) == 6


async def test_the_pane_shows_the_agent_where_there_is_room(golden_file: Path, running: Any) -> None:
    for size, is_shown in (((99, 24), False), ((99, 40), True), ((100, 24), True), ((150, 40), True)):
        async with running(golden_file, size=size, at="roster") as (app, _):
            table = await on_roster(app)
            table.move_cursor(row=table.get_row_index("1"))
            await app.settle()
            pane = app.screen.query_one(DetailPane)
            assert pane.display is is_shown
            told = " ".join(str(pane.query_one(Static).visual).split())
            assert "21 years" in told
            assert "Oskar" not in told
            assert "The app crashes" in told


async def test_views_are_tabs_that_keep_the_text(demo_file: Path, running: Any) -> None:
    async with running(demo_file, size=(120, 36), at="roster") as (app, pilot):
        table = await on_roster(app)

        def shown() -> set[int]:
            return {row["agent_id"] for row in table.rows_shown if "members" not in row}

        everybody = shown()
        idle = next(row for row in table.rows_shown if row["load"] + row["issue_load"] == 0)
        table.move_cursor(row=table.get_row_index(str(idle["agent_id"])))
        await press(app, "X", "X")
        assert shown() == everybody - {idle["agent_id"]}
        assert "Active 29" in text_of(app)
        assert "Inactive 1" in text_of(app)
        await press(app, "V")
        assert shown() == {idle["agent_id"]}
        await press(app, "v", "slash", *"zzz", "enter")
        assert "No matches" in text_of(app)
        assert "0 of 29" in text_of(app)
        await press(app, "v", "v", "escape")
        assert "Nobody is not available" in text_of(app)
        await press(app, "escape")
        assert shown() == set(), "a view that was chosen stays"
        assert "Roster stays at Not available: v changes it" in text_of(app)
        await press(app, "V", "V")
        assert len(shown()) == 29
        assert await pilot.click(ViewTabs, offset=(48, 0))
        await app.settle()
        assert shown() == {idle["agent_id"]}


async def test_the_filter_answers(golden_file: Path, running: Any) -> None:
    async with running(golden_file, size=(120, 36), at="roster") as (app, _):
        table = await on_roster(app)
        await press(app, "slash", *"pres")
        assert "presence:" in text_of(app)
        await press(app, "tab", *"av", "enter")
        found = len(table.rows_shown)
        assert {row["presence"] for row in table.rows_shown} == {"available"}
        assert f"{found} of 6" in text_of(app)
        await press(app, "escape", "slash", *"presence:foo", "enter")
        assert "available, busy" in text_of(app), "the answer names what there is"


async def test_the_rating_is_seen_at_120_columns(demo_file: Path, running: Any) -> None:
    async with running(demo_file, size=(120, 36), at="roster") as (app, _):
        table = await on_roster(app)
        assert {"rating", "trend"} <= {name for name, _ in table._shown}
        await press(app, "end")
        assert "Total  30 agents" in text_of(app)


def test_departments_have_their_room_at_120_columns() -> None:
    shown = [one for one in COLUMNS if not one.extra and one.key not in ("department", "match_score")]
    needs = {"agent_id": 2, "rank": 2, "name": 20, "load": 16, "trend": 14, "rating": 4, "presence": 11}
    widths = dict(fitting_columns(shown, 89, needs=needs))
    assert widths["name"] >= 20
    assert widths["trend"] == 14


def test_the_totals_count_agents_of_as_many_as_there_are() -> None:
    one = [PEOPLE[0]]
    assert totals_text(one, 31, []).plain.startswith("Total  1 of 31 agents")
    assert totals_text(one, 1, []).plain.startswith("Total  1 agent ")


async def test_another_order_begins_at_its_top(demo_file: Path, running: Any) -> None:
    async with running(demo_file, size=(80, 24), at="roster") as (app, _):
        table = await on_roster(app)
        for key in ("greater_than_sign", "less_than_sign", "v"):
            await press(app, "end")
            assert table.cursor_row > 0
            await press(app, key)
            assert table.current == next(row for row in table.rows_shown if "members" not in row), key
            assert table.scroll_y == 0, key


@pytest.mark.parametrize("width", [80, 90, 110])
def test_totals_begin_earlier_where_they_would_be_cut(width: int) -> None:
    agents = [PEOPLE[0]] * 28 + [PEOPLE[1]]
    told = totals_text(agents, 29, [], {"name": 13, "load": 35, "presence": 60}, width).plain
    assert told.endswith("28 available · 1 on break")
    assert len(told) <= width


@pytest.mark.parametrize(
    ("policy", "weight", "told"),
    [("rank", 0.5, "0.5 (counts under Share by weight)"), ("share", 2.5, "2.5"), ("rank", 1.0, "")],
)
def test_the_pane_says_where_a_weight_counts(policy: str, weight: float, told: str) -> None:
    agent: Any = PEOPLE[0] | {"weight": weight}
    assert weight_text(agent, policy) == told


async def test_the_cursor_stays_on_its_agent_as_the_filter_goes(golden_file: Path, running: Any) -> None:
    """The next key met the first of the list instead."""
    async with running(golden_file, size=(120, 36), at="roster") as (app, _):
        await press(app, "f3", "slash", *"baker", "enter")
        assert app.place.chosen()["name"] == "Soren Baker"
        await press(app, "escape")
        assert len(app.place.table.rows_shown) > 1
        assert app.place.chosen()["name"] == "Soren Baker"


def test_nothing_owed_has_no_sign_and_what_sorts_is_marked() -> None:
    row: Any = {"agent_id": 3, "agent_name": "Nova Singh", "received": 2, "entitled": 2.0, "owed": -0.0}
    behind = row | {"agent_id": 4, "agent_name": "Luna Diaz", "received": 0, "owed": 2.0}
    found: Any = {"agents": [behind, row]}
    head, columns, *lines = fairness_table(dict.fromkeys(TITLES, found)).plain.splitlines()
    assert [line.split()[-1] for line in lines] == ["+2.0", "0.0"]
    assert columns.count("▾") == 1
    assert columns[: columns.index("▾")].count("got") == list(TITLES).index(SORTED_BY) + 1
    assert len(head) == len(columns) == len(lines[0])
