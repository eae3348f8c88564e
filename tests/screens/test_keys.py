"""Every key has a name, words that explain it, and does what they say."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from textual import events
from textual.binding import Binding
from textual.widgets import Input

from astra_tui.app import AstraApp
from astra_tui.user.preferences import Preferences
from dispatch.desk import event_log
from screens.base import keys
from screens.base.textual_internals import is_character
from screens.dialogs.form import FormModal
from screens.dialogs.modal import HOLDS_TEXT
from screens.shell import key_catalogue
from screens.shell.help import Help, verbs
from screens.widgets.live_table import LiveTable
from screens.widgets.movable import IN_OPTIONS, IN_TABLES, IN_TEXTS, Options
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
    async with running(golden_file, size=(80, 24), at="queue") as (app, _):
        await press(app, "f4", "x")
        before = await booking(app, 12)
        await press(app, "f1", "ctrl+z", "f8", "ctrl+f", *"123?ucxw", "f3")
        assert isinstance(app.screen, FormModal), text_of(app)
        assert len(app.screen_stack) == 2
        assert app.screen.values() == {"reason": "123?ucxw"}
        assert HOLDS_TEXT in text_of(app)
        assert await booking(app, 12) == before


async def test_what_is_only_read_or_picked_from_is_left_by_the_key_of_a_place(
    golden_file: Path, running: Any
) -> None:
    async with running(golden_file, size=(80, 24)) as (app, _):
        for opening in (*(["f1"], ["f8"], ["comma"], ["x"], ["ctrl+f"], ["I"], ["W"]), ["i"], ["i", "m"]):
            await press(app, "f4", "escape", *opening)
            assert len(app.screen_stack) == 1 + len(opening), opening
            await press(app, "f3")
            assert (place(app), len(app.screen_stack)) == ("roster", 1), opening
        await press(app, "f5", "f6")
        assert (place(app), len(app.screen_stack)) == ("service", 1)
        await press(app, "f5", "at", "x", "f6")
        assert HOLDS_TEXT in text_of(app)
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
            offered = {entry.title for entry in app.palette_entries(app.screen)}
            wanted = {one.description for one in [*bindings, *keys.APP] if one.id != "palette"}
            assert wanted <= offered, name
        told = {entry.title: (entry.about, entry.keys) for entry in app.palette_entries(app.screen)}
        assert told["Queue"] == ("Go to Queue; digit in lists", "f4 3")
        await press(app, "f4", "escape", "down", "ctrl+p", *"claim", "enter")
        assert (await booking(app, 8))["claimed_at"]
        await press(app, "ctrl+p", *"undo", "enter", "u")  # it is asked about: two bookings
        assert not (await booking(app, 8))["claimed_at"]
        await press(app, "ctrl+p", *"my desk", "enter")
        await leave(app)
        assert place(app) == "my-desk"


async def test_keys_of_ones_own(golden_file: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    wanted = Preferences(
        keymap={"booking.claim": "z", "help": "f12", "queue.view": "alt+v"}, agent=1, theme="astra-light"
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
        assert "? more" in text_of(app)
        assert "z Claim" in text_of(app)
        await press(app, "c")
        assert not (await booking(app, 9))["claimed_at"]
        await press(app, "z")
        assert (await booking(app, 9))["claimed_at"]
        shown = {verb.binding.action: verb.keys for verb in verbs(app.screen)}
        assert (shown["claim"], shown["help"]) == (["z"], ["?", "f12"])
        await press(app, "f12")
        assert isinstance(app.screen, Help)
        assert "alt+v changes the view" in " ".join(app.screen.text.plain.split())


MEANINGS = {
    "b": {"agent.bookings", "issue.booking"},
    "c": {"booking.claim", "issue.claim"},
    "e": {"booking.edit", "agent.edit", "issue.edit"},
    "f": {"booking.confirm", "issue.resolve"},  # it ends well
    "h": {"log"},
    "i": {"booking.customer", "issue.customer"},
    "n": {"booking.note", "issue.note"},
    "o": {"booking.reopen", "issue.reopen"},
    "r": {"booking.reassign", "issue.reassign"},
    "s": {"booking.rate", "issue.rate"},
    "t": {"booking.contact", "issue.reply"},  # talk to the customer
    "u": {"undo.letter", "log.undo"},
    "v": {"queue.view", "service.view", "insights.view", "roster.view", "log.view"},
    "V": {
        *("queue.view.back", "service.view.back", "insights.view.back"),
        *("roster.view.back", "log.view.back"),
    },
    "w": {"why.letter", "issue.why"},
    "x": {"booking.cancel", "issue.close"},  # it ends
    "B": {"service.board", "roster.fairness"},  # figures
    "E": {"insights.report", "export"},
    "H": {"booking.log", "issue.log"},
    "I": {"booking.issue", "issue.open"},
    "K": {"booking.keep", "issue.acknowledge"},  # I am on it
    "U": {"redo.letter", "log.redo"},
}
"""The letters with more than one id: the same idea in each place."""


def test_a_letter_means_the_same_verb_in_every_place() -> None:
    meant: dict[str, set[str]] = {}
    for binding in [*keys.APP, *(binding for bindings in PLACES.values() for binding in bindings)]:
        for key in filter(is_character, binding.key.split(",")):
            meant.setdefault(key, set()).add(str(binding.id))
    assert {
        key: ids for key, ids in meant.items() if len(ids) > 1 and not ids <= MEANINGS.get(key, set())
    } == {}


@pytest.mark.parametrize("area", key_catalogue.areas())
def test_no_verb_has_a_key_that_moves_in_lists(area: str) -> None:
    moving = {binding.key for binding in (*IN_TABLES, *IN_OPTIONS, *IN_TEXTS)}
    assert moving == {"j", "k", "g", "G", "ctrl+d", "ctrl+u"}
    taken = [one.id for one in key_catalogue.areas()[area] if not moving.isdisjoint(one.key.split(","))]
    assert taken == []


async def test_j_and_k_move_and_never_write(golden_file: Path, running: Any) -> None:
    async with running(golden_file, size=(80, 24)) as (app, _):
        app.my_agent_id = 1
        logged = await app.backend.read(lambda: event_log.events(limit=1))
        for name in ("f3", "f4", "f5", "f6", "f7"):
            await press(app, name, *("v",) * (name == "f7"), "escape", "home")  # Insights opens with a text
            list_ = app.screen.query_one("#bookings" if name == "f7" else LiveTable)
            rows = list_.row_count
            assert rows > 1, name
            for pressed, row in (("j", 1), ("k", 0), ("G", rows - 1), ("g", 0)):
                await press(app, pressed)
                assert list_.cursor_row == min(row, rows - 1), (name, pressed)
            await press(app, "ctrl+d", "ctrl+u", "ctrl+u")
            assert list_.cursor_row == 0, name
        await press(app, "f4", "comma", "j", "j", "k")
        assert app.screen.query_one(Options).highlighted == 1
        assert await app.backend.read(lambda: event_log.events(limit=1)) == logged


async def test_a_paste_into_a_list_is_ignored_and_says_where_it_works(
    golden_file: Path, running: Any
) -> None:
    async with running(golden_file, size=(80, 24), at="queue") as (app, _):
        await press(app, "f4", "escape")
        logged = await app.backend.read(lambda: event_log.events(limit=1))
        app.post_message(events.Paste("cfxr\nuU"))
        await app.settle()
        assert "Paste works in fields: press / or f2 first" in " ".join(text_of(app).split())
        assert len(app.screen_stack) == 1
        assert await app.backend.read(lambda: event_log.events(limit=1)) == logged
        await press(app, "slash")
        app.post_message(events.Paste("kate"))
        await app.settle()
        assert app.screen.query_one("#filter", Input).value == "kate"
