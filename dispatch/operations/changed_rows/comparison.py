"""Whose change a difference is: the file's, the desk's, or both (docs/decisions/0027-changed-rows.md)."""

from __future__ import annotations

from collections.abc import Mapping
from enum import Enum, auto
from typing import Any

from dispatch.inputs.layouts import AGENTS, ASSIGNMENTS, BOOKINGS

AGENT_COLUMNS = (
    "first_name",
    "last_name",
    "email",
    "job_title",
    "department",
    "manager_name",
    "license_number",
    "years_of_service",
    "rating",
)
ASSIGNMENT_COLUMNS = ("agent_id", "customer_name", "method", "source")
BOOKING_COLUMNS = (
    "status",
    "destination",
    "launch_location",
    "package",
    "destination_revenue_cents",
    "package_revenue_cents",
    "completed_at",
    "cancelled_at",
)
COLUMNS = {AGENTS: AGENT_COLUMNS, ASSIGNMENTS: ASSIGNMENT_COLUMNS, BOOKINGS: BOOKING_COLUMNS}
"""The columns that are compared, by kind of row; ids and the time of assignment tell rows apart."""


class Verdict(Enum):
    """What a row of a file is, beside the row with its id on the desk."""

    UNCHANGED = auto()
    DIFFERENT = auto()
    CONFLICT = auto()


def verdict(file: Mapping[str, Any], desk: Mapping[str, Any], imported: Mapping[str, Any]) -> Verdict:
    """Compare a file's row with the desk's, and with the desk's as the last import left it.

    Columns on which file and desk agree do not count. A column that only the desk has changed is no
    difference, but with it any change of the file is a conflict: the columns of a row belong together.
    """
    differing = [column for column, value in file.items() if value != desk[column]]
    by_file = any(file[column] != imported[column] for column in differing)
    by_desk = any(desk[column] != imported[column] for column in differing)
    if not by_file:
        return Verdict.UNCHANGED
    return Verdict.CONFLICT if by_desk else Verdict.DIFFERENT
