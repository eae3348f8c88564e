"""An application whose server is lost: it says so once, keeps what was typed, and does it once."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import pytest
from textual.widgets import Static

from astra_tui.app import AstraApp
from dispatch import agents, bookings
from dispatch.bootstrap import open_desk
from dispatch.leads import intake
from models.customers import Lead
from screens.base import backend
from screens.widgets.bars import TopBar
from screens.widgets.live_table import LiveTable
from tests.conftest import QUIET, server_or_skip
from tests.screens.picture import text_of
from tests.screens.scenes import press, said
from tests.screens.test_on_a_server import FIELDS, KATE, until
from tests.server import DURABLE, Server

END_OTHERS = "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE application_name = 'astra'"
NAME = "desk_of_a_test"


@pytest.fixture
def own_server() -> Iterator[Server]:
    """A server for one test, which may kill it, with a desk of one agent."""
    with server_or_skip(DURABLE) as server:
        server.execute(f"CREATE DATABASE {NAME}")
        desk = open_desk(server.url(NAME), create=True, actor="lee")
        agents.add(
            desk, first_name="Ada", last_name="Byron", department="Premium Bookings",
            job_title="Space Travel Agent",
        )  # fmt: skip
        desk.close()
        server.execute(QUIET, NAME)
        yield server


def heading(app: AstraApp) -> str:
    return str(app.screen.query_one(TopBar).query_one(".info", Static).visual)


def is_lost(app: AstraApp) -> bool:
    return "not connected" in heading(app)


def names(address: str) -> list[str]:
    desk = open_desk(address)
    with desk.reading():
        found = [lead.customer_name for lead in Lead.select().order_by(Lead.lead_id)]
    desk.close()
    return found


async def type_lead(app: AstraApp) -> None:
    for field, value in zip(FIELDS, KATE, strict=True):
        app.screen.query_one(f"#{field}").value = value  # type: ignore[attr-defined]
    await app.settle()


async def test_a_lead_entered_while_the_server_is_down_is_there_once(
    own_server: Server, running: Callable[..., Any]
) -> None:
    address = own_server.url(NAME)
    async with running(address, size=(80, 24)) as (app, pilot):
        assert not is_lost(app)
        await type_lead(app)
        own_server.kill()
        await pilot.press("f9")
        await until(pilot, lambda: is_lost(app))
        assert app.screen.query_one("#customer").value == KATE[0]
        assert said(app) == []  # the bars say it
        own_server.start()
        await until(pilot, lambda: "Kate Nguyen →" in text_of(app))
        await until(pilot, lambda: not is_lost(app))
        assert "not connected" not in text_of(app)
    assert names(address) == ["Kate Nguyen"]
    ids = "SELECT count(*), count(request_id) FROM events WHERE actor = 'kim'"
    commands, with_id = own_server.execute(ids, NAME)[0]
    assert commands == with_id > 0


async def test_what_is_given_up_can_be_done_again(
    own_server: Server, running: Callable[..., Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(backend, "REPEAT_FOR_S", 0.0)
    address = own_server.url(NAME)
    async with running(address, size=(100, 30)) as (app, pilot):
        await press(app, "f4", "f2")
        await type_lead(app)
        own_server.kill()
        await pilot.press("f9")
        await until(pilot, lambda: is_lost(app))
        await until(pilot, lambda: "o connection" in str(app.screen.query_one("#notice", Static).visual))
        assert app.screen.query_one("#customer").value == KATE[0]
        await pilot.press("f4")
        await until(pilot, lambda: app.place_name == "queue")
        assert is_lost(app)
        await pilot.press("f2")
        own_server.start()
        await until(pilot, lambda: not is_lost(app))
        assert app.screen.query_one("#customer").value == KATE[0]
        await pilot.press("f9")
        await until(pilot, lambda: "Kate Nguyen →" in text_of(app))
    assert names(address) == ["Kate Nguyen"]


async def test_connections_that_are_ended_are_replaced_unseen(
    server: Server, address: str, running: Callable[..., Any]
) -> None:
    other = open_desk(address, actor="lee")
    agents.add(
        other, first_name="Ada", last_name="Byron", department="Premium Bookings",
        job_title="Space Travel Agent",
    )  # fmt: skip
    for name in ("Kate", "John"):
        intake.receive(
            other, name=name, method="Text", source="Organic", destination="Mars",
            launch="Tokyo Spaceport Terminal",
        )  # fmt: skip
    async with running(address, size=(100, 30), at="queue") as (app, pilot):
        queue = app.screen.query_one("#queue", LiveTable)
        assert len(queue.rows_shown) == 2
        server.execute(END_OTHERS)
        bookings.cancel(other, 1, "ill")
        await until(pilot, lambda: "Cancelled" in {row["status"] for row in queue.rows_shown})
        assert len(queue.rows_shown) == 2
        server.execute(END_OTHERS)
        done: list[Any] = []
        app.perform(lambda desk: bookings.note(desk, 2, "later"), done.append)
        await until(pilot, lambda: bool(done))
        await until(pilot, lambda: not is_lost(app))
        assert said(app) == []
    other.close()


async def test_an_idle_application_has_two_connections(
    server: Server, address: str, running: Callable[..., Any]
) -> None:
    name = address.partition("?")[0].rpartition("/")[2]
    async with running(address, size=(100, 30), sweeps=True) as (app, pilot):
        await press(app, "f3", "f4", "f5")
        await app.settle()
        await until(pilot, lambda: True)
        count = f"SELECT count(*) FROM pg_stat_activity WHERE datname = '{name}'"
        assert server.execute(count)[0][0] <= 2


async def test_what_the_desk_does_by_itself_waits_too(
    own_server: Server, running: Callable[..., Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(backend, "REPEAT_FOR_S", 0.0)
    async with running(own_server.url(NAME), size=(100, 30), at="queue") as (app, pilot):
        own_server.kill()
        app.sweep()
        await until(pilot, lambda: is_lost(app))
        await until(pilot, lambda: not app.workers)
        assert len(app.screen_stack) == 1  # and no panel with an error
        assert said(app) == []
