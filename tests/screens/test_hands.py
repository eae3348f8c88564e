"""Undo shows what it takes back, and no single letter does what is hard to take back."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from textual import events

from astra_tui.app import AstraApp
from dispatch import agents, bookings, queries
from dispatch.bootstrap import open_desk
from dispatch.desk import event_log
from dispatch.desk.desk import Desk
from dispatch.leads import intake
from dispatch.operations import undo
from dispatch.queries.bookings import BookingFilter
from dispatch.service.issues import queries as issue_queries
from screens.customers.card import CustomerCard
from screens.dialogs.form import FormModal
from screens.widgets.live_table import LiveTable
from tests.screens.conftest import standing_still
from tests.screens.key_checks.registry import at_booking, booking
from tests.screens.picture import text_of
from tests.screens.scenes import LEAD, fill_in, press, said


async def last_event(app: AstraApp) -> tuple[int, str]:
    row = (await app.backend.read(lambda: event_log.events(limit=1)))[0]
    return row["event_id"], row["command"]


async def newest_booking(app: AstraApp) -> int:
    rows = await app.backend.read(lambda: queries.list_bookings(BookingFilter(sort="id", descending=True)))
    number: int = rows[0]["booking_id"]
    return number


async def assign_lead(app: AstraApp, customer: str = "Kate Nguyen") -> int:
    """Assign a lead on Dispatch; returns its booking."""
    await press(app, "f2")
    await fill_in(app, **LEAD | {"customer": customer})
    await press(app, "f9")
    return await newest_booking(app)


def bottom(app: AstraApp) -> str:
    return text_of(app).splitlines()[-1]


@pytest.mark.parametrize("size", [(80, 24), (120, 36)])
async def test_a_command_says_what_it_did_and_how_it_is_undone(running: Any, size: tuple[int, int]) -> None:
    async with running(size=size, at="queue") as (app, _):
        number = await newest_booking(app)
        await at_booking(app, number)
        await press(app, "n", *"called", "f9")
        assert bottom(app).endswith(" · u undo")
        assert f"Noted {number} " in bottom(app)
        await press(app, "u")
        assert bottom(app).endswith(" · U redo")
        assert "Undone: the " in said(app)[-1]
        await press(app, "U")
        assert bottom(app).endswith(" · u undo")
        assert "Redone: the " in said(app)[-1]


async def test_the_key_that_undoes_is_the_one_that_works_where_the_cursor_is(running: Any) -> None:
    async with running(size=(120, 36)) as (app, _):
        await assign_lead(app)
        assert bottom(app).endswith(" · ^z undo")  # in the customer's field
        app.screen.query_one("#method").focus()  # letters choose here
        await app.settle()
        assert bottom(app).endswith(" · ^z undo")
        await press(app, "f4")
        assert bottom(app).endswith(" · u undo")
        await press(app, "f2")
        assert bottom(app).endswith(" · ^z undo")
        await press(app, "f4", "slash")
        assert bottom(app).endswith(" · ^z undo")


async def test_a_lead_is_undone_by_the_second_press_and_comes_back_by_redo(running: Any) -> None:
    async with running(size=(80, 24)) as (app, _):
        number = await assign_lead(app)
        agent = (await booking(app, number))["agent_id"]
        await press(app, "f3", "u")
        assert bottom(app).endswith(f"u again: undo the addition of booking {number} (Kate Nguyen)")
        assert not (await booking(app, number))["voided"]
        await press(app, "u")
        assert (await booking(app, number))["voided"]
        assert bottom(app).endswith(" · U redo")
        await press(app, "U")  # it brings back what the line has just named
        back = await booking(app, number)
        assert (back["voided"], back["agent_id"]) == (False, agent)


async def test_u_u_u_takes_back_one_lead_of_two_and_asks_again(running: Any) -> None:
    async with running(size=(80, 24)) as (app, _):
        first, second = await assign_lead(app), await assign_lead(app, "Bo Derek")
        await press(app, "f3", "u", "u", "u", "u")
        assert not (await booking(app, second))["voided"], "it was added in another place: to be read first"
        assert f"u again: undo the addition of booking {second}" in bottom(app)
        await press(app, "u", "u", "u", "u", "u")
        assert (await booking(app, second))["voided"]
        assert not (await booking(app, first))["voided"]
        assert f"u again: undo the addition of booking {first}" in bottom(app)


async def test_what_a_preview_has_rehearsed_counts_for_nothing(golden_file: Path, running: Any) -> None:
    """The next command had the rehearsed one's number, so that its undo was not offered."""
    async with running(golden_file, size=(120, 36), at="roster") as (app, _):
        await press(app, "f3", "slash", *"nova", "enter", "p", "b", "r")
        assert "No new work. " in " ".join(text_of(app).split())
        assert app.backend.last_own_event == 0
        assert app.backend.own_events == set()
        await press(app, "f9")
        assert app.acted_in == "roster"
        assert "Nova Singh is on break" in bottom(app)
        assert bottom(app).endswith("· u undo")


