"""Modal forms: errors appear inside, input is kept, enter moves on, nothing is done twice."""

from __future__ import annotations

import sqlite3
from pathlib import Path
from typing import Any

import pytest
from rich.text import Text
from textual.app import App
from textual.pilot import Pilot
from textual.widgets import Input, OptionList, Static

from astra_tui.app import AstraApp
from dispatch import queries
from dispatch.desk import event_log
from dispatch.desk.row_types import EventRow
from dispatch.queries.row_types import BookingRow
from screens.dialogs.agent_chooser import PickAgent
from screens.dialogs.form import Field, FormModal
from screens.fields.agent_picker import AgentPicker
from screens.fields.choice import Choice, Pick
from screens.fields.field_line import FieldLine
from screens.fields.preview import Preview
from screens.widgets.live_table import LiveTable
from tests.screens.picture import text_of
from tests.screens.scenes import fill_in, leave, press, said

HOSTILE = "[/] [@click=app.quit]x[/] 🚀 مرحبا 山田"


def problem(app: AstraApp) -> str:
    assert isinstance(app.screen, FormModal)
    told = [line.told for line in app.screen.query(FieldLine) if line.told]
    return "\n".join([*told, str(app.screen.query_one("#problem", Static).visual)]).strip()


async def at_booking(app: AstraApp, number: int) -> None:
    await press(app, "f4")
    table = app.screen.query_one(LiveTable)
    table.move_cursor(row=table.get_row_index(str(number)))
    await app.settle()


BAD_INPUT: list[tuple[int, str, list[tuple[dict[str, str], str]]]] = [
    # booking, key, and the form's message for each input
    (9, "x", [({"reason": "   "}, "Reason is required"), ({"reason": "a\x07"}, "control character")]),
    (9, "d", [({"reason": ""}, "Reason is required")]),
    (9, "r", [({"reason": ""}, "Reason is required")]),
    (9, "n", [({"text": ""}, "Note is required")]),
    (9, "t", [({"outcome": ""}, "Outcome is required")]),
    (2, "s", [({"score": "6"}, "'6' is not a valid score"), ({"score": "five"}, "'five' is not a valid")]),
    (
        9,
        "f",
        [
            (
                {"package": "", "destination_revenue": "1"},
                "Package is required\nPackage revenue is required",
            ),
            (
                {"destination_revenue": "a lot", "package_revenue": "1"},
                "'a lot' is not a trip revenue",
            ),
            ({"destination_revenue": "1.005"}, "'1.005' is not a trip revenue"),
            ({"destination_revenue": "-1"}, "out of range"),
        ],
    ),
    (
        9,
        "e",
        [
            ({"name": ""}, "Customer name is required"),
            ({"name": "x" * 101}, "101 characters"),
            ({"name": "Eve\u202ekcab"}, "control character U+202E"),
            ({"name": "Emil Kovacs", "email": HOSTILE}, "is not an e-mail address"),
            ({"email": "", "phone": "12"}, "is not a phone number"),
        ],
    ),
]
BAD_AGENTS: list[tuple[dict[str, str], str]] = [
    ({"first_name": ""}, "First name is required"),
    ({"first_name": "Nova", "years": "-1"}, "is not a valid number of years"),
    ({"years": "17", "rating": "5.1"}, "is not a valid average rating"),
    ({"rating": "4.43", "email": "nobody"}, "is not an e-mail address"),
    ({"email": "", "department": ""}, "Department is required"),
    ({"department": "Luxury Voyages", "capacity": "many"}, "is not a valid capacity"),
]


async def refuses(app: AstraApp, tries: list[tuple[dict[str, str], str]]) -> None:
    """Fill in bad input, try to submit, and find an error with the input kept."""
    for typed, problem_said in tries:
        await fill_in(app, **typed)
        await press(app, "f9")
        assert problem_said in problem(app), typed
        assert isinstance(app.screen, FormModal)
        kept = app.screen.values()
        assert {name: kept[name] for name in typed} == typed


