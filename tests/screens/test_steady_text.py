"""Places that come into sight again: nothing is laid out that has not changed."""

from __future__ import annotations

import re
from typing import Any

import pytest
from textual.widget import Widget

from astra_tui.app import AstraApp
from dispatch.desk.desk import Desk
from dispatch.operations import configuration
from screens.bookings.my_desk import MyDesk
from screens.bookings.queue import Queue
from screens.widgets.detail_pane import DetailPane
from screens.widgets.steady_text import SteadyText
from tests.screens.picture import text_of

KEYS = {"queue": "f4", "my-desk": "f5", "service": "f6", "roster": "f3", "log": "h"}


@pytest.mark.parametrize("place", KEYS)
async def test_a_place_seen_before_is_not_laid_out_anew(
    running: Any, monkeypatch: pytest.MonkeyPatch, place: str
) -> None:
    async with running() as (app, pilot):
        app.set_reactive(AstraApp.my_agent_id, 7)
        for key in ("f4", KEYS[place], "f7"):
            await pilot.press(key)
            await app.settle()
        updated: list[Widget] = []
        refresh = Widget.refresh

        def noted(self: Widget, *regions: Any, **how: Any) -> Widget:
            if how.get("layout"):
                updated.append(self)
            return refresh(self, *regions, **how)

        monkeypatch.setattr(Widget, "refresh", noted)
        app.go(place)
        await app.settle()
        assert updated == []


@pytest.mark.parametrize("place", [Queue, MyDesk])
async def test_the_pane_says_nothing_before_the_first_answer(
    running: Any, monkeypatch: pytest.MonkeyPatch, place: type[Any]
) -> None:
    said: list[str] = []
    update = SteadyText.update

    def noted(self: SteadyText, content: Any = "", **how: Any) -> None:
        if isinstance(self.parent, DetailPane):
            said.append(str(content))
        update(self, content, **how)

    monkeypatch.setattr(SteadyText, "update", noted)
    async with running() as (app, _):
        app.set_reactive(AstraApp.my_agent_id, 7)
        app.go(place.NAME)
        while not isinstance(app.screen, place) or not app.screen.query(DetailPane):
            await app.quiet()
        said.insert(0, str(app.screen.query_one(DetailPane).query_one(SteadyText).content))
        await app.settle()
    assert not any("chosen" in text or "Choose" in text for text in said), said
    assert said[-1]


async def test_amounts_in_sight_change_with_the_currency(running: Any, other_terminal: Desk) -> None:
    async with running() as (app, pilot):
        await pilot.press("f7", "v")  # from the pulse to the bookings
        await app.settle()
        assert re.search(r"\d\.\dM USD", text_of(app))
        configuration.set_value(other_terminal, "currency", "€")
        await app.settle()
        assert re.search(r"€\d+\.\dM", text_of(app))
        assert "USD" not in text_of(app)
