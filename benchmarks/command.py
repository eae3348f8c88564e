"""Start-up of short commands: ``astra --version``, and ``astra agent list`` with 30 agents.

They alternate with a Python that does nothing, whose start-up is included in theirs.
"""

from __future__ import annotations

import sys
from pathlib import Path

from benchmarks.desks import FEW, make_desk
from benchmarks.measure import Effort, Row, Times, by_turns, s
from benchmarks.processes import ASTRA, run_command

VERSION_BUDGET_S = 0.15
LIST_BUDGET_S = 0.4


def run(effort: Effort, folder: Path) -> list[Row]:
    desk = make_desk(folder, FEW)
    desk.close()
    database = desk.database.file
    nothing, version, listing = by_turns(
        [
            lambda: run_command(sys.executable, "-c", "", folder=folder),
            lambda: run_command(*ASTRA, "--version", folder=folder),
            lambda: run_command(*ASTRA, "agent", "list", folder=folder, database=database),
        ],
        effort.rounds,
    )
    return [
        Row("python, doing nothing", "", s(nothing.median), s(nothing.best)),
        _row("astra --version", VERSION_BUDGET_S, version),
        _row(f"astra agent list, {FEW} agents", LIST_BUDGET_S, listing),
    ]


def _row(what: str, budget_s: float, times: Times) -> Row:
    ratio = f"{times.median / budget_s:.2f} x"
    return Row(what, f"<= {budget_s} s", s(times.median), s(times.best), ratio, times.median <= budget_s)
