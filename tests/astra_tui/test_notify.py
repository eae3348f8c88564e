"""The command under [notify] in the user's configuration: run by sweeps and open applications."""

from __future__ import annotations

import asyncio
import json
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from astra_tui.app import AstraApp
from astra_tui.user import preferences
from astra_tui.user.preferences import Preferences
from astra_tui.visitor import _application
from tests.astra_tui.conftest import LEAD, PATIENCE_S, Run, Start, lines_of

Told = Callable[[int], list[dict[str, Any]]]


@pytest.fixture
def told(tmp_path: Path) -> Told:
    """Configure a command; return what it was told as soon as there are so many notices."""
    out, command = tmp_path / "out", tmp_path / "tell"
    command.write_text(f"#!/bin/sh\ncat >> {out}\n")
    command.chmod(0o755)
    file = preferences.config_path()
    file.parent.mkdir(parents=True)
    file.write_text(f'[notify]\ncommand = "{command}"\n')

    def wait(number: int) -> list[dict[str, Any]]:
        end = time.monotonic() + PATIENCE_S
        while time.monotonic() < end:
            lines = out.read_text().splitlines() if out.exists() else []
            if len(lines) >= number:
                return [json.loads(line) for line in lines]
        return []

    return wait


def test_a_sweep_runs_it_for_what_others_did(staffed: Run, told: Told) -> None:
    assert staffed("sweep").code == 0  # from now on
    for _ in range(2):
        staffed("lead", "add", *LEAD)
    assert staffed("sweep").code == 0
    assert [one["kind"] for one in told(2)] == ["assigned", "assigned"]
    assert staffed("sweep").code == 0
    assert len(told(2)) == 2
    assert "sent to the command: desk last at" in staffed("doctor").out


def test_it_is_run_when_only_a_sweeper_runs(staffed: Run, started: Start, told: Told) -> None:
    sweeper = started("sweep", "--every", "5s", "--json")
    lines_of(sweeper, 2)
    staffed("lead", "add", *LEAD)
    (one,) = told(1)
    assert (one["kind"], one["agent"]["name"]) == ("assigned", "Grace Hopper")


async def test_an_open_application_runs_it_at_once(staffed: Run, path: Path, told: Told) -> None:
    wanted, _ = preferences.load()
    app = AstraApp(database=path, preferences=Preferences(notify=wanted.notify))
    async with app.run_test():
        await app.settle()  # its first claim tells nothing
        await app.stop_telling()
        app.tell_by(wanted.notify_command)
        staffed("lead", "add", *LEAD)
        await app.look_for_changes()
        (one,) = await asyncio.to_thread(told, 1)
    assert one["kind"] == "assigned"


def test_a_visitor_in_the_browser_runs_nothing(staffed: Run, path: Path, told: Told) -> None:
    assert preferences.load()[0].notify_command
    assert _application(str(path), "kim", None)._hook is None
