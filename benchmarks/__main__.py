"""``python -m benchmarks [ROW ...] [--rounds N] [--quick]``: measure, and print a table of the budgets."""

from __future__ import annotations

import argparse
import importlib
import sys
import tempfile
from pathlib import Path

from benchmarks.measure import Effort, Row, table

BENCHMARKS = (
    "lead",
    "crowd",
    "share",
    "caps",
    "file",
    "shuffle",
    "fairness",
    "command",
    "screen",
    "places",
    "two_terminals",
    "beside",
    "search",
    "log",
    "match",
    "triage",
    "service",
    "server",
    "copy",
)


def main() -> None:
    parser = argparse.ArgumentParser(
        prog="python -m benchmarks", description="Measure the performance budgets."
    )
    parser.add_argument("rows", nargs="*", metavar="ROW", help=f"what to measure: {', '.join(BENCHMARKS)}")
    parser.add_argument(
        "--rounds", type=int, default=Effort.rounds, help="rounds per side (default: %(default)s)"
    )
    parser.add_argument("--quick", action="store_true", help="few short rounds, as a smoke test")
    given = parser.parse_args()
    unknown = set(given.rows) - set(BENCHMARKS)
    if unknown:
        parser.error(f"no such row: {', '.join(sorted(unknown))} (choose from: {', '.join(BENCHMARKS)})")
    if given.rounds < 1:
        parser.error("--rounds must be at least 1")
    effort = Effort(rounds=min(given.rounds, 3), scale=0.2) if given.quick else Effort(given.rounds)
    rows: list[Row] = []
    for name in given.rows or BENCHMARKS:
        print(f"measuring {name} ...", file=sys.stderr)
        with tempfile.TemporaryDirectory(prefix="astra-bench-") as folder:
            rows += importlib.import_module(f"benchmarks.{name}").run(effort, Path(folder))
    print(table(rows))


if __name__ == "__main__":
    main()
