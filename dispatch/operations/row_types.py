"""What the desk's upkeep answers, key by key."""

# no "from __future__ import annotations" here: as text, each key would be compiled at start
from typing import NotRequired, TypedDict

from dispatch.queries.row_types import BookingRow, MoveRow
from models.base import Json


class Diagnosis(TypedDict):
    """What the doctor finds; ``checks`` are Findings."""

    database: str
    ok: bool
    checks: list[Json]
    repaired: NotRequired[Json]


class SweepResult(TypedDict):
    """What the clock brought: agents by presence, bookings, the shuffle's moves, issues."""

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
    """What was taken back; ``over_capacity`` are the agents who hold too much by it."""

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
    """A row of a file that was kept out, or taken with a fault."""

    file: str
    table: str
    row: int
    line: int
    id: int | None
    reason: str


class DemoResult(TypedDict):
    """What a demo desk was filled with; ``pending`` of the bookings are still open."""

    agents: int
    assignments: int
    bookings: int
    pending: int
    issues: NotRequired[int]


class ImportResult(TypedDict):
    """Rows newly written by the run, those that were there, and those kept out or marked.

    ``passed_over`` names SQL statements that were not read: {"file", "line", "statement"}.
    """

    agents: int
    assignments: int
    bookings: int
    quarantined: list[ImportRemark]
    flagged: list[ImportRemark]
    unchanged: dict[str, int]
    passed_over: list[Json]
