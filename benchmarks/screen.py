"""The time from process start to the first painted screen, at 80x24.

It ends when the lead form's first label reaches the terminal. The desk has 30 agents.
"""

from __future__ import annotations

import time
from pathlib import Path

from benchmarks.desks import FEW, make_desk
from benchmarks.measure import Effort, Row, Times, s
from benchmarks.terminal import NothingPainted, Terminal

FIRST_LABEL = "Customer"
BUDGET_S = 0.8


def run(effort: Effort, folder: Path) -> list[Row]:
    desk = make_desk(folder, FEW)
    desk.close()
    what, budget = "start to first painted screen", f"<= {BUDGET_S} s"
    try:
        _first_paint(folder, desk.database.file)  # compiles bytecode and fills the file cache
        times = Times([_first_paint(folder, desk.database.file) for _ in range(effort.rounds)])
    except NothingPainted as error:
        return [Row(what, budget, note=f"skipped: {error}")]
    ratio = f"{times.median / BUDGET_S:.2f} x"
    return [Row(what, budget, s(times.median), s(times.best), ratio, times.median <= BUDGET_S)]


def _first_paint(folder: Path, database: Path) -> float:
    start = time.perf_counter()
    with Terminal(folder, database) as terminal:
        terminal.wait_for(FIRST_LABEL)
        return time.perf_counter() - start
