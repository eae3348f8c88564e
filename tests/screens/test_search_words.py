"""The words by which people look lead to what is called otherwise here, in the palette and in help."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from screens.base import keys
from screens.base.search_words import ALIASES, ELSEWHERE
from screens.shell.help import Help
from screens.shell.key_catalogue import bindings_of, places
from screens.shell.palette import Palette
from tests.screens.picture import text_of
from tests.screens.scenes import press

IN_PALETTE = {
    "pause": "Presence",
    "break": "Presence",
    "holiday": "Absence",
    "away": "Presence",
    "limit": "Cap: set",
    "max": "Caps",
    "maximum": "Policy",
    "quota": "Cap: set",
    "fair": "Who got how many leads",
    "weight": "Edit",
    "share": "Policy: Share by weight",
    "undo": "Undo",
    "back": "Undo",
    "delete": "Cancel",
    "remove": "Cap: remove",
    "export": "Export",
    "csv": "Export",
    "copy": "Copy",
    "theme": "Theme: astra-dark",
    "dark": "Theme: astra-dark",
    "color": "Theme: astra-light",
    "colour": "Theme: astra-light",
    "mouse": "Tour",
    "keys": "Help",
    "transfer": "Reassign",
    "hand over": "Hand over",
    "move": "Reassign",
    "priority": "Edit",
    "urgent": "Edit",
    "vip": "Edit",
    "tag": "Note",
    "follow up": "Follow-up",
    "remind": "Follow-up",
    "call back": "Follow-up",
    "half": "Customer",
    "half-typed": "Customer",
    "draft": "Customer",
}
"""What somebody types, anywhere, and what must be among the entries then."""
IN_HELP = {
    word: "Figures" if title.startswith("Who") else title
    for word, title in IN_PALETTE.items()
    if not title.startswith("Theme")
}


@pytest.mark.parametrize("way", ["f2", "f4"])
async def test_every_word_finds_its_command_in_the_palette(golden_file: Path, running: Any, way: str) -> None:
    async with running(golden_file, size=(80, 24)) as (app, _):
        await press(app, way)
        palette = Palette(app.palette_entries(app.screen), lambda _: lambda: None)
        missing = {
            word: title
            for word, title in IN_PALETTE.items()
            if title not in {entry.title for entry in palette.entries if entry.fit(word.split()) is not None}
        }
        assert not missing


@pytest.mark.parametrize("way", ["f2", "f4"])
async def test_every_word_finds_its_key_in_help(golden_file: Path, running: Any, way: str) -> None:
    async with running(golden_file, size=(80, 24)) as (app, _):
        await press(app, way)
        findable = Help(app.screen).findable
        missing = {
            word: title
            for word, title in IN_HELP.items()
            if title not in {verb.binding.description for verb in findable if verb.fits(word.split())}
        }
        assert not missing


async def test_a_key_of_another_place_is_found_and_leads_there(golden_file: Path, running: Any) -> None:
    async with running(golden_file, size=(80, 24)) as (app, _):
        await press(app, "f4", "ctrl+p")
        assert "In Roster" not in {entry.about[:9] for entry in app.screen._found()}, "only what is sought"
        await press(app, *"holiday")
        (entry,) = app.screen._found()
        assert (entry.title, entry.keys) == ("Absence", "f3 O")
        assert entry.about.startswith("In Roster: Plan an absence")
        await press(app, "enter")
        assert app.place.NAME == "roster"
        await press(app, "f4", "f1", *"holiday", "enter")
        assert app.place.NAME == "roster"


async def test_help_finds_what_has_no_key_and_runs_it(golden_file: Path, running: Any) -> None:
    async with running(golden_file, size=(80, 24)) as (app, _):
        await press(app, "f3", "escape", "f1", *"limit")
        shown = {verb.binding.description: verb.shown_keys for verb in app.screen._shown}
        assert shown["Cap: set"] == "^p cap"
        assert "^p cap  " in text_of(app), "its whole key"
        await press(app, *" cap set", "enter")
        assert app.screen.heading == "Set a cap"


@pytest.mark.parametrize(("way", "key"), [("f3", "B"), ("f4", "f3 B")])
async def test_the_palette_has_one_entry_for_the_shares(
    golden_file: Path, running: Any, way: str, key: str
) -> None:
    async with running(golden_file, size=(80, 24)) as (app, _):
        await press(app, way)
        found = [one for one in app.palette_entries(app.screen) if one.fit(["who", "got"]) is not None]
        assert [(one.title, one.keys) for one in found] == [("Who got how many leads", key)]


def test_further_words_are_those_of_known_keys_and_places() -> None:
    ids = {name.removesuffix(".letter") for name in keys.BY_ID}
    assert {name for name in ALIASES if name[0].islower()} <= ids
    own = {place.NAME: {binding.id for binding in bindings_of(place)} for place in places()}
    for place, bindings in ELSEWHERE.items():
        assert {binding.id for binding in bindings} <= own[place], place
