"""When to look for what others have committed: at once where the desk tells of it, else regularly."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable
from contextlib import suppress

FIRST_PAUSE_S, LONGEST_PAUSE_S = 0.25, 2.0


class Watch:
    """Calls ``look`` once when the desk's signal can be read from; ``follow`` it again after each look.

    Between tries to reach a desk that is lost it leaves pauses that grow.
    """

    def __init__(self, look: Callable[[], object]) -> None:
        self._look = look
        self._signal: int | None = None
        self._pause_s = self._not_before = 0.0

    def is_due(self) -> bool:
        """Return whether a regular look may be made now."""
        return time.monotonic() >= self._not_before

    def follow(self, signal: int | None) -> None:
        """The desk was reached: call when its signal, if it has one, can be read from."""
        self.stop()
        self._pause_s = self._not_before = 0.0
        if signal is not None:
            with suppress(OSError, RuntimeError):  # a connection that was replaced meanwhile: look regularly
                asyncio.get_running_loop().add_reader(signal, self._told)
                self._signal = signal

    def lost(self) -> None:
        """The desk was not reached: leave it alone for a while."""
        self.stop()
        self._pause_s = min(2 * self._pause_s or FIRST_PAUSE_S, LONGEST_PAUSE_S)
        self._not_before = time.monotonic() + self._pause_s

    def stop(self) -> None:
        """Call no more; a signal that nobody has read yet would call again and again."""
        signal, self._signal = self._signal, None
        if signal is not None:
            with suppress(OSError, RuntimeError):
                asyncio.get_running_loop().remove_reader(signal)

    def _told(self) -> None:
        self.stop()
        self._look()