async def test_bad_input_is_reported_inside_the_form_and_kept(golden_file: Path, running: Any) -> None:
    async with running(golden_file, size=(80, 24)) as (app, _):
        before = await log(app)
        for number, key, tries in BAD_INPUT:
            await at_booking(app, number)
            await press(app, key)
            await refuses(app, tries)
            await leave(app)
        await press(app, "f3", "ctrl+p", *"agent 2", "enter", "e")  # wherever its department comes
        await refuses(app, BAD_AGENTS)
        await press(app, "escape")
        assert problem(app).endswith("Close again to discard what you typed")
        await press(app, "escape")
        await press(app, "a", "f9")
        assert problem(app).split("\n") == [
            f"{label} is required" for label in ("First name", "Last name", "Department", "Job title")
        ]
        assert await log(app) == before  # nothing was written


async def test_the_confirm_form_says_what_each_amount_is_and_adds_them_up(
    golden_file: Path, running: Any
) -> None:
    """Trip revenue stands below Package: newcomers typed the package's price into it."""
    async with running(golden_file, size=(80, 24), at="queue") as (app, _):
        await at_booking(app, 9)
        await press(app, "f")
        assert "the package alone, as 25,000" in text_of(app)
        await press(app, *"25k", "enter")
        assert "Total – = trip 25,000.00 USD + package –" in text_of(app)
        await press(app, *"150000")
        assert "Total 175,000.00 USD = trip 25,000.00 USD + package 150,000.00 USD" in " ".join(
            text_of(app).split()
        )
        await press(app, "escape", "escape")


async def test_no_form_opens_for_what_the_desk_would_refuse_anyway(golden_file: Path, running: Any) -> None:
    async with running(golden_file, size=(80, 24)) as (app, _):
        for number, pressed, refused in (
            (2, "tfxrFd", "Booking 2 is already confirmed\no makes it Pending"),
            (9, "s", "Booking 9 is still open\nonly a finished one has a score"),
            (12, "tfFd", "Booking 12 waits for an agent\nr assigns it"),
        ):
            await at_booking(app, number)
            for key in pressed:
                await press(app, key)
                assert len(app.screen_stack) == 1, (number, key)
                assert said(app)[0] == refused, (number, key)


async def log(app: AstraApp) -> list[EventRow]:
    return await app.backend.read(event_log.events)


async def test_enter_moves_through_the_fields_and_submits_from_the_last(
    golden_file: Path, running: Any
) -> None:
    async with running(golden_file, size=(80, 24), at="queue") as (app, _):
        await at_booking(app, 9)
        await press(app, "f")
        assert app.focused.id == "destination_revenue"
        assert app.screen.values()["package"]  # the only one of Titan is chosen, and costs no key
        await press(app, "tab", *"20", "enter")  # the last field has its value, another one has not
        assert isinstance(app.screen, FormModal)
        assert problem(app) == "Trip revenue is required"
        await press(app, "1")  # the cursor went there
        assert problem(app) == ""
        await press(app, *"00", "enter")
        assert app.focused.id == "package_revenue"
        await press(app, "enter")
        assert (await booking(app, 9))["total_revenue"] == 120


async def test_enter_does_not_leave_a_required_field_that_is_empty(golden_file: Path, running: Any) -> None:
    """Enter meant for a package chosen already left Trip revenue empty: both amounts were swapped."""
    async with running(golden_file, size=(80, 24), at="queue") as (app, _):
        await at_booking(app, 9)
        await press(app, "f", "enter")
        assert app.focused.id == "destination_revenue"
        assert problem(app) == "Trip revenue is required"
        await press(app, *"150k", "enter", "enter")
        assert app.focused.id == "package_revenue"
        assert problem(app) == "Package revenue is required"
        await press(app, *"25,000", "enter")
        row = await booking(app, 9)
        assert (row["destination_revenue"], row["package_revenue"]) == (150_000, 25_000)
        await press(app, "f3", "a", "enter", *"Ida", "enter", "enter")
        assert app.focused.id == "last_name"
        assert problem(app) == "Last name is required"
        await press(app, *"Fox", "enter", "enter")  # the e-mail may be empty
        pick = app.screen.query_one("#department", Pick)
        assert (pick.expanded, problem(app)) == (True, "Department is required")
        await press(app, *"lux", "enter", "enter", *"senior", "enter")
        assert app.focused.id == "languages", "no other field is required"
        await press(app, "shift+tab", "shift+tab", *"9", "tab")
        assert problem(app).startswith("'9' is not a valid skill level")
        await press(app, "shift+tab", "backspace", "tab", "tab", "enter")
        assert not isinstance(app.screen, FormModal)
        assert "Ida Fox" in [row["name"] for row in await app.backend.read(queries.list_agents)]
        await press(app, "escape", "escape", "escape")


