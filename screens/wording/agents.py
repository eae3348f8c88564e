"""Agents in words, signs and bars."""

from __future__ import annotations

from collections.abc import Sequence
from math import ceil

from rich.text import Text

from dispatch.queries.row_types import AgentRow
from dispatch.reporting.row_types import AgentFigures
from screens.wording.text import BAD, CARE, GOOD

BARS = "▁▂▃▄▅▆▇█"


def load_bar(row: AgentRow | AgentFigures) -> Text:
    """Format the bookings and issues an agent has, of the capacity they share, as one cell and as numbers."""
    held, capacity = row["load"] + row["issue_load"], row["capacity"]
    share = _share(held, capacity)
    style = load_style(held, capacity)
    bar = Text.assemble((BARS[round(share * (len(BARS) - 1))], style), f" {parts(row)}/{capacity}")
    return bar.append("!", style) if held > capacity else bar


def parts(row: AgentRow | AgentFigures) -> str:
    """Format what an agent has, bookings first: the order of assignment compares those alone (``1+2``)."""
    return f"{row['load']}+{row['issue_load']}" if row["issue_load"] else str(row["load"])


def _share(held: int, capacity: int) -> float:
    return 1.0 if capacity == 0 else min(1.0, held / capacity)


def load_style(held: int, capacity: int) -> str:
    """Return the style of a load: loud only where there is no room left, or less than none."""
    return f"bold {BAD}" if held > capacity else GOOD if held < capacity else CARE


CELLS, FULL, EMPTY = 10, "▇", "▁"


def held_bar(load: int, issues: int, capacity: int) -> Text:
    """Format bookings and issues of a capacity, which they share, as ten cells and as numbers."""
    held = load + issues
    full = max(min(1, held), round(_share(held, capacity) * CELLS)) if capacity else CELLS
    style = load_style(held, capacity)
    bar = Text.assemble((FULL * full, style), (EMPTY * (CELLS - full), "dim"))
    bar.append(f" {held}/{capacity}", "" if held < capacity else "bold")
    return bar.append("!", style) if held > capacity else bar


def sparkline(numbers: Sequence[int], highest: int) -> str:
    """Draw numbers as bars of one cell each, of which the ``highest`` is full."""
    top = len(BARS) - 1
    return "".join(BARS[ceil(number / highest * top) if highest else 0] for number in numbers)


PRESENCE_SIGNS = {"available": "●", "busy": "◐", "break": "◔", "away": "○", "offline": "○"}


def with_score(row: AgentRow, score: float | None, *, steers: bool) -> AgentRow:
    """Add an agent's score for a lead, if there is one, and whether it decides anything."""
    return row if score is None else row | {"match_score": score, "steers": steers}


def match_score(row: AgentRow) -> Text:
    """Format the score for a lead, greyed where it decides nothing."""
    score = row.get("match_score")
    return Text("" if score is None else f"{score:.1f}", "" if row.get("steers") else "dim")
