"""From a commit at one terminal to the screen of another: an application, and a process that commits."""

from __future__ import annotations

import asyncio
import random
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from astra_tui.app import AstraApp
from benchmarks.desks import FEW, agent_rows, leads
from benchmarks.measure import Effort, Row, Times, ms
from dispatch import agents
from dispatch.bootstrap import open_desk
from dispatch.leads import intake
from screens.widgets.live_table import LiveTable
from tests.server import Server, binaries

COMMITS = 50
BUDGETS_S = {"SQLite": 0.5, "PostgreSQL": 0.2}
LOOK_S = 0.002
PAUSES_S = (0.2, 0.6)  # between commits, so that they come at any moment of the other terminal's looks
LONGEST_S = 10


def run(effort: Effort, folder: Path) -> list[Row]:
    return [_row(name, effort.size(COMMITS), folder) for name in BUDGETS_S]


def _row(name: str, commits: int, folder: Path) -> Row:
    what, budget_s = f"commit to the other terminal's screen, {name}", BUDGETS_S[name]
    if name != "SQLite" and binaries() is None:
        return Row(what, note="skipped: no PostgreSQL")
    with _desk(name, folder) as address:
        times = Times(asyncio.run(_measured(address, commits)))
    ratio = f"{times.median / budget_s:.2f} x"
    return Row(what, f"<= {budget_s} s", ms(times.median), ms(times.best), ratio, times.median <= budget_s)


@contextmanager
def _desk(name: str, folder: Path) -> Iterator[str]:
    """The address of a desk with some agents."""
    if name == "SQLite":
        yield _filled(str(folder / "shared.db"))
    else:
        with Server() as server:
            yield _filled(server.url(server.new_database()))


def _filled(address: str) -> str:
    desk = open_desk(address, create=True, actor="bench")
    for row in agent_rows(FEW):
        agents.add(
            desk, **{name: row[name] for name in ("first_name", "last_name", "department", "job_title")}
        )
    desk.close()
    return address


async def _measured(address: str, commits: int) -> list[float]:
    """Return the seconds from each commit's answer until its row is in the other's list."""
    app, draw = AstraApp(address, actor="kim"), random.Random(3)
    seconds = []
    async with app.run_test(size=(120, 36)):
        app.go("queue")
        await app.settle()
        queue = app.screen.query_one("#queue", LiveTable)
        with _other(address) as other:
            for number in range(1, commits + 1):
                await asyncio.sleep(draw.uniform(*PAUSES_S))
                shown = asyncio.create_task(_shown(queue, number))
                committed = await asyncio.to_thread(_commit, other)
                seconds.append(await shown - committed)
    return seconds


async def _shown(queue: LiveTable[Any], rows: int) -> float:
    end = time.monotonic() + LONGEST_S
    while len(queue.rows_shown) < rows and time.monotonic() < end:
        await asyncio.sleep(LOOK_S)
    return time.monotonic()


def _commit(other: subprocess.Popen[str]) -> float:
    assert other.stdin is not None
    assert other.stdout is not None
    other.stdin.write("\n")
    other.stdin.flush()
    return float(other.stdout.readline())


@contextmanager
def _other(address: str) -> Iterator[subprocess.Popen[str]]:
    """A process that commits a lead for each line, and answers when it had."""
    command = (sys.executable, "-m", "benchmarks.two_terminals", address)
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as process:
        yield process
        process.communicate()


def _work(address: str) -> None:
    desk = open_desk(address, actor="lee")
    for lead, _ in zip(leads(), sys.stdin, strict=False):
        intake.receive(desk, **lead)
        print(time.monotonic(), flush=True)
    desk.close()


if __name__ == "__main__":
    _work(sys.argv[1])
