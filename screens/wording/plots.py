"""Plots in text, readable without colour: what lowers is hatched and what raises is solid."""

from __future__ import annotations

from rich.text import Text

from dispatch.queries.row_types import AgentRow
from dispatch.reporting.row_types import AgentFigures
from screens.wording.text import BAD, GOOD

EIGHTHS = " ▏▎▍▌▋▊▉"
SOLID, HATCHED, AXIS = "█", "▒", "│"
HALF, THIN = "▐", "▕"


def signed_bar(value: float, low: float, high: float, width: int) -> Text:
    """Draw a bar to the right of an axis, or to its left for a negative value.

    ``low`` and ``high`` are the ends of the scale, which takes in 0; ``width`` is in cells, axis included.
    """
    low, high = min(low, 0.0), max(high, 0.0)
    cells = (width - 1) / (high - low) if high > low else 0.0
    left = round(-low * cells)
    right = width - 1 - left
    if value < 0:
        bar = _hatched(-value * cells, left)
        return Text.assemble(" " * (left - len(bar)), (bar, BAD), AXIS, " " * right)
    bar = _solid(value * cells, right)
    return Text.assemble(" " * left, AXIS, (bar, GOOD), " " * (right - len(bar)))


def _hatched(cells: float, most: int) -> str:
    """Draw to the left in halves of a cell; less than half of one is a thin line, never nothing."""
    halves = round(min(cells, most) * 2)
    return (HALF if halves % 2 else "") + HATCHED * (halves // 2) if halves else THIN if most else ""


def _solid(cells: float, most: int) -> str:
    whole, part = divmod(round(min(cells, most) * len(EIGHTHS)), len(EIGHTHS))
    return (SOLID * whole + EIGHTHS[part]).rstrip()


def interval_line(low: float, value: float, high: float, width: int) -> str:
    """Draw where a share and its interval lie between 0 and 1: ``  ├──●───┤   ``."""
    start, here, end = (round(share * (width - 1)) for share in (low, value, high))
    line = [" "] * width
    line[start : end + 1] = "─" * (end + 1 - start)
    line[start], line[end] = "├", "┤"
    line[here] = "●"
    return "".join(line)


def interval(row: AgentRow | AgentFigures) -> str:
    """Format ``54% (41–66)``: a shrunk rate with its interval."""
    return f"{row['rate']:.0%} ({row['low'] * 100:.0f}–{row['high'] * 100:.0f})"
