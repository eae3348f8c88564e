"""The lead form: filled in by keyboard alone, checked, and never losing what was typed."""

from __future__ import annotations

import re
import sqlite3
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from textual import events
from textual.widgets import Static

from astra_tui.app import AstraApp
from dispatch import queries
from dispatch.desk import event_log
from dispatch.desk.desk import Desk
from dispatch.leads import intake
from dispatch.queries.bookings import BookingFilter
from dispatch.queries.row_types import BookingRow
from screens.dialogs.panel import Panel
from screens.dispatch.candidates import WhoGetsIt
from screens.dispatch.lead_form import LeadForm
from screens.dispatch.screen import Dispatch
from screens.fields.field_line import FieldLine
from tests.screens.conftest import NOON
from tests.screens.picture import text_of
from tests.screens.scenes import LEAD, fill_in, press

OTHER = {"method": "Text", "source": "Organic", "destination": "Mars", "launch": "Sydney Stellar Port"}


def notice(app: AstraApp) -> str:
    return str(app.screen.query_one("#notice", Static).visual)


def told(app: AstraApp, field: str) -> str:
    """What is said below a field."""
    return next(line.told for line in app.screen.query(FieldLine) if line.query(f"#{field}"))


def form(app: AstraApp) -> dict[str, str]:
    return app.screen.query_one(LeadForm).values()


async def newest(app: AstraApp, count: int) -> list[BookingRow]:
    return await app.backend.read(lambda: queries.list_bookings(BookingFilter(sort="id"), limit=count))


async def test_leads_typed_ahead_land_in_their_fields(running: Any) -> None:
    """Keys typed faster than the fields changed went into the previous field or place."""
    async with running(size=(80, 24)) as (app, _):
        for name in ("Zoë 1", "[/] x", "2 u c x"):
            await press(app, *name, "enter", "t", "enter", "o", "enter", "m", "enter", "s", "enter", "enter")
        rows = await newest(app, 3)
        assert [row["customer_name"] for row in rows] == ["2 u c x", "[/] x", "Zoë 1"]
        assert {row["launch_location"] for row in rows} == {"Sydney Stellar Port"}
        assert form(app)["name"] == ""
        assert app.focused is not None
        assert app.focused.id == "customer"
        app.post_message(events.Paste("Pasted [/] name"))
        await press(app, "enter", "p")
        assert (form(app)["name"], form(app)["method"]) == ("Pasted [/] name", "Phone Call")


async def test_each_field_is_checked_and_what_was_typed_stays(running: Any) -> None:
    async with running(size=(80, 24)) as (app, _):
        before = await newest(app, 1)
        for field, value, said in (
            ("customer", "", "Customer name is required"),
            ("customer", "x" * 101, "101 characters"),
            ("customer", "bell\x07", "control character"),
            ("phone", "call me", "'call me' is not a phone number"),
            ("email", "kate", "'kate' is not an e-mail address"),
            ("method", "", "Contact is required"),
            ("source", "", "Source is required"),
            ("destination", "", "Destination is required"),
            ("launch", "", "Launch location is required"),
            ("requests", "y" * 10_001, "10,001 characters"),
        ):
            await fill_in(app, **(LEAD | {"phone": "", "email": ""} | {field: value}))
            await press(app, "f9")
            assert said in told(app, field), field
            assert app.focused is not None
            assert app.focused.id == field
            assert form(app) == LeadForm.values(app.screen.query_one(LeadForm))
            assert form(app)["requests"]
        assert await newest(app, 1) == before


async def test_a_refusal_stays_while_others_work(running: Any, other_terminal: Desk) -> None:
    async with running(size=(80, 24)) as (app, _):
        call = app.screen.query_one("#call")
        before = call.outer_size.height
        await fill_in(app, **(LEAD | {"launch": ""}))
        await press(app, "f9")
        assert call.outer_size.height == before, "there was room for one line"
        intake.receive(other_terminal, name="Somebody", **OTHER)
        await app.settle()
        assert "Somebody" in text_of(app)
        assert told(app, "launch") == "Launch location is required"
        await press(app, "s")
        assert told(app, "launch") == ""  # corrected


