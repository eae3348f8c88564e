"""Every place and modal in a very small and a very large terminal, also one that changes while it is open."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from astra_tui.app import AstraApp
from screens.widgets.live_table import LiveTable
from tests.screens.picture import text_of, widths
from tests.screens.scenes import MODALS, PLACES, leave

REWRAPPED = {"help-queue"}
"""Scenes scrolled to the end of a text that has no end to scroll to in the large terminal."""
BARS = str.maketrans("▁▂▃▄▅▆▇", " " * 7)
"""A list that was read further in the large terminal has a scroll bar, or a shorter one, afterwards."""
USUAL, SMALL, WIDE, LARGE = (80, 24), (60, 15), (200, 60), (300, 100)


def misfits(app: AstraApp, width: int) -> list[str]:
    """What is wrong with the screen in a terminal of this width; nothing if it holds."""
    focus, wrong = app.focused, []
    if widths(app) != {width}:
        wrong.append(f"lines of {widths(app)} cells")
    if focus is not None and not app.screen.region.overlaps(focus.region):
        wrong.append(f"{focus!r} has the focus and is out of sight")
    return wrong


def held(app: AstraApp) -> tuple[Any, ...]:
    """What a change of size leaves alone: the screen, the focus, and the rows under the cursors."""
    return app.screen, app.focused, [table.current for table in app.screen.query(LiveTable)]


def seen(app: AstraApp) -> str:
    """The text on the screen without its scroll bars."""
    lines = text_of(app).translate(BARS).splitlines()
    return "\n".join(line.rstrip() for line in lines) + "\n"


@pytest.mark.stress
@pytest.mark.timeout(600)
async def test_it_holds_while_the_terminal_changes(golden_file: Path, running: Any) -> None:
    wrong = []
    async with running(golden_file, size=USUAL) as (app, pilot):
        app.my_agent_id = 1
        for name, scene in (PLACES | MODALS).items():
            await scene(app)
            app.clear_notifications()
            await app.quiet()
            before, looked = held(app), seen(app)
            for size in (SMALL, LARGE, USUAL):
                await pilot.resize_terminal(*size)
                await app.quiet()
                wrong += [f"{name} {size}: {one}" for one in misfits(app, size[0])]
                if held(app) != before:
                    wrong.append(f"{name} {size}: {before} became {held(app)}")
            if seen(app) != looked and name not in REWRAPPED:
                wrong.append(f"{name} looked like this:\n{looked}and now like this:\n{seen(app)}")
            await leave(app)
    assert not wrong, "\n" + "\n".join(wrong)


@pytest.mark.parametrize(
    "size", [SMALL, pytest.param(WIDE, marks=pytest.mark.stress)], ids=["60x15", "200x60"]
)
async def test_it_opens_in_any_terminal(golden_file: Path, running: Any, size: tuple[int, int]) -> None:
    wrong = []
    async with running(golden_file, size=size) as (app, _):
        app.my_agent_id = 1
        for name, scene in (PLACES | MODALS).items():
            await scene(app)
            wrong += [f"{name}: {one}" for one in misfits(app, size[0])]
            await leave(app)
    assert not wrong, "\n" + "\n".join(wrong)
