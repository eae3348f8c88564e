"""The way through the form of a lead: what enter, a number and the key of Dispatch lead to."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from textual.widgets import Input

from astra_tui.app import AstraApp
from screens.dispatch.lead_fields import LABELS
from screens.fields.way import next_stop
from screens.wording.contacts import needs_number
from tests.screens.picture import text_of
from tests.screens.scenes import press, said
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
        assert (here(app), told(app, "phone")) == ("source", "Contact is Text, but no number")
        await press(app, "f2", "enter")
        assert here(app) == "phone", "the method is known, the number is not"
        await press(app, *"0711 99", "enter")
        assert (here(app), told(app, "phone")) == ("source", "Stored as 071199")
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
    kept = "Half-typed lead kept (Mia Wong); ⏎ continues, ^l clears it"
    async with running(size=(80, 24)) as (app, _):
        await press(app, "f2")
        assert notice(app) == ""
        await press(app, *"Mia Wong", "f4", "f2")
        assert (here(app), notice(app)) == ("customer", kept)
        assert "lead kept (Mia Wong)" in text_of(app)
        await press(app, *" Li")
        assert (form(app)["name"], notice(app)) == ("Mia Wong Li", ""), "it is another's now"
        assert told(app, "customer") == "Was Mia Wong; ^l clears the form"
        for way in ("f2", "escape"):
            app.screen.query_one("#source").focus()
            await press(app, way, "x")
            assert form(app)["name"] == "Mia Wong Lix", f"{way} erases nothing of it"
            await press(app, "backspace")
        await press(app, "ctrl+l", *"Bob")
        assert (form(app)["name"], notice(app)) == ("Bob", "")
        await press(app, "f2")
        assert notice(app) == kept.replace("Mia Wong", "Bob")
        app.screen.query_one("#customer", Input).value = ""
        await app.settle()
        assert notice(app) == ""


async def test_enter_continues_a_half_typed_lead_where_it_was_left(running: Any) -> None:
    """A letter meant for Source came behind the customer's name."""
    async with running(size=(80, 24)) as (app, _):
        await press(app, *"Olga Petrova", "enter", "t", "enter", *"+15550100", "enter")
        assert here(app) == "source"
        await press(app, "f4", "f2", "enter")
        assert (here(app), form(app)["name"]) == ("source", "Olga Petrova")
        await press(app, "b", "enter", "m", "enter", "d", "u", "f4", "f2", "enter")
        assert here(app) == "requests", "all that is required is there"
        await press(app, "enter")
        (row,) = await newest(app, 1)
        assert (row["customer_name"], row["source"]) == ("Olga Petrova", "Bought")


async def test_enter_does_not_leave_a_required_field_that_is_empty(running: Any) -> None:
    """The next letters came one field too late."""
    async with running(size=(80, 24)) as (app, _):
        for field, noun, keys in (
            ("customer", "Customer name", [*"Ann", "enter"]),
            ("method", "Contact", ["t", "enter", "enter"]),
            ("source", "Source", ["o", "enter"]),
            ("destination", "Destination", ["escape", "m", "enter"]),
            ("launch", "Launch location", ["escape", "d", "u", "enter"]),
        ):
            await press(app, "enter")
            assert told(app, field) == f"{noun} is required"
            assert "is required" in text_of(app) or field in ("destination", "launch"), "its list may hide it"
            await press(app, *keys)
            assert told(app, field) == ""
        assert here(app) == "requests"
        await press(app, "enter")
        (row,) = await newest(app, 1)
        assert (row["customer_name"], row["destination"]) == ("Ann", "Mars")


async def test_enter_stays_in_a_text_that_is_refused_and_clear_takes_what_was_said_with_it(
    running: Any,
) -> None:
    """The cursor went on from a bad number alone; errors stood over a form that was empty."""
    async with running(size=(80, 24)) as (app, _):
        await press(app, *"Ann", "enter", "+", *"46", "enter")
        assert (here(app), told(app, "phone")[:4]) == ("phone", "'+46"), (
            "a number may go on while it is typed"
        )
        await press(app, "tab", *"ann@", "tab")
        assert (here(app), told(app, "email")[:6]) == ("method", "'ann@'"), (
            "tab goes on, and it is said at once"
        )
        await press(app, "shift+tab", "enter")
        assert (here(app), told(app, "email")[:6]) == ("email", "'ann@'")
        await press(app, "tab", *"t", "enter")
        assert here(app) == "source", "what is said already does not keep the cursor from other fields"
        await press(app, "shift+tab", "shift+tab", *"x.se", "enter")
        assert (here(app), told(app, "email")) == ("source", ""), "enter passes what is filled in"
        await press(app, "ctrl+l", "f9")
        assert told(app, "customer") == "Customer name is required"
        await press(app, "ctrl+l")
        assert {told(app, field) for field in LABELS} == {""}
        assert "The form is empty" in text_of(app)
        assert here(app) == "customer"