async def test_letters_choose_in_the_open_list_of_a_form(golden_file: Path, running: Any) -> None:
    async with running(golden_file, size=(80, 24)) as (app, _):
        app.action_policy("balanced")
        await app.settle()
        await press(app, "down", *"sk")
        assert app.screen.values() == {"policy": "Balanced load"}
        await press(app, "enter")
        assert app.screen.values() == {"policy": "Skill"}
        await press(app, "escape", "f2")
        app.screen.query_one("#destination").focus()
        await press(app, "down", *"ti", "enter", "enter")
        assert app.screen.query_one("#destination", Pick).chosen == "Titan"
        assert app.focused.id == "launch"
        await press(app, "down", *"d3", "question_mark", "equals_sign", "slash", "greater_than_sign")
        assert len(app.screen_stack) == 1
        assert "? more" not in text_of(app), "nor are they offered"
        assert app.screen.query_one("#launch", Pick).expanded, "no other character is a key of the place"


async def test_enter_does_not_leave_a_time_that_cannot_be_read(golden_file: Path, running: Any) -> None:
    async with running(golden_file, size=(80, 24), at="roster") as (app, _):
        await press(app, "f3", "end", "p", *"br", "enter", *"20x")
        wrong = "'20x' is not understood; try 20 (minutes), 2h, 9:00; empty: until changed"
        assert problem(app).startswith(wrong), "what is accepted is said at once"
        assert "empty: until changed" in text_of(app)
        await press(app, "enter")
        assert app.focused.id == "until"
        await press(app, "backspace")
        assert problem(app).startswith("= Wed 4 Mar 2082 "), "the time that the minutes lead to"
        await press(app, "enter")
        assert app.focused.id == "reason"
        await press(app, "escape", "escape")
        await at_booking(app, 9)
        await press(app, "F", *"soon", "enter")
        assert (
            problem(app) == "'soon' is not understood; try tomorrow 09:00, in 2 hours, fri 09:00, in 3 days"
        )
        assert len(app.screen_stack) == 2


async def test_a_contact_shows_the_follow_up_that_stays(golden_file: Path, running: Any) -> None:
    async with running(golden_file, size=(80, 24), at="queue") as (app, _):
        await at_booking(app, 9)
        await press(app, "F", *"tomorrow at nine", "enter")
        at = (await booking(app, 9))["follow_up_at"]
        await press(app, "t")
        assert "Follow-up Thu 5 Mar 2082 09:00: kept unless you type another" in text_of(app)
        await press(app, "n", "f9")
        row = await booking(app, 9)
        assert (row["follow_up_at"], row["last_outcome"]) == (at, "no_answer")


async def test_enter_does_not_pass_over_an_amount_that_cannot_be_read(
    golden_file: Path, running: Any
) -> None:
    """The next amount would land in the wrong field."""
    async with running(golden_file, size=(80, 24), at="queue") as (app, _):
        await at_booking(app, 9)
        await press(app, "f", "l", "enter")
        assert app.focused.id == "destination_revenue"
        assert problem(app).startswith("'l' is not a ")
        await press(app, "backspace", *"150k", "enter", *"25,000", "enter")
        row = await booking(app, 9)
        assert (row["destination_revenue"], row["package_revenue"]) == (150_000, 25_000)


async def booking(app: AstraApp, number: int) -> BookingRow:
    return await app.backend.read(lambda: queries.booking(number))


