"""What all lists share: views with counts, totals, answers to a filter, orders, one cursor, and the width."""

from __future__ import annotations

import threading
from pathlib import Path
from typing import Any

import pytest
from rich.cells import cell_len
from textual.widgets import Input

from astra_tui.app import AstraApp
from dispatch import bookings, queries
from dispatch.desk.desk import Desk
from dispatch.leads import intake
from dispatch.operations import undo
from dispatch.queries.bookings import BookingFilter
from screens.bookings.detail import booking_detail
from screens.bookings.queue import Queue
from screens.widgets.columns import Column, order_key
from screens.widgets.detail_pane import DetailPane
from screens.widgets.filter_bar import last_word
from screens.widgets.live_table import LiveTable
from screens.widgets.view_tabs import Tab, fitting
from tests.screens.picture import strips, text_of
from tests.screens.scenes import press

NAMES = ("All", "Pending", "Unclaimed", "Waiting", "Confirmed", "Cancelled")
LEAD = {"method": "Text", "source": "Organic", "destination": "Mars", "launch": "Sydney Stellar Port"}
COUNTS = (1_000_000, 400, 207, 0, 700_347, 299_253)
FULL = "All 1,000,000|Pending 400|Unclaimed 207|Waiting 0|Confirmed 700,347|Cancelled 299,253"
MANY = [Tab(name, count, name == "Waiting") for name, count in zip(NAMES, COUNTS, strict=True)]


@pytest.mark.parametrize(
    ("width", "wanted"),
    [
        (116, f"{FULL}|sorted: id ▾"),
        (102, f"{FULL}|id ▾"),
        (88, "All 1.0M|Pending 400|Unclaimed 207|Waiting 0|Confirmed 700k|Cancelled 299k|id ▾"),
        (85, "All 1.0M|Pending 400|Unclaimed 207|Waiting 0|Confirmed 700k|Cancelled 299k|"),
        (70, "All 1.0M|Pend. 400|Uncl. 207|Waiting 0|Conf. 700k|Canc. 299k|"),
        (44, "‹|Waiting 0|Conf. 700k|Canc. 299k|"),
        (10, "‹|Waiting 0|›|"),
    ],
)
def test_views_fit_into_one_line(width: int, wanted: str) -> None:
    labels, order = fitting(MANY, "id ▾", width)
    assert "|".join([*(label for label, _ in labels), order]) == wanted
    if width > 20:
        assert sum(cell_len(label) + 2 for label, _ in labels) + len(order) <= width


@pytest.mark.parametrize(
    ("text", "word"),
    [
        ("", ""),
        ("kate", "kate"),
        ("kate to:ma", "to:ma"),
        ("to:mars ", ""),
        ('a to:"New Yo', 'to:"New Yo'),
        ("(is:u", "is:u"),
    ],
)
def test_the_word_that_is_completed(text: str, word: str) -> None:
    assert last_word(text) == word


def test_rows_are_sorted_by_what_they_show() -> None:
    column: Column[dict[str, Any]] = Column("x", "X", 5)
    values = ["zoë", None, 12, "Ann", 3, "–", "bo"]
    ordered = sorted(({"x": value} for value in values), key=lambda row: order_key(column, row))
    assert [row["x"] for row in ordered] == [3, 12, "Ann", "bo", "zoë", None, "–"]


def table(app: AstraApp) -> LiveTable[Any]:
    return app.screen.query_one(LiveTable)


def numbers(app: AstraApp) -> list[int]:
    return [row["booking_id"] for row in table(app).rows_shown]


async def test_the_view_follows_the_text(golden_file: Path, running: Any) -> None:
    async with running(golden_file, at="queue") as (app, _):
        await press(app, "f4", "escape", "slash", *"is:unclaimed", "enter")
        assert app.screen.view_in_sight() == "Unclaimed"
        assert "7 of 12" in text_of(app)
        await press(app, "slash", *("backspace",) * 12, "2", "enter")
        assert numbers(app) == [2], "the word has gone, and what it chose with it"
        assert (app.screen.view, app.screen.view_in_sight()) == ("All", "All")
        assert "1 of 12" in text_of(app)
        await press(app, "v")
        assert app.screen.query_one("#filter", Input).value == "2"
        assert "0 of 10" in text_of(app)
        assert "No matches. Esc clears the filter" in text_of(app)
        await press(app, "escape", "slash", *"status:conf kate", "enter", "V")
        assert app.screen.query_one("#filter", Input).value == "kate"
        assert app.screen.view_in_sight() == "Waiting"


