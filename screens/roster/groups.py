"""The roster by department: a row for each, which folds its agents away."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection
from typing import cast

from dispatch.queries.row_types import AgentRow
from models.agents import AVAILABLE

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


def totals(agents: list[AgentRow]) -> str:
    """Format the sums of the roster: ``30 agents · 27 available · 2 on break · 46/300``."""
    here = [row for row in agents if not row["left_at"]]
    resting = sum(row["presence"] == "break" for row in here)
    held = sum(row["load"] + row["issue_load"] for row in here)
    parts = [
        f"{len(here):,} {'agent' if len(here) == 1 else 'agents'}",
        f"{sum(row['presence'] == AVAILABLE for row in here):,} available",
        *([f"{resting:,} on break"] if resting else []),
        f"load {held:,}/{sum(row['capacity'] for row in here):,}",
    ]
    return "  ·  ".join(parts)
