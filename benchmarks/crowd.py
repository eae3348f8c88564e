"""One committed lead with 30,000 agents against 30: rank is derived, so the number must not matter.

Desks of the same file format take the same leads, one transaction each, in alternating rounds. Two more have
all rules active: a third of their agents are away or full, and each lists two destinations and three launch
locations, so most of the best are not eligible and every decision records fifty exclusions.
"""

from __future__ import annotations

import json
import random
from functools import partial
from pathlib import Path

from benchmarks.desks import FEW, MANY, ROOMY, LeadDesk, make_desk
from benchmarks.measure import Effort, Row, Times, by_turns, us
from dispatch.desk.accepted_values import FIRST_VALUES
from dispatch.operations.configuration import set_value
from models.agents import Agent

LEADS = 500
OTHERS = ("round_robin", "balanced", "share", "skill", "rank+contact")
LEADS_EACH, MOST_ROUNDS = 100, 9
BUDGET = 1.5


def run(effort: Effort, folder: Path) -> list[Row]:
    (folder / "rules").mkdir()
    few, many = LeadDesk(make_desk(folder, FEW)), LeadDesk(make_desk(folder, MANY))
    ruled_few = LeadDesk(make_desk(folder / "rules", FEW))
    ruled_many = LeadDesk(make_desk(folder / "rules", MANY))
    desks = (few, many, ruled_few, ruled_many)
    _rules_for_all(ruled_few, FEW)
    _rules_for_all(ruled_many, MANY)
    size = effort.size(LEADS)
    try:
        plain, crowd, ruled, ruled_crowd = by_turns(
            [partial(desk.add, size) for desk in desks], effort.rounds, size
        )
        others = [_by_policy(name, ruled_few, ruled_many, effort) for name in OTHERS]
    finally:
        for desk in desks:
            desk.close()
    rules = "presence, capacity, skills and locations on"
    return [
        _row(f"the same with {MANY:,} agents", crowd, plain),
        Row(f"{FEW} agents, {rules}", "", us(ruled.median), us(ruled.best), f"{ruled.over(plain):.2f} x"),
        _row(f"{MANY:,} agents, {rules}", ruled_crowd, ruled),
        *others,
    ]


def _by_policy(name: str, few: LeadDesk, many: LeadDesk, effort: Effort) -> Row:
    """Measure the desks with all rules active under another policy."""
    for desk in (few, many):
        set_value(desk.desk, "policy", name)
    size, rounds = effort.size(LEADS_EACH), min(effort.rounds, MOST_ROUNDS)
    side, crowded = by_turns([partial(desk.add, size) for desk in (few, many)], rounds, size)
    ratio = f"{crowded.over(side):.2f} x"
    return Row(f"  the same under {name}", "", us(crowded.median), us(crowded.best), ratio)


def _row(what: str, times: Times, beside: Times) -> Row:
    ratio = times.over(beside)
    budget = f"<= {BUDGET} x"
    return Row(what, budget, us(times.median), us(times.best), f"{ratio:.2f} x", ratio <= BUDGET)


def _rules_for_all(desk: LeadDesk, agents: int) -> None:
    """Give every agent skills and locations; a sixth are away, another sixth full."""
    draw = random.Random(3)
    with desk.desk.transaction():
        for number in range(1, agents + 1):
            agent = Agent.lock(number)
            agent.skills = json.dumps(draw.sample(FIRST_VALUES["destination"], 2))
            agent.locations = json.dumps(draw.sample(FIRST_VALUES["launch"], 3))
            agent.presence = "away" if number % 6 == 0 else "available"
            agent.capacity = 0 if number % 6 == 1 else ROOMY
            agent.save()