async def test_escape_keeps_the_view_that_was_chosen(golden_file: Path, running: Any) -> None:
    """The next key would hit another row of another list."""
    async with running(golden_file) as (app, _):
        for place, view in (("f4", "Pending"), ("f6", "Mine"), ("f3", "Available")):
            await press(app, place, "escape", "v")
            assert app.screen.view_in_sight() == view
            await press(app, "slash", *"zzz", "escape")
            assert (app.screen.view_in_sight(), app.screen.query_one("#filter", Input).value) == (view, "")
            assert "Still" not in text_of(app)
            await press(app, "escape")
            assert app.screen.view_in_sight() == view
            assert f"stays at {view}: v changes it" in text_of(app)
            await press(app, "V")
            assert app.screen.view_in_sight() == app.screen.VIEWS[0]


async def test_queue_tells_how_many_of_its_rows_are_undone(running: Any, other_terminal: Desk) -> None:
    async with running(at="queue") as (app, _):
        await press(app, "f4", "escape")
        assert "undone" not in text_of(app)
        queue = app.screen
        assert isinstance(queue, Queue)
        before = queue.list_count.views.rows["All"]
        intake.receive(other_terminal, name="Wrong Lead", **LEAD)
        undo.undo(other_terminal)
        await app.settle()
        assert f"{before + 1}, 1 undone" in text_of(app)
        await press(app, "v")
        assert ", 1 undone" not in text_of(app)


async def test_views_and_the_order_can_be_clicked(golden_file: Path, running: Any) -> None:
    async with running(golden_file, at="queue") as (app, pilot):
        await press(app, "f4", "escape")
        line = text_of(app).splitlines()[1]
        await pilot.click(offset=(line.index("Cancelled"), 1))
        await app.settle()
        assert {row["status"] for row in table(app).rows_shown} == {"Cancelled"}
        assert "sorted: changed ▾" in line
        await pilot.click(offset=(line.index("sorted"), 1))
        await app.settle()
        assert "sorted: changed ▴" in text_of(app)
        header = text_of(app).splitlines()[3]
        await pilot.click(offset=(header.index("Customer"), 3))
        await app.settle()
        assert "Customer▴" in text_of(app)


async def test_a_name_is_answered_and_completed(golden_file: Path, running: Any) -> None:
    async with running(golden_file, at="queue") as (app, _):
        await press(app, "f4", "escape", "slash", *"agent:nov")
        assert 'tab agent:"Nova Singh"' in text_of(app)
        await press(app, "enter")
        assert "agent:nov → Nova Singh (2)" in text_of(app)
        await press(app, "escape", "slash", *"stat", "tab", *"pe", "tab")
        assert app.screen.query_one("#filter", Input).value == "status:Pending "
        await press(app, "tab")
        assert table(app).has_focus
        await press(app, "slash", "ctrl+u", *"agent:nobody", "enter")
        assert "agent:nobody → no agent" in text_of(app)
        await press(app, "slash", "ctrl+u", *"unclaimed", "enter")
        assert "No matches. Did you mean is:unclaimed?" in text_of(app)
        await press(app, "slash", "ctrl+u", *"unc")
        assert "tab is:unclaimed" in text_of(app)
        await press(app, "tab")
        assert app.screen.query_one("#filter", Input).value == "is:unclaimed "


async def test_each_header_sorts_and_hidden_ones_are_skipped(golden_file: Path, running: Any) -> None:
    async with running(golden_file, size=(80, 24), at="queue") as (app, _):
        app.my_agent_id = 1
        await press(app, "f4", "escape")
        for _ in table(app).sorts_shown:
            await press(app, "greater_than_sign")
            assert any(sign in text_of(app).splitlines()[3] for sign in "▴▾")
        await press(app, "f6", "escape")
        for _ in table(app).sorts_shown:
            await press(app, "greater_than_sign")
            assert any(sign in text_of(app).splitlines()[3] for sign in "▴▾")
        forward = [row["issue_id"] for row in table(app).rows_shown]
        await press(app, "less_than_sign")
        assert [row["issue_id"] for row in table(app).rows_shown] == forward[::-1]


