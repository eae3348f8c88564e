"""Real processes at one desk, started at the same moment."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import closing
from itertools import count
from pathlib import Path
from typing import Any
from urllib.parse import quote

import pytest

from dispatch.bootstrap import open_desk
from dispatch.operations.doctor import examine
from tests.by_hand import as_file, ask
from tests.races.killing.server import Unwatched
from tests.races.killing.trials import Trials
from tests.server import Server

ROOT = Path(__file__).resolve().parents[2]
WORKER = Path(__file__).with_name("worker.py")
PATIENCE_S, LOOK_S = 60.0, 0.01


class Worker:
    """One process of a race; on a server's desk its connections have a name of their own."""

    numbers = count(1)

    def __init__(self, task: str, path: Path | str, *arguments: object) -> None:
        self._path, self._name = path, f"worker {next(self.numbers)}"
        at = str(path) if isinstance(path, Path) else f"{path}&application_name={quote(self._name)}"
        self.process = subprocess.Popen(
            [sys.executable, str(WORKER), task, at, *map(str, arguments)],
            cwd=tempfile.gettempdir(),
            env=os.environ | {"PYTHONPATH": str(ROOT)},
            text=True,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
        )

    def read(self) -> Any:
        """The next thing it tells; whatever it said on standard error, if it ended instead."""
        assert self.process.stdout is not None
        line = self.process.stdout.readline()
        assert line, self.process.communicate()[1]
        return json.loads(line)

    def go(self) -> None:
        assert self.process.stdin is not None
        self.process.stdin.write("go\n")
        self.process.stdin.flush()

    def result(self) -> dict[str, Any]:
        """What it tells last."""
        output, errors = self.process.communicate()
        assert (self.process.returncode, errors) == (0, "")
        told: dict[str, Any] = json.loads(output.splitlines()[-1])
        return told

    def kill(self) -> None:
        """End it by kill -9, and wait until the server has noticed."""
        self.process.kill()
        self.process.communicate()
        if isinstance(self._path, str):
            wait_until_gone(self._path, self._name)


def found_by_doctor(path: Path | str) -> list[Any]:
    """What ``astra doctor`` finds wrong with a desk."""
    with closing(open_desk(path)) as desk, desk.reading():
        return [row for row in examine(desk)["checks"] if not row["ok"] and not row["warning"]]


def wait_until_gone(address: str, application: str) -> None:
    """Return once a server has no connection of this name to a desk: what it had been sent is done."""
    deadline = time.monotonic() + PATIENCE_S
    query = f"SELECT pid FROM pg_stat_activity WHERE application_name = '{application}'"
    while ask(address, query):
        assert time.monotonic() < deadline, "a connection outlives its process"
        time.sleep(LOOK_S)


@pytest.fixture
def race(path: Path | str) -> Iterator[Callable[..., list[dict[str, Any]]]]:
    """Start a process for every (task, argument...), at once; returns what each told last."""
    started: list[Worker] = []

    def race(*tasks: tuple[object, ...]) -> list[dict[str, Any]]:
        workers = [Worker(str(task), path, *arguments) for task, *arguments in tasks]
        started.extend(workers)
        assert [worker.read() for worker in workers] == ["ready"] * len(workers)
        for worker in workers:
            worker.go()
        return [worker.result() for worker in workers]

    yield race
    for worker in started:
        if worker.process.poll() is None:
            worker.kill()


@pytest.fixture
def start(path: Path | str) -> Iterator[Callable[..., Worker]]:
    """Start one process, and let it go."""
    started: list[Worker] = []

    def start(task: str, *arguments: object) -> Worker:
        worker = Worker(task, path, *arguments)
        started.append(worker)
        assert worker.read() == "ready"
        worker.go()
        return worker

    yield start
    for worker in started:
        if worker.process.poll() is None:
            worker.kill()


@pytest.fixture(scope="session")
def trials(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Trials]:
    """The server that forks processes to be killed."""
    on_server = request.config.getoption("--engine") == "postgres"
    trials = Trials(
        tmp_path_factory.mktemp("trials"), request.getfixturevalue("server") if on_server else None
    )
    yield trials
    trials.end()


@pytest.fixture(scope="session")
def watched_trials(trials: Trials, tmp_path_factory: pytest.TempPathFactory) -> Trials:
    """The same where strace can stop a process at a system call; the test is skipped elsewhere."""
    _watch(trials, tmp_path_factory)
    return trials


@pytest.fixture(scope="session")
def server_trials(server: Server, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Trials]:
    """The same with desks on a server, whatever the engine of the other tests."""
    trials = Trials(tmp_path_factory.mktemp("server_trials"), server)
    try:
        _watch(trials, tmp_path_factory)
        yield trials
    finally:
        trials.end()


def _watch(trials: Trials, tmp_path_factory: pytest.TempPathFactory) -> None:
    try:
        trials.act("claim", trace_to=str(tmp_path_factory.mktemp("probe") / "trace"))
    except Unwatched as error:
        pytest.skip(str(error))


@pytest.fixture(name="ask")
def ask_file(path: Path | str, tmp_path: Path) -> Callable[[str], list[tuple[Any, ...]]]:
    """Ask the file itself, past all of the desk's code; of a server's desk, one with the same rows."""
    return lambda sql: ask(as_file(path, tmp_path / "rows.db"), sql)


@pytest.fixture
def check(ask: Callable[[str], list[tuple[Any, ...]]]) -> Callable[[], None]:
    """What must hold whatever has raced."""

    def check() -> None:
        assert ask("PRAGMA integrity_check") == [("ok",)]
        assert ask("PRAGMA foreign_key_check") == []
        drift = ask(
            "SELECT agent_id, load FROM space_travel_agents a WHERE load !="
            " (SELECT count(*) FROM bookings b WHERE b.agent_id = a.agent_id AND status = 'Pending')"
        )
        assert drift == [], "load = Pending"
        for table, key in (
            ("assignment_history", "assignment_id"),
            ("bookings", "booking_id"),
            ("new_customer", "lead_id"),
            ("events", "event_id"),
        ):
            count, highest = ask(f"SELECT count(*), max({key}) FROM {table}")[0]
            assert count == (highest or 0), f"{table} has a gap"
        assert ask("SELECT lead_id FROM assignment_history GROUP BY lead_id HAVING count(*) > 1") == []
        astray = ask(
            "SELECT * FROM assignment_history a JOIN bookings b USING (assignment_id)"
            " WHERE a.agent_id IS NOT b.agent_id"
        )
        assert astray == []

    return check
