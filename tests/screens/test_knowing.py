"""Changes by others are announced, counted and marked; follow-ups fall due by themselves."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from astra_tui.app import AstraApp
from astra_tui.user.preferences import Preferences
from dispatch import bookings, queries
from dispatch.agents.presence import set_presence
from dispatch.bookings import follow_ups
from dispatch.desk.desk import Desk
from dispatch.leads import intake
from screens.widgets import signed_table
from screens.widgets.bars import PlaceTab, TopBar
from screens.widgets.live_table import LiveTable
from screens.widgets.signed_table import MARK
from tests.conftest import TestClock
from tests.screens.conftest import NOON
from tests.screens.picture import text_of, widths
from tests.screens.scenes import LEAD, fill_in, leave, press, said

TRIP = {"method": "Text", "source": "Organic", "destination": "Mars", "launch": "Sydney Stellar Port"}


def lead(desk: Desk, name: str, to: int) -> int:
    """Another user takes in a lead and assigns it to an agent."""
    taken = intake.receive(desk, name=name, **TRIP)
    number = taken["booking_id"]
    if taken["agent_id"] != to:
        bookings.reassign(desk, number, to, "asked for")
    return number


def toasts(app: AstraApp) -> list[str]:
    return said(app)


def table(app: AstraApp) -> LiveTable[Any]:
    return app.screen.query_one(LiveTable)


def tab(app: AstraApp) -> str:
    """The label of My desk's tab."""
    tabs = {one.place: str(one.visual) for one in app.screen_stack[0].query(PlaceTab)}
    return tabs["my-desk"]


@pytest.fixture
def bells(monkeypatch: pytest.MonkeyPatch) -> list[None]:
    rung: list[None] = []
    monkeypatch.setattr(AstraApp, "bell", lambda _: rung.append(None))
    return rung


async def test_new_work_is_announced_once_and_counted_until_seen(
    running: Any, other_terminal: Desk, bells: list[None]
) -> None:
    async with running(size=(120, 30), actor="lee") as (app, _):  # lee's other terminal counts as another
        app.my_agent_id = 6
        await app.settle()
        await one_is_announced(app, other_terminal, bells)
        await some_at_once_are_one_toast(app, other_terminal, bells)
        await returning_work_is_not_announced_again(app, other_terminal)
        await a_look_makes_it_old(app, other_terminal, bells)
        await press(app, "f2")
        await fill_in(app, **LEAD)
        await press(app, "f9")  # own action
        assert (tab(app), len(bells)) == ("My desk", 3)
        app.my_agent_id = 3
        await app.settle()
        assert (tab(app), len(bells)) == ("My desk", 3)
        assert "lee (Nova Singh)" in text_of(app)
        assert app.backend.address in str(app.screen.query_one(TopBar).query_one(".info").tooltip)


async def one_is_announced(app: AstraApp, other: Desk, bells: list[None]) -> None:
    assert (toasts(app), tab(app)) == ([], "My desk")  # earlier work is not new
    kate = lead(other, "Kate [/]", 6)
    await app.settle()
    assert toasts(app) == [f"New for you: {kate} Kate [/], Mars"]
    assert (tab(app), len(bells)) == ("My desk 1", 1)
    await leave(app)
    lead(other, "Nobody's", 3)
    bookings.note(other, kate, "hello")
    await app.settle()
    assert (toasts(app), tab(app), len(bells)) == ([], "My desk 1", 1)


async def some_at_once_are_one_toast(app: AstraApp, other: Desk, bells: list[None]) -> None:
    for name in ("Ann", "Bob", "Cid", "Dan"):
        lead(other, name, 6)
    await press(app, "f4", "escape", "y", "x")  # in any place
    told, copied = sorted(toasts(app))
    assert copied.startswith("Copied: Booking ")  # own actions do not dismiss it
    assert told.startswith("4 new for you: ")
    assert (tab(app), len(bells)) == ("My desk 5", 2)
    assert widths(app) == {120}
    await leave(app)


async def test_follow_ups_are_told_as_they_fall_due_once_and_not_again_after_a_restart(
    running: Any, other_terminal: Desk, bells: list[None], monkeypatch: pytest.MonkeyPatch
) -> None:
    clock = TestClock()
    clock.moment = NOON
    kept: dict[str, Any] = {}
    monkeypatch.setattr(AstraApp, "recall", lambda _, key, default: kept.get(key, default))
    monkeypatch.setattr(AstraApp, "remember", lambda _, key, value: kept.update({key: value}))
    mine = [lead(other_terminal, f"C{number}", 6) for number in range(6)]
    theirs = lead(other_terminal, "Not mine", 3)
    for number, minutes in zip([*mine, theirs], (10, 30, 30, 30, 60, 90, 10), strict=True):
        follow_ups.follow_up(other_terminal, number, f"in {minutes} min")

    async def look(app: AstraApp, minutes: int) -> list[str]:
        clock.advance(minutes=minutes)
        await leave(app)
        app.inbox.remind()
        await app.settle()
        return toasts(app)

    async with running(size=(120, 30), clock=clock) as (app, _):
        app.my_agent_id = 6
        await app.settle()
        assert await look(app, 9) == []
        assert await look(app, 1) == [f"Follow-up due: {mine[0]} C0, Mars"]
        assert (tab(app), len(bells)) == ("My desk 1", 1)
        assert await look(app, 0) == []
        assert await look(app, 20) == [f"3 follow-ups due: {mine[1]}-{mine[3]}"]
        assert (tab(app), len(bells)) == ("My desk 4", 2)
        await press(app, "f5")
        assert tab(app) == "My desk"
    clock.advance(minutes=30)
    async with running(size=(120, 30), clock=clock) as (app, _):  # what fell due meanwhile, and nothing else
        app.my_agent_id = 6
        await app.settle()
        assert toasts(app) == [f"Follow-up due: {mine[4]} C4, Mars"]
        assert await look(app, 30) == [f"Follow-up due: {mine[5]} C5, Mars"]


