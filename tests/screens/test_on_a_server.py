"""The application on a desk in a database of a server."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from astra_tui.app import AstraApp
from dispatch import agents, queries
from dispatch.bootstrap import open_desk
from dispatch.desk.desk import Desk
from dispatch.leads import intake
from dispatch.people import users
from dispatch.people.sign_in import by_server
from screens.app.session import SIGN_IN
from screens.dispatch.screen import Dispatch
from screens.widgets.bars import TopBar
from screens.widgets.live_table import LiveTable
from tests.screens.picture import text_of
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


@pytest.fixture
def people(server: Server, address: str, elsewhere: Desk) -> None:
    """Dora is a dispatcher, and otto an auditor, with the rights that README's command gives them."""
    for login, role in (("astra_owner", None), ("dora", "dispatcher"), ("otto", "auditor")):
        users.add(elsewhere, login, role)
        by_server(elsewhere)
    server.execute(elsewhere.database.grants(), database_of(address))
    server.execute("GRANT astra_desk TO dora; GRANT astra_auditor TO otto")


async def test_whoever_the_server_knows_sees_the_desk_at_once(
    server: Server, address: str, elsewhere: Desk, people: None
) -> None:
    app = AstraApp(database=server.url(database_of(address), "dora"), identify=by_server)
    async with app.run_test(size=(100, 30)) as pilot:
        await app.settle()
        assert isinstance(app.screen, Dispatch)
        for field, value in zip(FIELDS, KATE, strict=True):
            app.screen.query_one(f"#{field}").value = value  # type: ignore[attr-defined]
        await pilot.click("#assign")
        await app.settle()
        last = "SELECT actor, db_user FROM events WHERE command = 'lead.add'"
        assert server.execute(last, database_of(address)) == [("dora", "dora")]
        titles = [one.title for one in app.get_system_commands(app.screen)]
        assert "Sign out" in titles
        assert "Change password" not in titles
        users.disable(elsewhere, "dora")
        await until(pilot, lambda: "The user dora was disabled" in text_of(app))
        assert app.current_mode == SIGN_IN


async def test_an_auditors_application_writes_nothing(
    server: Server, address: str, elsewhere: Desk, people: None
) -> None:
    name = database_of(address)
    before = server.execute("SELECT changes FROM desk_lock", name)
    app = AstraApp(database=server.url(name, "otto"), identify=by_server)
    async with app.run_test(size=(100, 30)) as pilot:
        await app.settle()
        assert isinstance(app.screen, Dispatch)
        await pilot.press("f4")
        await app.settle()
        assert "read-only" in text_of(app)
        assert server.execute("SELECT changes FROM desk_lock", name) == before
