"""The table's own cell painting gives the same result as DataTable's."""

from __future__ import annotations

from typing import Any

import pytest
from rich.style import Style
from rich.text import Text
from textual.app import App, ComposeResult
from textual.widgets import DataTable

from screens.widgets.columns import Column
from screens.widgets.live_table import LiveTable

CELLS = (
    "short",
    "far too long for a column of nine cells",
    "",
    "  blanks  ",
    "日本語のとても長い名前",
    "👩‍🚀 family",
    "two\nlines",
    "a\ttab",
    "[bold]no markup[/]",
    Text("styled", "bold red"),
    Text.assemble(("part", "green"), " of many ", ("words here", "bold")),
)
Row = dict[str, Any]


def _cell(row: Row) -> str | Text:
    cell: str | Text = row["cell"]
    return cell.copy() if isinstance(cell, Text) else cell


class TableApp(App[None]):
    def compose(self) -> ComposeResult:
        yield LiveTable(
            [
                Column("key", "Key", 3, lambda row: str(row["key"])),
                Column("left", "Left", 9, _cell),
                Column("right", "Right", 9, _cell, right=True),
            ],
            "key",
        )


@pytest.mark.parametrize("cursor", [False, True])
async def test_cells_are_painted_as_by_data_table(cursor: bool) -> None:
    async with TableApp().run_test(size=(60, 20)) as pilot:
        table = pilot.app.query_one(LiveTable)
        table.show_rows([{"key": key, "cell": cell} for key, cell in enumerate(CELLS)])
        await pilot.pause()
        for row in range(len(CELLS)):
            for column, width in enumerate((5, 11, 11)):
                given = (row, column, Style.parse("on blue"), width, cursor)
                own = table._render_cell(*given)
                table._clear_caches()
                assert _told(own) == _told(DataTable._render_cell(table, *given)), CELLS[row]
                table._clear_caches()


def _told(lines: list[Any]) -> list[tuple[str, Style]]:
    """Each character of the first line with its style."""
    return [(character, segment.style) for segment in lines[0] for character in segment.text]


async def test_unchanged_rows_are_not_painted_again() -> None:
    async with TableApp().run_test(size=(60, 20)) as pilot:
        table = pilot.app.query_one(LiveTable)
        rows = [{"key": key, "cell": str(key)} for key in range(5)]
        table.show_rows(rows)
        await pilot.pause()
        before = table._update_count
        table.show_rows([dict(row) for row in rows])
        assert table._update_count == before
        table.show_rows(rows[::-1])
        assert [row["key"] for row in table.rows_shown] == [4, 3, 2, 1, 0]
        assert [str(table.get_cell_at((place, 0))) for place in range(5)] == ["4", "3", "2", "1", "0"]  # type: ignore[arg-type]
        changed = [row | {"cell": "new"} if row["key"] == 2 else row for row in rows[::-1]]
        table.show_rows([*changed, {"key": 9, "cell": "last"}])
        assert [str(table.get_row_at(place)[1]) for place in range(6)] == ["4", "3", "new", "1", "0", "last"]
