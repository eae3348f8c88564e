"""The roster by department: a row for each, which folds its agents away."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from typing import Any, cast

from rich.text import Text
from textual.widgets import DataTable

from dispatch.queries.row_types import AgentRow
from dispatch.queries.wording import plural
from models.agents import AVAILABLE
from screens.wording.agents import held_bar

DEPARTMENT = "department"
OPEN, FOLDED = "▾", "▸"
GAP = 2


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


def totals_text(
    found: list[AgentRow],
    whole: int,
    more: Sequence[str],
    starts: Mapping[str, int] | None = None,
    width: int | None = None,
) -> Text:
    """Format the row of totals: the sums of the agents found, of a ``whole`` of them, and what else.

    Each part begins below its column, whose first cell is in ``starts``, or behind the part before it; one
    that would be cut at the ``width`` begins earlier.
    """
    count = f"{len(found):,} of {plural(whole, 'agent')}" if len(found) != whole else plural(whole, "agent")
    here = [row for row in found if not row["left_at"]]
    sums = {name: sum(row[name] for row in here) for name in ("load", "issue_load", "capacity")}
    parts = [("name", Text(f"Total  {count}", "bold"))]
    if here:
        parts.append(("load", held_bar(sums["load"], sums["issue_load"], sums["capacity"])))
        words = Text(" · ".join([*more, *_presences(here)]))
        parts.append(("" if more else "presence", words))
    line = Text()
    for column, part in parts:
        start = (starts or {}).get(column, 0)
        start = start if width is None else min(start, width - part.cell_len)
        line.append(" " * max(GAP if line else 0, start - line.cell_len))
        line.append_text(part)
    return line


def _presences(here: list[AgentRow]) -> list[str]:
    resting = sum(row["presence"] == "break" for row in here)
    available = f"{sum(row['presence'] == AVAILABLE for row in here):,} available"
    return [available, *([f"{resting:,} on break"] if resting else [])]


def starts_of(table: DataTable[Any]) -> dict[str, int]:
    """Return the first cell of each column's text."""
    found, start = dict[str, int](), 0
    for column in table.ordered_columns:
        found[str(column.key.value)] = start + table.cell_padding
        start += column.width + 2 * table.cell_padding
    return found


def sort_key(value: Any) -> tuple[bool, Any]:
    """Sort None last, and text regardless of case."""
    return (value is None, value.lower() if isinstance(value, str) else value or 0)
