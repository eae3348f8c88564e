"""A desk as its listings show it, to compare with another one to which it was moved."""

from __future__ import annotations

import json
from dataclasses import asdict
from pathlib import Path
from typing import Any

from dispatch import customers, queries
from dispatch.desk.accepted_values import LISTS, listing
from dispatch.desk.desk import Desk
from dispatch.operations import doctor
from dispatch.operations.row_types import ImportResult
from dispatch.queries import BookingFilter
from models import tallies
from seeds.exporting.workbook import export
from seeds.importing.importer import import_files

STAYS = {"issue_load": 0}
"""What of an agent does not move: issues stay where they are."""


def listings(desk: Desk) -> dict[str, Any]:
    """Return what every listing has, with loads and ranks, as its JSON."""
    with desk.reading():
        found = {
            "agents": [row | STAYS for row in queries.list_agents(with_left=True)],
            "bookings": list(queries.each_booking(BookingFilter(sort="id"))),
            "recent": [row["booking_id"] for row in queries.each_booking(BookingFilter())],
            "customers": list(customers.each()),
            "leads": list(queries.each_lead()),
            "assignments": list(queries.each_assignment()),
            "values": {kind: listing(kind) for kind in (*LISTS, "package")},
            "tallies": sorted(tallies.stored().items()),
            "totals": asdict(queries.count_totals()),
        }
    return {name: json.loads(json.dumps(rows)) for name, rows in found.items()}


FORMS = ("out", "out.xlsx")
"""A desk moves as a folder of CSV files, or as a workbook."""


def move(desk: Desk, other: Desk, path: Path) -> ImportResult:
    """Export a desk and import it into another, where nothing may be refused or wrong then."""
    export(desk, str(path))
    result = import_files(other, [path])
    if found := result["quarantined"] or faults(other):
        raise AssertionError(found)
    return result


def faults(desk: Desk) -> list[dict[str, Any]]:
    """Return what the doctor finds wrong."""
    with desk.reading():
        found = doctor.examine(desk)["checks"]
    return [row for row in found if not row["ok"] and not row["warning"]]
