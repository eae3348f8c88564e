"""Alerts: counted at the bottom of every place, and listed by key, palette and mouse."""

from __future__ import annotations

from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from textual.widgets import Static

from astra_tui.app import AstraApp
from dispatch import bookings
from dispatch.bootstrap import open_desk
from dispatch.leads import intake
from dispatch.operations.timeouts import first_contact
from screens.base import keys
from screens.widgets.live_table import LiveTable
from tests.screens.conftest import NOON
from tests.screens.picture import text_of
from tests.screens.scenes import press

TRIP = {"method": "Text", "source": "Organic", "destination": "Mars", "launch": "Sydney Stellar Port"}


@pytest.fixture
def late_file(demo_file: Path) -> Path:
    """The demo, where a week ago one lead was left alone after its contact, and nobody called another."""
    desk = open_desk(demo_file, clock=lambda: NOON - timedelta(days=7), actor="lee")
    for name in ("Nia Stone", "Omar Reyes"):
        row = intake.receive(desk, name=name, **TRIP)
        bookings.claim(desk, row["booking_id"], row["agent_id"] or 0)
    bookings.contact(desk, row["booking_id"], "reached", follow_up="none")
    desk.close()
    return demo_file


def bottom(app: AstraApp) -> str:
    return str(app.screen.query_one(".totals", Static).content)


def section(app: AstraApp) -> list[tuple[str, str, int]]:
    table = app.screen.query_one("#alerts", LiveTable)
    return [(row["kind"], row["who"], row["number"]) for row in table.rows_shown]


@pytest.mark.parametrize("size", [(80, 24), (120, 36)])
async def test_every_place_counts_what_is_late_and_leads_to_it(
    late_file: Path, running: Any, size: tuple[int, int]
) -> None:
    async with running(late_file, size=size) as (app, pilot):
        for number in range(2, 8):
            await press(app, f"f{number}", "escape")  # My desk asks whose it is
            assert "1 overdue · 1 rotten" in bottom(app)
            assert "1 overdue · 1 rotten" in text_of(app)
        await press(app, "f2", "f10")  # also while the cursor is in a field
        found = [(kind, who) for kind, who, _ in section(app)]
        assert found[:2] == [("rotten", "Omar Reyes"), ("overdue", "Nia Stone")]
        await press(app, "enter")
        assert app.place.NAME == "queue"
        assert "Omar Reyes" in text_of(app)
        label = app.screen.query_one(".totals", Static)
        await pilot.click(label, offset=(label.size.width - 3, 0))
        await app.settle()
        assert app.place.NAME == "insights"
        assert section(app)[0][1] == "Omar Reyes"
        assert any(
            entry.title == keys.BY_ID["alerts"].description for entry in app.palette_entries(app.screen)
        )


async def test_nothing_late_is_not_mentioned_and_time_alone_brings_it(demo_file: Path, running: Any) -> None:
    now = [NOON]

    def clock() -> datetime:
        return now[0]

    desk = open_desk(demo_file, clock=clock, actor="lee")
    row = intake.receive(desk, name="Nia Stone", **TRIP)
    bookings.claim(desk, row["booking_id"], row["agent_id"] or 0)
    desk.close()
    async with running(demo_file, clock=clock, at="roster") as (app, _):
        assert "overdue" not in bottom(app)
        now[0] += timedelta(hours=4)
        app.place.look_at_clock()
        await app.settle()
        assert "1 overdue" in bottom(app)


async def test_a_desk_without_alerts_says_what_would_be_here(path: Path, running: Any) -> None:
    open_desk(path, create=True, clock=lambda: NOON).close()
    async with running(path) as (app, _):
        await press(app, "f10")
        assert "No alerts" in text_of(app)


async def test_the_pane_says_the_next_step_and_its_time(late_file: Path, running: Any) -> None:
    async with running(late_file, at="queue", size=(120, 36)) as (app, _):
        await press(app, "slash", *"is:rotten", "enter")
        assert "rotten since" in text_of(app)


async def test_a_first_contact_that_becomes_late_is_announced_once(demo_file: Path, running: Any) -> None:
    now = [NOON]
    desk = open_desk(demo_file, clock=lambda: now[0], actor="lee")
    row = intake.receive(desk, name="Nia Stone", **TRIP)
    bookings.claim(desk, row["booking_id"], row["agent_id"] or 0)
    async with running(demo_file, clock=lambda: now[0], at="roster") as (app, _):
        app.my_agent_id = row["agent_id"]
        for hours, words in ((2, "50 % of the time used"), (2, "First contact overdue")):
            now[0] += timedelta(hours=hours)
            first_contact.warn(desk, row["booking_id"])
            await app.look_for_changes()
            await app.settle()
            texts = [message.text for message in app.messages.kept]
            assert sum(words in text for text in texts) == 1, texts
            assert f"{row['booking_id']} Nia Stone" in texts[-1]
    desk.close()