async def test_the_keys_apply_to_the_last_assigned_lead(running: Any) -> None:
    async with running(size=(80, 24)) as (app, _):
        await press(app, *"Kate", "tab", *"0711 12345", "enter")
        assert app.focused is not None
        assert app.focused.id == "method"
        await press(app, "t", "enter", "o", "enter", "m", "enter", "s", "f9")
        (row,) = await newest(app, 1)
        assert app.screen.chosen()["booking_id"] == row["booking_id"]
        await press(app, "f8")
        assert f"got booking {row['booking_id']} " in text_of(app)
        await press(app, "escape", "ctrl+z", "ctrl+z")
        assert notice(app) == f"Undone: the addition of booking {row['booking_id']} (Kate)"
        assert re.search("Kate .* undone", text_of(app))


async def test_typing_on_after_the_last_field_gives_no_command(running: Any) -> None:
    """A letter on the button did something to the latest booking, and a digit opened another place."""
    async with running(size=(80, 24)) as (app, _):
        await fill_in(app, **LEAD)
        app.screen.query_one("#assign").focus()
        events_before = await app.backend.read(lambda: len(event_log.events(limit=1000)))
        await press(app, *"tucx3")
        assert isinstance(app.screen, Dispatch)
        assert await app.backend.read(lambda: len(event_log.events(limit=1000))) == events_before
        assert "Claim" not in text_of(app)


async def test_the_key_of_dispatch_puts_the_cursor_into_customer(running: Any) -> None:
    async with running(size=(80, 24)) as (app, _):
        await press(app, "tab", "tab", "tab", "t", "enter", "f2", *"Kate")
        assert (form(app)["name"], form(app)["method"]) == ("Kate", "Text")
        await press(app, "tab", *"0711", "f3", "f2", "end", *" Li")
        assert (form(app)["name"], form(app)["phone"]) == ("Kate Li", "0711")
        for key in ("escape", "f9", "ctrl+l"):
            app.screen.query_one("#assign").focus()
            await press(app, *"uxc", key)
            assert app.focused is not None
            assert app.focused.id == ("source" if key == "f9" else "customer"), key


async def test_undo_takes_back_what_was_done_in_this_terminal(running: Any, other_terminal: Desk) -> None:
    """Not what a script has done since under the same name."""
    async with running(size=(80, 24)) as (app, _):
        await press(app, *"Kate", "enter", "t", "enter", "o", "enter", "m", "enter", "s", "f9")
        (row,) = await newest(app, 1)
        other_terminal.actor = app.backend.desk.actor
        intake.receive(other_terminal, name="Somebody", **OTHER)
        await press(app, "ctrl+z", "ctrl+z")
        assert notice(app) == f"Undone: the addition of booking {row['booking_id']} (Kate)"
        await press(app, "ctrl+y", "ctrl+y")
        assert notice(app) == ""
        await press(app, "ctrl+z", "ctrl+z", "ctrl+z")
        assert "Nothing to undo for" in text_of(app)
        assert not (await newest(app, 1))[0]["voided"]


async def test_assigning_twice_is_one_lead_and_keeps_its_agent_shown(running: Any) -> None:
    async with running(size=(80, 24)) as (app, pilot):
        before = (await newest(app, 1))[0]["booking_id"]
        await fill_in(app, **LEAD)
        screen = app.screen
        assert isinstance(screen, Dispatch)
        screen.action_assign()
        screen.action_assign()
        await press(app, "f9", "f9")
        await pilot.click("#assign")
        await app.settle()
        assert (await newest(app, 1))[0]["booking_id"] == before + 1
        assert notice(app) == f"Kate Nguyen → Soren Baker, booking {before + 1}"


async def test_while_the_desk_is_locked_the_lead_waits_and_nothing_typed_is_lost(
    running: Any, demo_file: Path
) -> None:
    async with running(size=(80, 24)) as (app, _):
        await fill_in(app, **LEAD)
        other = sqlite3.connect(demo_file, isolation_level=None)
        other.execute("BEGIN IMMEDIATE")
        screen = app.screen
        assert isinstance(screen, Dispatch)
        screen.action_assign()
        assert notice(app) == "assigning ..."
        assert "claim" not in {active.binding.action for active in screen.active_bindings.values()}
        screen.query_one("#customer").value = "John Doe"  # type: ignore[attr-defined]
        other.close()
        await app.settle()
        assert (await newest(app, 1))[0]["customer_name"] == "Kate Nguyen"
        assert form(app)["name"] == "John Doe"


