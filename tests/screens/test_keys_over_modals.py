"""The keys that work anywhere: over every modal they do what they promise, or say why not."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from astra_tui.app import AstraApp
from screens.base import keys
from screens.dialogs.modal import Modal
from screens.dialogs.transient_modal import TransientModal
from screens.matching.panels import TrainingResult
from screens.roster.absence_forms import GivenBack
from tests.screens.picture import text_of
from tests.screens.scenes import MODALS, PLACES, Scene, leave, press, pressed
from tests.screens.test_readme_keys import rows

SCENES: dict[str, Scene] = {
    **{
        name: MODALS[name]
        for name in (
            *("presence", "leaving", "batch-reassign", "why-not", "score", "columns", "import", "pick-agent"),
            *("merge", "known-customer", "several", "issue", "issue-reply", "issue-category", "new-issue"),
            *("quit", "help-queue", "palette"),
        )
    },
    "find": PLACES["find-customer"],
    "customer": PLACES["customer"],
    "command-line": pressed("f4", "ctrl+g"),
    "lead-file": pressed("f2", "ctrl+t", "f8"),
    "export": pressed("f4", "escape", "E"),
    "views": pressed("f4", "escape", "semicolon"),
    "views-save": pressed("f4", "escape", "semicolon", "s"),
    "duplicates": pressed("ctrl+f", "ctrl+t"),
    "lists": pressed("ctrl+p", *"lists", "enter"),
}
ITS_OWN = {"customer": "ctrl+z", "issue-reply": "ctrl+z", "new-issue": "ctrl+z", "several": "ctrl+z"}
"""The key of the application that a modal, or its field for long texts, uses itself."""


def promised() -> set[str]:
    """The keys that README and help say work anywhere, but for those that leave or refresh."""
    of_readme = [key for row in rows().values() if row.where == "anywhere" for key in row.pressed]
    of_help = [one.key for one in keys.APP if one.priority and one.id not in ("quit", "retry")]
    return {*of_readme, *of_help}


def kinds(base: type[Any] = Modal) -> set[type[Any]]:
    """The classes of modals that stay when a key of the application is pressed."""
    own = [each for each in base.__subclasses__() if each.__module__.startswith("screens.")]
    return {base}.union(*(kinds(each) for each in own if each is not TransientModal))


async def silent(app: AstraApp, *pressed_keys: str) -> list[str]:
    """Press keys one by one; return those after which everything looks as before."""
    found = []
    before: tuple[object, ...] = (app.screen, app.place, text_of(app))
    for key in pressed_keys:
        await press(app, key)
        after = (app.screen, app.place, text_of(app))
        if after == before:
            found.append(key)
        before = after
    return found


async def test_no_modal_is_silent_at_the_keys_that_work_anywhere(golden_file: Path, running: Any) -> None:
    """Help, undo, and the keys of places: each works, or says what has to be done first."""
    seen: set[type[Any]] = set()
    async with running(golden_file, size=(120, 36)) as (app, _):
        for name, scene in SCENES.items():
            await press(app, "f2", "ctrl+l")
            await scene(app)
            assert isinstance(app.screen, Modal), name
            seen |= {*type(app.screen).__mro__}
            own = ITS_OWN.get(name)
            assert await silent(app, *(key for key in ("ctrl+z", "f1", "f2") if key != own)) == [], name
            await leave(app)
    assert kinds() - seen == {GivenBack, TrainingResult}, "panels as any other, at the end of something"


async def test_every_key_that_works_anywhere_does_so_over_a_panel(golden_file: Path, running: Any) -> None:
    opening = ("ctrl+g", "ctrl+p", "ctrl+o")
    waiting = ("f1", "ctrl+z", "ctrl+y", "ctrl+f", "ctrl+n")
    assert promised() == {*opening, *waiting, "f2", "f7", "f10"}
    async with running(golden_file, size=(120, 36)) as (app, _):
        for name in ("views", "columns", "presence"):
            for key in ("f2", "f3", "f4", "f5", "f6", "f7") if name == "views" else ("f2", "f4"):
                await SCENES[name](app)
                await press(app, key)
                await leave(app)  # My desk asks whose it is
                assert app.place is not None
                assert keys.PLACES[app.place.NAME] == int(key[1:]) - 1, (name, key)
            await SCENES[name](app)
            await press(app, "f10")
            assert app.place.NAME == "insights", "the alerts are its last view"
            await SCENES[name](app)
            panel = app.screen
            assert await silent(app, *waiting) == []
            assert "Close this first (esc), then ^n Set up" in text_of(app)
            assert app.screen is panel
            for key in opening:
                assert await silent(app, key, key) == []
                if key == "ctrl+g":  # only escape closes the line: what is typed next is meant for it
                    await press(app, "escape")
                assert app.screen is panel, "the same key closes what it opened"
            await leave(app)
