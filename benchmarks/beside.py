"""Single commands in a terminal while another process loads a file of leads at full speed.

While ``astra lead add --from`` runs as a process, this one repeatedly adds a lead and claims its booking,
timing each, with a short pause after both. A command waits for the loader's batches to commit.
"""

from __future__ import annotations

import subprocess
import time
from pathlib import Path

from benchmarks.desks import FEW, leads, make_desk, write_lead_file
from benchmarks.measure import Effort, Row, Times, ms
from benchmarks.processes import ASTRA, environment
from dispatch.bookings.lifecycle import claim
from dispatch.desk.desk import Desk
from dispatch.leads import intake
from models.audit import Event

LEADS = 60_000
PAUSE_S = 0.005
BUDGET_S = 0.2
PATIENCE_S = 20


def run(effort: Effort, folder: Path) -> list[Row]:
    desk = make_desk(folder, FEW)
    file = write_lead_file(folder / "leads.csv", leads(), effort.size(LEADS))
    loading = subprocess.Popen(
        (*ASTRA, "lead", "add", "--from", str(file)),
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        env=environment(folder, desk.database.file),
        cwd=folder,
    )
    try:
        _wait_until_loading(desk, loading)
        times = _commands(desk, loading)
    finally:
        loading.kill()  # still running only after an error here
        loading.wait()
        desk.close()
    worst = times.percentile(99)
    ratio = f"{worst / BUDGET_S:.2f} x"
    what = "a terminal's command during a bulk load"
    return [
        Row(f"{what}, p50", "", ms(times.median), ms(times.best)),
        Row(f"{what}, p99", f"<= {BUDGET_S * 1e3:.0f} ms", ms(worst), "", ratio, worst <= BUDGET_S),
        Row(f"{what}, max", "", ms(max(times.seconds)), "", "", None, f"{len(times.seconds)} commands"),
    ]


def _wait_until_loading(desk: Desk, loading: subprocess.Popen[bytes]) -> None:
    deadline = time.monotonic() + PATIENCE_S
    while True:
        with desk.reading():
            if Event.select().exists():
                return
        if loading.poll() is not None or time.monotonic() > deadline:
            raise RuntimeError("the load added nothing")
        time.sleep(PAUSE_S)


def _commands(desk: Desk, loading: subprocess.Popen[bytes]) -> Times:
    seconds: list[float] = []
    for lead in leads():
        start = time.perf_counter()
        made = intake.receive(desk, **lead)
        between = time.perf_counter()
        assert made["agent_id"] is not None  # no rule excludes these agents
        claim(desk, made["booking_id"], made["agent_id"])
        seconds += (between - start, time.perf_counter() - between)
        time.sleep(PAUSE_S)
        if loading.poll() is not None:
            break
    if loading.returncode:
        raise RuntimeError("the load failed")
    return Times(seconds)
