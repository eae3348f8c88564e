"""Two applications on one desk: what one does appears in the other, and a conflict is said in words."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest

from astra_tui.app import AstraApp
from dispatch import agents, bookings, queries
from dispatch.bootstrap import open_desk
from dispatch.desk.desk import Desk
from dispatch.leads import intake
from screens.widgets.live_table import LiveTable
from tests.screens.conftest import standing_still
from tests.screens.test_on_a_server import until

MARS = {"method": "Text", "source": "Organic", "destination": "Mars", "launch": "Tokyo Spaceport Terminal"}


@pytest.fixture(params=["sqlite", "postgres"])
def shared(request: pytest.FixtureRequest, tmp_path: Path) -> str | Path:
    """A desk with an agent and a lead, in a file or on a server."""
    path = request.getfixturevalue("address") if request.param == "postgres" else tmp_path / "shared.db"
    with closing(open_desk(path, create=True, clock=standing_still, actor="seed")) as desk:
        desk_with_a_lead(desk)
    return path


def desk_with_a_lead(desk: Desk) -> None:
    agents.add(
        desk, first_name="Ada", last_name="Byron", department="Premium Bookings",
        job_title="Space Travel Agent",
    )  # fmt: skip
    intake.receive(desk, name="Kate", **MARS)


def rows(app: AstraApp) -> list[Any]:
    return list(app.screen.query_one("#queue", LiveTable).rows_shown)


async def test_one_sees_what_the_other_does(shared: str | Path, running: Callable[..., Any]) -> None:
    async with (
        running(shared, size=(100, 30), at="queue", actor="kim") as (kim, _),
        running(shared, size=(100, 30), at="queue", actor="lee") as (lee, pilot),
    ):
        kim.perform(lambda desk: intake.receive(desk, name="John", **MARS))
        await until(pilot, lambda: len(rows(lee)) == 2)
        lee.perform(lambda desk: bookings.cancel(desk, 1, "ill"))
        await until(pilot, lambda: "Cancelled" in {row["status"] for row in rows(kim)})


async def test_a_conflict_on_one_booking_is_said_in_words(
    shared: str | Path, running: Callable[..., Any]
) -> None:
    async with (
        running(shared, size=(100, 30), at="queue", actor="kim") as (kim, kims),
        running(shared, size=(100, 30), at="queue", actor="lee") as (lee, lees),
    ):
        kim.my_agent_id = lee.my_agent_id = 1
        await lees.press("x")  # the form is for the booking as lee sees it
        await until(lees, lambda: len(lee.screen_stack) == 2)
        kim.perform(lambda desk: bookings.cancel(desk, 1, "ill"))
        await until(kims, lambda: "Cancelled" in {row["status"] for row in rows(kim)})
        lee.screen.query_one("#reason").value = "no money"
        await lees.press("f9")
        await until(lees, lambda: "cancelled" in str(lee.screen.query_one("#problem").visual))
    with closing(open_desk(shared, clock=standing_still)) as desk, desk.reading():
        assert queries.booking(1)["status"] == "Cancelled"