async def test_new_destinations_are_offered_and_chosen_ones_stay(running: Any, other_terminal: Desk) -> None:
    from dispatch.operations import lists

    async with running(size=(80, 24)) as (app, _):
        await fill_in(app, **LEAD)
        lists.add_value(other_terminal, "destination", "Callisto")
        await app.settle()
        assert form(app)["destination"] == "Mars"
        await fill_in(app, destination="Callisto", phone="+49 (711) 1", email="KATE@example.com")
        await press(app, "f9")
        (row,) = await newest(app, 1)
        assert row["destination"] == "Callisto"
        assert (row["phone"], row["email"]) == ("+497111", "kate@example.com")


async def test_a_lead_is_assigned_with_the_facts_of_its_trip(running: Any) -> None:
    async with running(size=(120, 36)) as (app, _):
        await fill_in(app, **LEAD)
        await press(app, "ctrl+s")
        await fill_in(app, departs="2082-01-05", language="de", budget="25k")
        await press(app, "f9", "f9")
        (row,) = await newest(app, 1)
        assert (row["departs_on"], row["language"], row["budget"]) == ("2082-01-05", "German", 25_000.0)
        assert "The departure 2082-01-05 is in the past" in " ".join(text_of(app).split())
        assert "people" not in text_of(app)


async def test_the_form_offers_the_methods_of_now(running: Any, other_terminal: Desk) -> None:
    from dispatch.operations import lists

    async with running(size=(80, 24)) as (app, _):
        await fill_in(app, **LEAD)
        for name in ("Email", "Pigeon"):
            lists.add_value(other_terminal, "method", name)
        await app.settle()
        assert form(app)["method"] == "Text"
        lists.retire_value(other_terminal, "method", "Text")
        await app.settle()
        assert app.screen.query_one("#method").names == ("Email", "Phone Call", "Pigeon")
        await fill_in(app, method="Email", phone="+497111")
        await press(app, "f9")
        (row,) = await newest(app, 1)
        assert row["method"] == "Email"


async def test_keys_of_the_latest_bookings_work_in_their_list(running: Any) -> None:
    async with running(size=(100, 30)) as (app, pilot):
        await pilot.click("#latest", offset=(5, 3))
        await app.settle()
        row = app.screen.chosen()
        await press(app, "n", *"ok", "enter")
        (event,) = await app.backend.read(lambda: event_log.events(limit=1))
        assert (event["command"], event["booking_id"]) == ("booking.note", row["booking_id"])


KEYS_OF_LEADS = (
    # what is typed after the name, and the fields that must then be filled
    ("a text", ["enter", "t", "enter", "o", "enter", "m", "enter", "s", "enter", "enter"], ""),
    (
        "a call",
        ["enter", "p", "enter", *"0711", "enter", "o", "enter", "m", "enter", "s", "enter", "enter"],
        "0711",
    ),
    ("a call without a number", ["enter", "p", *["enter"] * 2, "o", "enter", "m", "enter", "s", "f9"], ""),
    ("typed on", ["enter", "p", "enter", "o", "enter", "m", "enter", "s", "enter", "enter"], ""),
)


async def test_enter_asks_for_the_number_of_a_call_and_the_last_field_assigns(running: Any) -> None:
    async with running(size=(80, 24)) as (app, _):
        for name, keys, phone in KEYS_OF_LEADS:
            await press(app, "f2", *name, *keys)
            (row,) = await newest(app, 1)
            assert (row["customer_name"], row["phone"] or "", row["source"]) == (name, phone, "Organic")
            assert app.focused is not None
            assert app.focused.id == "customer"


async def test_a_call_without_a_number_is_warned_about_once(running: Any) -> None:
    async with running(size=(80, 24)) as (app, _):
        await press(app, *"Kate", "enter", "p", "enter")
        assert told(app, "phone") == "Number to call? enter skips it"
        await press(app, "enter")
        assert told(app, "phone") == "Contact is Phone Call, but no number"
        assert app.focused is not None
        assert app.focused.id == "source"
        await fill_in(app, phone="0711 12")
        assert told(app, "phone") == "Stored as 071112"


