"""Row types of absences and holidays, for screens and commands."""

# without "from __future__ import annotations", which would compile every key at start
from typing import NotRequired, TypedDict

from dispatch.queries.row_types import IssueMoveRow, MoveRow


class AbsenceRow(TypedDict):
    """A planned absence.

    After a command or in a preview: the absences ``merged`` into it, what moves, and the claimed bookings
    ``kept``, which the substitute covers.
    """

    absence_id: int
    agent_id: int
    agent_name: str
    from_at: str
    until_at: str
    reason: str | None
    substitute_id: int | None
    substitute_name: str | None
    merged: NotRequired[list[int]]
    moves: NotRequired[list[MoveRow]]
    issue_moves: NotRequired[list[IssueMoveRow]]
    kept: NotRequired[list[int]]


class CoverRow(TypedDict):
    """What an agent gets back from cover: ``moves`` of bookings, and those that ``stay``."""

    agent_id: int
    agent_name: str
    moves: list[MoveRow]
    stay: list[int]


class HolidayRow(TypedDict):
    """A holiday; ``calendar`` is the region of agents with one of their own, "" for the desk's."""

    day: str
    name: str
    region: str
    calendar: str


class HolidaysSet(TypedDict):
    """The holidays after a change: how many are new, and how many are gone."""

    calendar: str
    region: str
    agent_id: int | None
    days: int
    added: int
    removed: int
