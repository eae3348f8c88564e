"""One committed lead, against a desk of plain SQL triggers.

Both desks have 30 agents and take the same leads, one transaction each, in alternating rounds. Astra's side
also does what the plain desk leaves out: checks, customer, decision with runners-up, and event. Rounds are
long enough to include checkpoints of the log. Both sides wait for the disk, then both do not. Both desks must
end with the same loads.
"""

from __future__ import annotations

from pathlib import Path

from benchmarks.desks import FEW, LeadDesk, agent_rows, make_desk
from benchmarks.measure import Effort, Row, by_turns, us
from benchmarks.plain_sql import PlainDesk
from dispatch.operations import configuration
from models.agents import Agent

LEADS = 500
BUDGET = 1.5


def run(effort: Effort, folder: Path) -> list[Row]:
    plain = PlainDesk(folder / "plain.db", agent_rows(FEW))
    astra = LeadDesk(make_desk(folder, FEW))
    try:
        rows = _measure(effort, plain, astra, "full", "on the disk")
        rows += _measure(effort, plain, astra, "normal", "durability normal")
        _check_same_loads(plain, astra)
    finally:
        plain.close()
        astra.close()
    return rows


def _measure(effort: Effort, plain: PlainDesk, astra: LeadDesk, durability: str, what: str) -> list[Row]:
    plain.set_durability(durability)
    configuration.set_value(astra.desk, "durability", durability)
    size = effort.size(LEADS)
    plain_times, astra_times = by_turns(
        [lambda: plain.add(size), lambda: astra.add(size)], effort.rounds, size
    )
    ratio = astra_times.over(plain_times)
    return [
        Row(f"one lead, {what}, as plain SQL triggers", "", us(plain_times.median), us(plain_times.best)),
        Row(
            f"one lead, {what}, {FEW} agents",
            f"<= {BUDGET} x",
            us(astra_times.median),
            us(astra_times.best),
            f"{ratio:.2f} x",
            ratio <= BUDGET,
        ),
    ]


def _check_same_loads(plain: PlainDesk, astra: LeadDesk) -> None:
    with astra.desk.reading():
        loads = list(Agent.select(Agent.agent_id, Agent.load).order_by(Agent.agent_id).tuples())
    if loads != plain.loads():
        raise RuntimeError("the two desks assigned the leads to different agents")
