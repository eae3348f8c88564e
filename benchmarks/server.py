"""A desk on a PostgreSQL server of its own, with its files on the disk and each commit waited for.

Clients are processes. Sides alternate in rounds: Astra's engine, and the same statement by statement with the
disk waited for under the lock; the design in raw SQL, and one of row locks that skips who is locked. The CPU
is that of the client and of all of the server's processes.
"""

from __future__ import annotations

import os
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from functools import partial
from itertools import islice
from pathlib import Path
from typing import NamedTuple

from benchmarks import server_sides
from benchmarks.desks import FEW, MANY, ROOMY, LeadDesk, agent_rows, leads, write_lead_file
from benchmarks.measure import Effort, Row, by_turns, ms
from benchmarks.processes import ROOT
from dispatch.bootstrap import open_desk
from dispatch.desk.desk import Desk
from dispatch.inputs.lead_files import open_leads
from dispatch.leads import intake
from dispatch.leads.file_intake import receive_file
from dispatch.operations.configuration import set_value
from models.agents import Agent
from tests.server import DURABLE, Server, binaries, running

ROUND_S = 2.0
MOST_ROUNDS = 7
POLICIES = ("rank", "round_robin", "balanced", "share", "skill", "rank+contact")
LEADS_OF_A_FILE, LEADS_EACH = 500, 60
SECONDS_PER_TICK = 1 / os.sysconf("SC_CLK_TCK")


class Rate(NamedTuple):
    """Leads a second, of all clients together, the CPU seconds of a lead, and the least of the most."""

    rate: float
    cpu: float
    evenness: float


@dataclass
class Clients:
    """Processes of one side at work on one desk."""

    server: Server
    processes: Sequence[subprocess.Popen[str]]

    def work(self, seconds: float) -> Rate:
        before, start = server_cpu(self.server), time.perf_counter()
        for one in self.processes:
            assert one.stdin is not None
            one.stdin.write(f"{seconds}\n")
            one.stdin.flush()
        answers = [_line(one).split() for one in self.processes]
        taken = time.perf_counter() - start
        counts = [int(count) for count, _ in answers]
        cpu = sum(float(used) for _, used in answers) + server_cpu(self.server) - before
        return Rate(sum(counts) / taken, cpu / sum(counts), min(counts) / max(counts))


def run(effort: Effort, folder: Path) -> list[Row]:
    if binaries() is None:
        return [Row("a desk on a server", note="no PostgreSQL on this machine")]
    with running(DURABLE | {"autovacuum": "on"}, disk=Path(tempfile.gettempdir())) as server:
        return [
            *_clients_rows(server, effort),
            *_raw_rows(server, effort),
            _file_row(server, effort, folder),
            *_crowd_rows(server, effort),
        ]


def _clients_rows(server: Server, effort: Effort) -> list[Row]:
    one, one_plain = _side_by_side(server, ("astra", "plain"), 1, effort)
    four, four_plain = _side_by_side(server, ("astra", "plain"), 4, effort)
    (eight,) = _side_by_side(server, ("astra",), 8, effort)
    even = statistics.median(each.evenness for each in eight)
    return [
        _ratio("leads/s of one client, against statement by statement", one, one_plain, "rate", least=0.9),
        _ratio("CPU of a lead, server and client, against it", one, one_plain, "cpu", most=0.6),
        _ratio("leads/s of 4 clients, against it", four, four_plain, "rate", least=2.0),
        Row("least of 8 clients against the most", ">= 0.80 x", ratio=f"{even:.2f} x", ok=even >= 0.8),
    ]


def _raw_rows(server: Server, effort: Effort) -> list[Row]:
    ours, skipping = _side_by_side(server, ("lock", "skip"), 4, effort)
    return [
        _ratio("the design in raw SQL, 4 clients, against SKIP LOCKED", ours, skipping, "rate", least=0.7)
    ]


def _side_by_side(server: Server, sides: Sequence[str], count: int, effort: Effort) -> list[list[Rate]]:
    """The rates of each side in alternating rounds, each side with a desk of its own."""
    seconds = ROUND_S * effort.scale
    with ExitStack() as stack:
        clients = [stack.enter_context(_clients(server, side, count)) for side in sides]
        for each in clients:
            each.work(seconds)
        rounds = [[each.work(seconds) for each in clients] for _ in range(min(effort.rounds, MOST_ROUNDS))]
    return [list(side) for side in zip(*rounds, strict=True)]


