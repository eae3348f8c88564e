"""Ending a command that runs until it is stopped."""

from __future__ import annotations

import os
import select
import signal
from contextlib import suppress
from types import FrameType, TracebackType
from typing import Any, Self

ENDING = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)


class StopSignals:
    """Inside the block, a signal to end is only noted, so that what is under way is finished.

    A signal that the process was started to ignore (nohup, a job in the background) is still ignored.
    """

    def __init__(self) -> None:
        self._before: dict[signal.Signals, Any] = {}
        self._reader = self._writer = -1

    def __enter__(self) -> Self:
        # a pipe, not an event of threading: a handler may interrupt the wait in any place
        self._reader, self._writer = os.pipe()
        os.set_blocking(self._writer, False)
        for one in ENDING:
            if signal.getsignal(one) is not signal.SIG_IGN:
                self._before[one] = signal.signal(one, self._stop)
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        for one, handler in self._before.items():
            signal.signal(one, handler)
        os.close(self._reader)
        os.close(self._writer)

    def _stop(self, number: int, frame: FrameType | None) -> None:
        with suppress(BlockingIOError):  # the pipe is full of earlier signals
            os.write(self._writer, b"x")

    def wait(self, seconds: float) -> bool:
        """Wait, and return True as soon as a signal to end has come; a clock that is set changes nothing."""
        return bool(select.select([self._reader], [], [], seconds)[0])
