"""A user's arrangement is restored next time: columns, orders, filters, the last place."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from textual.widgets import Input

from astra_tui.app import AstraApp
from astra_tui.user.remembered import Memory, memory_path
from astra_tui.user.throw_away import new_file
from screens.dialogs.column_chooser import Columns
from screens.dialogs.form import FormModal
from screens.shell.help import Help
from screens.widgets.columns import Column, fitting_columns
from screens.widgets.live_table import LiveTable
from tests.screens.picture import text_of
from tests.screens.scenes import press
from tests.screens.test_first_minutes import own


def remember(**values: object) -> None:
    path = memory_path()
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(json.dumps({"tour.seen": True} | {key.replace("_", "."): v for key, v in values.items()}))


def table(app: AstraApp) -> LiveTable[Any]:
    return app.screen_stack[0].query_one(LiveTable)


async def test_a_list_is_restored(golden_file: Path) -> None:
    remember()
    async with own(golden_file, agent=1) as app:
        await press(app, "f3", *("greater_than_sign",) * 3, "less_than_sign")
        await press(app, "f4", "greater_than_sign", "v", "slash")
        await press(app, *"mars", "enter", "comma", "end", "enter", "minus", "escape")
        assert table(app).chosen[-1] == "language"
        listed = [row["booking_id"] for row in table(app).rows_shown]
    async with own(golden_file, agent=1) as app:
        assert app.current_mode == "queue"
        assert table(app).chosen[-1] == "language"
        assert [row["booking_id"] for row in table(app).rows_shown] == listed != []
        assert app.screen.query_one("#filter", Input).value == "mars"
        assert "Pending" in text_of(app)
        await press(app, "f3")
        names = [row["name"].lower() for row in table(app).rows_shown]
        assert names == sorted(names, reverse=True)


async def test_a_filter_that_is_read_no_more_is_told(golden_file: Path) -> None:
    remember(place="queue", queue_filter="zz:x")
    async with own(golden_file, agent=1) as app:
        assert "Unknown key 'zz'" in text_of(app)
        assert len(table(app).rows_shown) == 12


async def test_without_preferences_nothing_is_read_or_written(golden_file: Path, running: Any) -> None:
    remember(place="queue", queue_sort="id")
    before = memory_path().read_text()
    async with running(golden_file) as (app, _):
        assert app.current_mode == "dispatch"
        await press(app, "f4", "v", "f3", "greater_than_sign")
    assert memory_path().read_text() == before


WRONG = {
    "tour.seen": True,
    "place": "nowhere",
    "queue.sort": "no",
    "queue.view": 7,
    "queue.descending": "yes",
    "queue.queue.columns": [1, None],
    "roster.sort": None,
    "roster.roster.columns": ["no"],
}


async def test_invalid_state_is_forgotten(golden_file: Path) -> None:
    memory_path().parent.mkdir(parents=True)
    memory_path().write_text(json.dumps(WRONG))
    async with own(golden_file, agent=1) as app:
        assert app.current_mode == "dispatch"
        await press(app, "f4")
        assert len(table(app).rows_shown) == 12
        assert table(app).chosen[0] == "booking_id"
        await press(app, "f3")
        assert sum("members" not in row for row in table(app).rows_shown) == 6
    memory = json.loads(memory_path().read_text())
    del memory["follow_ups.told"]  # up to when this user knows what fell due
    assert memory == WRONG | {"place": "roster", "desk": str(golden_file)}


@pytest.mark.parametrize(
    "text", ["", "{", "[]", "[" * 100_000, "\0"], ids=["empty", "half", "list", "deep", "nul"]
)
def test_a_broken_state_file_is_ignored(tmp_path: Path, text: str) -> None:
    path = tmp_path / "memory.json"
    path.write_text(text)
    memory = Memory(path)
    assert memory.get("place", "dispatch") == "dispatch"
    memory.put("place", "queue")
    memory.write()
    assert json.loads(path.read_text()) == {"place": "queue"}


async def test_columns_by_mouse_and_an_order_by_a_hidden_column(golden_file: Path, running: Any) -> None:
    async with running(golden_file, size=(80, 24), at="roster") as (app, pilot):
        await press(app, "f3")
        await pilot.click("#roster", offset=(8, 0), button=3)
        await app.settle()
        assert isinstance(app.screen, Columns)
        assert app.recall("roster.sort", "") == "", "a right click does not sort"
        await press(app, "down", "down", "down", "s", "enter", "escape")
        assert "name" not in table(app).chosen
        assert "name ▴" in text_of(app)
        names = [row["name"].lower() for row in table(app).rows_shown]
        assert names == sorted(names)
        await press(app, "comma", *("enter", "down") * 12)
        assert len(table(app).chosen) >= 1
        assert table(app).rows_shown, "the rows stay, whichever columns are shown"


async def test_entries_in_help_can_be_clicked(golden_file: Path, running: Any) -> None:
    async with running(golden_file, size=(80, 24), at="roster") as (app, pilot):
        await press(app, "f3")
        await pilot.click(".help")
        for wanted, done in (("Add an agent", FormModal), ("What this place is for", Help)):
            await app.settle()
            panel, lines, line = app.screen.query_one("#help-text"), list[str](), None
            while line is None:  # down to the entry
                lines = text_of(app).splitlines()
                line = next((number for number, text in enumerate(lines) if wanted in text), None)
                if line is None:
                    assert panel.scroll_y < panel.max_scroll_y, wanted
                    panel.scroll_to(y=panel.scroll_y + 6, animate=False)
                    await app.settle()
            await pilot.click(offset=(lines[line].index(wanted), line))
            await app.settle()
            assert type(app.screen) is done
            if done is FormModal:
                await press(app, "escape", "f1")
        assert len(app.screen_stack) == 2


def test_chosen_columns_stay_until_there_is_no_room_at_all() -> None:
    specs = [Column(name, name, 10, str, drop=drop) for name, drop in (("a", 3), ("b", 0), ("c", 1))]
    specs.append(Column("x", "x", 10, str, extra=True))
    usual = specs[:-1]
    assert [key for key, _ in fitting_columns(usual, 25)] == ["b", "c"]
    assert [key for key, _ in fitting_columns(specs, 37, own_choice=True)] == ["b", "c", "x"]
    assert [key for key, _ in fitting_columns(specs, 25, own_choice=True)] == ["b", "x"]
    assert [key for key, _ in fitting_columns(specs, 5, own_choice=True)] == ["b"]
    wide = [*usual, Column("w", "w", 20, str, extra=True)]
    assert [key for key, _ in fitting_columns(wide, 25, own_choice=True)] == ["b", "c"], (
        "w has no room anyway"
    )


def test_two_terminals_remember_side_by_side(tmp_path: Path) -> None:
    path = tmp_path / "state" / "memory.json"
    one, other = Memory(path), Memory(path)
    assert one.put("place", "queue")
    assert not one.put("place", "queue"), "nothing new"
    one.write()
    other.put("queue.sort", "id")
    other.write()
    assert Memory(path).get("place", "") == "queue"
    assert Memory(path).get("queue.sort", "") == "id"
    assert Memory(path).get("place", 1) == 1
    assert list(path.parent.iterdir()) == [path]


def test_a_state_file_that_cannot_be_written_is_ignored(tmp_path: Path) -> None:
    (tmp_path / "state").touch()
    memory = Memory(tmp_path / "state" / "memory.json")
    memory.put("place", "queue")
    memory.write()
    assert memory.get("place", "") == "queue"


async def test_the_agent_chosen_at_one_desk_is_not_used_at_another(golden_file: Path, tmp_path: Path) -> None:
    """Ids belong to one desk: agent 2 here is someone else there."""
    other = tmp_path / "other.db"
    other.write_bytes(golden_file.read_bytes())
    remember()
    async with own(golden_file) as app:
        app.my_agent_id = 2
        await app.settle()
    async with own(golden_file, agent=2) as app:
        assert app.my_agent_id == 2
    async with own(other, agent=2) as app:
        assert app.my_agent_id is None
    async with own(other, agent=3) as app:
        assert app.my_agent_id == 3  # from config.toml, not chosen here


async def test_another_desk_does_not_begin_where_this_one_was_left(golden_file: Path, tmp_path: Path) -> None:
    other = tmp_path / "other.db"
    other.write_bytes(golden_file.read_bytes())
    remember()
    async with own(golden_file) as app:
        await press(app, "f4", "v", "slash", *"mars", "enter", "greater_than_sign")
        sort = app.recall("queue.sort", "")
    async with own(other) as app:
        assert app.current_mode == "dispatch"
        await press(app, "f4")
        assert len(table(app).rows_shown) == 12
        assert app.screen.query_one("#filter", Input).value == ""
        assert app.recall("queue.sort", "") == sort, "an order is the user's"
    async with own(other) as app:
        assert app.current_mode == "queue"


def test_a_desk_that_is_thrown_away_does_not_change_where_another_was_left(tmp_path: Path) -> None:
    path, desk, demo = tmp_path / "memory.json", tmp_path / "desk.db", Path(new_file())
    memory = Memory(path, str(desk))
    memory.put("place", "queue")
    memory.write()
    memory = Memory(path, str(demo))
    assert not memory.get("place", "")
    assert not memory.put("place", "roster")
    assert memory.put("queue.sort", "id")
    memory.write()
    memory = Memory(path, str(desk))
    assert (memory.get("place", ""), memory.get("queue.sort", "")) == ("queue", "id")


def test_chosen_columns_give_up_blanks_before_one_of_them_is_left_out() -> None:
    """As To and Changed had to go from Queue for an empty Phone."""
    specs: list[Column[dict[str, Any]]] = [
        Column("name", "Name", 10, grows=True),
        Column("to", "To", 8, drop=1),
        Column("phone", "Phone", 18),
    ]
    needs = {"name": 14, "to": 6, "phone": 0}
    found = fitting_columns(specs, 34, own_choice=True, needs=needs)
    assert found == (("name", 17), ("to", 6), ("phone", 5))
    assert [key for key, _ in fitting_columns(specs, 26, own_choice=True, needs=needs)] == ["name", "phone"]
