"""A training that runs beside everything else, with its progress and a way to stop it."""

from __future__ import annotations

import threading
from collections.abc import Callable

from dispatch.desk.desk import Desk
from dispatch.matching.learning import training
from dispatch.matching.learning.version_store import Lesson
from dispatch.matching.row_types import LessonRow
from models.errors import Refused


class TrainingRun:
    """One training; ``progressed`` is called in its thread with a line on its progress.

    ``closing`` is set when the application ends.
    """

    def __init__(self, progressed: Callable[[str], object], closing: threading.Event) -> None:
        self._progressed = progressed
        self._closing = closing
        self._stopped = threading.Event()
        self.has_ended = False  # True once there is nothing left to stop

    def stop(self) -> None:
        """Stop at the next step; nothing is kept."""
        self._stopped.set()

    def study(self, desk: Desk) -> Lesson:
        """Run the slow part. Raises Refused, also when it was stopped."""
        try:
            self._report_progress(0, 0, "beginning")
            return training.study(desk, progress=self._report_progress, check=self.check)
        except BaseException:
            self.has_ended = True
            raise

    def keep(self, desk: Desk, lesson: Lesson) -> LessonRow:
        """Keep the result, unless it was stopped; returns that of ``astra train``."""
        try:
            self.check()
            return training.keep(desk, lesson)
        finally:
            self.has_ended = True

    def check(self) -> None:
        """Raise Refused once somebody has stopped it, or the application ends."""
        if self._stopped.is_set() or self._closing.is_set():
            raise Refused("stopped", "training stopped", "the weights are unchanged")

    def _report_progress(self, done: int, total: int, what: str) -> None:
        self.check()
        self._progressed(f"{what}: {done:,} of {total:,}" if total else f"{what}…")
