"""Leads per second from a file into a desk of 30 agents.

Each round loads a CSV file the way ``astra lead add --from`` does: lines are read, checked, added as
commands with request ids, and committed in small batches with pauses for other terminals. Process start-up
is not counted.
"""

from __future__ import annotations

from pathlib import Path

from benchmarks.desks import FEW, leads, make_desk, write_lead_file
from benchmarks.measure import Effort, Row, by_turns
from dispatch.desk.desk import Desk
from dispatch.inputs.lead_files import open_leads
from dispatch.leads.file_intake import receive_file

LEADS = 2000
BUDGET = 5000


def run(effort: Effort, folder: Path) -> list[Row]:
    desk = make_desk(folder, FEW)
    size = effort.size(LEADS)
    source = leads()
    files = iter(
        [write_lead_file(folder / f"leads-{number}.csv", source, size) for number in range(effort.rounds + 1)]
    )
    try:
        (times,) = by_turns([lambda: _load(desk, next(files), size)], effort.rounds, size)
    finally:
        desk.close()
    rate = 1 / times.median
    return [
        Row(
            "leads from a file",
            f">= {BUDGET:,} /s",
            f"{rate:,.0f} /s",
            f"{1 / times.best:,.0f} /s",
            f"{rate / BUDGET:.2f} x",
            rate >= BUDGET,
        )
    ]


def _load(desk: Desk, path: Path, expected: int) -> None:
    with path.open("rb") as stream, open_leads(stream, path.name) as file:
        accepted = receive_file(desk, file)["accepted"]
    if accepted != expected:
        raise RuntimeError(f"{accepted} of {expected} leads were accepted")