async def test_no_field_is_out_of_sight_while_a_number_is_asked_for(running: Any) -> None:
    """The question takes two lines at this size, and Wishes went under the button."""
    async with running(size=(80, 24)) as (app, _):
        fields = app.screen.query_one("#lead-fields")
        for keys in (["Kate", "enter", "p", "enter"], ["enter"]):
            await press(app, *(each for key in keys for each in (key if key == "Kate" else [key])))
            assert told(app, "phone") in (
                "Number to call? enter skips it",
                "Contact is Phone Call, but no number",
            )
            for line in app.screen.query(FieldLine):
                assert fields.region.contains_region(line.region), line.label
            assert (
                app.screen.query_one("#assign").region.bottom <= app.screen.query_one("#call").region.bottom
            )
            assert "Wishes" in text_of(app)
        app.screen.query_one("#destination").focus()
        await press(app, *"moon")
        await press(app, "tab")
        assert all(fields.region.contains_region(line.region) for line in app.screen.query(FieldLine))
        assert text_of(app).index("begins with") < text_of(app).index("Wishes")
        await press(app, "ctrl+l")
        assert app.screen.query_one("#call").outer_size.height == 13


async def test_all_that_is_wrong_is_said_at_once_below_the_fields(running: Any) -> None:
    async with running(size=(80, 24)) as (app, _):
        await fill_in(app, email="kate")
        await press(app, "f9")
        wrong = [line.label for line in app.screen.query(FieldLine) if line.told]
        assert wrong == ["Customer", "E-mail", "Contact", "Source", "To", "From"]
        assert app.screen.query_one("#assign").region.bottom <= app.screen.query_one("#call").region.bottom
        told = "\n".join(line.told for line in app.screen.query(FieldLine))
        for said in ("Customer name", "Contact", "Source", "Destination", "Launch location"):
            assert f"{said} is required" in told
        assert "Assign" in text_of(app)  # the button is still to be seen
        assert app.focused is not None
        assert app.focused.id == "customer"


async def test_the_call_bar_tells_who_is_next_and_what_is_known(golden_file: Path, running: Any) -> None:
    for size in [(80, 24), (120, 36)]:
        async with running(golden_file, size=size) as (app, _):
            await press(app, *"kate_nguyen".replace("_", " "))
            shown = text_of(app)
            first = app.screen.query_one(WhoGetsIt).table.rows_shown[0]
            assert first["name"] in shown
            assert "Kate Nguyen has been here before" in shown
            assert "f9 asks: same customer?" in shown
            assert "This hour " in shown
            assert ("▁▁▁" in shown) is (size[0] == 120)
            assert ("then " in shown) is (size[0] == 80)


async def test_the_latest_leads_have_an_age_that_follows_the_clock(running: Any, demo_file: Path) -> None:
    now = [NOON]
    async with running(demo_file, size=(80, 24), clock=lambda: now[0]) as (app, _):
        await fill_in(app, **LEAD)
        await press(app, "f9")
        assert re.search(r" 0s +\d+ +Kate Nguyen .*[○◐]", text_of(app))
        counted = str(app.screen.query_one("#arrivals", Static).visual)
        assert counted.startswith("This hour 1 · today ")
        now[0] += timedelta(seconds=42)
        app.screen.look_at_clock()
        await app.settle()
        assert re.search(r" 42s +\d+ +Kate Nguyen .*[○◐]", text_of(app))


async def test_the_match_score_is_listed_only_where_it_counts(running: Any, other_terminal: Desk) -> None:
    from dispatch.operations import configuration

    async with running(size=(160, 40)) as (app, _):
        await fill_in(app, **LEAD)
        assert "Match" not in text_of(app)
        await press(app, "f3")
        assert "Match" not in text_of(app)
        configuration.set_value(other_terminal, "policy", "match")
        await app.settle()
        assert "Match" in text_of(app)
        await press(app, "f2")
        assert "Match" in text_of(app)


async def test_escape_and_the_key_of_dispatch_lead_to_customer(running: Any) -> None:
    async with running(size=(80, 24)) as (app, _):
        for way in (["escape"], ["f2"], ["ctrl+l"]):
            await press(app, *"Kate", "enter", "t", "enter", "o", "enter", *way)
            assert app.focused is not None
            assert app.focused.id == "customer", way


async def test_why_right_behind_assign_is_about_the_lead_just_given(
    golden_file: Path, running: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The list of the latest bookings is read again after a command; here that answer is still to come."""
    async with running(golden_file, size=(120, 36)) as (app, _):
        await press(app, "f2")
        await fill_in(app, **LEAD | {"customer": "Xenia Quill"})
        (before,) = await newest(app, 1)
        monkeypatch.setattr(app.place, "reload", lambda *_, **__: None)
        await press(app, "f9", "f8")
        assert isinstance(app.screen, Panel)
        assert app.screen.heading.endswith(f"got booking {before['booking_id'] + 1}")
        await press(app, "escape")
        assert app.place.chosen()["booking_id"] == before["booking_id"] + 1
