"""Priorities on screen: typed with a lead, seen in every list of bookings, and set for several at once."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from astra_tui.app import AstraApp
from dispatch import bookings, queries
from dispatch.desk.desk import Desk
from dispatch.leads import intake
from models.priorities import PRIORITIES
from screens.bookings.now_card import NowCard
from screens.customers.card import CustomerCard
from screens.widgets.detail_pane import DetailPane
from screens.widgets.live_table import LiveTable
from screens.widgets.steady_text import NO_BREAK, HangingText
from screens.wording.bookings import customer, priority
from tests.screens.picture import text_of
from tests.screens.scenes import LEAD, fill_in, press
from tests.screens.test_my_desk import here

TRIP = {
    "method": "Text",
    "source": "Organic",
    "destination": "Mars",
    "launch": "Dallas-Fort Worth Launch Complex",
}
KATE: Any = {"customer_name": "Kate [/]", "status": "Pending", "voided": False, "do_not_contact": False}


@pytest.mark.parametrize(
    ("name", "shown", "words"),
    [
        ("CRITICAL", "↑↑↑ Kate [/]", "↑↑↑ Critical"),
        ("URGENT", "↑↑ Kate [/]", "↑↑ Urgent"),
        ("HIGH", "↑ Kate [/]", "↑ High"),
        ("MEDIUM", "Kate [/]", "Medium"),
        ("LOW", "↓ Kate [/]", "↓ Low"),
    ],
)
def test_each_has_a_sign_that_needs_no_colour(name: str, shown: str, words: str) -> None:
    row = KATE | {"priority": name}
    assert (customer(row).plain, priority(row).plain) == (shown, words)
    closed = row | {"status": "Cancelled"}
    assert not any("bold" in str(span.style) for span in customer(closed).spans), "nobody is needed any more"


async def newest(app: AstraApp) -> dict[str, Any]:
    rows = await app.backend.read(lambda: queries.list_bookings(queries.BookingFilter(sort="id"), 1))
    return dict(rows[0])


async def test_a_priority_is_chosen_in_the_form_and_is_in_nobodys_way(running: Any) -> None:
    async with running(size=(80, 24)) as (app, _):
        await press(app, "f2")
        await fill_in(app, **(LEAD | {"customer": "Ann Usual", "phone": "0711 1"}))
        await press(app, "f9")
        assert (await newest(app))["priority"] == "MEDIUM"
        assert "↑" not in text_of(app)

        await fill_in(app, **(LEAD | {"customer": "Ann Urgent", "phone": "0711 2"}))
        app.screen.query_one("#launch").focus()
        await press(app, "enter")
        assert app.focused is not None
        assert app.focused.id == "requests", "the usual call passes it by"
        await press(app, "shift+tab", "c", "enter", "enter")
        row = await newest(app)
        assert (row["customer_name"], row["priority"]) == ("Ann Urgent", "CRITICAL")
        assert "↑↑↑ Ann Urgent" in text_of(app)
        assert app.screen.query_one("#priority").value != "Critical", "the next lead is as usual"


async def test_enter_in_priority_goes_to_what_is_still_needed(running: Any) -> None:
    async with running(size=(80, 24)) as (app, _):
        await press(app, "f2")
        await fill_in(app, **(LEAD | {"phone": "0711 2", "destination": ""}))
        app.screen.query_one("#priority").focus()
        await press(app, "h", "enter")
        assert app.focused is not None
        assert app.focused.id == "destination"


async def test_marked_bookings_get_a_priority_after_a_preview(running: Any, other_terminal: Desk) -> None:
    async with running(size=(120, 36), at="queue") as (app, _):
        await press(app, "f4", "escape", "v")
        rows = app.screen.query_one("#queue", LiveTable).rows_shown
        chosen = [row["booking_id"] for row in rows[:2]]
        await press(app, "home", "space", "space", "e")
        await fill_in(app, priority="Urgent")
        assert text_of(app).count("priority Urgent") == 2
        await press(app, "f9")
        with other_terminal.reading():
            assert {row["priority"] for row in queries.bookings_by_id(chosen)} == {"URGENT"}
        await press(app, "escape", "escape")
        assert text_of(app).count("↑↑ ") == 2
        await press(app, "u")
        await press(app, "u")
        with other_terminal.reading():
            assert {row["priority"] for row in queries.bookings_by_id(chosen)} == {"MEDIUM"}


async def test_one_booking_is_edited(running: Any) -> None:
    async with running(size=(120, 36), at="queue") as (app, _):
        await press(app, "f4", "escape", "v", "home", "e")
        await fill_in(app, priority="High")
        await press(app, "f9")
        row = app.screen.query_one("#queue", LiveTable).current
        assert row is not None
        assert row["priority"] == "HIGH"
        assert "Priority" in text_of(app)


async def test_the_command_line_sets_it(running: Any, other_terminal: Desk) -> None:
    async with running() as (app, _):
        await press(app, "ctrl+g", *"e 412 cr", "enter")
        await press(app, "ctrl+g", *"e 411,410 low", "enter")
        with other_terminal.reading():
            rows = {row["booking_id"]: row["priority"] for row in queries.bookings_by_id([410, 411, 412])}
    pending = {number: name for number, name in rows.items() if name != "MEDIUM"}
    assert pending.get(412, "CRITICAL") == "CRITICAL"
    assert set(pending.values()) <= {"CRITICAL", "LOW"}
    assert pending


async def test_my_desk_has_the_order_of_work(running: Any, other_terminal: Desk) -> None:
    """What has waited for days is before a fresh CRITICAL one, and that before a LOW one of the same time."""
    low, critical = (
        intake.receive(other_terminal, name=f"Kate {name}", **TRIP, priority=name)["booking_id"]
        for name in ("LOW", "CRITICAL")
    )
    with other_terminal.reading():
        agent = max(queries.list_agents(), key=lambda row: row["load"])
        old = queries.pending_ids(agent["agent_id"])
    for number in (low, critical):
        bookings.reassign(other_terminal, number, agent["agent_id"], "knows her")
    async with running(at="my-desk") as (app, _):
        await press(app, "f5", "at", *agent["name"], "enter")
        table = app.screen.query_one("#my-desk", LiveTable)
        assert [row["booking_id"] for row in table.rows_shown] == [*old, critical, low]
        table.stand_at(critical)
        await app.settle()
        assert here(app) == critical
        region = app.screen.query_one(NowCard).region
        card = [line[region.x : region.right] for line in text_of(app).splitlines()[region.y : region.bottom]]
        assert "↑↑↑ Critical" in card[0]


async def test_what_all_have_seen_is_marked_and_found(running: Any, golden_file: Path) -> None:
    async with running(golden_file, size=(120, 36), at="queue") as (app, _):
        stuck = await app.backend.read(queries.seen_by_all)
        await press(app, "f4", "escape", *"/is:seen", "enter")
        rows = app.screen.query_one("#queue", LiveTable).rows_shown
        assert [row["booking_id"] for row in rows] == stuck
        assert stuck
        assert "! seen by all" in text_of(app)
        pane = str(app.screen.query(DetailPane).first().query_one(HangingText).content)
        assert "! seen by all" in pane.replace(NO_BREAK, " "), "the row and the pane say the same"
        assert "waiting" not in pane
        await press(app, "i")
        assert isinstance(app.screen, CustomerCard)
        card = text_of(app)
        assert "! seen by all" in card
        assert "○ waiting" not in card
        await press(app, "escape", "f2")
        assert "○ waiting" not in text_of(app), "nor among the latest leads"


def test_the_names_of_the_form_are_those_of_the_desk() -> None:
    from screens.wording.priorities import NAMES

    assert [name.upper() for name in NAMES] == list(PRIORITIES[::-1])
