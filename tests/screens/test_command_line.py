"""The command line: opened from anywhere, what it shows before enter, and what is kept."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from textual import events
from textual.widgets import Input, Static

from astra_tui.app import AstraApp
from astra_tui.user.preferences import Preferences
from dispatch import queries
from dispatch.desk import event_log
from dispatch.service.issues import queries as issue_queries
from screens.dialogs.form import FormModal
from screens.shell.command_line import CommandLine
from tests.screens.picture import text_of
from tests.screens.scenes import press

SIZE = (100, 30)


async def booking(app: AstraApp, number: int) -> Any:
    return await app.backend.read(lambda: queries.booking(number))


async def last_event(app: AstraApp) -> Any:
    return (await app.backend.read(lambda: event_log.events(limit=1)))[0]


def told(app: AstraApp) -> str:
    return str(app.screen.query_one("#says", Static).visual)


def typed(app: AstraApp) -> str:
    return app.screen.query_one("#typed", Input).value


async def line(app: AstraApp, text: str, *more: str) -> None:
    await press(app, "ctrl+g", *keys_of(text), *more)


def keys_of(text: str) -> list[str]:
    return ["space" if one == " " else one for one in text]


@pytest.mark.parametrize("place", ["f2", "f3", "f4", "f5", "f6", "f7", "h"])
async def test_a_booking_is_claimed_in_six_keys_from_anywhere(
    golden_file: Path, running: Any, place: str
) -> None:
    async with running(golden_file, size=SIZE) as (app, _):
        row = await app.backend.read(
            lambda: queries.list_bookings(queries.BookingFilter(status="Pending", unclaimed=True), 1)[0]
        )
        number = row["booking_id"]
        app.my_agent_id = 1
        await press(app, *(("f4", place) if place == "h" else (place,)))
        await press(app, "ctrl+g", "c", *str(number), "enter")
        assert (await booking(app, number))["claimed_at"]
        assert not isinstance(app.screen, CommandLine)
        await press(app, "ctrl+z", "ctrl+z")  # it is asked about: what waited was given out with it
        assert (await booking(app, number))["claimed_at"] is None


async def test_the_consequence_is_shown_before_anything_is_done(golden_file: Path, running: Any) -> None:
    async with running(golden_file, size=SIZE, at="queue") as (app, _):
        event = await last_event(app)
        row = await booking(app, 12)
        await press(app, "f4", "colon")
        await press(app, *keys_of("n 12 called twice"))
        assert told(app) == f"⏎ Note on 12 ({row['customer_name']}, {row['destination']}): called twice"
        assert await last_event(app) == event
        await press(app, "escape")
        assert app.screen is app.place
        assert await last_event(app) == event


async def test_a_refusal_is_shown_in_place_and_the_text_is_kept(golden_file: Path, running: Any) -> None:
    async with running(golden_file, size=SIZE) as (app, _):
        await line(app, "c99999", "enter")
        assert isinstance(app.screen, CommandLine)
        assert told(app) == "Not done: No booking 99999: f4 shows them"
        assert typed(app) == "c99999"
        await press(app, *["backspace"] * 6, *"clam", "space", "1")
        assert "did you mean claim?" in told(app)
        await press(app, *["backspace"] * 6, *keys_of('n 12 "open'))
        assert told(app).startswith('Unclosed quote "')
        await press(app, "enter")
        assert typed(app) == 'n 12 "open'
        assert told(app).startswith("Not done: Unclosed quote")


async def test_its_key_leaves_an_open_line_open(golden_file: Path, running: Any) -> None:
    async with running(golden_file, size=SIZE, at="queue") as (app, _):
        event = await last_event(app)
        await press(app, "f4", "escape", "home", "ctrl+g", "ctrl+g", *keys_of("n 12 called"))
        assert isinstance(app.screen, CommandLine)
        assert typed(app) == "n 12 called"
        await press(app, "ctrl+g", *keys_of(":n 9 hello"), "enter")
        found = await last_event(app)
        assert (found["booking_id"], found["event_id"]) == (9, event["event_id"] + 1)
        assert app.screen is app.place


@pytest.mark.parametrize("back", ["escape", "enter", "ctrl+g"])
async def test_behind_its_help_the_line_is_open_and_empty(golden_file: Path, running: Any, back: str) -> None:
    async with running(golden_file, size=SIZE, at="queue") as (app, _):
        await press(app, "f4", "colon", *"help", "enter")
        assert app.screen.heading == "Command line"
        await press(app, back, *keys_of("n 9 hello"))
        assert isinstance(app.screen, CommandLine)
        assert typed(app) == "n 9 hello"
        await press(app, "enter")
        assert (await last_event(app))["booking_id"] == 9


async def test_an_ambiguous_name_lists_who(golden_file: Path, running: Any) -> None:
    async with running(golden_file, size=SIZE) as (app, _):
        await line(app, "c 12 s")
        assert "can be" in told(app)
        assert "type more of the name, or a number" in told(app)


async def test_it_opens_over_a_half_filled_form_which_stays_as_it_is(golden_file: Path, running: Any) -> None:
    async with running(golden_file, size=SIZE, at="queue") as (app, _):
        await press(app, "f4", "x", *"half a rea")
        form = app.screen
        assert isinstance(form, FormModal)
        await line(app, "n 12 called twice", "enter")
        assert app.screen is form
        assert form.values() == {"reason": "half a rea"}
        assert (await last_event(app))["command"] == "booking.note"
        await press(app, *"son")
        assert form.values() == {"reason": "half a reason"}
        await line(app, "12", "enter")
        assert isinstance(app.screen, CommandLine), "a form is not left for a jump"
        assert told(app).startswith("Close the open form first")
        await press(app, "escape")
        assert app.screen is form


async def test_it_opens_from_a_field_and_a_colon_there_is_text(golden_file: Path, running: Any) -> None:
    async with running(golden_file, size=SIZE) as (app, _):
        await press(app, "f2", *"Ann", "colon", ".")
        assert app.screen.query_one("#customer", Input).value == "Ann:."
        await line(app, "n 12 x", "enter")
        assert app.screen.query_one("#customer", Input).value == "Ann:."
        assert (await last_event(app))["command"] == "booking.note"


async def test_it_goes_to_bookings_issues_and_agents(golden_file: Path, running: Any) -> None:
    async with running(golden_file, size=SIZE) as (app, _):
        await line(app, "12", "enter")
        assert (app.place.NAME, app.place.chosen()["booking_id"]) == ("queue", 12)
        number = await app.backend.read(
            lambda: issue_queries.issues(app.backend.desk, issue_queries.IssueFilter(statuses=()), 1)[0][
                "issue_id"
            ]
        )
        await line(app, f"issue {number}", "enter")
        assert (app.place.NAME, app.place.chosen()["issue_id"]) == ("service", number)
        people = await app.backend.read(queries.list_agents)
        someone = people[-1]
        await line(app, someone["name"].lower(), "enter")
        assert (app.place.NAME, app.place.chosen()["agent_id"]) == ("roster", someone["agent_id"])


async def test_what_holds_no_text_is_closed_for_a_jump(golden_file: Path, running: Any) -> None:
    async with running(golden_file, size=SIZE, at="roster") as (app, _):
        await press(app, "f3", "f1")
        await line(app, "12", "enter")
        assert app.screen is app.place
        assert (app.place.NAME, app.place.chosen()["booking_id"]) == ("queue", 12)


async def test_tab_completes_and_turns_through_what_fits(golden_file: Path, running: Any) -> None:
    async with running(golden_file, size=SIZE) as (app, _):
        await line(app, "reass", "tab")
        assert typed(app) == "r "
        await press(app, "1", "2", "space")
        people = await app.backend.read(queries.list_agents)
        numbers = sorted(row["agent_id"] for row in people)
        await press(app, "tab")
        assert typed(app) == f"r 12 {numbers[0]} "
        await press(app, "tab")
        assert typed(app) == f"r 12 {numbers[1]} "
        await press(app, "shift+tab")
        assert typed(app) == f"r 12 {numbers[0]} "
        await press(app, *"sick")
        assert typed(app) == f"r 12 {numbers[0]} sick"


async def test_earlier_lines_come_back_and_what_was_written_is_not_remembered(
    golden_file: Path, running: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    state = tmp_path / "state"
    monkeypatch.setenv("XDG_STATE_HOME", str(state))
    async with running(golden_file, size=SIZE, preferences=Preferences()) as (app, _):
        await line(app, "n 12 very private", "enter")
        await line(app, "12", "enter")
        await line(app, "half", "up")
        assert typed(app) == "12"
        await press(app, "up")
        assert typed(app) == "n 12 very private"
        await press(app, "up")
        assert typed(app) == "n 12 very private"
        await press(app, "down", "down")
        assert typed(app) == "half"
        await app.settle()
    async with running(golden_file, size=SIZE, preferences=Preferences()) as (app, _):
        await line(app, "", "up", "up")
        assert typed(app) == "n 12"
    kept = "".join(file.read_text(errors="replace") for file in state.rglob("*") if file.is_file())
    assert "private" not in kept


async def test_the_dot_repeats_the_last_command_for_the_row_under_the_cursor(
    golden_file: Path, running: Any
) -> None:
    async with running(golden_file, size=SIZE, at="queue") as (app, _):
        await press(app, "f4", ".")
        event = await last_event(app)
        await line(app, "n 12 call back", "enter")
        await press(app, "down")
        number = app.place.chosen()["booking_id"]
        assert number != 12
        await press(app, ".")
        found = await last_event(app)
        assert (found["booking_id"], found["detail"]["text"]) == (number, "call back")
        assert found["event_id"] == event["event_id"] + 2
        await press(app, "f6", ".")
        assert await last_event(app) == found, "it is for bookings"


async def test_what_cannot_be_undone_is_shown_before_it_is_repeated(golden_file: Path, running: Any) -> None:
    async with running(golden_file, size=SIZE, at="service") as (app, _):
        await press(app, "f6")
        number = app.place.chosen()["issue_id"]
        await line(app, f"in {number} seen", "enter")
        found = await last_event(app)
        assert found["command"] == "issue.note"
        await press(app, ".")
        assert isinstance(app.screen, CommandLine)
        assert typed(app) == f"in {number} seen"
        assert told(app).endswith("cannot be undone")
        assert await last_event(app) == found


async def test_a_paste_of_several_lines_becomes_one_and_runs_nothing(golden_file: Path, running: Any) -> None:
    async with running(golden_file, size=SIZE, at="queue") as (app, _):
        event = await last_event(app)
        await press(app, "f4", "colon")
        app.post_message(events.Paste("n 12 [/b]\n\x1b[2J c13\n"))
        await app.settle()
        assert isinstance(app.screen, CommandLine)
        assert "\n" not in typed(app)
        assert await last_event(app) == event


async def test_a_consequence_names_the_time_it_lasts_and_keeps_its_end(
    golden_file: Path, running: Any
) -> None:
    """A break of 15 did not say until when; behind a long note nobody saw that it cannot be undone."""
    async with running(golden_file, size=(80, 24)) as (app, _):
        await line(app, "p 6 break 15")
        assert told(app) == "⏎ Zion Parker: break until 12:15"
        await press(app, *["backspace"] * 12, *"in 1 ")
        app.post_message(events.Paste("she asks for a window seat " * 40))
        await app.settle()
        assert told(app).endswith("… · cannot be undone")
        shown = text_of(app).splitlines()
        assert "cannot be undone" in " ".join(" ".join(shown[-7:]).split()), shown


async def test_help_lists_the_verbs(golden_file: Path, running: Any) -> None:
    async with running(golden_file, size=(100, 60)) as (app, _):
        await line(app, "help", "enter")
        said = text_of(app)
        assert "r  booking reassign BOOKING AGENT REASON" in said
        assert "i!  issue escalate ISSUE REASON" in said


@pytest.mark.parametrize("size", [(60, 15), (80, 24), (200, 60)])
async def test_it_fits_every_terminal(golden_file: Path, running: Any, size: tuple[int, int]) -> None:
    async with running(golden_file, size=size) as (app, _):
        await line(app, "r 12 ")
        assert ":r 12" in text_of(app)
        assert "missing: agent, reason" in " ".join(text_of(app).split())
