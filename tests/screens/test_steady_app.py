"""Keys are handled one by one; keys typed ahead of a modal reach it or nothing."""

from __future__ import annotations

import asyncio
import gc
import warnings
from pathlib import Path
from typing import ClassVar

import pytest
from textual import events, work
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.pilot import Pilot
from textual.widgets import Input, Static

from astra_tui.app import AstraApp
from screens.base import key_queue
from screens.base.key_queue import SteadyApp
from screens.dialogs.modal import Modal


class Slow(Static):
    """Takes several loop turns per event, as on a busy machine."""

    async def on_event(self, event: events.Event) -> None:
        for _ in range(8):
            await asyncio.sleep(0)
        await super().on_event(event)


class Asking(Modal[None]):
    def compose(self) -> ComposeResult:
        yield Slow()
        yield Input(id="text")


class Opening(SteadyApp):
    """Opens a modal as places do: a worker looks something up, then shows it."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("n", "ask", "Ask"),
        Binding("z", "wrong", "Nothing to press"),
        Binding("escape", "leave", "Leave"),
    ]

    def __init__(self, turns: int = 0) -> None:
        super().__init__()
        self.turns = turns
        self.answered = asyncio.Event()
        self.did: list[str] = []

    def compose(self) -> ComposeResult:
        yield Slow()

    @work(group="open")
    async def action_ask(self) -> None:
        for _ in range(self.turns):
            await asyncio.sleep(0)
        await self.answered.wait()
        if not self.did:
            self.push_screen(Asking())

    def action_wrong(self) -> None:
        self.did.append("wrong")

    def action_leave(self) -> None:
        self.did.append("leave")

    def type(self, *keys: str) -> None:
        """Type all keys at once, as a terminal delivers input after being busy."""
        for key in keys:
            self.post_message(events.Key(key, key if len(key) == 1 else None))

    async def until_typed(self) -> None:
        """Return when all typed keys have been handled."""
        self.call_later(lambda: None)
        await self.quiet()
        while self._is_at_a_key:
            await asyncio.sleep(0)


async def test_an_application_started_for_real_begins_with_its_first_place(path: Path) -> None:
    """From Python 3.12 on, ``astra`` runs with a task factory of Textual that ``run_test`` leaves out."""
    app, seen = AstraApp(database=path, actor="kim"), list[str]()

    async def look(pilot: Pilot[object]) -> None:
        await pilot.press("K")
        seen.append(app.screen.query_one("#customer", Input).value)
        app.exit()

    await app.run_async(headless=True, size=(80, 24), auto_pilot=look)
    assert seen == ["K"]


async def test_a_key_that_quits_leaves_no_warning_in_the_terminal() -> None:
    app = SteadyApp()
    with warnings.catch_warnings(record=True) as told:
        warnings.simplefilter("always")
        async with app.run_test():
            await app.on_event(events.Key("q", "q"))
            app.workers.cancel_all()  # as an exit does, before the key's action has begun
        gc.collect()
    assert [str(warning.message) for warning in told] == []


async def test_keys_typed_ahead_reach_a_modal_whenever_it_opens() -> None:
    """The first letter was lost if the modal opened while the screen below was asked last."""
    found: dict[int, str] = {}
    app = Opening()
    app.answered.set()
    async with app.run_test():
        for app.turns in range(30):
            app.type("n", "z", "u")
            await app.until_typed()
            found[app.turns] = app.screen.query_one("#text", Input).value
            await app.pop_screen()
    assert set(found.values()) == {"zu"}, found
    assert app.did == []


async def test_text_waits_for_an_answer_but_leaving_does_not(monkeypatch: pytest.MonkeyPatch) -> None:
    """After two seconds keys typed for a modal went to the place below it."""
    monkeypatch.setattr(key_queue, "PATIENT_TURNS", 1)
    monkeypatch.setattr(key_queue, "STEP_S", 0)
    app = Opening()
    async with app.run_test(notifications=True):
        app.type("n", "z")
        for _ in range(500):
            await asyncio.sleep(0)
        assert app.did == []
        app.answered.set()
        await app.until_typed()
        assert app.screen.query_one("#text", Input).value == "z"
        await app.pop_screen()

        app.answered.clear()
        app.type("n", "z", "escape")
        for _ in range(500):
            await asyncio.sleep(0)
        assert app.did == ["leave"]
        assert "dropped" in str([toast.message for toast in app._notifications])
        app.answered.set()


async def test_what_waits_for_a_refresh_is_called_after_a_batch_and_not_in_it() -> None:
    called = asyncio.Event()
    app = Opening()
    async with app.run_test():
        await app.push_screen(Asking())
        await app.quiet()
        with app.batch_update():
            app.screen.call_after_refresh(called.set)
            for _ in range(100):
                await asyncio.sleep(0)
            assert not called.is_set()
        await asyncio.wait_for(called.wait(), 5)
