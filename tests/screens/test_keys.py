"""Every key has a name, words that explain it, and does what they say."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from textual.binding import Binding
from textual.widgets import Input

from astra_tui.app import AstraApp
from astra_tui.user.preferences import Preferences
from dispatch.desk import event_log
from screens.base import keys
from screens.dialogs.form import FormModal
from screens.dialogs.panel import Panel
from screens.shell.help import verbs
from tests.screens.conftest import standing_still
from tests.screens.key_checks import bookings, leads, lists, places, service
from tests.screens.key_checks.registry import (
    ALL,
    CHECKS,
    INSTEAD,
    PARTS,
    PLACES,
    at_booking,
    booking,
    place,
)
from tests.screens.picture import text_of
from tests.screens.scenes import leave, press

CHECKED = (places, bookings, lists, service, leads)
"""Importing them registers their checks."""


# the words


@pytest.mark.parametrize("binding", ALL, ids=lambda binding: binding.id)
def test_a_key_has_an_id_and_is_explained(binding: Binding) -> None:
    assert binding.id
    assert binding.description
    assert binding.tooltip
    assert binding.tooltip[0].isupper()


def test_an_id_means_one_thing() -> None:
    meanings: dict[str | None, set[str]] = {}
    for binding in ALL:
        meanings.setdefault(binding.id, set()).add(binding.action)
    assert {name: actions for name, actions in meanings.items() if len(actions) > 1} == {}


@pytest.mark.parametrize("place", PLACES)
def test_no_key_of_a_place_means_two_things(place: str) -> None:
    instead = {INSTEAD.get(binding.id or "") for binding in PLACES[place]}
    apps = [binding for binding in keys.APP if binding.id not in instead]
    taken = [key for binding in [*apps, *PLACES[place]] for key in binding.key.split(",")]
    assert sorted(taken) == sorted(set(taken))


def test_the_same_verb_has_the_same_key_everywhere() -> None:
    by_id: dict[str | None, set[str]] = {}
    for binding in ALL:
        by_id.setdefault(binding.id, set()).add(binding.key)
    assert {name: bound for name, bound in by_id.items() if len(bound) > 1} == {}


def test_every_key_is_checked_below() -> None:
    assert set(CHECKS) == {binding.id for binding in ALL}


# what they do


@pytest.mark.parametrize("name", PARTS)
async def test_every_key_does_what_it_says(golden_file: Path, running: Any, name: str) -> None:
    async with running(golden_file, size=(80, 24)) as (app, _):
        app.my_agent_id = 1
        for function in PARTS[name]:
            await function(app)
            await leave(app)


# where they work


async def test_under_a_modal_only_its_own_keys_work(golden_file: Path, running: Any) -> None:
    async with running(golden_file, size=(80, 24)) as (app, _):
        await press(app, "f4", "x")
        before = await booking(app, 12)
        await press(app, "f3", "f1", "ctrl+z", "f8", "ctrl+f", *"123?ucxw")
        assert isinstance(app.screen, FormModal), text_of(app)
        assert len(app.screen_stack) == 2
        assert app.screen.values() == {"reason": "123?ucxw"}
        assert await booking(app, 12) == before


async def test_what_is_only_read_or_picked_from_is_left_by_the_key_of_a_place(
    golden_file: Path, running: Any
) -> None:
    async with running(golden_file, size=(80, 24)) as (app, _):
        for opening in (("f1",), ("f8",), ("comma",), ("i",)):
            await press(app, "f4", "escape", *opening)
            assert len(app.screen_stack) == 2, opening
            await press(app, "f3")
            assert (place(app), len(app.screen_stack)) == ("roster", 1), opening
        await press(app, "f5", "f6")
        assert (place(app), len(app.screen_stack)) == ("service", 1)
        await press(app, "f5", "at", "x", "f6")
        assert place(app) == "PickAgent", "something is typed"


async def test_letters_in_the_form_never_touch_a_booking(golden_file: Path, running: Any) -> None:
    async with running(golden_file, size=(80, 24)) as (app, _):
        logged = await app.backend.read(lambda: event_log.events(limit=1))
        for field in ("customer", "phone", "method", "source", "destination", "launch", "requests"):
            app.screen.query_one(f"#{field}").focus()
            await press(app, *"cfxrlwuq4")
        assert place(app) == "dispatch"
        assert len(app.screen_stack) == 1
        assert app.screen.query_one("#requests", Input).value == "cfxrlwuq4"
        assert await app.backend.read(lambda: event_log.events(limit=1)) == logged


async def test_the_palette_lists_what_can_be_done_and_does_it(golden_file: Path, running: Any) -> None:
    async with running(golden_file, size=(80, 24)) as (app, _):
        app.my_agent_id = 1
        for name, bindings in PLACES.items():
            app.go(name)
            await app.settle()
            offered = {command.title for command in app.get_system_commands(app.screen)}
            wanted = {one.description for one in [*bindings, *keys.APP]}
            assert wanted <= offered, name
        told = {command.title: command.help for command in app.get_system_commands(app.screen)}
        assert told["Queue"] == "Go to Queue; the number works outside inputs (f4 3)"
        await press(app, "f4", "escape", "down", "ctrl+p", *"claim", "enter")
        assert (await booking(app, 8))["claimed_at"]
        await press(app, "ctrl+p", *"undo", "enter")
        assert not (await booking(app, 8))["claimed_at"]
        await press(app, "ctrl+p", *"my desk", "enter")
        await leave(app)
        assert place(app) == "my-desk"


async def test_keys_of_ones_own(golden_file: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    wanted = Preferences(
        keymap={"booking.claim": "j", "help": "f12", "queue.view": "g"}, agent=1, theme="astra-light"
    )
    app = AstraApp(
        database=golden_file,
        clock=standing_still,
        actor="kim",
        preferences=wanted,
        problems=["config.toml, line 3: [/] no such key id"],
    )
    async with app.run_test(size=(80, 24), notifications=True):
        await app.settle()
        assert "line 3: [/] no such key id" in " ".join(text_of(app).split())
        assert app.theme == "astra-light"
        await at_booking(app, 9)
        assert "f12 Help" in text_of(app)
        assert "j Claim" in text_of(app)
        assert "g view" in text_of(app)
        await press(app, "c")
        assert not (await booking(app, 9))["claimed_at"]
        await press(app, "j")
        assert (await booking(app, 9))["claimed_at"]
        shown = {verb.binding.action: verb.keys for verb in verbs(app.screen)}
        assert (shown["claim"], shown["help"]) == (["j"], ["?", "f12"])
        await press(app, "f12")
        assert isinstance(app.screen, Panel)
        assert "agent. g changes what is listed" in app.screen.text.plain