@given(st.lists(st.booleans(), min_size=1, max_size=6), st.integers(0, 5))
def test_enter_leads_to_what_is_lacking_and_to_the_end(lacks: list[bool], start: int) -> None:
    fields = [str(place) for place in range(len(lacks))]
    here = fields[min(start, len(fields) - 1)]
    lacking = {field for field, lacks_one in zip(fields, lacks, strict=True) if lacks_one}
    following = next_stop(here, fields, lacking)
    behind = [field for field in fields if field > here]
    if not behind:
        assert following == ""
    elif lacking.intersection(behind):
        assert following == min(lacking.intersection(behind))
    else:
        assert following == fields[-1]


async def test_a_number_typed_at_the_contact_says_where_it_goes(running: Any) -> None:
    async with running(size=(120, 36)) as (app, _):
        await press(app, *"Ann", "enter", *"+4670", "enter")
        assert (here(app), form(app)["phone"]) == ("method", "+4670")
        assert "The number goes into Phone; ⏎ comes back to Contact" in said(app)
        assert "The number goes into Phone" in text_of(app)


async def test_enter_does_not_take_a_name_that_was_not_typed(running: Any) -> None:
    """Moon chose Mars by its first letter, and enter went on from there as if nothing were wrong."""
    async with running(size=(100, 30)) as (app, _):
        await press(app, "f2")
        app.screen.query_one("#destination").focus()
        await press(app, *"moon", "enter")
        assert here(app) == "destination"
        assert "No destination begins with" in text_of(app)
        await press(app, *"mars", "enter")
        assert here(app) == "launch"


TRIP = ("t", "enter", "enter", "o", "enter", "m", "enter", "d", "enter")
"""From Contact to Wishes: a text message from Dallas to Mars, without a number."""


async def test_the_form_says_where_the_cursor_is_and_that_enter_assigns(running: Any) -> None:
    async with running(size=(80, 24)) as (app, _):
        assert "Customer: ⏎ next" in text_of(app)
        await press(app, *"Ann", "enter", *TRIP)
        assert "Wishes: ⏎ assigns" in text_of(app)
        await press(app, "shift+tab")
        assert "Priority: ⏎ next" in text_of(app)
        app.screen.query_one("#latest").focus()
        await app.settle()
        assert "⏎ next" not in text_of(app)


@pytest.mark.parametrize(
    ("typed", "name"), [("high", "High"), ("u", "Urgent"), ("asap", "Urgent"), ("LOW ", "Low")]
)
async def test_a_priority_typed_as_a_wish_is_one(running: Any, typed: str, name: str) -> None:
    """Enter goes from From to Wishes, past Priority: the word became a wish, and enter assigned it."""
    async with running(size=(80, 24)) as (app, _):
        (before,) = await newest(app, 1)
        await press(app, *"Ann", "enter", *TRIP, *typed, "enter")
        assert (here(app), form(app)["priority"], form(app)["requests"]) == ("requests", name, "")
        assert told(app, "requests") == f"Moved to Priority: {name}. ⏎ assigns"
        assert said(app) == [told(app, "requests")]
        assert await newest(app, 1) == [before], "somebody may have meant otherwise"
        await press(app, "enter")
        (row,) = await newest(app, 1)
        assert (row["customer_name"], row["priority"], row["requests"]) == ("Ann", name.upper(), None)


@pytest.mark.parametrize("typed", ["Bob Smith", "Zed", "0711 99", "bo@x.se", "mars", "London", "paid"])
async def test_what_another_field_takes_is_asked_about_in_wishes(running: Any, typed: str) -> None:
    """The next customer's name was typed behind From: it was a wish of the one before."""
    async with running(size=(80, 24)) as (app, _):
        (before,) = await newest(app, 1)
        await press(app, *"Ann", "enter", *TRIP, *typed, "enter", "enter")
        assert here(app) == "requests", "an enter right behind another has not read the question"
        assert told(app, "requests") == f"Is “{typed}” a wish? ⏎ again assigns"
        assert {*said(app)} == {told(app, "requests")}
        assert await newest(app, 1) == [before]
        await press(app, "backspace", "x", "enter")
        await press(app, "enter")
        (row,) = await newest(app, 1)
        assert (row["customer_name"], row["requests"]) == ("Ann", f"{typed[:-1]}x")


