"""Row types of upkeep: doctor, sweep, undo, import and demo."""

# without "from __future__ import annotations", which would compile every key at start
from typing import NotRequired, TypedDict

from dispatch.queries.row_types import BookingRow, MoveRow
from models.base import Json


class Diagnosis(TypedDict):
    """The doctor's report; ``checks`` are Findings."""

    database: str
    ok: bool
    checks: list[Json]
    repaired: NotRequired[Json]


class SweepResult(TypedDict):
    """Everything a sweep changed: agents by presence, bookings, the shuffle's moves, issues."""

    presence: list[int]
    lapsed: list[int]
    asked: list[int]
    released: list[int]
    assigned: list[int]
    moves: list[MoveRow]
    warned: list[int]
    escalated: list[int]
    closed: list[int]


class UndoResult(TypedDict):
    """The undone event; ``over_capacity`` lists the agents left with too much work."""

    undone_event_id: int
    command: str
    booking_id: int | None
    agent_id: int | None
    customer_id: int | None
    issue_id: int | None
    over_capacity: list[int]
    bookings: int
    booking: BookingRow | None


class ImportRemark(TypedDict):
    """A quarantined or flagged row, and the reason."""

    file: str
    table: str
    row: int
    line: int
    id: int | None
    reason: str


class DemoResult(TypedDict):
    """Numbers of rows written; ``pending`` counts the bookings still open."""

    agents: int
    assignments: int
    bookings: int
    pending: int
    issues: NotRequired[int]


class ImportResult(TypedDict):
    """Rows written, unchanged, quarantined and flagged.

    ``passed_over`` lists SQL statements that were skipped: {"file", "line", "statement"}.
    """

    agents: int
    assignments: int
    bookings: int
    quarantined: list[ImportRemark]
    flagged: list[ImportRemark]
    unchanged: dict[str, int]
    passed_over: list[Json]
