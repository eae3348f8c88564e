"""Whatever is typed or pasted outside a list, and at whatever moment, nothing is written but by a form."""

from __future__ import annotations

import random
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from textual import events
from textual.keys import _character_to_key
from textual.widget import Widget
from textual.widgets import Button, DataTable, OptionList

from astra_tui.app import AstraApp
from dispatch.desk import event_log
from screens.insights.sections import ToRead
from tests.screens.picture import text_of
from tests.screens.scenes import leave, press

IN_THE_SUITE = 120
STRESSED = 10_000

NAMES = (
    "Nova Singh",
    "Clara Diaz",
    "Xu Li",
    "kofi quispe",
    "Émile Zola",
    "山田 花子",
    "[/b] Ola",
    "U. Lund-Hoff",
)
NUMBERS = ("413", "+44 20 7946 0958", "1,250.50", "6", "2082-11-22", "#12")
WORDS = ("uuu", "ccxxff", "kkk gg", "G!@*:", "?h,.<>[]", "mine, not yours", "yes", "L*E", "Q q")
PASTES = (
    "Nova Singh",
    "413",
    "one\ntwo\nthree",
    "\x1b[31mred\x1b[0m",
    "u" * 10_000,
    "[/b][bold]",
    "xcf\n" * 3,
)

OPENINGS: tuple[tuple[str, ...], ...] = (
    *((f"f{number}",) for number in (2, 3, 6, 7)),
    ("f4", "escape", "home", "down"),
    ("f5", "escape", "home"),
    ("f7", "v", "v"),
    ("f4", "escape", "x"),
    ("f4", "escape", "n"),
    ("f4", "escape", "r"),
    ("f4", "escape", "e"),
    ("f4", "escape", "f1"),
    ("f4", "escape", "f8"),
    ("f4", "slash"),
    ("f3", "escape", "e"),
    ("f6", "escape", "n"),
    ("f6", "escape", "I"),
    ("f2", "ctrl+f"),
    ("f3", "ctrl+p"),
    ("f2", "ctrl+t"),
    ("f7", "f1"),
    ("f4", "escape", "ctrl+g"),
    ("f6", "escape", "colon"),
    ("f2", "ctrl+g", *"n 4"),
    ("f3", "ctrl+p", *"413"),
    ("f5", "ctrl+p", *"nova"),
    ("f4", "escape", "semicolon"),
    ("f6", "escape", "semicolon"),
    ("f4", "escape", "E"),
    ("f7", "E"),
    ("f4", "escape", "comma"),
    ("f4", "escape", "space", "down", "M", "x"),
    ("f3", "p"),
    ("f3", "X"),
    ("f5", "at"),
    ("f4", "ctrl+o"),
)
"""Ways to places and modals, from anywhere."""


def is_list(widget: Widget | None) -> bool:
    return isinstance(widget, DataTable | OptionList)


def typed_at(chance: random.Random) -> Iterator[str | events.Paste]:
    """A few texts, as keys or as one paste, with keys that move between them."""
    for _ in range(chance.randint(1, 3)):
        if chance.random() < 0.2:
            yield events.Paste(chance.choice(PASTES))
        else:
            yield from chance.choice((*NAMES, *NUMBERS, *WORDS))
        if chance.random() < 0.3:
            yield "f2"


def go_to_a_spot(app: AstraApp, chance: random.Random) -> None:
    """Put the focus on anything but a list, or on nothing."""
    spots = [widget for widget in app.screen.focus_chain if not is_list(widget)]
    app.screen.set_focus(chance.choice([*spots, None]))


async def post(app: AstraApp, typed: list[str | events.Paste]) -> None:
    """Type everything at once: the application takes it when it can."""
    for one in typed:
        if isinstance(one, str):
            name = _character_to_key(one) if len(one) == 1 else one
            event: Any = events.Key(name, one if len(one) == 1 else None)
        else:
            event = one
        event.set_sender(app)
        app.post_message(event)
    await app.settle()


async def last_event(app: AstraApp) -> int:
    found = await app.backend.read(lambda: event_log.events(limit=1))
    return int(found[0]["event_id"]) if found else 0


async def type_everywhere(app: AstraApp, sequences: int, seed: int) -> None:
    chance, written, opening = random.Random(seed), await last_event(app), OPENINGS[0]
    for number in range(sequences):
        if number % 20 == 0:  # a few texts in each place: getting there is what takes the time
            await leave(app)
            await press(app, "f2", "ctrl+l")
            opening = chance.choice(OPENINGS)
            await press(app, *opening)
        go_to_a_spot(app, chance)
        is_section = isinstance(app.focused, ToRead)  # a few letters lead on from there, as from a list
        there, where = app.screen, f"{opening} {app.screen!r} {app.focused!r}"
        typed = list(typed_at(chance))
        await post(app, typed)
        stays = all(isinstance(one, str) and one != "f2" for one in typed) and not is_section
        if await last_event(app) != written or (stays and app.screen is not there):
            pytest.fail(f"{where}: {typed!r}\n{text_of(app)}")
    await leave(app)


async def test_nothing_is_written_by_typing(golden_file: Path, running: Any) -> None:
    async with running(golden_file, size=(80, 24)) as (app, _):
        app.my_agent_id = 1
        await type_everywhere(app, IN_THE_SUITE, seed=1)


@pytest.mark.stress
@pytest.mark.timeout(3600)
@pytest.mark.parametrize("seed", range(10))
async def test_nothing_is_written_by_much_typing(golden_file: Path, running: Any, seed: int) -> None:
    async with running(golden_file, size=(120, 36)) as (app, _):
        app.my_agent_id = 1
        await type_everywhere(app, STRESSED // 10, seed)


@pytest.mark.parametrize("place", [f"f{number}" for number in range(2, 8)])
async def test_a_letter_does_nothing_where_no_list_has_the_focus(
    golden_file: Path, running: Any, place: str
) -> None:
    async with running(golden_file, size=(120, 36)) as (app, _):
        await press(app, place)
        there, written = app.screen, await last_event(app)
        spots = [widget for widget in there.focus_chain if isinstance(widget, Button)]
        for spot in (None, *spots):
            there.set_focus(spot)
            await press(app, *"uUh?123456vVcxlmKDL*,/<> ")
            assert app.screen is there, spot
            assert not spots or app.focused is spot, spot
        assert await last_event(app) == written
