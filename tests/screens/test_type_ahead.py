"""Letters choose a name: by its beginning, visibly, and never another one in silence."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from textual.widgets import OptionList, Static

from screens.dialogs.form import FormModal
from screens.fields.agent_picker import AgentPicker
from screens.fields.choice import Choice, Pick
from screens.fields.field_line import FieldLine
from screens.fields.type_ahead import PAUSE_S, TypeAhead, marked, own_beginning
from tests.screens.picture import text_of
from tests.screens.scenes import press
from tests.screens.test_dispatch import told

PLACES = ("Dallas-Fort Worth", "Dubai Interplanetary Hub", "London Ascension", "São Paulo")
PRESENCES = ("available", "busy", "break", "away", "offline")


def type_in(ahead: TypeAhead, names: tuple[str, ...], letters: str, step_s: float = 0.1) -> list[str]:
    """Type letters at an even pace; return what is chosen after each, with a ? for one without a match."""
    chosen, seen = "", []
    for place, letter in enumerate(letters):
        if letter == "<":
            chosen = ahead.take_back(10.0 + place * step_s) or chosen
            seen.append(chosen)
            continue
        name = ahead.add(letter, 10.0 + place * step_s, names, chosen)
        chosen = name or chosen
        seen.append(chosen if name else "?")
    return seen


@pytest.mark.parametrize(
    ("names", "letters", "chosen"),
    [
        (PLACES, "du", ["Dallas-Fort Worth", "Dubai Interplanetary Hub"]),
        (PRESENCES, "br", ["busy", "break"]),
        (
            PLACES,
            "dddu",
            [*PLACES[:2], *PLACES[:2]],
        ),
        (PLACES, "inte", ["Dubai Interplanetary Hub"] * 4),
        (PLACES, "sao", ["São Paulo"] * 3),
        (PLACES, "DU", ["Dallas-Fort Worth", "Dubai Interplanetary Hub"]),
        (PLACES, "q", ["?"]),
        (PLACES, "duqb", ["Dallas-Fort Worth", "Dubai Interplanetary Hub", "?", "Dubai Interplanetary Hub"]),
        (PLACES, "du<", ["Dallas-Fort Worth", "Dubai Interplanetary Hub", "Dallas-Fort Worth"]),
    ],
)
def test_a_beginning_chooses(names: tuple[str, ...], letters: str, chosen: list[str]) -> None:
    assert type_in(TypeAhead(), names, letters) == chosen


def test_after_a_pause_a_letter_is_the_first_one() -> None:
    assert type_in(TypeAhead(), PLACES, "ld", PAUSE_S - 0.1) == ["London Ascension", "?"]
    assert type_in(TypeAhead(), PLACES, "ld", PAUSE_S + 0.1) == ["London Ascension", "Dallas-Fort Worth"]


def test_names_show_the_letters_that_choose_them() -> None:
    shown = [marked(name, own_beginning(name, PRESENCES)) for name in PRESENCES]
    assert shown == ["(av)ailable", "(bu)sy", "(br)eak", "(aw)ay", "(o)ffline"]
    assert marked("Phone Call", "ca") == "Phone (Ca)ll"
    assert marked("Ten", own_beginning("Ten", ("Ten", "Tenth"))) == "(Ten)"


async def test_the_typed_letters_are_seen_and_a_wrong_one_is_told(running: Any) -> None:
    async with running(size=(80, 24)) as (app, _):
        app.screen.query_one("#launch").focus()
        await press(app, "d", "u")
        assert app.screen.query_one("#launch", Pick).chosen == "Dubai Interplanetary Hub"
        assert "du▏ Dubai Interplan" in text_of(app)
        await press(app, "tab", "shift+tab", "d", "u", "q")
        assert "No launch location begins" in text_of(app)  # and the rest on the line below
        assert told(app, "launch") == "No launch location begins with duq"
        assert app.screen.query_one("#launch", Pick).chosen == "Dubai Interplanetary Hub"
        await press(app, "backspace")
        assert app.screen.query_one("#launch", Pick).chosen.startswith("Dallas")
        await press(app, "tab", "shift+tab", "d", "u", "enter")
        assert "du▏" not in text_of(app)
        assert "begins with" not in text_of(app)


async def test_enter_alone_chooses_nothing_and_a_slip_is_forgotten_behind_the_field(running: Any) -> None:
    """Enter took the first name, which nobody had looked at; "No source begins with x" stayed for good."""
    async with running(size=(80, 24)) as (app, _):
        source = app.screen.query_one("#source", Choice)
        source.focus()
        await press(app, "x")
        assert told(app, "source") == "No source begins with x"
        await press(app, "enter")
        assert (source.value, told(app, "source")) == ("", "")
        assert app.focused is not None
        assert app.focused.id == "destination"
        await press(app, "shift+tab", "enter")
        assert source.value == ""
        await press(app, "shift+tab", "space", "enter")
        assert source.value == "Bought"


async def test_a_form_says_below_the_field_that_nothing_begins_so(golden_file: Path, running: Any) -> None:
    async with running(golden_file, size=(80, 24)) as (app, _):
        await press(app, "f3", "home", "down", "p", "b", "r", "q")
        assert isinstance(app.screen, FormModal)
        assert app.screen.values()["presence"] == "break"
        line = app.screen.query(FieldLine).first()
        assert line.told == "No presence begins with brq"
        assert app.screen.values()["presence"] == "break"
        await press(app, "left")
        assert line.told == ""


async def test_an_agents_name_that_begins_so_comes_first(golden_file: Path, running: Any) -> None:
    async with running(golden_file, size=(80, 24)) as (app, _):
        await press(app, "f5", *"so")
        picker = app.screen.query_one(AgentPicker)
        options = picker.query_one(OptionList)
        assert "Soren" in str(options.get_option_at_index(0).prompt)
        await press(app, *"qq")
        assert "No agent matches soqq" in str(options.get_option_at_index(0).prompt)


async def test_a_category_is_found_by_its_first_letters(golden_file: Path, running: Any) -> None:
    async with running(golden_file, size=(80, 24)) as (app, _):
        await press(app, "f6", "escape", "home", "C", "b", "z")
        options = app.screen.query_one(OptionList)
        assert "billing dispute" in str(options.get_option_at_index(options.highlighted or 0).prompt)
        assert "No category begins with bz" in str(app.screen.query_one("#about", Static).visual)
