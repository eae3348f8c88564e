"""Desks of 1,000,000 bookings, created once per run and shared by benchmarks."""

from __future__ import annotations

import atexit
import shutil
import sys
import tempfile
import time
from pathlib import Path

from benchmarks.measure import Effort, Times
from dispatch.bootstrap import open_desk
from dispatch.desk.desk import Desk
from dispatch.queries import customer_index
from seeds.demo.demo import make_demo

AGENTS = 300
BOOKINGS = 1_000_000
QUICK_BOOKINGS = 20_000

_made: dict[tuple[int, int], Path] = {}


def large_desk(effort: Effort, agents: int = AGENTS) -> tuple[Desk, int]:
    """Open a desk with its customers indexed; returns it with its number of bookings."""
    bookings = QUICK_BOOKINGS if effort.scale < 1 else BOOKINGS
    path = _made.get((bookings, agents))
    desk = open_desk(path or _new_file(), create=path is None, actor="bench")
    if path is None:
        print(f"making a desk of {bookings:,} bookings ...", file=sys.stderr)
        make_demo(desk, agents=agents, bookings=bookings)
        customer_index.catch_up(desk)
        _made[bookings, agents] = desk.database.file
    return desk, bookings


def _new_file() -> Path:
    folder = tempfile.mkdtemp(prefix="astra-bench-large-")
    atexit.register(shutil.rmtree, folder, ignore_errors=True)
    return Path(folder) / "large.db"


def timed(function: object, rounds: int) -> Times:
    """Time calls, without the first, which fills the caches."""
    assert callable(function)
    seconds = []
    for _ in range(rounds + 1):
        start = time.perf_counter()
        function()
        seconds.append(time.perf_counter() - start)
    return Times(seconds[1:])
