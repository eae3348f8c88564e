"""The log screen: paging, filters, undo, and the way back."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from textual.widgets import Input

from astra_tui.app import AstraApp
from dispatch import bookings, privacy
from dispatch.bootstrap import open_desk
from dispatch.desk.desk import Desk
from dispatch.leads import intake
from models.audit import Event
from screens.bookings.queue import Queue
from screens.customers.card import CustomerCard
from screens.log.screen import Log
from screens.widgets.detail_pane import DetailPane
from screens.widgets.filter_bar import LAST_VALID
from screens.widgets.live_table import LiveTable
from tests.screens.conftest import standing_still
from tests.screens.picture import text_of
from tests.screens.scenes import leave, press, said

WARNED = '{"warnings":[{"issue_id":11,"clock":"resolution","percent":75}],"escalations":[]}'


def events(app: AstraApp) -> list[int]:
    return [row["event_id"] for row in app.screen.query_one(LiveTable).rows_shown]


def current(app: AstraApp) -> Any:
    """The row under the cursor."""
    row = app.screen.query_one(LiveTable).current
    assert row is not None
    return row


async def filtered(app: AstraApp, text: str) -> list[int]:
    app.screen.query_one("#filter", Input).value = text
    await app.settle()
    return events(app)


async def test_a_dispatcher_reads_the_log(golden_file: Path, running: Any) -> None:
    other = open_desk(golden_file, clock=standing_still, actor="[/] lee")
    async with running(golden_file, size=(120, 36), at="my-desk") as (app, _):
        await press(app, "f5", "escape")
        await press(app, "h")
        newest = events(app)[0]
        await _what_others_do_comes_in_above(app, other, newest)
        await _filters(app)
        await _an_event_of_another_user_is_undone(app, other)
        await _from_an_event_to_its_subject(app)
        await _back_to_the_previous_place(app)
    other.close()


async def _what_others_do_comes_in_above(app: AstraApp, other: Desk, newest: int) -> None:
    await press(app, "down")
    bookings.note(other, 9, "[@click=app.quit] 山")
    await app.settle()
    assert events(app)[:2] == [newest + 1, newest]
    assert current(app)["event_id"] == newest - 1
    await press(app, "home")
    assert "[/] lee" in text_of(app)
    assert "Text        [@click=app.quit] 山" in text_of(app)


async def _filters(app: AstraApp) -> None:
    everything = events(app)
    mine = await filtered(app, "booking:1")
    assert len(mine) == 4
    assert await filtered(app, "booking:1 command:note") == mine[:1]
    assert await filtered(app, 'by:"[/] lee"') == everything[:1]
    assert await filtered(app, "since:today until:yesterday") == []
    assert "No matches" in text_of(app)
    assert await filtered(app, "booking.note") == [*everything[:1], *mine[:1]]
    assert await filtered(app, "since:soo") == [*everything[:1], *mine[:1]]  # while it is being typed
    assert "'soo' is not a time: try today, 9:00, -2h" in text_of(app)
    assert LAST_VALID in text_of(app), "the rows are no answer to it"
    assert await filtered(app, "since:1h") == await filtered(app, "since:-1h")
    assert LAST_VALID not in text_of(app)
    assert await filtered(app, "since:12:01") == everything  # yesterday's: it is noon now
    await press(app, "escape")
    assert events(app) == everything


async def _an_event_of_another_user_is_undone(app: AstraApp, other: Desk) -> None:
    bookings.claim(other, 9, 3)
    await app.settle()
    await press(app, "home", "u")
    assert "u again: undo the claim on booking 9 (2 bookings)" in text_of(app)
    await press(app, "u")
    assert "Undone: the claim on booking 9" in text_of(app)
    await press(app, "down" if app.screen.query_one(LiveTable).cursor_row == 0 else "home")
    (undone,) = await filtered(app, "is:undone")
    pane = text_of(app)
    assert f"Event {undone}" in pane
    assert "Undone 4 Mar 2082 12:00 by kim" in " ".join(pane.split())
    assert "claimed: – → 4 Mar 2082 12:00" in pane
    await press(app, "slash", "enter", "u")  # a second time is refused with a message
    assert f"Event {undone} was already undone by kim at" in text_of(app)
    await press(app, "escape")


async def _from_an_event_to_its_subject(app: AstraApp) -> None:
    await filtered(app, "booking:9 command:lead.add")
    await press(app, "slash", "enter", "y")
    assert app.clipboard.startswith("Event ")
    await press(app, "i")
    assert isinstance(app.screen, CustomerCard)
    await leave(app)
    await press(app, "H")
    assert len(events(app)) > 1
    await press(app, "enter")
    assert current(app)["booking_id"] == 9
    assert len(app.screen.query_one(LiveTable).rows_shown) == 12
    await press(app, "h")
    await filtered(app, "command:agent.add")
    await press(app, "slash", "enter", "enter")
    assert app.screen.query_one("#filter", Input).value.startswith("agent:")


async def _back_to_the_previous_place(app: AstraApp) -> None:
    await press(app, "f3", "h", "escape")
    assert app.screen.query_one("#filter", Input).value == ""
    assert isinstance(app.screen, Log)
    await press(app, "escape")
    assert app.screen.query("#roster")


async def test_an_erased_customer_can_still_be_looked_at(golden_file: Path, running: Any) -> None:
    desk = open_desk(golden_file, clock=standing_still, actor="lee")
    customer_id = bookings.cancel(desk, 10, "said no")["customer_id"]
    async with running(golden_file, size=(120, 36), at="queue") as (app, _):
        await press(app, "f4", "slash", *"Ines", "enter", "i")
        privacy.forget(desk, customer_id)
        await app.settle()
        assert "cancelled: erased" in text_of(app)
        for verb in ("e", "m"):
            await press(app, verb)
            assert isinstance(app.screen, CustomerCard), "no form is filled in for nothing"
        assert f"Customer {customer_id} was erased" in text_of(app)
        await press(app, "escape")
        await press(app, "h")
        assert current(app)["command"] == "customer.forget"
        assert "Customers   " in text_of(app)
        await filtered(app, "booking:10")
        await press(app, "slash", "enter")
        assert "Reason      erased" in text_of(app)
        await press(app, "enter")
        assert "cancelled: erased" in text_of(app)
        assert "(erased)" in text_of(app)
    desk.close()


async def test_a_long_log_is_paged(path: Path, running: Any) -> None:
    desk = open_desk(path, clock=standing_still, actor="lee")
    lead = {"method": "Text", "source": "Organic", "destination": "Mars", "launch": "Sydney Stellar Port"}
    with desk.batch():
        for number in range(630):
            intake.receive(desk, name=f"Customer {number}", **lead)
    desk.close()
    async with running(path, size=(80, 24), at="roster") as (app, _):
        await press(app, "f3", "h")
        table = app.screen.query_one(LiveTable)
        assert (events(app)[0], len(events(app))) == (630, 100)
        for _ in range(7):
            await press(app, "end")
        assert events(app)[-1] == 1
        assert len(events(app)) <= 500
        assert " 630\n" in text_of(app), "all of them are counted"
        await press(app, "enter")  # far down in the queue, which begins there and goes on above
        assert current(app)["booking_id"] == 1
        await press(app, "up")
        assert current(app)["booking_id"] == 2
        await press(app, "h")
        for _ in range(7):
            await press(app, "home")
        assert events(app)[0] == 630
        assert table.cursor_row == 0


async def test_what_the_clock_did_in_a_row_is_one_line_that_opens_to_each(path: Path, running: Any) -> None:
    desk = open_desk(path, clock=standing_still, actor="lee")
    with desk.transaction():
        for command in ("agent.set", "issue.sweep", "agent.turn", "issue.sweep", "agent.set"):
            actor = "lee" if command == "agent.set" else "sweeper"
            Event(at=desk.now(), actor=actor, command=command, detail=WARNED).save()
    desk.close()
    async with running(path, size=(120, 36), at="roster") as (app, _):
        await press(app, "f3", "h", "down")
        assert events(app) == [5, 2, 1]
        told = "2 clock checks, 1 presence change, 12:00-12:00"
        assert told in text_of(app)
        assert "warned about issue 11: 75%" in " ".join(text_of(app).split())
        await press(app, "u")
        assert said(app) == ["3 events share this line: enter lists them"]
        await press(app, "U")
        assert said(app) == ["3 events share this line: enter lists them"]
        await press(app, "y")
        assert app.clipboard == f"Events 2-4, 4 Mar 2082 12:00: sweeper {told}"
        await press(app, "enter")
        assert events(app) == [4, 3, 2]
        await press(app, "escape")
        assert events(app) == [5, 2, 1]
        assert await filtered(app, "is:all") == [5, 4, 3, 2, 1]
        assert "{" not in text_of(app)


@pytest.mark.parametrize(("width", "cells"), [(80, 80), (120, 120), (200, 150)])
async def test_the_sentences_get_the_room_there_is(
    golden_file: Path, running: Any, width: int, cells: int
) -> None:
    async with running(golden_file, size=(width, 36), at="queue") as (app, _):
        await press(app, "f4", "h")
        table = app.screen.query_one(LiveTable)
        assert table.outer_size.width == cells
        assert app.screen.query_one(DetailPane).region
        reason = "reassigned 8 (Priya Chukwu) to Soren Baker: asked for the agent of last year"
        assert (reason in text_of(app)) == (width > 80)


async def test_the_log_is_read_from_either_end(demo_file: Path, running: Any) -> None:
    async with running(demo_file, size=(120, 36), at="my-desk") as (app, _):
        await press(app, "f5", "escape")
        await press(app, "h")
        newest_first = events(app)
        assert newest_first == sorted(newest_first, reverse=True)
        await press(app, "less_than_sign")
        oldest_first = events(app)
        assert oldest_first == sorted(oldest_first)
        assert oldest_first[0] <= newest_first[-1]
        assert "sorted: number ▴" in text_of(app)
        await press(app, *("end",) * 6)
        held = events(app)
        assert held == sorted(held)
        assert held[-1] == newest_first[0], "paging goes on to the newest"
        await press(app, *("home",) * 8)
        assert events(app)[0] == oldest_first[0], "and back"
        await press(app, "greater_than_sign")
        assert events(app)[0] == newest_first[0]
        await press(app, "greater_than_sign")
        assert "sorted by number only: < reverses it" in said(app)[-1]
        app.screen.post_message(LiveTable.SortAsked("actor"))
        await app.settle()
        assert events(app)[0] == newest_first[0]
        app.screen.post_message(LiveTable.SortAsked("time"))
        await app.settle()
        assert events(app)[0] == oldest_first[0]


async def test_the_log_has_views_with_totals(golden_file: Path, running: Any) -> None:
    async with running(golden_file, size=(120, 36), at="queue") as (app, _):
        await press(app, "f4", "escape", "home", "n", *"hm", "enter", "n", *"ha", "enter", "h")
        whole = len(events(app))
        await press(app, "v")
        before = len(events(app))
        await press(app, "V", "home", "u", "v")
        assert len(events(app)) == before + 1
        assert f"Mine {before + 1}" in text_of(app)
        assert {row["actor"] for row in app.screen.query_one(LiveTable).rows_shown} == {"kim"}
        await press(app, "v")
        assert all(row["undone_by"] for row in app.screen.query_one(LiveTable).rows_shown)
        assert f"Undone {len(events(app))}" in text_of(app)
        assert len(events(app)) >= 1
        await press(app, "v")
        assert len(events(app)) == whole + 1
        await press(app, "v", "slash", *"zzz", "escape", "escape")
        assert isinstance(app.screen, Queue), "the first clears the text, the next goes back"
