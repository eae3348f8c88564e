"""Real processes on one file, started at the same moment."""

from __future__ import annotations

import json
import os
import sqlite3
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.races.killing.server import Unwatched
from tests.races.killing.trials import Trials

ROOT = Path(__file__).resolve().parents[2]
WORKER = Path(__file__).with_name("worker.py")


class Worker:
    """One process of a race."""

    def __init__(self, task: str, path: Path, *arguments: object) -> None:
        self.process = subprocess.Popen(
            [sys.executable, str(WORKER), task, str(path), *map(str, arguments)],
            cwd=path.parent,
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
        self.process.kill()
        self.process.communicate()


@pytest.fixture
def race(path: Path) -> Iterator[Callable[..., list[dict[str, Any]]]]:
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
def start(path: Path) -> Iterator[Callable[..., Worker]]:
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
def trials(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Trials]:
    """The server that forks processes to be killed."""
    trials = Trials(tmp_path_factory.mktemp("trials"))
    yield trials
    trials.end()


@pytest.fixture(scope="session")
def watched_trials(trials: Trials, tmp_path_factory: pytest.TempPathFactory) -> Trials:
    """The same where strace can stop a process at a system call; the test is skipped elsewhere."""
    try:
        trials.act("claim", trace_to=str(tmp_path_factory.mktemp("probe") / "trace"))
    except Unwatched as error:
        pytest.skip(str(error))
    return trials


@pytest.fixture
def ask(path: Path) -> Iterator[Callable[[str], list[tuple[Any, ...]]]]:
    """Ask the file itself, past all of the desk's code."""
    connection = sqlite3.connect(path)
    yield lambda sql: connection.execute(sql).fetchall()
    connection.close()


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
