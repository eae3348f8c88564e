"""The roster by department: a row for each, which folds its agents away."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Sequence
from typing import cast

from rich.text import Text

from dispatch.queries.row_types import AgentRow
from models.agents import AVAILABLE
from screens.wording.agents import held_bar

DEPARTMENT = "department"
OPEN, FOLDED = "▾", "▸"


def have_departments(rows: list[AgentRow]) -> bool:
    """Return whether agents are of more than one department: of a single one, its row would say nothing."""
    return len({row["department"] for row in rows}) > 1


def grouped(rows: list[AgentRow], folded: Collection[str], *, descending: bool = False) -> list[AgentRow]:
    """Return agents below a row for each department, in their order; those of a folded one are left out."""
    by_department: dict[str, list[AgentRow]] = defaultdict(list)
    for row in rows:
        by_department[row["department"]].append(row)
    names = sorted(by_department, key=str.lower)
    shown: list[AgentRow] = []
    for name in reversed(names) if descending else names:
        agents = by_department[name]
        shown.append(_group(name, agents, -1 - names.index(name), is_folded=name in folded))
        shown += [] if name in folded else agents
    return shown


def _group(name: str, agents: list[AgentRow], key: int, *, is_folded: bool) -> AgentRow:
    """Return the row of a department, with sums; its number, below zero, is no agent's."""
    empty: AgentRow = cast(AgentRow, dict.fromkeys(AgentRow.__required_keys__))
    return empty | cast(
        AgentRow,
        {
            "agent_id": key,
            "name": f"{FOLDED if is_folded else OPEN} {name}",
            DEPARTMENT: name,
            "members": len(agents),
            "years_of_service": "",
            **{each: sum(row[each] for row in agents) for each in ("load", "issue_load", "capacity")},
        },
    )


def totals_text(found: list[AgentRow], whole: int, more: Sequence[str]) -> Text:
    """Format the row of totals: the sums of the agents found, of a ``whole`` of them, and what else."""
    of = f" of {whole:,}" if len(found) != whole else ""
    here = [row for row in found if not row["left_at"]]
    sums = {name: sum(row[name] for row in here) for name in ("load", "issue_load", "capacity")}
    line = Text.assemble(("Total  ", "bold"), (totals(found, of), "bold"), "  ")
    if here:
        line.append_text(held_bar(sums["load"], sums["issue_load"], sums["capacity"]))
    for word in more:
        line.append(f"  ·  {word}", "dim")
    return line


def totals(agents: list[AgentRow], of: str = "") -> str:
    """Format who is there: ``30 agents  ·  27 available  ·  2 on break``."""
    here = [row for row in agents if not row["left_at"]]
    resting = sum(row["presence"] == "break" for row in here)
    parts = [
        f"{len(agents):,}{of} {'agent' if len(agents) == 1 else 'agents'}",
        *([f"{sum(row['presence'] == AVAILABLE for row in here):,} available"] if here else []),
        *([f"{resting:,} on break"] if resting else []),
    ]
    return "  ·  ".join(parts)
