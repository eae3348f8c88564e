"""What was acknowledged survives a power cut, while an application is open and commands are running."""

from __future__ import annotations

import json
import os
import pty
import random
import shutil
import sqlite3
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import closing, suppress
from pathlib import Path
from typing import Any

import pytest

from tests.races.conftest import Worker
from tests.races.island import Island

pytestmark = pytest.mark.on_file

TRIP = ("--method", "Text", "--source", "Organic", "--destination", "Mars", "--launch", "Sydney Stellar Port")
ASTRA = (sys.executable, "-m", "astra_tui.main")
LONGEST_S, PATIENCE_S = 1.5, 30.0


@pytest.fixture
def island(tmp_path: Path) -> Iterator[Island]:
    island = Island(tmp_path)
    yield island
    island.sink()


class Writers:
    """Everything at work on a desk: an open application, a process of commands, ``astra``, files of leads."""

    def __init__(self, database: Path, name: str, source: Path) -> None:
        self._database, self._name, self._source = database, name, source
        self.acknowledged: list[tuple[str, int]] = []
        self.files: list[str] = []
        self._stopped = False
        self._terminal, child_end = pty.openpty()
        self._application = subprocess.Popen(
            [*ASTRA, "--db", str(database), "--as", "kim"],
            env=os.environ | {"TERM": "xterm-256color", "COLUMNS": "80", "LINES": "24"},
            stdin=child_end,
            stdout=child_end,
            stderr=child_end,
            start_new_session=True,
        )
        os.close(child_end)
        self._commands = Worker("acknowledge", database, name)
        self._threads = [
            threading.Thread(target=work)
            for work in (self._paint, self._read_commands, self._add_leads, self._add_files)
        ]
        for thread in self._threads:
            thread.start()

    def wait_for_work(self) -> None:
        """Return once the first lead is acknowledged."""
        deadline = time.monotonic() + PATIENCE_S
        while not self.acknowledged and time.monotonic() < deadline:
            time.sleep(0.01)

    def die(self) -> None:
        """Kill every process, and wait until the last acknowledgement is read."""
        self._stopped = True
        self._application.kill()
        self._commands.process.kill()
        for thread in self._threads:
            thread.join()
        self._application.wait()
        self._commands.process.communicate()
        os.close(self._terminal)

    def _paint(self) -> None:
        with suppress(OSError):  # the application has ended
            while os.read(self._terminal, 65536):
                pass

    def _read_commands(self) -> None:
        pipe = self._commands.process.stdout
        assert pipe is not None
        if pipe.readline():
            with suppress(BrokenPipeError):
                self._commands.go()
        for line in pipe:
            with suppress(ValueError):  # cut off by the kill
                request, booking_id = json.loads(line)
                self.acknowledged.append((request, booking_id))

    def _add_leads(self) -> None:
        number = 0
        while not self._stopped:
            number += 1
            request = f"{self._name}:cli:{number}"
            answer = self._astra("lead", "add", "--name", "Kate", *TRIP, "--request-id", request, "--json")
            if answer is not None:
                self.acknowledged.append((request, answer["booking_id"]))

    def _add_files(self) -> None:
        number = 0
        while not self._stopped:
            number += 1
            lines = [
                f"{self._name} file {number} line {line},Text,Organic,Mars,Sydney Stellar Port"
                for line in range(50)
            ]
            self._source.write_text("\n".join(["name,method,source,destination,launch", *lines]))
            if self._astra("lead", "add", "--from", str(self._source), "--json") is not None:
                self.files.append(f"{self._name} file {number} line")

    def _astra(self, *arguments: str) -> Any:
        """What a command prints if it is acknowledged: its exit code is 0."""
        ended = subprocess.run(
            [*ASTRA, "--db", str(self._database), *arguments], capture_output=True, text=True, check=False
        )
        return json.loads(ended.stdout) if ended.returncode == 0 else None


@pytest.mark.parametrize("cuts", [pytest.param(200, marks=pytest.mark.stress), 1])
@pytest.mark.timeout(3000)
def test_acknowledged_work_survives_a_power_cut(
    path: Path, island: Island, tmp_path: Path, cuts: int
) -> None:
    desk = island.folder / "desk.db"
    shutil.copy(path, desk)
    os.sync()
    chance = random.Random(7)
    done = 0
    for cut in range(cuts):
        writers = Writers(desk, f"cut {cut}", tmp_path / "leads.csv")
        writers.wait_for_work()
        time.sleep(chance.uniform(0, LONGEST_S))  # the moment of the cut is the point
        # Later ones do not count: a file system that is shutting down may still call a write done.
        acknowledged, files = [*writers.acknowledged], [*writers.files]
        island.cut_power()
        writers.die()
        island.restore_power()
        _check(desk, acknowledged, files)
        done += len(acknowledged) + len(files)
    assert done >= cuts, "most cuts interrupt work"


def _check(desk: Path, acknowledged: list[tuple[str, int]], files: list[str]) -> None:
    with closing(sqlite3.connect(desk)) as connection:
        ask: Callable[..., Any] = connection.execute
        assert ask("PRAGMA integrity_check").fetchall() == [("ok",)]
        kept = dict(ask("SELECT request_id, booking_id FROM events WHERE request_id IS NOT NULL").fetchall())
        lost = [one for one in acknowledged if kept.get(one[0]) != one[1]]
        assert lost == [], f"{len(lost)} of {len(acknowledged)} acknowledged leads are lost"
        for name in files:
            lines = ask("SELECT count(*) FROM new_customer WHERE customer_name LIKE ?", (f"{name} %",))
            assert lines.fetchone() == (50,), name
        drift = ask(
            "SELECT agent_id FROM space_travel_agents a WHERE load !="
            " (SELECT count(*) FROM bookings b WHERE b.agent_id = a.agent_id AND status = 'Pending')"
        )
        assert drift.fetchall() == []
