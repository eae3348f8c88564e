"""A shuffle of 10,000 unclaimed bookings held by a tenth of 1,000 agents, writes included.

A second run must find nothing to move, and undo must reverse all moves.
"""

from __future__ import annotations

import time
from pathlib import Path

from benchmarks.desks import LeadDesk, make_desk
from benchmarks.measure import Effort, Row, Times, s
from dispatch.assignment.shuffle import shuffle
from dispatch.operations.undo import undo
from models.agents import Agent

BOOKINGS, AGENTS, LADEN = 10_000, 1_000, 100
CAPACITY = 200
BUDGET_S = 2.0


def run(effort: Effort, folder: Path) -> list[Row]:
    desk = LeadDesk(make_desk(folder, AGENTS))
    size, laden = effort.size(BOOKINGS), effort.size(LADEN)
    try:
        _employ(desk, laden)
        with desk.desk.batch():
            desk.add(size)
        _employ(desk, AGENTS)
        start = time.perf_counter()
        moves = shuffle(desk.desk)["moves"]
        taken = Times([time.perf_counter() - start])
        if shuffle(desk.desk)["moves"]:
            raise RuntimeError("the second run found something to move")
        undo(desk.desk)
        start = time.perf_counter()
        undo(desk.desk)
        back = Times([time.perf_counter() - start])
    finally:
        desk.close()
    what = f"shuffle of {size:,} unclaimed bookings, {AGENTS:,} agents"
    within = taken.median <= BUDGET_S
    ratio = f"{taken.median / BUDGET_S:.2f} x"
    return [
        Row(f"{what}: {len(moves):,} moves", f"<= {BUDGET_S:.0f} s", s(taken.median), "", ratio, within),
        Row("undo of that run", "", s(back.median)),
    ]


def _employ(desk: LeadDesk, count: int) -> None:
    """Make only the first ``count`` agents available."""
    with desk.desk.transaction():
        Agent.update(capacity=CAPACITY, presence="busy").execute()
        Agent.update(presence="available").where(Agent.agent_id <= count).execute()