async def test_a_list_without_orders_sorts_itself(golden_file: Path, running: Any) -> None:
    async with running(golden_file, at="insights") as (app, _):
        await press(app, "f7", "v", "v")
        agents = app.screen.query_one("#agents", LiveTable)
        given = [row["agent_name"] for row in agents.rows_shown]
        await press(app, "greater_than_sign")
        names = [row["agent_name"] for row in agents.rows_shown]
        assert names == sorted(given, key=str.casefold) != []
        await press(app, "less_than_sign")
        assert [row["agent_name"] for row in agents.rows_shown] == names[::-1]
        assert "Agent▾" in text_of(app)


async def test_only_the_list_in_focus_has_a_bar(golden_file: Path, running: Any) -> None:
    async with running(golden_file, at="queue") as (app, _):
        await press(app, "f4", "escape")

        def bars() -> int:
            return sum("▌" in strip.text for strip in strips(app))

        assert bars() == 0
        await press(app, "slash")
        assert bars() == 1
        grounds = {
            segment.style.bgcolor for segment in strips(app)[4] if segment.text.strip() and segment.style
        }
        assert len(grounds) <= 2, "the row of the cursor has the ground of the others"


@pytest.mark.parametrize(("width", "panes"), [(80, 1), (120, 1), (160, 2), (200, 2)])
async def test_the_width_is_used(golden_file: Path, running: Any, width: int, panes: int) -> None:
    async with running(golden_file, size=(width, 36), at="queue") as (app, _):
        await press(app, "f4", "escape")
        assert isinstance(app.screen, Queue)
        shown = [pane for pane in app.screen.query(DetailPane) if pane.region.area]
        assert len(shown) == panes
        assert (shown[0].region.y > table(app).region.y) == (width < 100)
        if panes > 1:
            assert "Customer No." in text_of(app)
            assert table(app).outer_size.width >= 60


async def test_the_border_stays_where_it_was_put(golden_file: Path, running: Any) -> None:
    async with running(golden_file, at="queue") as (app, _):
        await press(app, "f4", "escape")
        pane = app.screen.query_one(DetailPane)
        before = pane.outer_size.width
        await press(app, *("left_square_bracket",) * 2)
        assert pane.outer_size.width == before + 8
        assert app.recall("queue.border.cells", 0) == before + 8
        await press(app, *("right_square_bracket",) * 40)
        assert pane.outer_size.width >= 20


async def test_zoom_and_border_in_every_list(golden_file: Path, running: Any) -> None:
    async with running(golden_file, size=(120, 36)) as (app, _):
        app.my_agent_id = 1
        for key, name in (("f3", "roster"), ("f5", "my-desk"), ("f6", "service")):
            await press(app, key, "escape")
            pane = app.screen.query_one(DetailPane)
            before = pane.outer_size.width
            await press(app, "left_square_bracket")
            assert (pane.outer_size.width, app.recall(f"{name}.border.cells", 0)) == (before + 4, before + 4)
            await press(app, "z")
            assert not pane.display, name
            await press(app, "z")
            pane.focus()
            await press(app, "z")
            assert pane.outer_size.width == 120, name
            assert pane.styles.border_top[0] == "heavy", name
            await press(app, "z")
            assert pane.outer_size.width == before + 4, name


async def test_where_the_list_is_alone_zoom_shows_the_pane(golden_file: Path, running: Any) -> None:
    async with running(golden_file, size=(80, 24)) as (app, _):
        app.my_agent_id = 1
        for key in ("f3", "f5"):
            await press(app, key, "escape")
            pane, focused = app.screen.query_one(DetailPane), app.focused
            assert not pane.display, key
            await press(app, "z")
            assert pane.has_focus, key
            assert pane.outer_size.width == 80, key
            assert pane.border_title, "it is filled when it comes into sight"
            await press(app, "z")
            assert not pane.display
            assert app.focused is focused, key


