"""One committed lead under the policy ``share`` against ``rank``, with 30 and with 30,000 agents.

A third of the agents have weight 0.5, a third 1, a third 2. The desks take the same leads, one transaction
each, in alternating rounds.
"""

from __future__ import annotations

from functools import partial
from pathlib import Path

from benchmarks.desks import FEW, MANY, LeadDesk, make_desk
from benchmarks.measure import Effort, Row, by_turns, us
from dispatch.operations.configuration import set_value
from models.agents import Agent
from models.sql import listed

LEADS = 200
BUDGET = 1.5
WEIGHTS = (0.5, 1.0, 2.0)


def run(effort: Effort, folder: Path) -> list[Row]:
    return [_measured(effort, folder, agents) for agents in (FEW, MANY)]


def _measured(effort: Effort, folder: Path, agents: int) -> Row:
    (folder / "share").mkdir(exist_ok=True)
    ranked, shared = LeadDesk(make_desk(folder, agents)), LeadDesk(make_desk(folder / "share", agents))
    size = effort.size(LEADS)
    try:
        with shared.desk.transaction():
            for place, weight in enumerate(WEIGHTS):
                numbers = listed(range(place, agents + 1, len(WEIGHTS)))
                Agent.update(weight=weight).where(Agent.agent_id.in_(numbers)).execute()
        set_value(shared.desk, "policy", "share")
        for side in (ranked, shared):  # the wait for the disk is the same
            set_value(side.desk, "durability", "normal")
        by_rank, by_share = by_turns(
            [partial(desk.add, size) for desk in (ranked, shared)], effort.rounds, size
        )
    finally:
        ranked.close()
        shared.close()
    ratio = by_share.over(by_rank)
    return Row(
        f"one lead by share, {agents:,} agents, against rank",
        f"<= {BUDGET} x",
        us(by_share.median),
        us(by_share.best),
        f"{ratio:.2f} x",
        ratio <= BUDGET,
    )
