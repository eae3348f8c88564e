"""The application on a desk in a database of a server."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from dispatch import agents, queries
from dispatch.bootstrap import open_desk
from dispatch.desk.desk import Desk
from dispatch.leads import intake
from screens.widgets.bars import TopBar
from screens.widgets.live_table import LiveTable
from tests.server import GUARDED, Server, database_of

FIELDS = ("customer", "method", "source", "destination", "launch")
KATE = ("Kate Nguyen", "Text", "Organic", "Mars", "Dallas-Fort Worth Launch Complex")
JOHN = {"method": "Text", "source": "Organic", "destination": "Mars", "launch": "Tokyo Spaceport Terminal"}
PASSWORD = "right"  # as tests/server.py gives it


@pytest.fixture
def elsewhere(address: str) -> Any:
    """The same desk, from another host."""
    desk = open_desk(address, actor="lee")
    agents.add(
        desk, first_name="Ada", last_name="Byron", department="Premium Bookings",
        job_title="Space Travel Agent",
    )  # fmt: skip
    yield desk
    desk.close()


async def until(pilot: Any, is_so: Callable[[], bool]) -> None:
    """Wait for what the application notices by itself, within half a second of a machine that is idle."""
    for _ in range(200):
        if is_so():
            return
        await pilot.pause(0.05)
    raise AssertionError("it was not noticed")


async def test_a_lead_is_entered_and_anothers_arrives(
    address: str, elsewhere: Desk, running: Callable[..., Any]
) -> None:
    async with running(address, size=(100, 30)) as (app, pilot):
        for field, value in zip(FIELDS, KATE, strict=True):
            app.screen.query_one(f"#{field}").value = value
        await pilot.click("#assign")
        await app.settle()
        with elsewhere.reading():
            row = queries.booking(1)
        assert (row["customer_name"], row["agent_name"]) == ("Kate Nguyen", "Ada Byron")

        await pilot.press("f4")
        await app.settle()
        intake.receive(elsewhere, name="John Doe", **JOHN)
        queue = app.screen.query_one("#queue", LiveTable)
        await until(pilot, lambda: len(queue.rows_shown) == 2)
        assert [row["booking_id"] for row in queue.rows_shown] == [2, 1]


async def test_no_password_is_on_the_screen_or_in_a_file(
    server: Server, address: str, tmp_path: Path, running: Callable[..., Any]
) -> None:
    name = database_of(address)
    server.execute(f"GRANT ALL ON ALL TABLES IN SCHEMA public TO {GUARDED}", name)
    guarded = f"postgresql://{GUARDED}:{PASSWORD}@/{name}?host={server.folder}"
    async with running(guarded, size=(100, 30)) as (app, _pilot):
        bar = app.screen.query_one(TopBar).query_one(".info")
        shown = f"{bar.render()}{bar.tooltip}{app.title}"
        assert name in shown
        assert PASSWORD not in shown
    for file in tmp_path.rglob("*"):
        if file.is_file():
            assert f":{PASSWORD}@".encode() not in file.read_bytes()
