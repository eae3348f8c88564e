"""From the start of the process to the first painted screen, in a terminal of 80 by 24.

The application runs in a pseudo-terminal; the clock stops when the lead form's first label has been
written to it. The desk has 30 agents.
"""

from __future__ import annotations

import fcntl
import os
import pty
import select
import struct
import subprocess
import termios
import time
from pathlib import Path

from benchmarks.desks import FEW, make_desk
from benchmarks.measure import Effort, Row, Times, s
from benchmarks.processes import ASTRA, environment

SHOWN = b"Customer"
BUDGET_S = 0.8
PATIENCE_S = 20
ROWS, COLUMNS = 24, 80


def run(effort: Effort, folder: Path) -> list[Row]:
    desk = make_desk(folder, FEW)
    desk.close()
    what, budget = "start to first painted screen", f"<= {BUDGET_S} s"
    try:
        _first_paint(folder, desk.database.path)  # compiles, and fills the file cache
        times = Times([_first_paint(folder, desk.database.path) for _ in range(effort.rounds)])
    except NothingPainted as error:
        return [Row(what, budget, note=f"skipped: {error}")]
    ratio = f"{times.median / BUDGET_S:.2f} x"
    return [Row(what, budget, s(times.median), s(times.best), ratio, times.median <= BUDGET_S)]


class NothingPainted(Exception):
    """The application ended, or took too long, before the form was on the screen."""


def _first_paint(folder: Path, database: Path) -> float:
    terminal, inside = pty.openpty()
    fcntl.ioctl(inside, termios.TIOCSWINSZ, struct.pack("HHHH", ROWS, COLUMNS, 0, 0))
    start = time.perf_counter()
    process = subprocess.Popen(
        ASTRA, stdin=inside, stdout=inside, stderr=inside, env=environment(folder, database), cwd=folder
    )
    os.close(inside)
    try:
        _wait_until_shown(terminal)
        return time.perf_counter() - start
    finally:
        process.kill()
        process.wait()
        os.close(terminal)


def _wait_until_shown(terminal: int) -> None:
    written = b""
    while SHOWN not in written:
        ready, _, _ = select.select([terminal], [], [], PATIENCE_S)
        if not ready:
            raise NothingPainted(f"no {SHOWN.decode()} on the screen within {PATIENCE_S} s")
        try:
            written += os.read(terminal, 65_536)
        except OSError:  # the other side is closed
            last = written.decode(errors="replace").strip().splitlines()
            raise NothingPainted(last[-1].strip() if last else "the application ended") from None
