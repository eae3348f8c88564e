"""Names pasted where no name belongs, and names that look like commands to the terminal or the screen."""

from __future__ import annotations

from itertools import product
from pathlib import Path
from typing import Any

from textual import events
from textual.widgets import Button, Input

from astra_tui.app import AstraApp
from dispatch.desk import event_log
from screens.fields.field_line import WRONG, FieldLine
from tests.screens.picture import text_of, widths
from tests.screens.scenes import LEAD, fill_in, leave, press

NAMES = {
    "plain": "Nova Singh",
    "verbs": "uuu ccxxff",
    "markup": "[/b] [red]Ola[/] [@click=app.quit]x",
    "escapes": "\x1b[31mRed\x1b[0m \x1b]0;title\x07 \x9b2J",
    "lines": "one\ntwo\r\nthree\n",
    "long": "x" * 10_000,
}


async def paste(app: AstraApp, text: str) -> None:
    app.post_message(events.Paste(text))
    await app.settle()


async def logged(app: AstraApp) -> Any:
    return await app.backend.read(lambda: event_log.events(limit=1))


async def test_a_pasted_name_does_nothing_outside_a_field(golden_file: Path, running: Any) -> None:
    async with running(golden_file, size=(80, 24)) as (app, _):
        before = await logged(app)
        for name in NAMES.values():
            several = "\n" in name  # lines pasted in Dispatch are several leads: a form opens
            dispatch: list[tuple[str, ...]] = [] if several else [("f2",)]
            for keys in (
                *dispatch,
                ("f4", "escape"),
                ("f3",),
                ("f6", "escape"),
                ("f7",),
                ("f4", "escape", "x"),
            ):
                await press(app, *keys)
                there, buttons = app.screen, [*app.screen.query(Button)]
                for spot in (app.focused, *buttons):
                    if not isinstance(spot, Input):
                        there.set_focus(spot)
                        await paste(app, name)
                        assert app.screen is there, (keys, spot)
                        assert await logged(app) == before, (keys, spot)
                assert widths(app) == {80}, keys
                await leave(app)


LOOKED_FOR = (("f3", "ctrl+p"), ("f3", "ctrl+g"), ("f3", "ctrl+f"), ("f4", "slash"))


async def test_a_pasted_name_is_only_looked_for(golden_file: Path, running: Any) -> None:
    async with running(golden_file, size=(80, 24)) as (app, _):
        before = await logged(app)
        for keys, name in product(LOOKED_FOR, NAMES.values()):
            await press(app, *keys)
            there = app.screen
            await paste(app, name)
            assert app.screen is there, (keys, name)
            assert widths(app) == {80}, (keys, name)
            assert "\x1b" not in text_of(app), (keys, name)
            assert "\x9b" not in text_of(app)
            await press(app, "escape", "escape")
            assert len(app.screen_stack) == 1, (keys, name)
            assert await logged(app) == before, (keys, name)


async def test_a_name_of_10_000_characters_is_refused_and_stays(golden_file: Path, running: Any) -> None:
    async with running(golden_file, size=(80, 24)) as (app, _):
        before = await logged(app)
        await press(app, "f2")
        await fill_in(app, **LEAD | {"customer": ""})
        app.screen.query_one("#customer").focus()
        await paste(app, NAMES["long"])
        await press(app, "f9")
        assert await logged(app) == before
        assert len(app.screen.query_one("#customer", Input).value) == 10_000
        assert widths(app) == {80}
        told = next(line.told for line in app.screen.query(FieldLine) if line.query("#customer"))
        assert "at most 100" in told
        assert f"{WRONG}{told[:10]}" in text_of(app)
