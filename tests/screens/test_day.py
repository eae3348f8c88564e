"""A whole day at one desk: a dispatcher and three agents, each with their own application."""

from __future__ import annotations

import re
from collections.abc import AsyncIterator, Callable
from contextlib import AsyncExitStack
from pathlib import Path
from typing import Any

import pytest_asyncio
from textual.widgets import Input, Static, TextArea

from astra_tui.app import AstraApp
from astra_tui.user.draft_files import DraftFile
from astra_tui.user.draft_folder import drafts_folder
from dispatch import customers, queries
from dispatch.desk.desk import Desk
from dispatch.queries.row_types import BookingRow
from screens.customers.card import CustomerCard
from screens.dialogs.panel import Panel
from screens.dispatch.duplicate_question import KnownCustomer
from screens.dispatch.several_leads import SeveralLeads
from screens.widgets.live_table import LiveTable
from tests.conftest import TestClock
from tests.screens.crash import require_terminals, type_and_die
from tests.screens.picture import text_of
from tests.screens.terminal import Terminal

TRIP = {"source": "Organic", "destination": "Mars", "launch": "Sydney Stellar Port"}
TYPED = [f"Caller {number:02}" for number in range(1, 10)]
PASTED = [f"Mail {number:02},Text,Bought,Titan,Tokyo Spaceport Terminal" for number in range(1, 30)]
BROKEN = ["Nobody,Text,Bought,Pluto,Tokyo Spaceport Terminal", "Nobody either,Fax"]
AGENTS = ("Ada", "Bo", "Cy")


class Day:
    """The people at the desk, and their clock."""

    def __init__(self, path: Path, clock: TestClock, stack: AsyncExitStack) -> None:
        self._path, self._clock, self._stack = path, clock, stack
        self.agents: dict[int, Terminal] = {}

    async def sits_down(self, actor: str, agent_id: int | None = None, **given: Any) -> Terminal:
        """A user opens the application; an agent goes to their desk."""
        app = AstraApp(database=self._path, clock=self._clock, actor=actor, **given)
        app.sweeps_by_itself = False  # the clock jumps from hour to hour here, without sweeps in between
        app.my_agent_id = agent_id
        terminal = await self._stack.enter_async_context(Terminal(app, (100, 30)))
        if agent_id is not None:
            self.agents[agent_id] = terminal
            await terminal.press("f5")
        return terminal

    async def pass_time(self, **delta: float) -> None:
        self._clock.advance(**delta)
        for terminal in self.agents.values():
            await terminal.settle()


@pytest_asyncio.fixture
async def day(path: Path, clock: TestClock, add_agent: Callable[..., dict[str, Any]]) -> AsyncIterator[Day]:
    for number, name in enumerate(AGENTS):
        add_agent(name, years=9 - number, capacity=20)
    async with AsyncExitStack() as stack:
        yield Day(path, clock, stack)


def rows(app: AstraApp) -> list[dict[str, Any]]:
    return app.screen.query_one("#queue, #my-desk", LiveTable).rows_shown


def pane(app: AstraApp) -> str:
    """The text beside the list, before it is wrapped."""
    return str(app.screen.query_one("DetailPane > Static", Static).visual)


def notice(app: AstraApp) -> str:
    return str(app.screen.query_one("#notice", Static).visual)


async def call(kim: Terminal, name: str, **given: str) -> None:
    """The phone rings: a lead is typed in and assigned."""
    await kim.fill_in(customer=name, method="Phone Call", **(TRIP | given))
    await kim.press("f9")


async def test_a_day_at_the_desk(day: Day, desk: Desk) -> None:
    require_terminals()
    kim = await day.sits_down("kim")
    for number, name in enumerate(AGENTS, start=1):
        await day.sits_down(name.lower(), number)
    await day.agents[3].press("f4")  # Cy is in the queue, and is still notified of new work
    await _the_phone_rings(kim, day)
    await _a_mail_brings_many(kim)
    await _a_customer_calls_again(kim, desk)
    assert len(views_of(desk)) == 40
    await _a_typo_is_corrected(kim, day)
    await _agents_reach_their_customers(day, desk)
    await _the_next_morning(day, desk)
    await _somebody_asks(kim, desk)
    await _the_terminal_dies(day, kim)
    assert len(views_of(desk, status="Pending")) == 39
    for terminal in (kim, *day.agents.values()):
        await terminal.look(AstraApp.clear_notifications)  # the last message has the place of the totals
        await terminal.settle()
        assert " overdue" in await terminal.look(text_of), "a night has passed: what is late comes first"


def views_of(desk: Desk, **which: Any) -> list[BookingRow]:
    with desk.reading():
        return queries.list_bookings(queries.BookingFilter(**which))


async def _the_phone_rings(kim: Terminal, day: Day) -> None:
    """Nine calls: each goes to the least loaded agent, who is notified at once."""
    for number, name in enumerate(TYPED):
        await call(kim, name, phone="+49 711 4711" if number == 0 else "")
        assert await kim.look(notice) == f"{name} → {AGENTS[number % 3]} Byron, booking {number + 1}"
        assert not any(await kim.look(lambda app: app.screen.query_one("#customer", Input).value))
        holder = day.agents[number % 3 + 1]
        await holder.settle()
        assert re.search(rf"[Nn]ew for you: .*\b{number + 1}\b", await holder.look(text_of)), name
    assert "My desk 3" in await day.agents[3].look(text_of)  # elsewhere it is counted in the tab
    await day.agents[3].press("f5")
    assert "My desk 3" not in await day.agents[3].look(text_of)
    assert [row["booking_id"] for row in await day.agents[1].look(rows)] == [1, 4, 7]


