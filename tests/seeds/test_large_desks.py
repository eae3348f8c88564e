"""Desks of a hundred thousand bookings and more: imported in little memory, and moved."""

from __future__ import annotations

import csv
import os
import subprocess
import sys
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from dispatch.desk.accepted_values import FIRST_PACKAGES, FIRST_VALUES
from dispatch.desk.desk import Desk
from seeds.demo.demo import make_demo
from tests.seeds.conftest import AGENT, ASSIGNMENT, BOOKING
from tests.seeds.moved import listings, move

ROOT = Path(__file__).parents[2]
AGENTS = 30
PACKAGES = dict(FIRST_PACKAGES)
BEGINS = datetime(2080, 1, 1, tzinfo=UTC)
MOST_MEGABYTES = 150


def write(path: Path, rows: Iterator[dict[str, Any]]) -> Path:
    with path.open("w", encoding="utf-8", newline="") as stream:
        first = next(rows)
        writer = csv.DictWriter(stream, first)
        writer.writeheader()
        writer.writerow(first)
        writer.writerows(rows)
    return path


def at(number: int, hours: int = 0) -> str:
    return (BEGINS + timedelta(minutes=number % 1_000_000, hours=hours)).strftime("%Y-%m-%d %H:%M:%S")


def agent(number: int) -> dict[str, Any]:
    return AGENT | {"AgentID": number, "LastName": f"Low {number}", "SpaceLicenseNumber": f"L-{number}"}


def assignment(number: int) -> dict[str, Any]:
    return ASSIGNMENT | {
        "AssignmentID": number,
        "AgentID": 1 + number % AGENTS,
        "CustomerName": f"Customer {number}",
        "AssignedDateTime": at(number),
    }


def booking(number: int) -> dict[str, Any]:
    destination = FIRST_VALUES["destination"][number % len(FIRST_VALUES["destination"])]
    revenue = {"DestinationRevenue": number, "PackageRevenue": 1, "TotalRevenue": number + 1}
    outcome = (
        {},
        {"BookingStatus": "Confirmed", "BookingCompleteDate": at(number, 2)},
        {"BookingStatus": "Cancelled", "CancelledDate": at(number, 3)},
    )[number % 3]
    trip = {"Destination": destination, "Package": PACKAGES[destination]}
    return BOOKING | {"BookingID": number, "AssignmentID": number} | trip | revenue | outcome


def megabytes(path: Path, *files: Path) -> float:
    """Import files in a process of its own; return the most memory that it had, in MB."""
    command = [sys.executable, "-m", "tests.seeds.acting", str(path), *map(str, files)]
    process = subprocess.Popen(command, cwd=ROOT, stdout=subprocess.DEVNULL)
    _, status, used = os.wait4(process.pid, 0)
    process.returncode = os.waitstatus_to_exitcode(status)
    assert process.returncode == 0
    return used.ru_maxrss / 1024


@pytest.mark.stress
@pytest.mark.parametrize("number", [100_000, 1_000_000])
def test_an_import_needs_little_memory(path: Path, tmp_path: Path, number: int) -> None:
    numbers = range(1, number + 1)
    files = (
        write(tmp_path / "agents.csv", map(agent, range(1, AGENTS + 1))),
        write(tmp_path / "assignments.csv", map(assignment, numbers)),
        write(tmp_path / "bookings.csv", map(booking, numbers)),
    )
    for turn in ("new", "unchanged"):
        used = megabytes(path, *files)
        print(f"{number:,} bookings, {turn}: {used:.0f} MB")  # noqa: T201
        assert used <= MOST_MEGABYTES


@pytest.mark.stress
def test_a_hundred_thousand_bookings_move(desk: Desk, other: Desk, tmp_path: Path) -> None:
    make_demo(desk, agents=AGENTS, bookings=100_000)
    assert move(desk, other, tmp_path / "out")["bookings"] == 100_000
    one, two = listings(desk), listings(other)
    for name, rows in one.items():
        assert rows == two[name], name  # one by one: a million lines of differences help nobody
