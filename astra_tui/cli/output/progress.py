"""A progress bar on stderr for work of more than a second."""

from __future__ import annotations

import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Protocol

from astra_tui.cli.output.printing import is_dumb, is_plain

if TYPE_CHECKING:
    from rich.progress import Progress, TaskID

PATIENCE_S = 1.0


class Report(Protocol):
    """Called with the amount done, the total (0: unknown) and the current step."""

    def __call__(self, done: int, total: int, what: str = "", /) -> None: ...


class _Bar:
    def __init__(self, what: str) -> None:
        self.what = what
        self.begun = time.monotonic()
        self.shown: tuple[Progress, TaskID] | None = None

    def __call__(self, done: int, total: int, what: str = "", /) -> None:
        if self.shown is None:
            if time.monotonic() - self.begun < PATIENCE_S:
                return
            self.shown = self._show()
        progress, task = self.shown
        progress.update(task, completed=done, total=total or None, description=what or self.what)

    def _show(self) -> tuple[Progress, TaskID]:
        from rich.console import Console
        from rich.progress import Progress

        progress = Progress(console=Console(stderr=True), transient=True)
        task = progress.add_task(self.what, total=None)
        progress.start()
        return progress, task


@contextmanager
def progress_bar(what: str) -> Iterator[Report | None]:
    """Yield a function to report progress to; None if nobody would see it."""
    if not sys.stderr.isatty() or is_plain() or is_dumb():  # a screen reader would repeat a bar at every step
        yield None
        return
    bar = _Bar(what)
    try:
        yield bar
    finally:
        if bar.shown is not None:
            bar.shown[0].stop()
