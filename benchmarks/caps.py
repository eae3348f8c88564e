"""One committed lead on a desk with caps against one without, with 30 and with 30,000 agents.

Three caps are in force: of all leads, of a source and to a destination. On one desk nobody is at a cap; on
another nine of ten agents are at that of all leads, and on a third at that to Mars, though they rank first.
"""

from __future__ import annotations

from functools import partial
from pathlib import Path

from benchmarks.desks import FEW, MANY, LeadDesk, make_desk
from benchmarks.measure import Effort, Row, Times, by_turns, us
from dispatch.assignment.caps import MOST_LEADS, set_cap
from dispatch.operations.configuration import set_value
from models.agents import Agent
from models.cap_counts import CapCount, mark_again
from models.caps import current_caps
from models.sql import listed
from models.windows import WEEK

LEADS, MOST_ROUNDS = 250, 15
BUDGET = 1.5
ON_ALL, TO_MARS = 1, 3


def run(effort: Effort, folder: Path) -> list[Row]:
    return [row for agents in (FEW, MANY) for row in _measure(effort, folder / str(agents), agents)]


def _measure(effort: Effort, folder: Path, agents: int) -> list[Row]:
    desks = []
    for name in ("none", "caps", "at the cap on all", "at the cap to Mars"):
        (folder / name).mkdir(parents=True)
        desks.append(LeadDesk(make_desk(folder / name, agents)))
        set_value(desks[-1].desk, "durability", "normal")  # or the wait for the disk would hide the work
    for desk in desks[1:]:
        set_cap(desk.desk, MOST_LEADS, WEEK)
        set_cap(desk.desk, MOST_LEADS, WEEK, source="Bought")
        set_cap(desk.desk, MOST_LEADS, WEEK, destination="Mars")
    _fill(desks[2], ON_ALL, agents)
    _fill(desks[3], TO_MARS, agents)
    size, rounds = effort.size(LEADS), min(effort.rounds, MOST_ROUNDS)
    try:
        none, *others = by_turns([partial(desk.add, size) for desk in desks], rounds, size)
    finally:
        for desk in desks:
            desk.close()
    whose = ("nobody at one", "nine of ten at that on all leads", "nine of ten at that to Mars")
    rows = [
        _row(f"{agents:,} agents, 3 caps, {who}", each, none) for who, each in zip(whose, others, strict=True)
    ]
    return [Row(f"one lead, {agents:,} agents, no caps", "", us(none.median), us(none.best)), *rows]


def _fill(desk: LeadDesk, cap_id: int, agents: int) -> None:
    """Put nine of ten agents at a cap, as if they had got as many leads this week and closed them."""
    with desk.desk.transaction():
        caps = current_caps()
        assert caps is not None
        span = caps.window(caps.rules[cap_id - 1], desk.desk.now())
        full = [number for number in range(1, agents + 1) if number % 10]
        rows = [(cap_id, number, *span, MOST_LEADS, True) for number in full]
        for start in range(0, len(rows), 1000):
            CapCount.insert_many(rows[start : start + 1000], CapCount._meta.sorted_fields).execute()
        mark_again(Agent.agent_id.in_(listed(full)))


def _row(what: str, times: Times, beside: Times) -> Row:
    ratio = times.over(beside)
    return Row(what, f"<= {BUDGET} x", us(times.median), us(times.best), f"{ratio:.2f} x", ratio <= BUDGET)
