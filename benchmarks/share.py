"""One committed lead under the policy ``share``, alone and with caps, against ``rank``; 30 and 30,000 agents.

A third of the agents have weight 0.5, a third 1, a third 2. Three caps are in force on the third desk: of all
leads, of a source and to a destination; nobody is at one. The desks take the same leads, one transaction
each, in alternating rounds: first without the wait for the disk, which is the same for all and would hide the
work, then with it, as a desk is set up.
"""

from __future__ import annotations

from functools import partial
from pathlib import Path

from benchmarks.desks import FEW, MANY, LeadDesk, make_desk
from benchmarks.measure import Effort, Row, Times, by_turns, us
from dispatch.assignment.caps import MOST_LEADS, set_cap
from dispatch.operations.configuration import set_value
from models.agents import Agent
from models.sql import listed
from models.windows import WEEK

LEADS = 200
BUDGET = 1.5
WEIGHTS = (0.5, 1.0, 2.0)
SIDES = ("rank", "share", "share, 3 caps")
DURABILITY = {"normal": "", "full": ", on the disk"}


def run(effort: Effort, folder: Path) -> list[Row]:
    return [row for agents in (FEW, MANY) for row in _measured(effort, folder / str(agents), agents)]


def _measured(effort: Effort, folder: Path, agents: int) -> list[Row]:
    desks = [_desk(folder / side, agents, side) for side in SIDES]
    size = effort.size(LEADS)
    rows = []
    try:
        for durability, how in DURABILITY.items():
            for each in desks:
                set_value(each.desk, "durability", durability)
            ranked, *others = by_turns([partial(each.add, size) for each in desks], effort.rounds, size)
            rows += [
                _row(f"one lead by {side}{how}, {agents:,} agents, against rank", times, ranked)
                for side, times in zip(SIDES[1:], others, strict=True)
            ]
    finally:
        for each in desks:
            each.close()
    return rows


def _desk(folder: Path, agents: int, side: str) -> LeadDesk:
    folder.mkdir(parents=True)
    made = LeadDesk(make_desk(folder, agents))
    if "share" in side:
        with made.desk.transaction():
            for place, weight in enumerate(WEIGHTS):
                numbers = listed(range(place, agents + 1, len(WEIGHTS)))
                Agent.update(weight=weight).where(Agent.agent_id.in_(numbers)).execute()
        set_value(made.desk, "policy", "share")
    if "caps" in side:
        set_cap(made.desk, MOST_LEADS, WEEK)
        set_cap(made.desk, MOST_LEADS, WEEK, source="Bought")
        set_cap(made.desk, MOST_LEADS, WEEK, destination="Mars")
    return made


def _row(what: str, times: Times, beside: Times) -> Row:
    ratio = times.over(beside)
    return Row(what, f"<= {BUDGET} x", us(times.median), us(times.best), f"{ratio:.2f} x", ratio <= BUDGET)