async def _a_mail_brings_many(kim: Terminal) -> None:
    """Of thirty-one lines the good ones are assigned at once, and two bad ones stay to be corrected."""
    await kim.press("ctrl+t")
    lines = [*PASTED[:10], BROKEN[0], *PASTED[10:], BROKEN[1]]

    def paste(app: AstraApp) -> None:
        assert isinstance(app.screen, SeveralLeads)
        app.screen.query_one(TextArea).text = "\n".join(lines)

    await kim.look(paste)
    await kim.settle()
    shown = await kim.look(text_of)
    assert "29 ready, 2 with errors" in shown
    assert "'Pluto' is not an accepted destination" in shown
    await kim.press("f9")
    left = await kim.look(lambda app: app.screen.query_one(TextArea).text)
    assert left.split("\n") == BROKEN
    await kim.press("escape", "escape")


async def _a_customer_calls_again(kim: Terminal, desk: Desk) -> None:
    """The number is known and the booking open: kim is asked, and no second customer is added."""
    await call(kim, "Caler 01", phone="0711/4711")
    await call(kim, "Caller 1", phone="+49 711 4711")
    assert await kim.look(lambda app: isinstance(app.screen, KnownCustomer))
    await kim.press("1")
    with desk.reading():
        (row,) = customers.find("+497114711")
    assert row["open_bookings"] == 2


async def _a_typo_is_corrected(kim: Terminal, day: Day) -> None:
    """Kim's correction in the queue shows on the agent's desk."""
    await kim.press("f4", "slash", *"#2", "enter", "e")
    await kim.fill_in(name="Kaller Zwei")
    await kim.press("f9", "escape")
    await day.agents[2].settle()
    assert "Kaller Zwei" in await day.agents[2].look(text_of)


async def _agents_reach_their_customers(day: Day, desk: Desk) -> None:
    """One key does what comes next: claim, then reach the customer, then confirm."""
    await day.pass_time(minutes=20)
    for number, terminal in day.agents.items():
        await terminal.press("home", "m")
        (first,) = [row for row in await terminal.look(rows) if row["claimed_at"]]
        assert first["booking_id"] == number
        await terminal.press("home", "m")
        await terminal.fill_in(outcome="No answer", text="voicemail", follow_up="tomorrow 9:00")
        await terminal.press("f9", "home", "y")
    assert await day.agents[1].look(lambda app: app.clipboard) == "+497114711"
    ada = day.agents[1]
    await ada.press("down", "c", "m")  # claimed, it moves up to the work in progress
    await ada.fill_in(outcome="Reached", text="", follow_up="")
    await ada.press("f9", "f")
    await ada.fill_in(package="Luxury Dome Stay", destination_revenue="150000", package_revenue="25000")
    await ada.press("f9")
    (confirmed,) = views_of(desk, status="Confirmed")
    assert (confirmed["agent_id"], confirmed["total_revenue"]) == (1, 175000)
    await day.agents[2].press("home", "x", *"moved away", "f9")
    (cancelled,) = views_of(desk, status="Cancelled")
    assert cancelled["cancel_reason"] == "moved away"
    await day.agents[2].press("ctrl+z")  # it was the other booking
    assert views_of(desk, status="Cancelled") == []


async def _the_next_morning(day: Day, desk: Desk) -> None:
    """A follow-up at nine becomes due by time alone, and comes first."""
    due = views_of(desk, due_until="2082-03-02 09:00:00")
    assert [row["booking_id"] for row in due] != []
    ada = day.agents[1]
    assert "due" not in {row["group"] for row in await ada.look(rows)}
    await day.pass_time(hours=24)
    first = (await ada.look(rows))[0]
    assert (first["group"], first["booking_id"]) == ("due", 1)
    assert "overdue" in await ada.look(text_of)


async def _somebody_asks(kim: Terminal, desk: Desk) -> None:
    """Who has this number? Why did it go there, and who did what?"""
    await kim.press("f2", "ctrl+f", *"+497114711", "enter")
    assert await kim.look(lambda app: isinstance(app.screen, CustomerCard))
    assert "Phone   +497114711" in await kim.look(text_of)
    await kim.press("enter", "w")
    assert await kim.look(lambda app: isinstance(app.screen, Panel))
    await kim.press("escape")
    await kim.press("h", "slash", *"by:bo command:cancel", "enter")
    shown = await kim.look(text_of)
    assert "cancelled" in shown
    assert "moved away" in shown
    assert "Undone 1 Mar 2082 09:20 by bo" in " ".join((await kim.look(pane)).split())


async def _the_terminal_dies(day: Day, kim: Terminal) -> None:
    """A kill -9 in the middle of the form; the next user finds what was typed."""
    folder = drafts_folder()

    def is_kept() -> bool:
        return any("Half a Na" in file.read_text() for file in folder.glob("*.json"))

    type_and_die(day._path, b"\x1b\x1b\x1bHalf a Name", is_kept)
    again = await day.sits_down("kim", drafts=DraftFile(day._path))
    assert (await again.look(lambda app: app.screen.query_one("#customer", Input).value)).startswith(
        "Half a Na"
    )
    assert "restored" in (await again.look(notice)).lower()
    await again.press("ctrl+l")
    assert list(folder.glob("*.json")) == []
