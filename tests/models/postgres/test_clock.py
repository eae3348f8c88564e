"""The times of a desk on a server are the server's, whatever the clocks of the terminals' hosts say."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
import time
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path

import pytest

from dispatch.bootstrap import open_desk
from models.audit import Event
from models.clock import ServerClock
from tests.astra_tui.conftest import LEAD
from tests.conftest import START

FAKETIME = shutil.which("faketime")
ROOT = Path(__file__).parents[3]


@pytest.fixture
def steady(monkeypatch: pytest.MonkeyPatch) -> list[float]:
    """The seconds of the host's steady clock, to be set."""
    seconds = [100.0]
    monkeypatch.setattr(time, "clock_gettime", lambda _: seconds[0])
    return seconds


def test_it_goes_on_from_the_last_answer_and_never_back(steady: list[float]) -> None:
    ours = ServerClock()
    ours.set(1_000.0)
    steady[0] += 5
    assert ours.now().timestamp() == 1_005
    ours.set(1_004.0)  # its answer took longer
    assert ours.now().timestamp() == 1_005
    steady[0] += 0.5
    assert ours.now().timestamp() == 1_005
    steady[0] += 1
    assert ours.now().timestamp() == 1_005.5
    ours.set(1_100.0)
    assert ours.now() == datetime.fromtimestamp(1_100, UTC)


@pytest.mark.skipif(FAKETIME is None, reason="no faketime on this machine")
def test_hosts_an_hour_apart_write_times_in_order(address: str) -> None:
    def lead(*host: str) -> None:
        ended = subprocess.run(
            [*host, sys.executable, "-m", "astra_tui.main", "--db", address, "lead", "add", *LEAD, "--json"],
            env=os.environ | {"PYTHONPATH": str(ROOT)},
            capture_output=True,
            text=True,
            check=True,
        )
        assert json.loads(ended.stdout)["lead_id"]

    for hours in ("+1h", "", "-1h", "+1h", ""):
        lead(*([FAKETIME, "-f", hours] if hours and FAKETIME else []))
    with closing(open_desk(address)) as desk, desk.reading():
        times = [event.at for event in Event.select().order_by(Event.event_id)]
        assert times == sorted(times)
        assert times[-1] <= desk.now()


def test_a_clock_that_is_given_is_the_clock(address: str) -> None:
    with closing(open_desk(address, clock=lambda: START)) as desk:
        assert desk.now() == "2082-03-01 09:00:00"
