"""Small files to import: one agent, one assignment, one booking, and what a test changes in them."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from dispatch.bootstrap import open_desk
from dispatch.desk.desk import Desk
from dispatch.operations.row_types import ImportResult
from seeds.importing.importer import import_files
from tests.conftest import TestClock

AGENT = {
    "AgentID": 1,
    "FirstName": "Ada",
    "LastName": "Byron",
    "Email": "ada@example.com",
    "JobTitle": "Space Travel Agent",
    "DepartmentName": "Premium Bookings",
    "ManagerName": "Grace Hopper",
    "SpaceLicenseNumber": "L-1",
    "YearsOfService": 7,
    "AverageCustomerServiceRating": 4.5,
}
ASSIGNMENT = {
    "AssignmentID": 1,
    "AgentID": 1,
    "CustomerName": "Kate Nguyen",
    "CommunicationMethod": "Text",
    "LeadSource": "Organic",
    "AssignedDateTime": "2081-02-01 09:00:00",
}
BOOKING = {
    "BookingID": 1,
    "AssignmentID": 1,
    "BookingCompleteDate": None,
    "CancelledDate": None,
    "Destination": "Mars",
    "Package": "Luxury Dome Stay",
    "LaunchLocation": "Sydney Stellar Port",
    "DestinationRevenue": "150000",
    "PackageRevenue": "25000.50",
    "TotalRevenue": "175000.50",
    "BookingStatus": "Pending",
}
TABLES: dict[str, dict[str, Any]] = {
    "space_travel_agents": AGENT,
    "assignment_history": ASSIGNMENT,
    "bookings": BOOKING,
}

Row = dict[str, Any]


class Files:
    """Writes rows to files of a format; rows are the standard ones with some values changed."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def text(self, text: str | bytes, name: str = "file.txt") -> Path:
        path = self.folder / name
        path.write_bytes(text if isinstance(text, bytes) else text.encode())
        return path

    def sql(self, table: str, *changes: Row, name: str | None = None) -> Path:
        """A file of INSERT statements with one row for each dict of changes."""
        rows = [TABLES[table] | change for change in changes or ({},)]
        values = ",\n".join(f"({', '.join(map(literal, row.values()))})" for row in rows)
        text = f"INSERT INTO {table} ({', '.join(rows[0])}) VALUES\n{values};"
        return self.text(text, name or f"{table}.sql")

    def three(
        self, *, agent: Row | None = None, assignment: Row | None = None, booking: Row | None = None
    ) -> list[Path]:
        """One row of every table; what is given is changed in it."""
        return [
            self.sql("bookings", booking or {}),
            self.sql("assignment_history", assignment or {}),
            self.sql("space_travel_agents", agent or {}),
        ]


def literal(value: object) -> str:
    if value is None:
        return "NULL"
    return "'" + value.replace("'", "''") + "'" if isinstance(value, str) else str(value)


@pytest.fixture
def other(tmp_path: Path, empty_desk_file: Path, clock: TestClock) -> Iterator[Desk]:
    """Another desk, empty."""
    desk = open_desk(shutil.copy(empty_desk_file, tmp_path / "other.db"), clock=clock, actor="lee")
    yield desk
    desk.close()


@pytest.fixture
def files(tmp_path: Path) -> Files:
    return Files(tmp_path)


@pytest.fixture
def load(desk: Desk) -> Callable[..., ImportResult]:
    """Import files into the test's desk."""

    def load(*paths: Path | str, **options: Any) -> ImportResult:
        return import_files(desk, paths, **options)

    return load