@pytest.mark.parametrize("keys", ["u", "uuu"])
async def test_an_act_before_the_one_just_undone_is_named_first_and_read(
    golden_file: Path, running: Any, keys: str
) -> None:
    """A break set in Roster was undone from Queue by the presses that undid a claim there."""
    async with running(golden_file, size=(120, 36), at="roster") as (app, _):
        await press(app, "f3", "slash", *"nova", "enter", "p", "b", "r")
        await press(app, "f9")
        await at_booking(app, 9)
        await press(app, "c")
        await press(app, "u", *keys)
        assert (await booking(app, 9))["claimed_at"] is None
        assert (await app.backend.read(lambda: queries.agent(2)))["presence"] == "break"
        assert "u again: undo Nova Singh's change of presence" in bottom(app)
        await press(app, "u")
        assert (await app.backend.read(lambda: queries.agent(2)))["presence"] == "available"


async def test_an_act_of_another_place_or_of_a_while_ago_is_named_first(
    golden_file: Path, running: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with running(golden_file, size=(120, 36), at="queue") as (app, _):
        await at_booking(app, 9)
        await press(app, "n", *"called", "f9")
        await press(app, "f5", "f4", "u")
        assert (await last_event(app))[1] == "undo", "in its place, and just done"
        await press(app, "f3", "U")
        assert (await last_event(app))[1] == "redo", "what was just undone comes back from anywhere"
        await press(app, "f4", "u")
        assert "u again: undo the note on booking 9" in bottom(app), "the last act was one of Roster"
        await press(app, "f3", "f4", "u", "u", "u")
        assert (await last_event(app))[1] == "redo", "nobody reads that fast"
        await press(app, "u")
        assert (await last_event(app))[1] == "undo"
        await press(app, "U")
        monkeypatch.setattr("screens.app.undoing.FRESH_S", -1)
        await press(app, "u")
        assert "u again: undo the note on booking 9" in bottom(app)
        await press(app, "escape")
        await press(app, "u")
        await press(app, "u")
        await press(app, "U")
        assert "U again: redo the note on booking 9" in bottom(app)


async def test_a_name_typed_in_a_list_reopens_no_sale(running: Any) -> None:
    async with running(size=(120, 36), at="queue") as (app, _):
        await press(app, "f4", "v", "v", "v", "v")
        number = app.screen.query_one(LiveTable).current["booking_id"]
        assert (await booking(app, number))["status"] == "Confirmed"
        await press(app, "o")
        assert f"o again: reopen {number} (" in bottom(app)
        await press(app, "s", "escape")
        assert (await booking(app, number))["status"] == "Confirmed"
        await press(app, "o", "o")
        assert (await booking(app, number))["status"] == "Pending"
        await press(app, "u", "u")
        assert (await booking(app, number))["status"] == "Confirmed"


async def test_any_other_key_withdraws_the_question(running: Any) -> None:
    async with running(size=(80, 24)) as (app, _):
        number = await assign_lead(app)
        for other in ("j", "escape", "U", "f6"):
            await press(app, "f3", "u")
            assert "again: undo" in bottom(app)
            await press(app, other)
            assert "again: undo" not in bottom(app), other
            await press(app, "u")
            assert "u again: undo" in bottom(app), other
            assert not (await booking(app, number))["voided"], other


async def test_the_question_is_over_after_a_while(running: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("screens.app.messages.ANSWER_WITHIN_S", 0.0)
    async with running(size=(80, 24)) as (app, _):
        number = await assign_lead(app)
        await press(app, "f3", "u", "u", "u")
        assert not (await booking(app, number))["voided"]


async def test_a_target_that_somebody_else_undid_meanwhile_is_refused_in_words(
    running: Any, other_terminal: Desk
) -> None:
    async with running(size=(80, 24)) as (app, _):
        number = await assign_lead(app)
        await press(app, "f3", "u")
        event, _ = await last_event(app)
        undo.undo(other_terminal, event)
        await app.settle()
        await press(app, "u")
        assert f"Event {event} was already undone by lee" in str(said(app))
        assert "U in Log redoes it" in str(said(app))
        assert (await booking(app, number))["voided"]


async def test_a_target_that_somebody_changed_meanwhile_is_refused_in_words(
    running: Any, other_terminal: Desk
) -> None:
    async with running(size=(80, 24)) as (app, _):
        number = await assign_lead(app)
        await press(app, "f3", "u")
        agent = (await booking(app, number))["agent_id"]
        assert agent is not None
        bookings.claim(other_terminal, number, agent)
        await app.settle()
        await press(app, "u")
        assert "has changed since" in str(said(app))
        assert not (await booking(app, number))["voided"]


async def test_a_row_out_of_sight_is_asked_about_and_one_in_sight_is_not(running: Any) -> None:
    async with running(size=(80, 24), at="queue") as (app, _):
        number = await newest_booking(app)
        await at_booking(app, number)
        await press(app, "n", *"called", "f9", "f3", "u")
        assert f"u again: undo the note on booking {number}" in bottom(app)
        await press(app, "f4", "u")
        assert "Undone: " in bottom(app)


async def test_in_the_log_the_row_under_the_cursor_is_undone_but_a_lead_is_asked_about(running: Any) -> None:
    async with running(size=(80, 24)) as (app, _):
        number = await assign_lead(app)
        await press(app, "f4", "escape", "home", "n", *"hi", "f9", "h", "home", "u")
        assert "Undone: " in bottom(app)
        await press(app, "down", "u")
        assert f"u again: undo the addition of booking {number}" in bottom(app)
        await press(app, "u")
        assert (await booking(app, number))["voided"]


async def test_a_customers_edit_is_undone_on_the_card(running: Any) -> None:
    async with running(size=(80, 24), at="queue") as (app, _):
        await press(app, "f4", "escape", "home", "i", "e")
        await fill_in(app, name="Zoe Zebra")
        await press(app, "f9")
        assert isinstance(app.screen, CustomerCard)
        assert "Saved: Zoe Zebra" in bottom(app)
        await press(app, "ctrl+z")
        assert "Undone: " in bottom(app)
        assert "Zoe Zebra" not in text_of(app).splitlines()[2]


async def test_where_text_is_typed_the_key_with_ctrl_is_named(running: Any) -> None:
    async with running(size=(120, 36)) as (app, _):
        number = await assign_lead(app)
        assert app.focused is not None
        app.screen.query_one("#customer").focus()
        await press(app, "ctrl+z")
        assert bottom(app).endswith(f"^z again: undo the addition of booking {number} (Kate Nguyen)")
        await press(app, "ctrl+z")
        assert (await booking(app, number))["voided"]


async def test_deactivating_an_agent_takes_two_presses(running: Any, demo_file: Path) -> None:
    desk = open_desk(demo_file, clock=standing_still, actor="lee")
    free = agents.add(
        desk, first_name="Aa", last_name="Free", department="Luxury Voyages", job_title="Space Travel Agent"
    )
    desk.close()

    async with running(size=(80, 24), at="roster") as (app, _):
        await press(app, "f3", "slash", *"aa free", "enter", "X")
        assert bottom(app).endswith(f"X again: deactivate Aa Free ({free['agent_id']})")
        before = await last_event(app)
        await press(app, "down", "X")
        assert await last_event(app) == before
        await press(app, "X")
        assert (await last_event(app))[1] == "agent.leave"
        assert "Aa Free deactivated · u undo" in bottom(app)
        await press(app, "u")
        assert "u again: undo the deactivation of Aa Free" in bottom(app)
        await press(app, "u")
        assert (await last_event(app))[1] == "undo"


async def test_a_clock_is_paused_by_two_presses(golden_file: Path, running: Any) -> None:
    async def status(number: int) -> str:
        desk = app.backend.desk
        return str((await app.backend.read(lambda: issue_queries.issue(desk, number)))["status"])

    async with running(golden_file, size=(80, 24), at="service") as (app, _):
        app.show_issue(6)
        await app.settle()
        await press(app, "c")
        assert await status(6) == "in_progress"
        await press(app, "P")
        assert "P again: pause the clock of issue 6" in bottom(app)
        assert await status(6) == "in_progress"
        await press(app, "P")
        assert await status(6) == "pending_customer"
        await press(app, "P", "P")
        assert await status(6) == "in_progress"


async def test_many_are_marked_by_two_presses(running: Any) -> None:
    async with running(size=(80, 24), at="queue") as (app, _):
        total = len(await app.backend.read(lambda: queries.booking_ids(BookingFilter(), 10_000)))
        await press(app, "f4", "escape", "A")
        assert f"A again: mark {total} bookings" in bottom(app)
        assert "marked ✓" not in text_of(app)
        await press(app, "A")
        assert f"{total} marked ✓" in text_of(app)


async def test_the_target_of_another_command_is_not_undone_by_the_answer(
    running: Any, demo_file: Path
) -> None:
    """Another process of the same session gave a command between the two presses."""
    async with running(size=(80, 24)) as (app, _):
        number = await assign_lead(app)
        await press(app, "f3", "u")
        twin = open_desk(demo_file, clock=standing_still, actor="kim", session=app.backend.desk.session)
        intake.receive(
            twin,
            name="Bob",
            method="Text",
            source="Organic",
            destination="Mars",
            launch="Sydney Stellar Port",
        )
        twin.close()
        await app.settle()
        await press(app, "u")
        assert "The last command has changed: the addition of" in str(said(app))
        assert not (await booking(app, number))["voided"]


async def test_escape_and_a_name_typed_at_once_close_the_form_and_write_nothing(
    golden_file: Path, running: Any
) -> None:
    """A terminal sends both as one key, alt with the letter: the form took the text, and enter sent it."""
    async with running(golden_file, size=(80, 24), at="queue") as (app, _):
        before = await last_event(app)
        await press(app, "f4", "escape", "home", "x")
        assert isinstance(app.screen, FormModal)
        for key in (events.Key("alt+shift+j", "J"), events.Key("o", "o")):
            key.set_sender(app)
            app.post_message(key)
        await app.settle()
        assert app.screen is app.place, "the escape closes the form, whose field has not got the letter"
        assert await last_event(app) == before


async def test_enter_sends_no_form_that_kept_a_key_of_a_place_from_going_there(
    golden_file: Path, running: Any
) -> None:
    async with running(golden_file, size=(80, 24), at="queue") as (app, _):
        before = await last_event(app)
        await press(app, "f4", "escape", "home", "x", *"too dear", "f2", *"Uma Dahl", "enter")
        assert isinstance(app.screen, FormModal)
        assert "Enter again, if this is meant: Cancel booking" in text_of(app)
        assert await last_event(app) == before
        await press(app, "enter")
        assert (await last_event(app))[1] == "booking.cancel"