async def test_the_third_column_is_the_customer(golden_file: Path, running: Any) -> None:
    async with running(golden_file, size=(200, 60)) as (app, _):
        app.my_agent_id = 1
        for key in ("f5", "f6"):
            await press(app, key, "escape")
            shown = [pane for pane in app.screen.query(DetailPane) if pane.region.area]
            assert len(shown) == 2, key
            assert "Customer No." in str(shown[1].border_title), key


@pytest.mark.parametrize(("width", "is_beside"), [(120, False), (160, True)])
async def test_dispatch_has_the_customer_in_a_third_column(
    golden_file: Path, running: Any, width: int, is_beside: bool
) -> None:
    async with running(golden_file, size=(width, 36)) as (app, _):
        await press(app, "f2")
        who, known = app.screen.query_one("#who").region, app.screen.query_one("#known").region
        assert (known.x >= who.right) is is_beside
        assert (known.y >= who.bottom) is not is_beside
        arrivals = app.screen.query_one("#arrivals").region
        assert arrivals.y >= max(who.bottom, known.bottom)


async def test_another_view_is_laid_out_once_for_the_list_and_once_for_the_pane(
    golden_file: Path, running: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with running(golden_file, at="queue") as (app, _):
        await press(app, "f4", "escape", "v", "v", "V", "V")
        laid_out: list[str] = []
        place = app.screen
        original = place._refresh_layout

        def counted(*args: Any, **kwargs: Any) -> None:
            laid_out.append("again")
            original(*args, **kwargs)

        monkeypatch.setattr(place, "_refresh_layout", counted)
        await press(app, "v")
        assert 1 <= len(laid_out) <= 2


async def test_the_pane_is_about_the_row_under_the_cursor(
    golden_file: Path, running: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Also when the row is the one that was read with the list; that one is then not read twice."""
    read: list[int] = []

    def spy(number: int, *given: Any, **options: Any) -> Any:
        read.append(number)
        return booking_detail(number, *given, **options)

    monkeypatch.setattr("screens.bookings.list.booking_detail", spy)
    async with running(golden_file, at="queue") as (app, _):
        await press(app, "f4", "escape", "home")
        table, pane = app.screen.query_one("#queue", LiveTable), app.screen.query(DetailPane).first()
        for keys in (
            ("v",),
            ("v", "v"),
            ("V", "V", "V"),
            ("down", "f3", "f4"),
            ("end", "home"),
            ("down", "up"),
        ):
            read.clear()
            await press(app, *keys)
            assert str(pane.border_title) == f"No. {table.current['booking_id']}", keys
            assert len(read) <= len(keys), keys


async def test_views_are_counted_again_only_after_a_change(
    running: Any, other_terminal: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    counted: list[str] = []
    for name in ("count_by_view", "count_bookings"):
        count = getattr(queries, name)

        def spy(*given: Any, name: str = name, count: Any = count) -> Any:
            counted.append(name)
            return count(*given)

        monkeypatch.setattr(queries, name, spy)
    async with running(at="queue") as (app, _):
        await press(app, "f4")
        assert counted
        counted.clear()
        await press(app, "v", "v", "end", "v", "V", "home")
        assert counted == [], "what a view finds is the view's number"
        queue = app.screen
        assert isinstance(queue, Queue)
        before, unclaimed = queue.list_count.views.rows["Unclaimed"], BookingFilter(unclaimed=True)
        row = (await app.backend.read(lambda: queries.list_bookings(unclaimed)))[0]
        assert row["agent_id"] is not None
        bookings.claim(other_terminal, row["booking_id"], row["agent_id"])
        await app.settle()
        assert queue.list_count.views.rows["Unclaimed"] == before - 1


async def test_of_the_counts_asked_for_meanwhile_the_last_is_made(running: Any) -> None:
    """The first was made again, for the list left since: its number stood beside another list."""
    async with running() as (app, _):
        place, answered, goes_on = app.screen, list[str](), threading.Event()

        def ask(which: str) -> None:
            def count() -> str:
                goes_on.wait(10)
                return which

            place.ask_in_turn("of a test", count, answered.append, lambda: ask(which))

        for which in ("first", "second", "third"):
            ask(which)
        goes_on.set()
        await app.settle()
        assert answered == ["first", "third"]
