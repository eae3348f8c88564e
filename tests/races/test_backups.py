"""Two applications and four processes at work, while the desk is copied and restored."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable
from contextlib import AsyncExitStack, closing
from functools import partial
from pathlib import Path
from typing import Any

import pytest
from textual.widgets import Input

from astra_tui.app import AstraApp
from dispatch import agents
from dispatch.bootstrap import open_desk
from dispatch.leads import intake
from dispatch.operations.backup import backup
from dispatch.operations.restore import restore
from tests.races.conftest import Worker
from tests.screens.picture import text_of
from tests.screens.terminal import Terminal

pytestmark = pytest.mark.on_file

WRITERS, LEADS = 4, 120
TRIP = {"method": "Text", "source": "Organic", "destination": "Mars", "launch": "Sydney Stellar Port"}
Start = Callable[..., Worker]


def ask(path: Path, sql: str) -> list[Any]:
    with closing(sqlite3.connect(path)) as connection:
        return connection.execute(sql).fetchall()


def check(path: Path) -> None:
    """What holds of a desk at any moment: copied, restored, or both."""
    assert ask(path, "PRAGMA integrity_check") == [("ok",)]
    assert ask(path, "PRAGMA foreign_key_check") == []
    pending = "(SELECT count(*) FROM bookings b WHERE b.agent_id = a.agent_id AND status = 'Pending')"
    assert ask(path, f"SELECT agent_id FROM space_travel_agents a WHERE load != {pending}") == []
    for table in ("bookings", "new_customer", "assignment_history"):
        assert ask(path, f"SELECT count(*) - coalesce(max(rowid), 0) FROM {table}") == [(0,)], table
    leads = ask(path, "SELECT count(*) FROM new_customer")
    assert ask(path, "SELECT count(*) FROM bookings") == leads
    assert ask(path, "SELECT count(*) FROM events WHERE command = 'lead.add'") == leads


def leads_in(path: Path) -> int:
    return int(ask(path, "SELECT count(*) FROM new_customer")[0][0])


@pytest.fixture
def desk_file(path: Path) -> Path:
    desk = open_desk(path, actor="kim")
    for years in range(5):
        agents.add(
            desk,
            first_name="Ada",
            last_name="Byron",
            department="Premium Bookings",
            job_title="Space Travel Agent",
            years=years,
            capacity=10_000,
        )
    for number in range(20):
        intake.receive(desk, name=f"Early {number}", **TRIP)
    desk.close()
    return path


async def test_a_backup_is_whole_and_a_restore_reaches_everybody_at_work(
    desk_file: Path, start: Start, tmp_path: Path
) -> None:
    desk = open_desk(desk_file, actor="lee")
    async with AsyncExitStack() as stack:
        terminals = [
            await stack.enter_async_context(Terminal(AstraApp(database=desk_file, actor=name)))
            for name in ("kim", "mia")
        ]
        for terminal in terminals:
            await terminal.press("f4")
        writers = [start("leads", LEADS, f"Writer {number}") for number in range(WRITERS)]
        copies = []
        for number in range(3):
            while leads_in(desk_file) < 20 + 40 * (number + 1):
                await terminals[0].settle()
            copies.append(backup(desk, tmp_path / f"copy-{number}.db"))
        done = restore(partial(open_desk, actor="lee"), desk_file, tmp_path / "copy-1.db")
        for writer in writers:
            writer.result()  # none was refused, and none ended
        for terminal in terminals:
            await terminal.settle()
            shown = await terminal.look(text_of)
            assert "The desk was restored from copy-1.db by lee" in shown
            assert await terminal.look(lambda app: app.place is not None and not app.place.is_lost)
    desk.close()
    for made in copies:
        check(Path(made["file"]))
        assert (made["checked"], made["findings"]) == (True, [])
        assert leads_in(Path(made["file"])) == made["bookings"]
    check(desk_file)
    check(Path(str(done["kept"])))
    assert done["lost"]["bookings"] == leads_in(Path(str(done["kept"]))) - copies[1]["bookings"]
    # every lead is in the copy of the desk as it was, or on the desk
    lost = done["lost"]["leads"] or 0
    assert leads_in(desk_file) == 20 + WRITERS * LEADS - lost
    events = ask(desk_file, "SELECT event_id FROM events")
    before = [number for (number,) in events if number < (done["event_id"] or 0)]
    assert max(before) == copies[1]["last_event"]


async def test_what_is_typed_survives_a_restore(desk_file: Path, tmp_path: Path) -> None:
    desk = open_desk(desk_file, actor="lee")
    backup(desk, tmp_path / "copy.db")
    intake.receive(desk, name="Late Comer", **TRIP)
    desk.close()
    async with Terminal(AstraApp(database=desk_file, actor="kim")) as terminal:
        await terminal.fill_in(customer="Kate Nguyen")
        restore(partial(open_desk, actor="lee"), desk_file, tmp_path / "copy.db")
        await terminal.settle()
        assert "restored from copy.db by lee; 1 event lost" in await terminal.look(text_of)
        typed = await terminal.look(lambda app: app.screen.query_one("#customer", Input).value)
        assert typed == "Kate Nguyen"
        await terminal.fill_in(
            method="Text", source="Organic", destination="Mars", launch="Sydney Stellar Port"
        )
        await terminal.press("f9")
        await terminal.settle()
    assert leads_in(desk_file) == 21
    check(desk_file)
