"""Every place and modal as text, compared with golden/*.txt; ASTRA_GOLDEN=update rewrites them."""

from __future__ import annotations

import difflib
import os
from pathlib import Path
from typing import Any

import pytest

from astra_tui.app import AstraApp
from screens.widgets.live_table import LiveTable
from tests.screens.picture import text_of, widths
from tests.screens.scenes import MODALS, PLACES, leave, press

GOLDEN = Path(__file__).parent / "golden"
SMALL, LARGE = (80, 24), (120, 36)


def difference(name: str, text: str) -> str:
    """The difference of a screen from its golden text; "" if there is none."""
    file = GOLDEN / f"{name}.txt"
    if os.environ.get("ASTRA_GOLDEN") == "update":
        file.write_text(text, encoding="utf-8")
        return ""
    if not file.exists():
        return f"there is no {file.name}; ASTRA_GOLDEN=update makes it\n"
    golden = file.read_text(encoding="utf-8")
    lines = difflib.unified_diff(
        golden.splitlines(keepends=True), text.splitlines(keepends=True), f"golden/{file.name}", "now"
    )
    return "".join(lines)


@pytest.mark.parametrize("size", [SMALL, LARGE], ids=["80x24", "120x36"])
async def test_screens_look_as_they_should(golden_file: Path, running: Any, size: tuple[int, int]) -> None:
    differences = []
    async with running(golden_file, size=size) as (app, _):
        app.my_agent_id = 1
        for name, scene in (PLACES | MODALS).items():
            await scene(app)
            differences.append(difference(f"{name}-{size[0]}", text_of(app)))
            assert widths(app) == {size[0]}, name
            await leave(app)
    assert not any(differences), "\n" + "\n".join(filter(None, differences))


EVERY_KIND = (
    "roster",
    "queue",
    "my-desk",
    "lead",
    "contact",
    "edit",
    "reassign",
    "pick-agent",
    "help-roster",
)
"""Every place, and every kind of modal."""


async def test_screens_hold_when_the_terminal_is_resized(golden_file: Path, running: Any) -> None:
    async with running(golden_file, size=SMALL) as (app, pilot):
        app.my_agent_id = 1
        for name in EVERY_KIND:
            await (PLACES | MODALS)[name](app)
            await holds_when_resized(app, pilot, name)
            await leave(app)


async def holds_when_resized(app: AstraApp, pilot: Any, name: str) -> None:
    """Nothing breaks or gets misaligned; the focus and a form's button stay visible."""
    focus, rows = app.focused, [table.current for table in app.screen.query(LiveTable)]
    for size in ((200, 60), (40, 12), SMALL):
        await pilot.resize_terminal(*size)
        await app.quiet()
        assert widths(app) == {size[0]}, (name, size)
        assert app.focused is focus, (name, size)
        sights = [*app.screen.query("FormModal #submit"), *([focus] if focus else [])]
        assert all(app.screen.region.contains_point(one.region.offset) for one in sights), (name, size)
        assert [table.current for table in app.screen.query(LiveTable)] == rows, (name, size)


async def test_an_empty_desk_says_what_to_do(path: Path, running: Any) -> None:
    differences = []
    async with running(path, size=SMALL) as (app, _):
        for name, key in (("dispatch", "f2"), ("roster", "f3"), ("queue", "f4"), ("my-desk", "f5")):
            await press(app, key)
            app.clear_notifications()
            await app.settle()
            differences.append(difference(f"empty-{name}-80", text_of(app)))
    assert not any(differences), "\n" + "\n".join(filter(None, differences))