async def returning_work_is_not_announced_again(app: AstraApp, other: Desk) -> None:
    kate = next(row["booking_id"] for row in table(app).rows_shown if row["customer_name"] == "Kate [/]")
    for agent_id in (3, 6):
        bookings.reassign(other, kate, agent_id, "away or back")
        await app.settle()
        assert (toasts(app), tab(app)) == ([], "My desk 4")


async def a_look_makes_it_old(app: AstraApp, other: Desk, bells: list[None]) -> None:
    await press(app, "f5")
    assert tab(app) == "My desk"
    lead(other, "Eve", 6)
    await app.settle()
    assert "Eve" in text_of(app)
    assert (len(toasts(app)), tab(app), len(bells)) == (1, "My desk", 3)
    await leave(app)


async def test_without_bell_and_toasts_the_count_is_still_shown(
    running: Any, other_terminal: Desk, bells: list[None]
) -> None:
    wanted = Preferences(agent=6, bell=False, toasts=False)
    async with running(size=(80, 24), preferences=wanted) as (app, _):
        lead(other_terminal, "Kate", 6)
        await app.settle()
        assert (toasts(app), bells, tab(app)) == ([], [], "My desk 1")


def marked(app: AstraApp) -> list[str]:
    """The visible rows with a mark."""
    return [line for line in text_of(app).splitlines() if line.startswith(MARK)]


async def test_changes_by_others_are_marked_for_a_moment(
    running: Any, other_terminal: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with running(size=(80, 24), at="queue") as (app, pilot):
        await press(app, "f4", "v")
        number = lead(other_terminal, "Kate [/]", 6)
        await app.settle()
        (line,) = marked(app)
        assert f"{number}  Kate [/]" in line
        assert widths(app) == {80}
        bookings.contact(other_terminal, table(app).rows_shown[3]["booking_id"], "no_answer")
        await app.settle()
        assert len(marked(app)) == 2
        await press(app, "down")  # the next key
        assert marked(app) == []
        assert line[1:] in text_of(app)  # no row has moved

        await press(app, "F", *"fri 9", "enter")  # one's own
        assert "Follow-up 411: Fri" in text_of(app)
        assert marked(app) == []
        await press(app, "f3")
        agent = table(app).rows_shown[1]  # under the heading of the department
        lead(other_terminal, "Ann", agent["agent_id"])
        await app.settle()
        department, line = marked(app)  # of all changed ranks and scores, the one agent whose load changed
        assert agent["department"] in department
        assert agent["name"] in line
        monkeypatch.setattr(signed_table, "MARKED_S", 0.01)
        lead(other_terminal, "Bob", agent["agent_id"])
        await app.settle()
        while marked(app):  # by itself
            await pilot.pause()


async def test_a_follow_up_falls_due_by_time_alone(running: Any, other_terminal: Desk) -> None:
    clock = TestClock()
    clock.moment = NOON
    number = lead(other_terminal, "Kate [/]", 6)
    old = lead(other_terminal, "Ann", 6)
    follow_ups.follow_up(other_terminal, number, "12:30")
    async with running(size=(80, 24), clock=clock, at="my-desk") as (app, _):
        app.my_agent_id = 6
        await press(app, "f5")
        assert [row["booking_id"] for row in table(app).rows_shown][-2:] == [number, old]
        table(app).move_cursor(row=table(app).get_row_index(str(old)))
        for minutes, word in ((31, "due"), (15, "overdue 16 min"), (120, "overdue 2 h")):
            clock.advance(minutes=minutes)
            await app.settle()
            assert table(app).rows_shown[0]["booking_id"] == number
            assert f" {word} " in text_of(app).splitlines()[6]
        here = table(app).current
        assert here is not None
        assert here["booking_id"] == old  # the cursor stays
        assert marked(app) == []
        assert "Due 1" in text_of(app)
        await press(app, "f4")
        assert "! due" in text_of(app)
        await press(app, "f5", "home", "m")  # due, but not claimed yet
        assert f"Claimed {number}" in text_of(app)
        await press(app, "home", "m")
        assert f"Contact for booking {number}" in text_of(app)


async def test_the_next_step_of_a_waiting_booking_is_to_assign_it(golden_file: Path, running: Any) -> None:
    async with running(golden_file, size=(80, 24), at="queue") as (app, _):
        await press(app, "f4", "escape", "home", "m")
        assert "Assign booking 12" in text_of(app)


async def test_the_title_of_the_window_tells_what_waits(running: Any, other_terminal: Desk) -> None:
    async with running() as (app, _):
        assert app.title == "Astra - Dispatch"
        for row in await app.backend.read(queries.list_agents):
            set_presence(other_terminal, row["agent_id"], "away")
        intake.receive(other_terminal, name="Kate", **TRIP)
        await app.settle()
        waiting = (await app.backend.read(queries.count_totals)).waiting
        assert waiting
        assert app.title == f"Astra - Dispatch ({waiting} waiting)"
        await press(app, "f4")
        assert app.title == f"Astra - Queue ({waiting} waiting)"
        app.has_title = False
        await press(app, "f3")
        assert app.title == f"Astra - Queue ({waiting} waiting)"
