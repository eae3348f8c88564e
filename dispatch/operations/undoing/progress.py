"""How far a long undo is: whoever asks for it listens, as a command's arguments are only values."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar

Report = Callable[[int, int], None]
"""Called with the steps done and their number."""

_report: ContextVar[Report | None] = ContextVar("report", default=None)


@contextmanager
def told_to(report: Report | None) -> Iterator[None]:
    """Report the progress of undos and redos in the block."""
    token = _report.set(report)
    try:
        yield
    finally:
        _report.reset(token)


def tell(done: int, total: int) -> None:
    """Say how far it is."""
    report = _report.get()
    if report is not None:
        report(done, total)
