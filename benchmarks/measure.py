"""Alternating rounds of measurements, and the table of results.

Other processes slow a machine down for seconds at a time. So compared sides run in short alternating rounds
(A B A B ...) and are reported as medians: both see the same noise.
"""

from __future__ import annotations

import statistics
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass

HEADINGS = ("what", "budget", "measured", "best", "ratio", "")


@dataclass(frozen=True)
class Effort:
    """How long to measure: the rounds per side, and their size relative to the usual one."""

    rounds: int = 25
    scale: float = 1.0

    def size(self, usual: int) -> int:
        return max(1, int(usual * self.scale))


@dataclass(frozen=True)
class Row:
    """A line of the table; ``ok`` is None if it has no budget or was skipped."""

    what: str
    budget: str = ""
    measured: str = ""
    best: str = ""
    ratio: str = ""
    ok: bool | None = None
    note: str = ""

    def cells(self) -> tuple[str, ...]:
        verdict = self.note if self.ok is None else "ok" if self.ok else "OVER"
        return (self.what, self.budget, self.measured, self.best, self.ratio, verdict)


@dataclass(frozen=True)
class Times:
    """Seconds per piece of work, one value per round."""

    seconds: Sequence[float]

    def over(self, other: Times) -> float:
        """Return the median of the round-by-round ratios to another side."""
        return statistics.median(
            mine / theirs for mine, theirs in zip(self.seconds, other.seconds, strict=True)
        )

    @property
    def median(self) -> float:
        return statistics.median(self.seconds)

    @property
    def best(self) -> float:
        return min(self.seconds)

    def percentile(self, part: int) -> float:
        """Return the percentile ``part``."""
        ordered = sorted(self.seconds)
        return ordered[min(len(ordered) - 1, len(ordered) * part // 100)]


def by_turns(sides: Sequence[Callable[[], object]], rounds: int, each: int = 1) -> list[Times]:
    """Time the sides in alternating rounds; each call does ``each`` pieces of work."""
    seconds: list[list[float]] = [[] for _ in sides]
    for side in sides:  # fills the caches; not counted
        side()
    for _ in range(rounds):
        for side, taken in zip(sides, seconds, strict=True):
            start = time.perf_counter()
            side()
            taken.append((time.perf_counter() - start) / each)
    return [Times(taken) for taken in seconds]


def us(seconds: float) -> str:
    return f"{seconds * 1e6:.0f} us"


def ms(seconds: float) -> str:
    return f"{seconds * 1e3:.1f} ms"


def s(seconds: float) -> str:
    return f"{seconds:.2f} s"


def table(rows: Sequence[Row]) -> str:
    """Format rows under headings, in aligned columns."""
    lines = [HEADINGS, *(row.cells() for row in rows)]
    widths = [max(len(line[column]) for line in lines) for column in range(len(HEADINGS))]
    return "\n".join(_line(cells, widths) for cells in (lines[0], tuple("-" * w for w in widths), *lines[1:]))


def _line(cells: Sequence[str], widths: Sequence[int]) -> str:
    first, last = cells[0].ljust(widths[0]), cells[-1]
    middle = [cell.rjust(width) for cell, width in zip(cells[1:-1], widths[1:-1], strict=True)]
    return "  ".join((first, *middle, last)).rstrip()
