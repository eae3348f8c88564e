"""The record of a desk's sweeps: when the last one was, and which process sweeps it all the time."""

from __future__ import annotations

from typing import NamedTuple, Protocol


class Sweeper(NamedTuple):
    """The process that sweeps a desk all the time; ``since`` is a time of the desk."""

    pid: int
    host: str
    account: str
    since: str
    every_s: int


class Held(Exception):
    """Another process has the claim; ``sweeper`` is None if it has not yet written who it is."""

    def __init__(self, sweeper: Sweeper | None) -> None:
        super().__init__("another process sweeps the desk")
        self.sweeper = sweeper


class Claim(Protocol):
    """The right to sweep a desk all the time, which one process has, until it ends."""

    def take(self, sweeper: Sweeper) -> None:
        """Take the claim, or keep it if it still is that of the desk. Raises Held and OSError."""

    def release(self) -> None: ...


class SweepRecord(Protocol):
    """Kept so that writing it does not make every open terminal read the desk again."""

    def note(self, moment: str) -> None:
        """Record that the desk was swept at a moment, a time of the desk. Raises OSError."""

    def last(self) -> str:
        """Return when the desk was last swept; "" if that is not recorded."""

    def sweeper(self) -> Sweeper | None:
        """Return the living process that sweeps the desk all the time."""

    def unwritable(self) -> str:
        """Return what cannot be written, so that the last sweep is not known; "" if all can."""

    def claim(self) -> Claim:
        """Return the claim of this desk, not yet taken."""