async def test_a_double_press_acts_once(golden_file: Path, running: Any) -> None:
    async with running(golden_file, size=(80, 24), at="queue") as (app, pilot):
        before = len(await log(app))
        await at_booking(app, 9)
        await pilot.press("n", "n", "n")
        await app.settle()
        assert len(app.screen_stack) == 2
        assert app.screen.values() == {"text": "nn"}
        app.screen.action_submit()
        app.screen.action_submit()
        await app.settle()
        assert [event["command"] for event in await log(app)][:-before] == ["booking.note"]
        for opening, closing in (("w", "enter"), ("w", "escape"), ("x", "escape")):
            await press(app, opening)
            await pilot.press(closing, closing)
            await app.settle()
            await leave(app)
        assert len(app.screen_stack) == 1
        await pilot.click("#queue", offset=(10, 3))
        await app.settle()
        await press(app, "n")
        await fill_in(app, text="by mouse")
        await pilot.click("#submit")
        await app.settle()
        assert (await log(app))[0]["detail"] == {"text": "by mouse"}
        await press(app, "n")
        await pilot.click("#close")
        await app.settle()
        assert len(app.screen_stack) == 1


async def test_hostile_text_is_shown_literally(golden_file: Path, running: Any) -> None:
    async with running(golden_file, size=(120, 36), at="queue") as (app, _):
        await at_booking(app, 9)
        await press(app, "n")
        await fill_in(app, text=HOSTILE)
        await press(app, "f9", "e")
        await fill_in(app, name=HOSTILE, requests=HOSTILE)
        await press(app, "f9")
        assert "[/] [@click=app.quit]x[/]" in text_of(app)
        await press(app, "w", "escape")
        await press(app, "x")
        assert "[/] [@click=app.quit]x[/]" in text_of(app)
        await fill_in(app, reason=HOSTILE)
        await press(app, "f9", "f2", "f5", "f4")
        assert (await booking(app, 9))["cancel_reason"] == HOSTILE
        assert not app._exit


