"""Letters choose a name: by its beginning, visibly, and never another one in silence."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st
from textual.widgets import OptionList, Static

from dispatch.inputs import value_words
from models.folding import fold
from screens.dialogs.form import FormModal
from screens.fields.agent_picker import AgentPicker
from screens.fields.choice import Choice, Pick
from screens.fields.field_line import FieldLine
from screens.fields.type_ahead import PAUSE_S, TypeAhead, marked, own_beginning, which
from tests.screens.picture import text_of
from tests.screens.scenes import LEAD, fill_in, press
from tests.screens.test_dispatch import newest, told

PLACES = ("Dallas-Fort Worth", "Dubai Interplanetary Hub", "London Ascension", "São Paulo")
PRESENCES = ("available", "busy", "break", "away", "offline")


def type_in(ahead: TypeAhead, names: tuple[str, ...], letters: str, step_s: float = 0.1) -> list[str]:
    """Type letters at an even pace; return what is chosen after each, with a ? for one without a match."""
    chosen, seen = "", []
    for place, letter in enumerate(letters):
        if letter == "<":
            back = ahead.take_back(10.0 + place * step_s)
            chosen = chosen if back is None else back
            seen.append(chosen)
            continue
        name = ahead.add(letter, 10.0 + place * step_s, names, chosen)
        chosen = chosen if name is None else name
        seen.append("?" if name is None else chosen)
    return seen


@pytest.mark.parametrize(
    ("names", "letters", "chosen"),
    [
        (PLACES, "du", ["", "Dubai Interplanetary Hub"]),
        (PRESENCES, "br", ["", "break"]),
        (PRESENCES, "bb", ["", "busy"]),
        (PRESENCES, "bbbbb", ["", "busy", "break", "busy", "break"]),
        (PRESENCES, "obr", ["offline", "?", "?"]),
        (("Reached", "No answer"), "no an", ["No answer"] * 5),
        (("Ten", "Tenth"), "tent", ["", "", "Ten", "Tenth"]),
        (
            PLACES,
            "dddu",
            ["", *PLACES[:2], PLACES[1]],
        ),
        (PLACES, "inte", ["Dubai Interplanetary Hub"] * 4),
        (PLACES, "sao", ["São Paulo"] * 3),
        (PLACES, "DU", ["", "Dubai Interplanetary Hub"]),
        (PLACES, "q", ["?"]),
        (PLACES, "duqb", ["", "Dubai Interplanetary Hub", "?", "Dubai Interplanetary Hub"]),
        (PLACES, "du<", ["", "Dubai Interplanetary Hub", ""]),
        (PLACES, "berlin", ["?"] * 6),
        (("Europa", "Mars", "Titan"), "pluto", ["?"] * 5),
        (PLACES, "dxa", ["", "?", "?"]),
        (PLACES, "xdd", ["?"] * 3),
        (PLACES, "x<du", ["?", "", "", "Dubai Interplanetary Hub"]),
    ],
)
def test_a_beginning_chooses(names: tuple[str, ...], letters: str, chosen: list[str]) -> None:
    assert type_in(TypeAhead(), names, letters) == chosen


def test_after_a_pause_a_letter_is_the_first_one() -> None:
    assert type_in(TypeAhead(), PLACES, "ls", PAUSE_S - 0.1) == ["London Ascension", "?"]
    assert type_in(TypeAhead(), PLACES, "ls", PAUSE_S + 0.1) == ["London Ascension", "São Paulo"]


def test_a_letter_after_a_pause_begins_a_name_also_behind_a_word_that_fits_nothing() -> None:
    ahead = TypeAhead()
    assert [ahead.add(letter, 10.0, PLACES, "") for letter in "berl"] == [None] * 4
    assert ahead.typed == "berl"
    assert ahead.add("l", 10.0 + PAUSE_S + 0.1, PLACES, "") == "London Ascension"
    assert ahead.typed == "l"


@pytest.mark.parametrize(
    ("word", "seen"),
    [
        ("sms", ["?", "?", "Text"]),
        ("tel", ["Text", "Text", "Phone Call"]),
        ("voice call", ["?"] * 4 + ["Phone Call", "Phone Call", *"???", "Phone Call"]),
        ("fax", ["?"] * 3),
    ],
)
def test_a_word_that_files_may_use_chooses_once_it_is_whole(word: str, seen: list[str]) -> None:
    """One table of such words for files and fields."""
    ahead, names = TypeAhead(), ("Phone Call", "Text")
    chosen = [
        ahead.add(letter, 10.0, names, "", lambda text: value_words.meant("method", text, names))
        for letter in word
    ]
    assert [name or "?" for name in chosen] == seen


def test_letters_that_leave_several_names_open_wait_as_long_as_it_takes() -> None:
    """The first of them was taken at once, and a slow second letter began another name."""
    ahead = TypeAhead()
    assert ahead.add("b", 10.0, PRESENCES, "available") == "available"
    assert (ahead.waiting, which(ahead.waiting)) == (("busy", "break"), "⏎ busy, br break")
    assert ahead.add("r", 10.0 + 9 * PAUSE_S, PRESENCES, "available") == "break"
    assert ahead.waiting == ()
    assert ahead.add("b", 30.0, PRESENCES, "break") == "break"
    assert ahead.add("o", 30.0 + 2 * PAUSE_S, PRESENCES, "break") == "offline", "the question was left"
    in_a_list = TypeAhead(waits=False)
    assert in_a_list.add("b", 10.0, PRESENCES, "available") == "busy"


@pytest.mark.parametrize(
    ("names", "asked"),
    [
        (PLACES[:2], "⏎ Dallas-Fort, du Dubai"),
        (("New York Orbital", "New Orleans"), "⏎ New York Orbital, new o New Orleans"),
        (("aa", "ab", "ac", "ad"), "⏎ aa, ab, ac, …"),
    ],
)
def test_what_enter_takes_is_said_with_the_letters_for_the_others(names: tuple[str, ...], asked: str) -> None:
    assert which(names) == asked


NAMES = st.lists(st.text("abÄé c", min_size=1).filter(str.strip), min_size=1, max_size=6, unique_by=fold)


@given(NAMES)
def test_no_two_names_show_the_same_letters_and_these_choose_them(found: list[str]) -> None:
    """One letter alone never stands for two names: of ``(bu)sy`` and ``(br)eak`` both have two."""
    names = tuple(dict.fromkeys(name.strip() for name in found))
    assume(len({fold(name) for name in names}) == len(names))
    shown = {name: own_beginning(name, names) for name in names}
    assert len({fold(letters) for letters in shown.values()}) == len(names)
    for name, letters in shown.items():
        assume(not letters.isspace())
        seen = type_in(TypeAhead(), names, letters)
        assert seen[-1] == name or fold(name) != fold(letters)


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
        assert app.screen.query_one("#launch", Pick).chosen == "Dubai Interplanetary Hub"
        assert told(app, "launch") == "⏎ Dallas-Fort, du Dubai"
        await press(app, "f9")
        assert told(app, "launch") == "⏎ Dallas-Fort, du Dubai", "nothing is taken in silence"
        app.screen.query_one("#launch").focus()
        await press(app, "tab", "shift+tab", "d", "enter")
        assert app.screen.query_one("#launch", Pick).chosen.startswith("Dallas"), "enter takes the first"
        assert told(app, "launch") == ""
        app.screen.query_one("#launch").focus()
        await press(app, "d", "u", "enter")
        assert "du▏" not in text_of(app)
        assert "begins with" not in text_of(app)


async def test_enter_alone_chooses_nothing_and_a_slip_is_told_until_another_name_is_chosen(
    running: Any,
) -> None:
    """Enter took the first name, which nobody had looked at; tab took away what was said of a slip."""
    async with running(size=(80, 24)) as (app, _):
        source = app.screen.query_one("#source", Choice)
        source.focus()
        await press(app, "x")
        assert told(app, "source") == "No source begins with x"
        await press(app, "enter")
        held = "No source begins with x: Bought, Organic; backspace clears it"
        assert (source.value, told(app, "source")) == ("", held)
        assert source.has_focus
        await press(app, "backspace", "enter")
        assert (source.value, told(app, "source")) == ("", "Source is required")
        await press(app, "x", "tab")
        assert (source.value, told(app, "source")) == ("", "No source begins with x")
        await press(app, "shift+tab", "space")
        assert (source.value, told(app, "source")) == ("Bought", "")
        await press(app, "enter")
        assert app.focused is not None
        assert app.focused.id == "destination"
        await press(app, *"pluto")
        assert (app.screen.query_one("#destination", Pick).chosen, told(app, "destination")) == (
            "",
            "No destination begins with pluto",
        )
        app.screen.query_one("#method").focus()
        await press(app, *"sms")
        assert (app.screen.query_one("#method", Choice).value, told(app, "method")) == ("Text", "")


async def test_a_form_says_below_the_field_that_nothing_begins_so(golden_file: Path, running: Any) -> None:
    async with running(golden_file, size=(80, 24), at="roster") as (app, _):
        await press(app, "f3", "home", "down", "p", "b", "f9")
        assert isinstance(app.screen, FormModal)
        line = app.screen.query(FieldLine).first()
        assert (line.told, app.screen.values()["presence"]) == ("⏎ busy, br break", "available")
        await press(app, "r", "q")
        assert line.told == "No presence begins with brq"
        assert app.screen.values()["presence"] == "available", "as before the word"
        await press(app, "f9")
        held = "No presence begins with brq: available, busy, break, away, offline; backspace clears it"
        assert (app.screen.heading[:8], line.told) == ("Presence", held)
        await press(app, "right")
        assert (app.screen.values()["presence"], line.told) == ("busy", "")
        await press(app, "escape", "f4", "escape", "home", "down", "t")
        form = app.screen
        assert isinstance(form, FormModal)
        assert form.values()["outcome"] == "Reached"
        await press(app, *"no a")
        assert form.values()["outcome"] == "No answer"
        await press(app, "backspace", "x")
        assert form.values()["outcome"] == "Reached", "as before the word"
        assert form.line("outcome").told == "No outcome begins with no x"


@pytest.mark.parametrize(
    ("field", "word", "noun"),
    [
        ("destination", "moon", "destination"),
        ("method", "pigeon", "contact method"),
        ("source", "broker", "source"),
        ("priority", "hurry", "priority"),
    ],
)
async def test_a_word_that_fits_nothing_chooses_nothing_and_is_not_assigned(
    running: Any, field: str, word: str, noun: str
) -> None:
    """Its first letter chose Mars, Phone Call, Bought or High; tab took away the error."""
    said = f"No {noun} begins with {word}"
    async with running(size=(80, 24)) as (app, pilot):
        before = await newest(app, 1)
        await fill_in(app, **LEAD | ({} if field == "priority" else {field: ""}) | {"customer": "Ann Moe"})
        widget = app.screen.query_one(f"#{field}")
        assert isinstance(widget, Choice | Pick)
        widget.clear()
        widget.focus()
        await press(app, *word)
        assert (widget.chosen, told(app, field)) == ("", said)
        assert "▏" not in text_of(app)
        held = f"{said}: {', '.join(widget.names)}; backspace clears it"
        await press(app, "enter")
        assert (widget.chosen, told(app, field), widget.has_focus) == ("", held, True)
        await press(app, "tab")
        assert (widget.chosen, told(app, field), widget.has_focus) == ("", held, False)
        await press(app, "f9")
        assert (widget.chosen, told(app, field), widget.has_focus) == ("", held, True)
        await pilot.click("#customer")
        await app.settle()
        assert told(app, field) == held
        assert await newest(app, 1) == before
        widget.focus()
        await press(app, "backspace")
        assert told(app, field) == ""
        await press(app, {"destination": "m", "method": "t", "source": "o", "priority": "h"}[field], "f9")
        (row,) = await newest(app, 1)
        assert row["customer_name"] == "Ann Moe"


def test_before_a_word_is_what_was_chosen_then() -> None:
    ahead = TypeAhead()
    assert ahead.before_word("Titan") == "Titan"
    names = ("Europa", "Mars", "Titan")
    assert [ahead.add("m", 10.0, names, "Titan"), ahead.add("o", 10.1, names, "Mars")] == ["Mars", None]
    assert (ahead.before_word("Mars"), ahead.shown, ahead.typed) == ("Titan", "", "mo")
    waiting = TypeAhead()
    waiting.add("b", 10.0, PRESENCES, "away")
    waiting.add("x", 10.1, PRESENCES, "away")
    assert waiting.waiting == (), "enter would take the first of them"


async def test_an_agents_name_that_begins_so_comes_first(golden_file: Path, running: Any) -> None:
    async with running(golden_file, size=(80, 24)) as (app, _):
        await press(app, "f5", *"so")
        picker = app.screen.query_one(AgentPicker)
        options = picker.query_one(OptionList)
        assert "Soren" in str(options.get_option_at_index(0).prompt)
        await press(app, *"qq")
        assert "No agent matches soqq" in str(options.get_option_at_index(0).prompt)


async def test_a_category_is_found_by_its_first_letters(golden_file: Path, running: Any) -> None:
    async with running(golden_file, size=(80, 24), at="service") as (app, _):
        await press(app, "f6", "escape", "home", "C", "b", "z")
        options = app.screen.query_one(OptionList)
        assert "billing dispute" in str(options.get_option_at_index(options.highlighted or 0).prompt)
        assert "No category begins with bz" in str(app.screen.query_one("#about", Static).visual)
