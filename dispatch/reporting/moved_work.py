"""Who has the work that a command moved, as the rows of its event tell."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping

from dispatch.desk.row_types import EventRow
from dispatch.desk.undo_chain import UNDO
from dispatch.queries.wording import plural

ASSIGNING = "waiting.assign"
MOST_NAMED = 3  # agents of one event
Moved = Mapping[int | None, Counter[str]]
"""By the agent who has them then, None for nobody: how many rows of each kind, booking or issue."""


def moved_rows(event: EventRow) -> Moved:
    """Return whose the bookings and issues are that an event moved; for an undo, whose they were.

    Waiting bookings that an event found an agent for beside its own work are not counted.
    """
    detail = event["detail"]
    rows = event["before"] if event["command"] == UNDO else event["after"]
    beside = (
        set() if event["command"] == ASSIGNING else {f"bookings:{one}" for one in detail.get("drained", [])}
    )
    moved: dict[int | None, Counter[str]] = {}
    for key, row in rows.items():
        table = key.partition(":")[0]
        if table in ("bookings", "issues") and "agent_id" in row and key not in beside:
            moved.setdefault(row["agent_id"], Counter())[table.removesuffix("s")] += 1
    return moved


def words_of(moved: Moved, names: Mapping[int | None, str]) -> str:
    """Say how many go to whom, the most first: ``2 bookings to Nova Singh, 1 issue waits``."""
    waiting = moved.get(None)
    takers = sorted(
        ((agent, kinds) for agent, kinds in moved.items() if agent is not None),
        key=lambda one: -one[1].total(),
    )
    most = MOST_NAMED if len(takers) > MOST_NAMED + 1 else len(takers)  # one other has a name
    parts = [f"{counted(kinds)} to {names.get(agent) or f'agent {agent}'}" for agent, kinds in takers[:most]]
    others: Counter[str] = sum((kinds for _, kinds in takers[most:]), Counter())
    parts += [f"{counted(others)} to others"] if others else []
    if waiting:
        parts.append(f"{counted(waiting)} {'waits' if waiting.total() == 1 else 'wait'}")
    return ", ".join(parts)


def counted(kinds: Counter[str]) -> str:
    """Count rows by their kind: ``2 bookings and 1 issue``."""
    return " and ".join(plural(number, kind) for kind, number in sorted(kinds.items()))
