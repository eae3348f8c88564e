"""How many keys the acts of a working day cost: each is done with real keys, and its outcome is looked at."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from astra_tui.app import AstraApp
from dispatch import queries
from screens.widgets.live_table import LiveTable
from tests.screens.picture import text_of
from tests.screens.scenes import press

TEXT_LEAD = ("t", "enter", "o", "enter", "m", "enter")
BOOKING, AGENT = 412, 6


async def _booking(app: AstraApp, number: int = BOOKING) -> dict[str, Any]:
    return dict(await app.backend.read(lambda: queries.booking(number)))


@pytest.mark.parametrize(
    ("keys", "most", "outcome"),
    [
        (("ctrl+g", *"c412", "enter"), 6, lambda row: row["claimed_at"] is not None),
        (("ctrl+g", *"r 412 9 sick", "enter"), 14, lambda row: row["agent_id"] == 9),
        (("f4", "escape", "home", "c"), 4, lambda row: row["claimed_at"] is not None),
        (("f4", "escape", "home", "x", *"ill", "enter"), 8, lambda row: row["status"] == "Cancelled"),
    ],
    ids=["claim by number", "reassign by number", "claim the newest", "cancel the newest"],
)
async def test_an_act_on_a_booking(
    running: Any, keys: tuple[str, ...], most: int, outcome: Callable[[dict[str, Any]], bool]
) -> None:
    """From a place that shows figures only, as from any other."""
    async with running(at="insights") as (app, _):
        await press(app, "f7")
        await press(app, *keys)
        assert outcome(await _booking(app))
        assert len(keys) <= most


@pytest.mark.parametrize(
    ("keys", "most", "launch", "phone"),
    [
        ((*TEXT_LEAD, "d", "enter", "enter"), 9, "Dallas-Fort Worth Launch Complex", None),
        ((*TEXT_LEAD, "d", "u", "enter", "enter"), 10, "Dubai Interplanetary Hub", None),
        (
            ("p", "enter", *"+15550100", "enter", *TEXT_LEAD[2:], "d", "enter", "enter"),
            8 + 4 + len("+15550100"),  # no more than the form's fields and the characters that are typed
            "Dallas-Fort Worth Launch Complex",
            "+15550100",
        ),
    ],
    ids=["text", "text from Dubai", "call with its number"],
)
async def test_a_lead(running: Any, keys: tuple[str, ...], most: int, launch: str, phone: str | None) -> None:
    async with running() as (app, _):
        await press(app, *"Ann", "enter", *keys)
        row = await _booking(app, BOOKING + 1)
        assert (row["customer_name"], row["launch_location"], row["phone"]) == ("Ann", launch, phone)
        assert len(keys) <= most


async def test_a_break_a_note_and_a_booking_in_sight(running: Any) -> None:
    async with running() as (app, _):
        keys = ("ctrl+g", *"p 6 break 15m", "enter")
        await press(app, *keys)
        assert (await app.backend.read(lambda: queries.agent(AGENT)))["presence"] == "break"
        await press(app, "ctrl+g", *f"n {BOOKING} called twice", "enter")
        await press(app, "ctrl+g", *str(BOOKING), "enter")
        current = app.screen.query_one(LiveTable).current
        assert current is not None
        assert current["booking_id"] == BOOKING
        assert "called twice" in text_of(app)
