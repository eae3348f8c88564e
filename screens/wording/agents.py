"""Agents in words, signs and bars."""

from __future__ import annotations

from rich.text import Text

from dispatch.queries.row_types import AgentRow
from dispatch.reporting.row_types import AgentFigures
from screens.wording.text import BAD, CARE, GOOD

BARS = "▁▂▃▄▅▆▇█"


def load_bar(row: AgentRow | AgentFigures) -> Text:
    """Format an agent's load as a bar and as numbers; over capacity is highlighted."""
    load, capacity = row["load"], row["capacity"]
    share = 1.0 if capacity == 0 else min(1.0, load / capacity)
    style = f"bold {BAD}" if load > capacity else GOOD if share < 0.5 else CARE if share < 1 else BAD
    bar = Text.assemble((BARS[round(share * (len(BARS) - 1))], style), f" {load}/{capacity}")
    return bar.append("!", style) if load > capacity else bar


LONG_BAR = 10  # cells


def long_load_bar(row: AgentRow | AgentFigures) -> Text:
    """Format an agent's load as a bar of ten cells, a full one for each tenth of the capacity."""
    load, capacity = row["load"], row["capacity"]
    share = 1.0 if capacity == 0 else min(1.0, load / capacity)
    full = max(1, round(share * LONG_BAR)) if load else 0
    text = load_bar(row)
    style = text.spans[0].style if text.spans else ""
    return Text.assemble(("▰" * full, style), ("▱" * (LONG_BAR - full), "dim"), text.plain[1:])


PRESENCE_SIGNS = {"available": "●", "busy": "◐", "break": "◔", "away": "○", "offline": "○"}


def with_score(row: AgentRow, score: float | None, *, steers: bool) -> AgentRow:
    """Add an agent's score for a lead, if there is one, and whether it decides anything."""
    return row if score is None else row | {"match_score": score, "steers": steers}


def match_score(row: AgentRow) -> Text:
    """Format the score for a lead, greyed where it decides nothing."""
    score = row.get("match_score")
    return Text("" if score is None else f"{score:.1f}", "" if row.get("steers") else "dim")
