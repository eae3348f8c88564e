"""One lead, committed, with 30,000 agents beside 30: a rank is derived, so their number must not matter.

Desks of the same file format take the same leads, one transaction each, in rounds by turns. A third one
has 30,000 agents with everything on: a third of them away or full, and every one lists two
destinations and three launch locations, so that most of the best do not suit.
"""

from __future__ import annotations

import json
import random
from pathlib import Path

from benchmarks.desks import FEW, MANY, ROOMY, LeadDesk, make_desk
from benchmarks.measure import Effort, Row, Times, by_turns, us
from dispatch.values import FIRST_VALUES
from models.agents import Agent

LEADS = 500
BUDGET = 1.5


def run(effort: Effort, folder: Path) -> list[Row]:
    few, many = LeadDesk(make_desk(folder, FEW)), LeadDesk(make_desk(folder, MANY))
    (folder / "rules").mkdir()
    ruled = LeadDesk(make_desk(folder / "rules", MANY))
    _rules_for_all(ruled)
    size = effort.size(LEADS)
    sides = [lambda: few.add(size), lambda: many.add(size), lambda: ruled.add(size)]
    try:
        few_times, *others = by_turns(sides, effort.rounds, size)
    finally:
        for desk in (few, many, ruled):
            desk.close()
    what = f"the same with {MANY:,} agents"
    return [
        _row(told, times, few_times)
        for told, times in zip((what, f"{what}, presence, skills, locations"), others, strict=True)
    ]


def _row(what: str, times: Times, beside: Times) -> Row:
    ratio = times.over(beside)
    budget = f"<= {BUDGET} x"
    return Row(what, budget, us(times.median), us(times.best), f"{ratio:.2f} x", ratio <= BUDGET)


def _rules_for_all(desk: LeadDesk) -> None:
    """Give every agent skills and locations; send a sixth away, and fill another sixth."""
    draw = random.Random(3)
    with desk.desk.transaction():
        for number in range(1, MANY + 1):
            agent = Agent.lock(number)
            agent.skills = json.dumps(draw.sample(FIRST_VALUES["destination"], 2))
            agent.locations = json.dumps(draw.sample(FIRST_VALUES["launch"], 3))
            agent.presence = "away" if number % 6 == 0 else "available"
            agent.capacity = 0 if number % 6 == 1 else ROOMY
            agent.save()
