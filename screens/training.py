"""A training that runs beside everything else: how far it is, and a way to stop it."""

from __future__ import annotations

import threading
from collections.abc import Callable
from typing import TYPE_CHECKING

from dispatch.desk import Desk
from models.errors import Refused

if TYPE_CHECKING:
    from dispatch.match.keep import Lesson


class TrainingRun:
    """One training; ``progressed`` is called in its thread with a line of how far it is.

    ``closing`` is set when the application ends.
    """

    def __init__(self, progressed: Callable[[str], object], closing: threading.Event) -> None:
        self._progressed = progressed
        self._closing = closing
        self._stopped = threading.Event()

    def stop(self) -> None:
        """Give up at the next step; nothing is kept."""
        self._stopped.set()

    def study(self, desk: Desk) -> Lesson:
        """What takes long. Raises Refused, when it was stopped too."""
        from dispatch.match import training  # with scikit-learn, which takes seconds to load

        self._tell(0, 0, "beginning")
        return training.study(desk, progress=self._tell)

    def _tell(self, done: int, total: int, what: str) -> None:
        if self._stopped.is_set() or self._closing.is_set():
            raise Refused("stopped", "the training was stopped", "the weights are as they were")
        self._progressed(f"{what}: {done:,} of {total:,}" if total else f"{what} ...")
