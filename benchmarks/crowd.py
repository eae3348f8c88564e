"""One lead, committed, with 30,000 agents beside 30: a rank is derived, so their number must not matter.

Two desks of the same file format take the same leads, one transaction each, in rounds by turns.
"""

from __future__ import annotations

from pathlib import Path

from benchmarks.desks import FEW, MANY, LeadDesk, make_desk
from benchmarks.measure import Effort, Row, by_turns, us

LEADS = 500
BUDGET = 1.5


def run(effort: Effort, folder: Path) -> list[Row]:
    few, many = LeadDesk(make_desk(folder, FEW)), LeadDesk(make_desk(folder, MANY))
    size = effort.size(LEADS)
    try:
        few_times, many_times = by_turns([lambda: few.add(size), lambda: many.add(size)], effort.rounds, size)
    finally:
        few.close()
        many.close()
    ratio = many_times.over(few_times)
    return [
        Row(
            f"the same with {MANY:,} agents",
            f"<= {BUDGET} x",
            us(many_times.median),
            us(many_times.best),
            f"{ratio:.2f} x",
            ratio <= BUDGET,
        )
    ]
