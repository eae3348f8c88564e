"""docs/rules.md, Published walkthrough, typed into the application through the documented ids."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from astra_tui.app import AstraApp
from dispatch import queries
from dispatch.bootstrap import open_desk
from dispatch.queries.row_types import BookingRow
from screens.widgets.live_table import LiveTable
from seeds.importing.importer import import_files
from tests.screens.scenes import press

FIELDS = ("customer", "method", "source", "destination", "launch")
KATE = ("Kate Nguyen", "Text", "Organic", "Mars", "Dallas-Fort Worth Launch Complex")
JOHN = ("John Doe", "Phone Call", "Bought", "Europa", "Sydney Stellar Port")

BEFORE = {6: 1, 3: 2, 27: 2, 24: 4, 1: 5, 16: 5}
AFTER = {27: 1, 24: 2, 1: 3, 16: 3, 19: 5, 3: 17}
AFTER_CANCEL = {3: 1, 27: 1, 24: 3, 1: 4, 16: 4}


@pytest.fixture
def challenge_file(path: Path, challenge_data: Path) -> Path:
    desk = open_desk(path, actor="seed")
    import_files(desk, sorted(challenge_data.glob("*.sql.txt")))
    desk.close()
    return path


@pytest.fixture(params=["demo", "challenge"])
def desk_file(request: pytest.FixtureRequest) -> Path:
    file: Path = request.getfixturevalue(f"{request.param}_file")
    return file


async def test_walkthrough_in_the_application(desk_file: Path, running: Any) -> None:
    async with running(desk_file, size=(100, 30)) as (app, pilot):
        assert await ranks_on_roster(app, BEFORE) == BEFORE

        await pilot.press("f2")
        await enter(app, pilot, KATE)
        await enter(app, pilot, JOHN)
        kate, john = newest(app, 2)
        assert (kate["agent_id"], kate["assignment_id"], kate["booking_id"]) == (6, 451, 413)
        assert (john["agent_id"], john["assignment_id"], john["booking_id"]) == (3, 452, 414)
        assert await ranks_on_roster(app, AFTER) == AFTER

        await cancel_in_queue(app, 414, "changed his mind")
        assert await ranks_on_roster(app, AFTER_CANCEL) == AFTER_CANCEL


async def enter(app: AstraApp, pilot: Any, lead: tuple[str, ...]) -> None:
    for field, value in zip(FIELDS, lead, strict=True):
        app.screen.query_one(f"#{field}").value = value  # type: ignore[attr-defined]
    await pilot.click("#assign")
    await app.settle()
    assert app.screen.query_one("#customer").value == ""  # type: ignore[attr-defined]


async def cancel_in_queue(app: AstraApp, number: int, reason: str) -> None:
    await press(app, "f4")
    table = app.screen.query_one("#queue", LiveTable)
    table.move_cursor(row=table.get_row_index(str(number)))
    await app.settle()
    await press(app, "x", *reason, "enter")


async def ranks_on_roster(app: AstraApp, wanted: dict[int, int]) -> dict[int, int]:
    """The ranks that the roster shows for some agents."""
    await press(app, "f3")
    table = app.screen.query_one("#roster", LiveTable)
    return {agent_id: int(table.get_cell(str(agent_id), "rank").plain) for agent_id in wanted}


def newest(app: AstraApp, count: int) -> list[BookingRow]:
    with app.backend.desk.reading():
        rows = queries.list_bookings(queries.BookingFilter(sort="id"), limit=count)
    app.backend.desk.close()
    return rows[::-1]
