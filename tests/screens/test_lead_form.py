"""The way through the form of a lead: what enter, a number and the key of Dispatch lead to."""

from __future__ import annotations

from typing import Any

from textual.widgets import Input

from astra_tui.app import AstraApp
from screens.wording.contacts import needs_number
from tests.screens.picture import text_of
from tests.screens.scenes import press
from tests.screens.test_dispatch import form, newest, notice, told


def here(app: AstraApp) -> str | None:
    return None if app.focused is None else app.focused.id


def test_calls_and_text_messages_need_a_number() -> None:
    assert [needs_number(one) for one in ("Phone Call", "Text", "SMS", "E-mail", "Video")] == [
        *(True, True, True),
        *(False, False),
    ]


async def test_a_number_is_asked_for_and_begins_where_the_contact_is_chosen(running: Any) -> None:
    async with running(size=(80, 24)) as (app, _):
        await press(app, *"Mia", "enter", "t", "enter")
        assert (here(app), told(app, "phone")) == ("phone", "Number to text? enter skips it")
        await press(app, "enter")
        assert (here(app), told(app, "phone")) == ("source", "No number: how will they be reached?")
        await press(app, "f2", "enter")
        assert here(app) == "phone", "the method is known, the number is not"
        await press(app, *"0711 99", "enter")
        assert here(app) == "source"
        await press(app, "o", "enter", "m", "enter", "s", "enter", "enter")
        (row,) = await newest(app, 1)
        assert (row["customer_name"], row["phone"], row["method"]) == ("Mia", "071199", "Text")

        await press(app, *"Bo", "enter", *"+49 30 1", "enter", "p", "enter")
        assert form(app)["phone"] == "+49 30 1"
        assert here(app) == "source", "nobody asks again"
        await press(app, "o", "enter", "m", "enter", "s", "f9")
        (row,) = await newest(app, 1)
        assert (row["customer_name"], row["phone"], row["method"]) == ("Bo", "+49301", "Phone Call")

        await press(app, *"Al", "enter", "0", "tab", "tab")
        assert here(app) == "method"
        await press(app, *"711")
        assert (here(app), form(app)["phone"]) == ("phone", "0711"), "it goes on with what is there"


async def test_a_half_typed_lead_is_pointed_out(running: Any) -> None:
    kept = "Half-typed lead kept; ^l clears it"
    async with running(size=(80, 24)) as (app, _):
        await press(app, "f2")
        assert notice(app) == ""
        await press(app, *"Mia Wong", "f4", "f2")
        assert (here(app), notice(app)) == ("customer", kept)
        assert kept in text_of(app)
        await press(app, *"Bob")
        assert (form(app)["name"], notice(app)) == ("Mia WongBob", kept), "still said: it may be another's"
        await press(app, "ctrl+l", *"Bob")
        assert (form(app)["name"], notice(app)) == ("Bob", "")
        await press(app, "f2")
        assert notice(app) == kept
        app.screen.query_one("#customer", Input).value = ""
        await app.settle()
        assert notice(app) == ""
