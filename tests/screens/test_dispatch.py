"""The lead form: filled in by keyboard alone, checked, and never losing what was typed."""

from __future__ import annotations

import sqlite3
from pathlib import Path
from typing import Any

from textual import events
from textual.widgets import Static

from astra_tui.app import AstraApp
from dispatch import queries
from dispatch.desk import event_log
from dispatch.desk.desk import Desk
from dispatch.leads import intake
from dispatch.queries.bookings import BookingFilter
from dispatch.queries.row_types import BookingRow
from screens.dispatch.lead_form import LeadForm
from screens.dispatch.screen import Dispatch
from tests.screens.picture import text_of
from tests.screens.scenes import LEAD, fill_in, press

OTHER = {"method": "Text", "source": "Organic", "destination": "Mars", "launch": "Sydney Stellar Port"}


def notice(app: AstraApp) -> str:
    return str(app.screen.query_one("#notice", Static).visual)


def form(app: AstraApp) -> dict[str, str]:
    return app.screen.query_one(LeadForm).values()


async def newest(app: AstraApp, count: int) -> list[BookingRow]:
    return await app.backend.read(lambda: queries.list_bookings(BookingFilter(sort="id"), limit=count))


async def test_leads_typed_ahead_land_in_their_fields(running: Any) -> None:
    """Keys typed faster than the fields changed went into the previous field or place."""
    async with running(size=(80, 24)) as (app, _):
        for name in ("Zoë 1", "[/] x", "2 u c x"):
            await press(app, *name, "enter", "t", "enter", "o", "enter", "m", "enter", "s", *["enter"] * 3)
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
            ("customer", "", "the customer name is empty"),
            ("customer", "x" * 101, "101 characters"),
            ("customer", "bell\x07", "control character"),
            ("phone", "call me", "'call me' is not a telephone number"),
            ("email", "kate", "'kate' is not an e-mail address"),
            ("method", "", "the contact method is missing"),
            ("source", "", "the lead source is missing"),
            ("destination", "", "the destination is missing"),
            ("launch", "", "the launch location is missing"),
            ("requests", "y" * 10_001, "10001 characters"),
        ):
            await fill_in(app, **(LEAD | {"phone": "", "email": ""} | {field: value}))
            await press(app, "f9")
            assert said in notice(app), field
            assert app.focused is not None
            assert app.focused.id == field
            assert form(app) == LeadForm.values(app.screen.query_one(LeadForm))
            assert form(app)["requests"]
        assert await newest(app, 1) == before


async def test_a_refusal_stays_while_others_work(running: Any, other_terminal: Desk) -> None:
    async with running(size=(80, 24)) as (app, _):
        await fill_in(app, **(LEAD | {"launch": ""}))
        await press(app, "f9")
        intake.receive(other_terminal, name="Somebody", **OTHER)
        await app.settle()
        assert "Somebody" in text_of(app)
        assert "the launch location is missing" in notice(app)
        await press(app, "s")
        assert notice(app) == ""  # corrected


async def test_the_keys_apply_to_the_last_assigned_lead(running: Any) -> None:
    async with running(size=(80, 24)) as (app, _):
        await press(app, *"Kate", "tab", *"0711 12345", "enter")
        assert app.focused is not None
        assert app.focused.id == "method"
        await press(app, "t", "enter", "o", "enter", "m", "enter", "s", "f9")
        (row,) = await newest(app, 1)
        assert app.screen.chosen()["booking_id"] == row["booking_id"]
        await press(app, "f8")
        assert f"Why booking {row['booking_id']} " in text_of(app)
        await press(app, "escape", "ctrl+z")
        assert notice(app) == f"Undone: lead {row['booking_id']} (Kate) removed"
        assert "Kate              undone" in text_of(app)


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
        await press(app, "enter", "t", "enter", "f2", *"Kate")
        assert (form(app)["name"], form(app)["method"]) == ("Kate", "Text")
        await press(app, "tab", *"0711", "f3", "f2", *" Li")
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
        await press(app, "ctrl+z")
        assert notice(app) == f"Undone: lead {row['booking_id']} (Kate) removed"
        await press(app, "ctrl+z")
        assert "has done nothing here that can be undone" in text_of(app)
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
    from dispatch.operations import configuration

    async with running(size=(80, 24)) as (app, _):
        await fill_in(app, **LEAD)
        configuration.add_value(other_terminal, "destination", "Callisto")
        await app.settle()
        assert form(app)["destination"] == "Mars"
        await fill_in(app, destination="Callisto", phone="+49 (711) 1", email="KATE@example.com")
        await press(app, "f9")
        (row,) = await newest(app, 1)
        assert row["destination"] == "Callisto"
        assert (row["phone"], row["email"]) == ("+497111", "kate@example.com")


async def test_keys_of_the_latest_bookings_work_in_their_list(running: Any) -> None:
    async with running(size=(100, 30)) as (app, pilot):
        await pilot.click("#latest", offset=(5, 3))
        await app.settle()
        row = app.screen.chosen()
        await press(app, "n", *"ok", "enter")
        (event,) = await app.backend.read(lambda: event_log.events(limit=1))
        assert (event["command"], event["booking_id"]) == ("booking.note", row["booking_id"])
