"""A desk from elsewhere, and a file of any name, cannot control the terminal that shows them."""

from __future__ import annotations

import shutil
import sqlite3
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest
from rich.segment import Segment
from rich.style import Style
from rich.text import Text
from textual.color import Color

from models.errors import DatabaseUnavailable
from screens.base.harmless_text import CONTROLS, HARMLESS_LINES, visible
from screens.widgets.detail_pane import DetailPane
from screens.widgets.outage_bar import OutageBar
from tests.screens.crash import started
from tests.screens.picture import strips, text_of, widths
from tests.screens.scenes import press

TITLE = "\x1b]0;PWNED\x07"
EVIL = f"{TITLE}\x9b2J\u202eKate\tN\x7f"

STORED = (
    ("customers", "name"),
    ("new_customer", "customer_name"),
    ("assignment_history", "customer_name"),
    ("space_travel_agents", "first_name"),
    ("space_travel_agents", "job_title"),
    ("issues", "title"),
    ("issues", "description"),
)
PLACES = [("f2",), ("f3", "enter"), ("f4", "enter"), ("f6", "enter"), ("h", "enter")]


@pytest.fixture
def foreign(golden_file: Path, tmp_path: Path) -> Path:
    """A desk whose names control a terminal, in a file whose name does."""
    path = Path(shutil.copy(golden_file, tmp_path / f"d{TITLE}a.db"))
    with closing(sqlite3.connect(path)) as connection, connection:
        for table, column in STORED:
            connection.execute(f"UPDATE {table} SET {column} = substr({column}, 1, 20) || ?", (EVIL,))
    return path


@pytest.mark.parametrize(
    "places", [("f2",), ("f3", "enter"), ("f4", "enter"), ("f6", "enter"), ("h", "enter")]
)
async def test_no_line_controls_the_terminal(foreign: Path, running: Any, places: tuple[str, ...]) -> None:
    async with running(foreign, size=(120, 36)) as (app, _):
        await press(app, *places)
        assert not any(CONTROLS.search(segment.text) for strip in strips(app) for segment in strip)
        assert widths(app) == {120}


async def test_what_is_announced_shows_what_it_left_out(running: Any) -> None:
    async with running(size=(120, 36)) as (app, _):
        app.notify(f"one{TITLE}\ntwo", markup=False)
        bar = app.screen.query_one(OutageBar)
        bar.show(DatabaseUnavailable("no_database", f"d{TITLE}a.db is gone"), "12:00", "f5")
        pane = DetailPane()
        await app.screen.mount(pane)
        pane.show((f"pane{TITLE}", Text("")))
        await app.settle()
        assert "one\\x1b]0;PWNED\\x07 two" in text_of(app)
        assert pane.border_title == "pane\\x1b]0;PWNED\\x07"
        assert "D\\x1b]0;PWNED\\x07a.db is gone" in str(bar.visual)


def test_a_name_of_a_file_does_not_reach_the_terminal_raw(foreign: Path) -> None:
    """The terminal's title was PWNED."""
    with started(foreign) as terminal:
        terminal.type(b"\x11\x11")
        assert terminal.until_it_ends() == 0
        assert b"\x1b]0;" not in terminal.shown
        assert b"\x9b2J" not in terminal.shown.replace("\x9b2J".encode(), b"\x9b2J")


@pytest.mark.parametrize(
    ("text", "shown", "drawn"),
    [
        ("Zoë 👩\u200d🚀 \xa0שרה", "Zoë 👩\u200d🚀 \xa0שרה", "Zoë 👩\u200d🚀 \xa0שרה"),
        (EVIL, "\\x1b]0;PWNED\\x07\\x9b2J\\u202eKate\\tN\\x7f", "]0;PWNED2JKateN"),
        ("a\nb", "a\nb", "ab"),
        ("\udcff", "\\udcff", "\ufffd"),
    ],
)
def test_controls_are_escaped_or_left_out(text: str, shown: str, drawn: str) -> None:
    assert visible(text) == shown
    style = Style(bold=True)
    segments = [Segment("Kate", style), Segment(text, style)]
    assert HARMLESS_LINES.apply(segments, Color(0, 0, 0)) == [segments[0], Segment(drawn, style)]
