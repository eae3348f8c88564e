"""Leads per second from a file into a desk of 30 agents, and beside a desk of plain SQL triggers.

Each round loads a CSV file the way ``astra lead add --from`` does: lines are read, checked, added as
commands with request ids, and committed in small batches with pauses for other terminals. Process start-up
is not counted. The plain desk takes as many leads in one transaction, in turns with the file.
"""

from __future__ import annotations

from pathlib import Path

from benchmarks.desks import FEW, agent_rows, leads, make_desk, write_lead_file
from benchmarks.measure import Effort, Row, by_turns
from benchmarks.plain_sql import PlainDesk
from dispatch.desk.desk import Desk
from dispatch.inputs.lead_files import open_leads
from dispatch.leads.file_intake import receive_file

LEADS = 2000
BUDGET = 5000
BUDGET_BESIDE = 0.5  # of the rate of the plain triggers


def run(effort: Effort, folder: Path) -> list[Row]:
    plain = PlainDesk(folder / "plain.db", agent_rows(FEW))
    desk = make_desk(folder, FEW)
    size = effort.size(LEADS)
    source = leads()
    files = iter(
        [write_lead_file(folder / f"leads-{number}.csv", source, size) for number in range(effort.rounds + 1)]
    )
    try:
        plain_times, times = by_turns(
            [lambda: plain.add_together(size), lambda: _load(desk, next(files), size)], effort.rounds, size
        )
    finally:
        plain.close()
        desk.close()
    rate = 1 / times.median
    beside = plain_times.over(times)
    return [
        Row(
            "leads from a file",
            f">= {BUDGET:,} /s",
            f"{rate:,.0f} /s",
            f"{1 / times.best:,.0f} /s",
            f"{rate / BUDGET:.2f} x",
            rate >= BUDGET,
        ),
        Row(
            "leads from a file beside plain triggers",
            f">= {BUDGET_BESIDE:.2f} x",
            f"{1 / plain_times.median:,.0f} /s",
            f"{1 / plain_times.best:,.0f} /s",
            f"{beside:.2f} x",
            beside >= BUDGET_BESIDE,
        ),
    ]


def _load(desk: Desk, path: Path, expected: int) -> None:
    with path.open("rb") as stream, open_leads(stream, path.name) as file:
        accepted = receive_file(desk, file)["accepted"]
    if accepted != expected:
        raise RuntimeError(f"{accepted} of {expected} leads were accepted")