@contextmanager
def _clients(server: Server, side: str, count: int) -> Iterator[Clients]:
    address = server.url(server.new_database())
    if side in server_sides.RAW:
        server_sides.make_raw_tables(address)
    else:
        make_desk(address, FEW).close()
    command = (sys.executable, "-m", "benchmarks.server_sides", side, address)
    with ExitStack() as stack:
        processes = [
            subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, cwd=ROOT)
            for _ in range(count)
        ]
        for one in processes:
            stack.callback(one.communicate)
        for one in processes:
            if _line(one) != "ready":
                raise RuntimeError("a client ended")
        yield Clients(server, processes)


def _line(process: subprocess.Popen[str]) -> str:
    assert process.stdout is not None
    return process.stdout.readline().strip()


def server_cpu(server: Server) -> float:
    """The CPU seconds of a server so far: of its process, of those that have ended, and of its backends."""
    main = server.pid
    pids = [main, *map(int, Path(f"/proc/{main}/task/{main}/children").read_text().split())]
    return sum(_cpu(pid, with_ended=pid == main) for pid in pids)


def _cpu(pid: int, *, with_ended: bool) -> float:
    fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    return sum(map(int, fields[11 : 15 if with_ended else 13])) * SECONDS_PER_TICK


def make_desk(address: str, agents: int) -> Desk:
    """Make a desk on a server with so many agents."""
    desk = open_desk(address, create=True, actor="bench")
    with desk.reading(), desk.database.atomic():
        for row in agent_rows(agents):
            Agent(**row, capacity=ROOMY).save()
    return desk


def _file_row(server: Server, effort: Effort, folder: Path) -> Row:
    size, source = effort.size(LEADS_OF_A_FILE), leads()
    rounds = min(effort.rounds, MOST_ROUNDS)
    files = iter(
        [write_lead_file(folder / f"leads-{number}.csv", source, size) for number in range(rounds + 1)]
    )
    desk = make_desk(server.url(server.new_database()), FEW)

    def one_by_one() -> None:
        for lead in islice(source, size):
            intake.receive(desk, **lead)

    def as_file() -> None:
        path = next(files)
        with path.open("rb") as stream, open_leads(stream, path.name) as file:
            receive_file(desk, file)

    try:
        single, together = by_turns((one_by_one, as_file), rounds, size)
    finally:
        desk.close()
    ratio = single.over(together)
    rate = f"{1 / together.median:,.0f} /s"
    return Row(
        "leads of a file on a server, against one by one", ">= 8 x", rate, "", f"{ratio:.1f} x", ratio >= 8
    )


def _crowd_rows(server: Server, effort: Effort) -> list[Row]:
    few, many = (LeadDesk(make_desk(server.url(server.new_database()), agents)) for agents in (FEW, MANY))
    size, rounds = effort.size(LEADS_EACH), min(effort.rounds, MOST_ROUNDS)
    rows = []
    try:
        for desk in (few, many):
            desk.desk.database.run("ANALYZE", ())
        for policy in POLICIES:
            for desk in (few, many):
                set_value(desk.desk, "policy", policy)
            side, crowded = by_turns([partial(desk.add, size) for desk in (few, many)], rounds, size)
            ratio = crowded.over(side)
            what = f"a lead on a server by {policy}, {MANY:,} agents against {FEW}"
            rows.append(
                Row(what, "<= 1.50 x", ms(crowded.median), ms(crowded.best), f"{ratio:.2f} x", ratio <= 1.5)
            )
    finally:
        few.close()
        many.close()
    return rows


def _ratio(
    what: str,
    ours: Sequence[Rate],
    theirs: Sequence[Rate],
    figure: str,
    *,
    least: float = 0.0,
    most: float = float("inf"),
) -> Row:
    """A row that compares a figure of two sides, by the median of the rounds' ratios."""
    mine = [getattr(each, figure) for each in ours]
    other = [getattr(each, figure) for each in theirs]
    ratio = statistics.median(a / b for a, b in zip(mine, other, strict=True))
    budget = f">= {least:.2f} x" if least else f"<= {most:.2f} x"
    shown = f"{statistics.median(mine):,.0f} /s" if figure == "rate" else ms(statistics.median(mine))
    return Row(what, budget, shown, "", f"{ratio:.2f} x", least <= ratio <= most)
