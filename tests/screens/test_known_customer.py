"""Possible existing customers: shown while typing, and asked about before a second booking."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from textual.widgets import DataTable, Static

from astra_tui.app import AstraApp
from dispatch import customers
from dispatch.desk import event_log
from screens.bookings.queue import Queue
from screens.customers.card import CustomerCard
from screens.dispatch.candidates import WhoGetsIt
from screens.dispatch.duplicate_question import KnownCustomer
from screens.dispatch.known_card import NOBODY_KNOWN, Known, KnownCard, look_for
from screens.dispatch.screen import Dispatch
from screens.widgets.live_table import LiveTable
from tests.screens.picture import text_of
from tests.screens.scenes import LEAD, fill_in, press
from tests.screens.test_dispatch import form, newest, notice, told

OPEN = "Kate Nguyen has been here before: 1 Mars"


def known(app: AstraApp) -> str:
    """The card of the customer: its heading, and what is known."""
    card = app.screen.query_one(KnownCard)
    heading, text = str(card.border_title), str(card.text.visual)
    return "" if text == NOBODY_KNOWN else f"{heading}: {text}"


async def owner(app: AstraApp) -> tuple[int, int]:
    """The newest booking and its customer."""
    (row,) = await newest(app, 1)
    return row["booking_id"], row["customer_id"]


async def test_a_number_on_file_is_not_missed(golden_file: Path, running: Any) -> None:
    async with running(golden_file, size=(80, 24)) as (app, _):
        await app.backend.run(lambda desk: customers.edit(desk, 9, phone="+49 711 123456"))
        for name, said in (
            ("Emil Kovacs", "On file: +49711123456"),
            ("Emil Kovac", "Contact is Text, but no number"),
        ):
            await press(app, *name, "enter", "t", "enter", "enter")
            assert told(app, "phone") == said
            await press(app, "ctrl+l")


async def test_possible_customers_are_shown_while_typing(golden_file: Path, running: Any) -> None:
    async with running(golden_file, size=(80, 24)) as (app, _):
        await app.backend.run(lambda desk: customers.edit(desk, 9, phone="+49 711 123456", email="e@k.com"))
        for name, phone, email, said in (
            ("KATE nguye", "", "", "Is it Kate Nguyen?: 1 Mars"),
            ("KATE nguyen", "", "", OPEN),
            ("KATE", "", "", "Is it Kate Nguyen?: 1 Mars"),
            ("ka", "", "", ""),
            ("nguyen", "", "", ""),
            ("joao Muller-Ødegård", "", "", "João Müller-Ødegård has been here before: 2 "),
            ("ka ng", "", "", "Is it Kate Nguyen?: 1 Mars"),
            ("nguyen k", "", "", "Is it Kate Nguyen?: 1 Mars"),
            ("Somebody", "+49 711 1", "", ""),
            ("Somebody", "0711 123456", "", "Is it Emil Kovacs?: 9 Mars"),
            ("Somebody", "+49 711 123456", "", "Emil Kovacs has been here before (same phone): 9 Mars"),
            ("", "", "E@k.com", "Emil Kovacs has been here before (same e-mail): 9 Mars"),
            ("", "", "", ""),
        ):
            await fill_in(app, customer=name, phone=phone, email=email)
            assert known(app)[: len(said) or None] == said, (name, phone, email)
        await fill_in(app, customer="Kate Nguyen")
        screen = app.screen
        assert isinstance(screen, Dispatch)
        screen._show_known(Known(("Kate Nguye", "", "")))  # a late answer
        assert known(app).startswith(OPEN)
        assert known(app).endswith("f9 asks: same customer?")
        await fill_in(app, customer="João Müller-Ødegård")
        assert "asks" not in known(app)  # nothing is open


@pytest.mark.parametrize(("size", "shown"), [((200, 60), 6), ((120, 36), 4)])
async def test_a_high_card_has_more_of_the_last_bookings(
    golden_file: Path, running: Any, size: tuple[int, int], shown: int
) -> None:
    async with running(golden_file, size=size) as (app, _):
        await fill_in(app, customer="Kate Nguyen")
        screen, bookings = app.screen, await newest(app, 6)
        assert isinstance(screen, Dispatch)
        found = await app.backend.read(lambda: look_for(("Kate Nguyen", "", "")))
        screen._show_known(found._replace(bookings=bookings))
        assert [f"{row['booking_id']} " in known(app) for row in bookings].count(True) == shown
        assert known(app).endswith("f9 asks: same customer?")


async def test_fields_are_checked_while_typing(golden_file: Path, running: Any) -> None:
    async with running(golden_file, size=(80, 24)) as (app, _):
        for field, typed, said in (
            ("phone", "+49 7", ""),
            ("phone", "+49 7x", "'+49 7x' is not a phone number: 4-20 digits"),
            ("phone", "+49 711", ""),
            ("email", "kate", ""),
            ("email", "kate n", "'kate n' is not an e-mail address: like name@exa"),
            ("email", "kate@", ""),
        ):
            app.screen.query_one(f"#{field}").focus()
            await fill_in(app, **{field: typed})
            assert told(app, field)[: len(said) or None] == said, typed
        await press(app, "enter")  # on to the next field: now it has to be an address
        assert told(app, "email").startswith("'kate@' is not an e-mail address")
        await fill_in(app, email="")
        assert told(app, "email") == ""
        await fill_in(app, **LEAD, phone="12")
        await press(app, "f9")
        assert app.focused is not None
        assert app.focused.id == "phone"


async def test_an_open_booking_of_the_same_name_is_asked_about(golden_file: Path, running: Any) -> None:
    async with running(golden_file, size=(80, 24)) as (app, pilot):
        await fill_in(app, **LEAD, phone="0800 4711")
        await press(app, "f9", "f9", *"Sam", "enter", "f9", "ctrl+z")
        assert isinstance(app.screen, KnownCustomer)  # keys typed too fast decide nothing
        assert len(app.screen_stack) == 2
        assert "1 uses the selected customer" in text_of(app)
        assert "Mars from Dallas-Fort Worth Launch Complex, Soren Baker" in text_of(app)
        assert (await newest(app, 1))[0]["booking_id"] == 12
        await press(app, "escape")
        assert notice(app) == "Not assigned yet"
        assert known(app).startswith(OPEN)
        assert form(app)["phone"] == "0800 4711"
        await press(app, "f9", "2")
        assert isinstance(app.screen, CustomerCard)
        chosen = app.screen.query_one(LiveTable).current
        assert chosen is not None
        assert chosen["booking_id"] == 1
        await press(app, "escape")
        assert form(app)["name"] == "Kate Nguyen"
        await press(app, "f9")
        modal = app.screen
        assert isinstance(modal, KnownCustomer)
        modal.action_add_as_new()
        modal.action_same()  # the second press comes too late
        await app.settle()
        assert await owner(app) == (13, 13)
        assert notice(app).startswith("Kate Nguyen → ")
        assert form(app)["name"] == ""
        await by_mouse(app, pilot)


async def by_mouse(app: AstraApp, pilot: Any) -> None:
    await fill_in(app, **LEAD)
    await press(app, "f9", "down")
    assert app.screen.query_one(DataTable).row_count == 2
    await pilot.click("#same")
    await app.settle()
    assert await owner(app) == (14, 1)


async def test_many_of_one_first_name_are_counted_and_a_few_are_offered(
    golden_file: Path, running: Any
) -> None:
    """A first name alone showed nothing."""
    async with running(golden_file, size=(120, 36)) as (app, _):
        for number, name in ((2, "Lucia Silva"), (3, "Lucia Rossi"), (4, "Lucia Ek")):
            await app.backend.run(lambda desk, who=number, name=name: customers.edit(desk, who, name=name))
        await press(app, *"luc")
        assert known(app).startswith("Is it Lucia ")
        assert known(app).count("\nor Lucia ") == 2
        await app.backend.run(lambda desk: customers.edit(desk, 5, name="Lucia Ito"))
        await press(app, *"ia")
        assert known(app) == "Customer: 4 customers named Lucia: keep typing, or ^f finds one"
        await app.backend.run(lambda desk: customers.edit(desk, 6, name="Lucian Moe"))
        await press(app, "backspace")
        assert known(app).startswith("Customer: 5 customers whose name begins with luci:")
        assert "keep typing, or ^f finds one" in text_of(app)
        await press(app, *"a silv")
        assert known(app).startswith("Is it Lucia Silva?")


async def test_the_same_person_has_the_name_on_file(golden_file: Path, running: Any) -> None:
    async with running(golden_file, size=(80, 24)) as (app, _):
        await fill_in(app, **LEAD | {"customer": "kate nguyen"})
        await press(app, "f9", "1")
        (row,) = await newest(app, 1)
        assert (row["customer_name"], row["customer_id"]) == ("Kate Nguyen", 1)
        assert notice(app).startswith("Kate Nguyen → ")
        assert form(app)["name"] == ""


async def test_only_customers_with_an_open_booking_are_asked_about(golden_file: Path, running: Any) -> None:
    async with running(golden_file, size=(80, 24)) as (app, _):
        for number, name in ((13, "João Müller-Ødegård"), (14, "Kate Nguyem"), (15, "Nobody known")):
            await fill_in(app, **(LEAD | {"customer": name}))
            await press(app, "f9")
            assert await owner(app) == (number, number), name
        await app.backend.run(lambda desk: customers.edit(desk, 2, name="Kate Ito", phone="4711"))
        await fill_in(app, **(LEAD | {"customer": "Kate Nguyen", "phone": "4711"}))
        await press(app, "f9")  # the number identifies the customer, who has no open booking
        assert await owner(app) == (16, 2)
        await fill_in(app, **(LEAD | {"customer": "Kate Nguyen", "phone": "4711"}))
        await press(app, "f9")
        assert "same phone or e-mail, and a booking is open" in text_of(app)
        table = app.screen.query_one(LiveTable)
        assert [row["because"] for row in table.rows_shown] == ["phone", "name", "similar name"]
        await press(app, "3")
        assert await owner(app) == (17, 2)
        await fill_in(app, **(LEAD | {"customer": "Bo Li", "phone": "4711"}))
        await press(app, "f9", "3")
        assert await owner(app) == (18, 16)
        assert notice(app).endswith("new customer 16: 4711 is also Kate Ito's (customer 2)")
        await fill_in(app, **LEAD)
        await press(app, "f9", "end", "2", "enter")
        assert isinstance(app.screen, Queue)
        customer = await app.backend.read(lambda: customers.card(2))
        assert [row["booking_id"] for row in customer["bookings"]] == [17, 16, 2]


async def test_the_question_shows_the_open_bookings_of_the_chosen_one(
    golden_file: Path, running: Any
) -> None:
    async with running(golden_file, size=(80, 24)) as (app, _):
        await fill_in(app, **(LEAD | {"customer": "João Müller-Ødegård"}))
        await press(app, "f9")
        number = (await newest(app, 1))[0]["booking_id"]
        found = await app.backend.read(lambda: customers.suspects("Joao Muller-Ødegård"))
        found.append(found[0] | {"customer_id": 99, "bookings": [], "open_bookings": 0, "name": "[/] Jo"})
        app.push_screen(KnownCustomer("[/] João", found))
        await press(app, "end")
        assert "nothing open; the last booking was" in text_of(app)
        await press(app, "home")
        assert f"Booking {number}" in text_of(app)
        events = await app.backend.read(lambda: event_log.events(limit=1))
        await press(app, "escape")
        await press(app, "u")
        assert events[0]["booking_id"] == number


async def test_the_preview_names_the_owner_of_a_known_customer(golden_file: Path, running: Any) -> None:
    async with running(golden_file, size=(80, 24)) as (app, _):

        def seen() -> tuple[int, str]:
            who = app.screen.query_one(WhoGetsIt)
            reason = str(who.query_one("#reason", Static).visual)
            return who.table.rows_shown[0]["agent_id"], " ".join(reason.split())

        (row,) = [row for row in await newest(app, 12) if row["booking_id"] == 1]
        await app.backend.run(lambda desk: customers.edit(desk, 1, phone="4711"))
        await fill_in(app, **LEAD | {"customer": "Kate Nguyen"})
        assert "booking 1" not in seen()[1], "a name alone proves nothing"
        await fill_in(app, phone="4711")
        agent_id, reason = seen()
        assert agent_id == row["agent_id"]
        assert reason.startswith(f"{row['agent_name']} has booking 1 of this customer open")
        await fill_in(app, phone="")
        assert "booking 1" not in seen()[1]
        await fill_in(app, phone="4711")
        await press(app, "f9", "1")
        (new,) = await newest(app, 1)
        assert (new["agent_id"], new["customer_id"]) == (row["agent_id"], 1)
