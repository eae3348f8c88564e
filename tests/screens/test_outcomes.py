"""What a contact comes to, on the screens: chosen by a letter, previewed, told, changed in the palette."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from textual.widgets import Input

from astra_tui.app import AstraApp
from dispatch import queries
from dispatch.bookings import dispositions
from dispatch.queries.row_types import BookingRow
from tests.screens.picture import text_of
from tests.screens.scenes import fill_in, press

NUMBER = 9


async def booking(app: AstraApp) -> BookingRow:
    return await app.backend.read(lambda: queries.booking(NUMBER))


async def at_booking(app: AstraApp) -> None:
    await press(app, "f4", "slash")
    app.screen.query_one("#filter", Input).value = f"number:{NUMBER}"
    await press(app, "enter")


@pytest.mark.parametrize("size", [(80, 24), (120, 36)])
async def test_a_letter_chooses_the_outcome_and_the_preview_says_what_follows(
    golden_file: Path, running: Any, size: tuple[int, int]
) -> None:
    async with running(golden_file, size=size, at="queue") as (app, _):
        await at_booking(app)
        await press(app, "t")
        shown = text_of(app)
        assert "2 working days, unless you type another" in shown
        await press(app, "n")
        assert "1st of 6 attempts" in text_of(app)
        assert "4 working hours" in text_of(app)
        await press(app, *"not")
        assert "Closes the booking. Cancelled: not interested" in text_of(app)
        await press(app, "w")
        assert "Cancelled as unreachable: wrong number" in text_of(app)
        await press(app, "f9")
        row = await booking(app)
        assert (row["status"], row["unreachable"]) == ("Cancelled", True)
        await press(app, "u", "u")
        assert (await booking(app))["status"] == "Pending"


@pytest.mark.parametrize("size", [(80, 24), (120, 36)])
async def test_outcomes_are_seen_and_changed_from_the_palette(
    golden_file: Path, running: Any, size: tuple[int, int]
) -> None:
    async with running(golden_file, size=size, at="queue") as (app, _):

        async def open_from_palette(title: str) -> None:
            entry = next(one for one in app.palette_entries(app.screen) if one.title == title)
            entry.run()
            await app.settle()

        async def names() -> dict[str, str]:
            rows = await app.backend.read(dispositions.listing)
            return {row["name"]: row["words"] for row in rows}

        await open_from_palette("Outcomes")
        assert "unreachable after 6 attempts" in text_of(app)
        await press(app, "escape")
        await open_from_palette("Outcome: add")
        await fill_in(app, name="busy line", delay="30 min", attempts="2")
        assert "again in 30 working minutes; unreachable after 2 attempts" in text_of(app)
        await press(app, "f9")
        assert (await names())["busy_line"].startswith("again in 30 working minutes")
        await open_from_palette("Outcome: set")
        await fill_in(app, outcome="Busy line", delay="yesterday")
        await press(app, "f9")
        assert "lies in the past" in text_of(app)
        await fill_in(app, delay="1 day")
        await press(app, "f9")
        assert (await names())["busy_line"].startswith("again in 1 working day")
        await open_from_palette("Outcome: retire")
        await fill_in(app, outcome="Busy line")
        await press(app, "f9")
        assert "busy_line" not in await names()
