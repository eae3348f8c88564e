"""What the application says of a desk that nothing has swept for long, and what it leaves to a sweeper."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from textual.widgets import Static

from astra_tui.app import AstraApp
from dispatch.desk.desk import Desk
from models.sqlite.sweep_file import Claim, SweepFile
from models.sweepers import Sweeper
from screens.shell.desk_screen import Place
from tests.screens.conftest import NOON, standing_still
from tests.screens.key_checks.registry import booking
from tests.screens.picture import text_of
from tests.screens.scenes import leave, said

NOW, LONG_AGO = "2082-03-04 12:00:00", "2082-03-01 09:30:00"


def bar(app: AstraApp) -> str:
    assert isinstance(app.place, Place)
    unswept = app.place.query_one("#unswept", Static)
    return str(unswept.visual) if unswept.display else ""


@pytest.fixture
def sweeper(golden_file: Path) -> Iterator[Claim]:
    """Another process that sweeps the desk."""
    claim = Claim(golden_file)
    claim.take(Sweeper(4711, "front-desk", "lee", NOW, 60))
    yield claim
    claim.release()


async def test_a_sweep_that_keeps_failing_shows_a_bar_until_one_succeeds(
    golden_file: Path, running: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    moment = NOON

    def clock() -> datetime:
        return moment

    async def swept() -> str:
        app.sweep()
        await app.settle()
        return bar(app)

    def failing(desk: Desk) -> Any:
        raise OSError("the disk is gone")

    async with running(golden_file, clock=clock, size=(80, 24)) as (app, _):
        assert await swept() == ""
        with monkeypatch.context() as patched:
            patched.setattr("screens.base.backend.sweep", failing)
            moment = NOON + timedelta(minutes=10)
            assert await swept() == ""
            await leave(app)  # the error's panel
            moment += timedelta(seconds=1)
            shown = await swept()
            assert shown.startswith("Not swept since 4 Mar 12:00: breaks, offers, claims and issues wait")
            assert "run astra doctor" in " ".join(text_of(app).split())
        assert await swept() == ""


async def test_a_desk_that_can_only_be_read_says_who_could_sweep_it(
    golden_file: Path, running: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    SweepFile(golden_file).note(LONG_AGO)
    monkeypatch.setattr(Desk, "why_read_only", "you have no write permission")
    async with running(golden_file, sweeps=True) as (app, _):
        assert bar(app) == (
            "Not swept since 1 Mar 09:30: breaks, offers, claims and issues wait; "
            "read only here: run astra sweep where it is writable"
        )
        assert "sweeping now" not in text_of(app)


async def test_a_desk_opened_after_days_says_so_and_is_swept(golden_file: Path, running: Any) -> None:
    SweepFile(golden_file).note(LONG_AGO)
    async with running(golden_file, sweeps=True) as (app, _):
        assert said(app) == ["No sweep since 1 Mar 2082 09:30; sweeping now"]
        assert SweepFile(golden_file).last() == NOW
        assert bar(app) == ""


async def test_the_sweep_is_left_to_a_sweeper_as_long_as_it_does_it(
    golden_file: Path, running: Any, sweeper: Claim
) -> None:
    SweepFile(golden_file).note(NOW)
    async with running(golden_file, clock=standing_still, sweeps=True) as (app, _):
        assert (await booking(app, 12))["agent_id"] is None, "due, but it is the sweeper's"
        sweeper.release()
        app.sweep()
        await app.settle()
        assert (await booking(app, 12))["agent_id"] is not None
