"""Names typed into a list do nothing; letters with a pause between them are commands."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from pathlib import Path
from string import ascii_lowercase, ascii_uppercase
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from textual.widgets import Input

from astra_tui.app import AstraApp
from screens.app.typed_words import TypedKey, TypedWord
from screens.base.key_queue import TYPING_S
from tests.screens.picture import text_of
from tests.screens.scenes import leave, press, said
from tests.screens.test_typing_is_safe import last_event

PEOPLE = [
    *(
        "Al Moor",
        "Bea Ray",
        "Cleo Fox",
        "Dora Kent",
        "Ed Cox",
        "Flo Lund",
        "Gloria Kerr",
        "Hal Cruz",
        "Ivy Lox",
    ),
    *("Jacob Bell", "Kofi Nunn", "Lena Roth", "Max Fox", "Nora Quist", "Olaf Crow", "Pia Lux", "Quinn Foss"),
    *(
        "Rosa Marx",
        "Rita Moss",
        "Sam Collins",
        "Tom Knox",
        "Ulla Franco",
        "Vic Orr",
        "Will Fox",
        "Xu Li",
        "Yara Cook",
    ),
    *("Zoe Frix", "Émile Zola", "0501 234"),
]
"""A name for each first letter, full of letters that are commands."""

LISTS = (
    ("f3", "escape"),
    ("f4", "escape", "home", "down"),
    ("f5", "escape", "home"),
    ("f6", "escape", "home"),
    ("f4", "escape", "h"),
)
AT_ONCE = "K"
"""The capital letters that do something at once: keeping a claim, which u undoes."""

FAST, SLOW = TYPING_S / 2, TYPING_S * 2
COMMANDS = "cxlmnruGVUKFjk ?/"


def acts(typed: Iterable[tuple[str, float]], commands: str = COMMANDS) -> str:
    """What of these characters, each with the pause before it, acts in a list with such keys."""

    def acting() -> Iterator[str]:
        word, at = TypedWord(), 0.0
        for character, pause in typed:
            at += pause
            is_command = character in commands
            if not word.add(TypedKey(character, at, is_in_list=True, is_command=is_command)) and is_command:
                yield character

    return "".join(acting())


def fast(text: str) -> list[tuple[str, float]]:
    return [(character, FAST) for character in text]


@pytest.mark.parametrize(
    ("typed", "acting"),
    [
        ("Max Fox", ""),
        ("Al Moor", ""),
        ("Jacob Bell", ""),
        ("Glen", "G"),  # to the end of the list: the only thing a capital of a name may do
        ("Émile Zola", ""),
        ("050123", ""),
        ("cx", "cx"),
        ("jjjc", "jjjc"),
        ("bcc", ""),
    ],
)
def test_what_acts_of_a_text_typed_at_once(typed: str, acting: str) -> None:
    assert acts(fast(typed)) == acting


def test_after_a_pause_letters_are_commands_again() -> None:
    assert acts([*fast("Max"), ("c", SLOW), ("G", FAST), ("c", SLOW)]) == "cGc"


@given(
    st.text(ascii_uppercase, min_size=1, max_size=1),
    st.text(ascii_lowercase, min_size=1),
    st.text(ascii_lowercase + ascii_uppercase + " '-"),
)
def test_of_a_capitalised_word_only_its_first_letter_may_act(first: str, second: str, rest: str) -> None:
    every = ascii_lowercase + ascii_uppercase + " '-"
    assert acts(fast(first + second + rest), every) == first


@given(st.lists(st.tuples(st.sampled_from(COMMANDS + "abzB7"), st.sampled_from([FAST, SLOW]))))
def test_a_pause_is_enough_for_any_command(before: list[tuple[str, float]]) -> None:
    assert acts([*before, ("c", SLOW)]).endswith("c")


def test_enter_behind_a_text_belongs_to_it_and_a_later_one_does_not() -> None:
    word = TypedWord()
    for at in (0, FAST):
        word.add(TypedKey("b", at, is_in_list=True))
    assert word.end(2 * FAST)
    assert not word.end(2 * FAST)
    for at in (0, FAST):
        word.add(TypedKey("b", at, is_in_list=True))
    assert not word.end(FAST + SLOW)


def test_a_verb_may_follow_a_mark_at_once() -> None:
    word = TypedWord()
    assert not word.add(TypedKey("M", 0, is_in_list=True, is_command=True, leads_on=True))
    assert not word.add(TypedKey("x", FAST, is_in_list=True, is_command=True))


def test_one_letter_is_no_text_yet() -> None:
    word = TypedWord()
    word.add(TypedKey("b", 0, is_in_list=True))
    assert not word.end(FAST)


def test_text_is_not_held_unless_it_came_from_a_list() -> None:
    word = TypedWord()
    for at, character in enumerate("Dora Kent"):
        assert not word.add(TypedKey(character, at * FAST, is_in_list=False))
    assert not word.end(8.5 * FAST)


async def type_into_lists(app: AstraApp, people: Callable[[int], Sequence[str]]) -> None:
    app.my_agent_id, written = 1, await last_event(app)
    for number, way in enumerate(LISTS):
        for person in people(number):
            await press(app, *way, *person, "enter")
            found = await last_event(app)
            assert found == written or (person[0] in AT_ONCE and found == written + 1), (way, person)
            written = found
            await leave(app)


async def test_names_typed_into_lists_write_nothing(golden_file: Path, running: Any) -> None:
    async with running(golden_file, size=(120, 36)) as (app, _):
        await type_into_lists(app, lambda number: PEOPLE[number :: len(LISTS)])


@pytest.mark.stress
async def test_no_name_typed_into_any_list_writes_anything(golden_file: Path, running: Any) -> None:
    async with running(golden_file, size=(80, 24)) as (app, _):
        await type_into_lists(app, lambda _: PEOPLE)


async def test_it_says_that_a_text_is_no_command(golden_file: Path, running: Any) -> None:
    async with running(golden_file, size=(120, 36), at="queue") as (app, _):
        await press(app, "f4", "escape", "home", *"Max Fox", "enter")
        assert said(app) == ["Not a command, so nothing was done. ? lists the keys"]
        for place, person in (
            ("f6", "Dora Kent"),
            ("f3", "Rita Moss"),
        ):
            await press(app, place, "escape", "home", "down", *person, "enter")
            assert "Typed in one go from the list: enter again sends it" in said(app), person
            await leave(app)
        await press(app, "f4", "escape", "home", "+", *"1 555", "enter")
        assert app.current_mode == "queue", "a phone number goes nowhere"


async def test_enter_behind_a_text_typed_on_a_button_does_not_press_it(
    golden_file: Path, running: Any
) -> None:
    async with running(golden_file, size=(80, 24), at="queue") as (app, _):
        await press(app, "f4", "escape", "home", "down", "t")
        written = await last_event(app)
        app.screen.query_one("#submit").focus()
        await press(app, *"Max Fox", "enter")
        assert await last_event(app) == written
        assert "Typed on a button: enter again presses it" in said(app)
        await press(app, "enter")
        assert await last_event(app) == written + 1


async def test_the_undo_of_a_first_letter_stays_in_sight(golden_file: Path, running: Any) -> None:
    """A name in small letters begins with a command like any other: what it did is said, not denied."""
    async with running(golden_file, size=(120, 36), at="queue") as (app, _):
        await press(app, "f4", "escape", "home", "slash", *"is:unclaimed", "enter")
        await press(app, *"carl fox", "enter")
        advice, done = said(app)
        assert advice == f"{done}. A name typed in a list acts on its rows; f2 starts a lead"
        assert done[:7] == "Claimed"
        assert "u undo" in text_of(app)


@pytest.mark.parametrize(
    ("keys", "name"),
    [("xena lee", "Xena Lee"), ("dora", "Dora"), ("ned cox", "Ned Cox"), ("jonas", "Jonas")],
)
async def test_a_text_that_is_the_rest_of_a_name_is_asked_about(
    golden_file: Path, running: Any, keys: str, name: str
) -> None:
    async with running(golden_file, size=(80, 24), at="queue") as (app, _):
        await press(app, "f4", "escape", "home", "down")
        written, there = await last_event(app), app.screen
        await press(app, *keys, "enter")
        assert await last_event(app) == written
        question = " ".join(text_of(app).replace("│", " ").split())
        assert f"Is {name} a customer? f2 starts a lead for {name}. Enter again: " in question
        await press(app, "enter")
        assert await last_event(app) == written + 1, "it was meant"
        assert app.screen is there


async def test_a_name_that_is_typed_on_is_asked_about_again(golden_file: Path, running: Any) -> None:
    async with running(golden_file, size=(80, 24), at="queue") as (app, _):
        await press(app, "f4", "escape", "home", "down")
        written = await last_event(app)
        await press(app, *"dora", "enter", *" kent", "enter")
        assert await last_event(app) == written
        assert "f2 starts a lead for Dora Kent" in text_of(app)
        await press(app, *" will not decide now", "enter")
        assert await last_event(app) == written + 1, "a sentence is none"


async def test_the_name_goes_to_dispatch(golden_file: Path, running: Any) -> None:
    async with running(golden_file, size=(80, 24), at="queue") as (app, _):
        written = await last_event(app)
        await press(app, "f4", "escape", "home", *"xena lee", "enter", "f2")
        customer = app.screen.query_one("#customer", Input)
        assert (app.current_mode, customer.value, customer.has_focus) == ("dispatch", "Xena Lee", True)
        await press(app, "f4", "escape", "home", *"xena ray", "enter", "f2")
        assert customer.value == "Xena Lee"
        assert "A half-typed lead is here: Xena Ray is not entered" in said(app)
        assert await last_event(app) == written


async def test_a_reason_is_not_asked_about(golden_file: Path, running: Any) -> None:
    async with running(golden_file, size=(80, 24), at="queue") as (app, _):
        for number, keys in enumerate(("nill", "xchanged mind"), await last_event(app) + 1):
            await press(app, "f4", "escape", "home", "down", *keys, "enter")
            assert await last_event(app) == number
        await press(app, "home", "down", "n", *"ed", "f9")
        assert await last_event(app) == number + 1, "a key that submits was meant"


@pytest.mark.parametrize("name", ["cleo", "cora", "lydia", "luna", "lynn", "cynthia", "carol"])
async def test_what_goes_on_as_a_name_behind_an_act_does_nothing(
    golden_file: Path, running: Any, name: str
) -> None:
    """Two letters may be two acts, which u undoes; the third would open a form that took the rest."""
    async with running(golden_file, size=(80, 24), at="queue") as (app, _):
        await press(app, "f4", "escape", "home", "down", "down")
        there, written = app.screen, await last_event(app)
        await press(app, *name, "enter")
        assert await last_event(app) <= written + 2
        assert app.screen is there


async def test_acts_in_quick_succession_are_no_name(golden_file: Path, running: Any) -> None:
    async with running(golden_file, size=(80, 24), at="queue") as (app, _):
        await press(app, "f4", "escape", "home", "down")
        for acts in ("cl", "cu", "clc", "lcl", "cjkl"):
            written = await last_event(app)
            await press(app, *acts)
            assert await last_event(app) == written + len(acts.replace("jk", "")), acts


async def test_a_key_pressed_twice_does_not_go_on_to_a_row_that_nobody_has_seen(
    golden_file: Path, running: Any
) -> None:
    async with running(golden_file, size=(80, 24), at="queue") as (app, _):
        await press(app, "f4", "escape", "home", "slash", *"is:unclaimed", "enter")
        written = await last_event(app)
        await press(app, *"mm")
        assert await last_event(app) == written + 1
        assert "left this list; now on" in said(app)[0]
        await press(app, "m")
        assert await last_event(app) == written + 2, "after a pause it goes on"
        await press(app, "down", "c", "down", "c")
        assert await last_event(app) == written + 4, "a row that was chosen"