@pytest.mark.parametrize(
    "typed", ["a dome with a view", "window seat", "VIP", "Vegetarian food", "2 beds", "low gravity"]
)
async def test_an_ordinary_wish_is_assigned_at_once(running: Any, typed: str) -> None:
    async with running(size=(80, 24)) as (app, _):
        await press(app, *"Ann", "enter", *TRIP, *typed, "enter")
        (row,) = await newest(app, 1)
        assert (row["customer_name"], row["requests"]) == ("Ann", typed)


@pytest.mark.parametrize("way", ["escape", "f2"])
async def test_a_lead_whose_name_has_changed_since_is_asked_about(running: Any, way: str) -> None:
    """Letters behind escape, meant as commands or for another customer, went behind the name in silence."""
    async with running(size=(80, 24)) as (app, _):
        (before,) = await newest(app, 1)
        await press(app, *"Zed Careless", "enter", *"p", "enter", *"0711", "enter", way)
        assert (here(app), notice(app)) == (
            "customer",
            "Half-typed lead kept (Zed Careless); ⏎ continues, ^l clears it",
        )
        await press(app, *"uuu")
        assert told(app, "customer") == "Phone is still Zed Careless's; ^l clears the form"
        await press(app, way, "enter", *TRIP[3:], "enter")
        asked = "Phone is still Zed Careless's: ⏎ or f9 again assigns, ^l clears"
        assert (here(app), told(app, "customer"), said(app)) == ("requests", asked, [asked])
        assert await newest(app, 1) == [before]
        await press(app, "f2", *["backspace"] * 3)
        assert told(app, "customer") == ""
        await press(app, "f9")
        (row,) = await newest(app, 1)
        assert (row["customer_name"], row["phone"]) == ("Zed Careless", "0711")
        await press(app, *"Ann", "enter", *TRIP, way, *"abel", "f9", "f9")
        (row,) = await newest(app, 1)
        assert row["customer_name"] == "Annabel", "asked once, and meant"


async def test_blind_enters_do_not_assign_a_lead_with_anothers_number(running: Any) -> None:
    """Two of them wrote the next caller with the number of the one before."""
    async with running(size=(80, 24)) as (app, _):
        (before,) = await newest(app, 1)
        await press(app, *"Dan Fox", "enter", "t", "enter", *"0711", "enter", *TRIP[3:], *"a dome", "f2")
        await press(app, *["backspace"] * len("Dan Fox"), *"Gil Hart")
        assert told(app, "customer") == "Phone and Wishes are still Dan Fox's; ^l clears the form"
        await press(app, *["enter"] * 6)
        asked = "Phone and Wishes are still Dan Fox's: ⏎ or f9 again assigns, ^l clears"
        assert (await newest(app, 1), told(app, "customer")) == ([before], asked)
        assert "⏎ or f9" in text_of(app)
        app.screen.query_one("#phone").focus()
        await press(app, *["backspace"] * 4, *"0722")
        assert told(app, "customer") == "Wishes are still Dan Fox's; ^l clears the form"
        for _ in ("to Wishes", "asked", "read"):
            assert await newest(app, 1) == [before]
            await press(app, "enter")
        (row,) = await newest(app, 1)
        assert (row["customer_name"], row["phone"]) == ("Gil Hart", "0722")


async def test_an_optional_field_that_refuses_a_word_says_how_to_go_on(running: Any) -> None:
    """It was said below the field alone that nothing begins so, and neither enter nor f9 did anything."""
    why = "No priority begins with moon: Critical, Urgent, High, Medium, Low; backspace clears it"
    async with running(size=(80, 24)) as (app, _):
        (before,) = await newest(app, 1)
        await press(app, *"Ann", "enter", *TRIP, "shift+tab", *"moon", "enter")
        assert (here(app), told(app, "priority"), said(app)) == ("priority", why, [why])
        app.clear_notifications()
        await press(app, "tab", "f9")
        assert (here(app), told(app, "priority"), said(app)) == ("priority", why, [why])
        await press(app, "tab", "enter")
        assert (here(app), await newest(app, 1)) == ("priority", [before])
        await press(app, "backspace", "f9")
        (row,) = await newest(app, 1)
        assert (row["customer_name"], row["priority"]) == ("Ann", "MEDIUM")