async def test_a_value_no_longer_on_the_list_is_kept(
    golden_file: Path, running: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It was not among the options, so saving another field would have cleared it."""
    connection = sqlite3.connect(golden_file)
    connection.execute("PRAGMA foreign_keys = 0")
    connection.execute("UPDATE space_travel_agents SET department = 'Moon Office' WHERE agent_id = 2")
    connection.commit()
    connection.close()
    async with running(golden_file, size=(80, 24), at="roster") as (app, _):
        await press(app, "f3", "ctrl+p", *"agent 2", "enter", "e")  # wherever its department comes
        assert app.screen.query_one("#department", Pick).chosen == "Moon Office"
        await fill_in(app, years="18")
        await press(app, "f9")
        row = await app.backend.read(lambda: queries.agent(2))
        assert (row["department"], row["years_of_service"]) == ("Moon Office", 18)


def test_a_preview_is_as_high_as_its_form_leaves_room() -> None:
    def room(height: int, *fields: Field) -> int | None:
        preview = Preview(lambda *_: Text())
        form: FormModal[None] = FormModal("Any", fields, lambda *_: None, submit="Go", preview=preview)
        return form._room_of_preview(height)

    one, note = Field("a", "A"), Field("b", "B", note=lambda *_: "")
    assert room(60, one) == 43
    assert room(60, one, note) == 41
    assert room(24, one) is None, "the style sheet knows the low ones"
    assert room(30, *[one] * 8) is None


async def test_the_agent_under_the_cursor_has_no_colours_of_its_own(golden_file: Path, running: Any) -> None:
    """A green bar on the blue of the cursor cannot be seen."""
    async with running(golden_file, size=(80, 24)) as (app, _):
        await press(app, "f5")
        options = app.screen.query_one(OptionList)
        for step in ("down", "down", "up"):
            await press(app, step)
            coloured = [bool(option.prompt.spans) for option in options.options]
            assert coloured == [place != options.highlighted for place in range(len(coloured))]


async def test_agents_are_found_by_name_or_id(golden_file: Path, running: Any) -> None:
    async with running(golden_file, size=(80, 24)) as (app, pilot):
        await press(app, "f5")
        picker = app.screen.query_one(AgentPicker)
        assert picker.value == "2"  # the best rank
        await press(app, "down", "down", "up")
        assert picker.value == "3"
        for typed, value in (("zion", "6"), ("  ZION  inter", "6"), ("4", "4"), ("[/]", "4"), ("nobody", "")):
            picker.query_one(Input).value = typed
            await app.settle()
            assert picker.value == value, typed
        await press(app, "enter")  # there is nothing to choose
        assert app.my_agent_id is None
        picker.query_one(Input).value = "太郎"
        await app.settle()
        await pilot.press("enter", "enter")
        await app.settle()
        assert app.my_agent_id == 3
        assert not isinstance(app.screen, PickAgent)


class Fields(App[None]):
    """The one-line inputs on their own."""

    def compose(self) -> Any:
        yield Choice(("Phone Call", "Text"), id="choice")
        yield FieldLine("From", Pick(("Dallas", "Dubai", "London"), id="pick"), required=True)
        yield Input(id="input")


async def test_nobody_gets_a_booking_by_passing_the_list_of_agents(golden_file: Path, running: Any) -> None:
    """Tab left the first agent of the list chosen."""
    async with running(golden_file, size=(80, 24), at="queue") as (app, _):
        await at_booking(app, 9)
        before = (await booking(app, 9))["agent_id"]
        await press(app, "r", "tab", *"sick", "enter")
        assert (await booking(app, 9))["agent_id"] == before
        assert problem(app) == "Agent is required"
        await press(app, "enter", "enter")
        assert (await booking(app, 9))["agent_id"] != before, "enter in the list takes the one in sight"


async def test_choosing_by_letters_arrows_and_mouse() -> None:
    async with Fields().run_test() as pilot:
        choice, pick = pilot.app.query_one(Choice), pilot.app.query_one(Pick)
        for key, value in (
            ("t", "Text"),
            ("left", "Phone Call"),
            ("right", "Text"),
            ("left", "Phone Call"),
            ("x", "Phone Call"),
        ):
            await pilot.press(key)
            assert choice.value == value, key
        choice.clear()
        assert choice.value == ""
        await pilot.click(choice, offset=(16, 0))
        assert choice.value == "Text"
        await check_pick(pilot, pick)


async def check_pick(pilot: Pilot[None], pick: Pick) -> None:
    pick.focus()
    for key, value in (("d", ""), ("d", "Dallas"), ("d", "Dubai"), ("d", "Dallas")):
        await pilot.press(key)
        assert pick.chosen == value, key
    pilot.app.query_one("#input").focus()
    pick.focus()  # another beginning
    for key, value in (("l", "London"), ("x", "Dallas")):
        await pilot.press(key)
        assert pick.chosen == value, key
    await pilot.press("down", "down", "enter")
    assert pick.chosen == "Dubai"
    assert not pick.expanded
    await pilot.press("space", "down", "escape")
    assert pick.chosen == "Dubai"
    pick.set_names(("Dubai", "Lima"))
    assert pick.chosen == "Dubai"
    pick.set_names(("Lima",))
    assert pick.chosen == ""
    await pilot.press("enter")  # nothing is chosen: the list opens
    assert pick.expanded
    assert pilot.app.query_one(FieldLine).told == "From is required"


async def test_letters_move_the_cursor_of_an_open_list_and_enter_takes_the_name() -> None:
    async with Fields().run_test() as pilot:
        pick = pilot.app.query_one(Pick)
        line = pilot.app.query_one(FieldLine)
        for keys, value, told in (
            ("lo", "London", ""),
            ("d", "Dallas", "⏎ Dallas, du Dubai"),
            ("dd", "Dubai", ""),
            ("du", "Dubai", ""),
            ("lx", "", "No from begins with lx"),
        ):
            pick.clear()
            pick.focus()
            await pilot.press("down", *keys)
            assert (pick.expanded, pick.chosen, line.told) == (True, "", told), keys
            await pilot.press("enter")
            await pilot.pause()
            still_told = "" if value else told
            assert (pick.expanded, pick.chosen, line.told) == (False, value, still_told), keys
            assert pilot.app.focused is pick
        await pilot.press("down", *"du", "backspace", "escape")
        assert (pick.chosen, line.told) == ("", "")


@pytest.mark.parametrize(
    ("options", "value", "kind"),
    [
        (("Reached", "No answer"), "Reached", Choice),
        (("Interplanetary Sales", "Luxury Voyages", "Premium Bookings"), "Luxury Voyages", Pick),
        (("Mars",), "Moon", Choice),
    ],
)
def test_a_field_uses_the_widget_that_fits(options: tuple[str, ...], value: str, kind: type) -> None:
    assert isinstance(Field("x", "X", value, options).widget(), kind)


async def test_a_refusal_leaves_the_forms_usable_and_nothing_changed_just_closes(
    golden_file: Path, running: Any
) -> None:
    """A refused command cleared the desk's lists, and the next form read them in the UI thread."""
    async with running(golden_file, size=(80, 24), at="queue") as (app, _):
        await at_booking(app, 2)
        await press(app, "c", "f3", "home", "down", "e")
        assert isinstance(app.screen, FormModal)
        department = app.screen.values()["department"]
        assert department
        assert department in text_of(app)
        await press(app, "escape")
        await press(app, "a")
        assert isinstance(app.screen, FormModal)
        await leave(app)
        before = len(await log(app))
        await at_booking(app, 2)
        await press(app, "e", "f9", "f3", "home", "down", "e", "f9")
        assert len(app.screen_stack) == 1
        assert len(await log(app)) == before
        app.ask(lambda: queries.booking(999), print)
        await app.settle()
        assert "No booking 999" in text_of(app)


async def test_while_the_desk_is_locked_a_form_waits_and_its_answer_finds_it_below_the_palette(
    golden_file: Path, running: Any
) -> None:
    async with running(golden_file, size=(80, 24), at="queue") as (app, pilot):
        await at_booking(app, 9)
        await press(app, "n", *"late")
        other = sqlite3.connect(golden_file, isolation_level=None)
        other.execute("BEGIN IMMEDIATE")
        try:
            await pilot.press("f9")
            app.screen.action_close()
            assert "waiting for the desk" in problem(app)
            assert app.screen.values() == {"text": "late"}
        finally:
            other.close()
        await app.settle()
        assert len(app.screen_stack) == 1
        assert (await log(app))[0]["detail"]["text"] == "late"
        for text, is_open in (("", True), ("fine", False)):
            await press(app, "n")
            await fill_in(app, text=text)
            other = sqlite3.connect(golden_file, isolation_level=None)
            other.execute("BEGIN IMMEDIATE")
            app.screen.action_submit()
            app.action_command_palette()
            other.close()
            await app.settle()
            await press(app, "escape")
            assert isinstance(app.screen, FormModal) is is_open
            await leave(app)


async def test_the_cursor_begins_at_the_first_field_that_needs_a_key(golden_file: Path, running: Any) -> None:
    async with running(golden_file, size=(80, 24), at="queue") as (app, _):
        await at_booking(app, 9)
        await press(app, "e")
        assert app.focused.id == "name"
        await press(app, "escape")
        await press(app, "f")
        assert app.focused.id == "destination_revenue"  # there is one package


async def test_every_forms_buttons_are_in_sight_and_named_on_the_key_line(
    golden_file: Path, running: Any
) -> None:
    async with running(golden_file, size=(80, 24)) as (app, _):
        for place, keys, act in (
            ("f3", ["a", "f9"], "Add agent"),
            ("f3", ["home", "down", "e"], "Save changes"),
            ("f3", ["home", "down", "p"], "Set presence"),
            ("f3", ["end", "R"], "Hand over work"),
        ):
            await press(app, place, *keys)
            *form_lines, key_line = text_of(app).rstrip("\n").split("\n")
            assert any(act in line and "Cancel" in line for line in form_lines), act
            assert f"f9 {act}" in "\n".join([form_lines[-1], key_line]), act
            await leave(app)
