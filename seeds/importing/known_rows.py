"""Rows of files whose ids the desk has: unchanged, different, in conflict, or of something else."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from typing import Any

from dispatch.inputs.layouts import AGENTS, ASSIGNMENTS, BOOKINGS
from dispatch.operations.changed_rows.comparison import COLUMNS, Verdict
from models.agents import Agent
from models.audit import ERASED_TEXT
from models.bookings import Assignment, Booking
from seeds.importing.differences import Comparison, Seen, is_same_agent, is_same_lead
from seeds.importing.remarks import TAKEN, Remarks, on_desk
from seeds.importing.row_rules import AgentRow, AssignmentRow, BookingRow

RATED = {"rating": "prior_rating"}  # the imported average is one part of the rating
AGENT_ON_DESK = (
    *(getattr(Agent, RATED.get(name, name)) for name in COLUMNS[AGENTS]),
    Agent.rating,
    Agent.left_at,
)
LEAD_ON_DESK = (*(getattr(Assignment, name) for name in COLUMNS[ASSIGNMENTS]), Assignment.assigned_at)
BOOKING_ON_DESK = (
    Booking.assignment_id,
    *(getattr(Booking, name) for name in COLUMNS[BOOKINGS]),
    Booking.voided,
)
TAKEN_BACK = "{} {} was imported and undone: give it a new id"

Held = tuple[Any, ...]
"""A row's columns on the desk, as above, after its id."""


class KnownRows:
    """Compares rows with those of the desk; what is unchanged or rejected goes to the remarks.

    ``different`` rows have changed in the file only, ``conflicts`` also on the desk; ``updated`` counts those
    applied. The further columns of an export are not compared.
    """

    def __init__(self, remarks: Remarks) -> None:
        self.different: list[Seen] = []
        self.conflicts: list[Seen] = []
        self.updated = {AGENTS: 0, ASSIGNMENTS: 0, BOOKINGS: 0}
        self._remarks = remarks
        self._comparison = Comparison()

    def _sort(self, seen: Seen) -> None:
        """Add a row to the unchanged, the different, or the conflicts."""
        found = seen.verdict
        if found is Verdict.UNCHANGED:
            self._remarks.keep(seen.kind)
        else:
            (self.conflicts if found is Verdict.CONFLICT else self.different).append(seen)

    def compare_agent(self, row: AgentRow, columns: Held) -> bool:
        """Accept a known id of the same person, now or when imported; quarantine it otherwise."""
        *held, average, _left_at = columns
        if row.rating == average:  # as the desk's own listings have it
            row = row._replace(rating=held[-1])
        else:  # an export also has the imported part by itself
            row = row._replace(rating=row.more.get("prior_rating", row.rating))
        seen = self._comparison.seen(AGENTS, row, tuple(held))
        is_same = is_same_agent(seen.file, seen.desk) or is_same_agent(seen.file, seen.imported)
        if is_same:
            self._sort(seen)
        else:
            self._remarks.quarantine(AGENTS, row.place, row.agent_id, TAKEN.format("agent"))
        return is_same

    def compare_assignment(self, row: AssignmentRow, known: Held | None, usable: Collection[int]) -> None:
        """Accept a known id with the same time and name or terms; quarantine it otherwise."""
        if known is None:
            self._remarks.keep(ASSIGNMENTS)
            return
        agent_id = row.agent_id
        *held, assigned_at = known
        seen = self._comparison.seen(ASSIGNMENTS, row, tuple(held))
        is_erased = seen.desk["customer_name"] == ERASED_TEXT
        is_undone = seen.desk["agent_id"] is None is seen.imported["agent_id"]
        if is_undone or agent_id is None:  # in an export, one that waits says nothing of its agent
            del seen.file["agent_id"]
        is_same = is_same_lead(seen.file, seen.desk) or is_same_lead(seen.file, seen.imported)
        if row.assigned_at != assigned_at or not (is_same or is_erased):
            self._remarks.quarantine(ASSIGNMENTS, row.place, row.assignment_id, TAKEN.format("assignment"))
        elif is_erased:
            self._remarks.keep(ASSIGNMENTS)
        elif seen.verdict is not Verdict.UNCHANGED and agent_id is not None and agent_id not in usable:
            reason = self._remarks.absent(AGENTS, "agent", agent_id)
            self._remarks.quarantine(ASSIGNMENTS, row.place, row.assignment_id, reason)
        else:
            self._sort(seen)

    def compare_booking(self, row: BookingRow, known: Held | None) -> None:
        """Accept a known id if it has the same assignment; quarantine it otherwise."""
        if row.assignment_id in self._remarks.held_back[ASSIGNMENTS]:
            reason = self._remarks.absent(ASSIGNMENTS, "assignment", row.assignment_id)
            self._remarks.quarantine(BOOKINGS, row.place, row.booking_id, reason)
            return
        if known is None:
            self._remarks.keep(BOOKINGS)
            return
        assignment_id, *held, is_voided = known
        if assignment_id != row.assignment_id:
            self._remarks.quarantine(BOOKINGS, row.place, row.booking_id, TAKEN.format("booking"))
        elif is_voided and not row.more.get("voided"):
            reason = TAKEN_BACK.format("booking", row.booking_id)
            self._remarks.quarantine(BOOKINGS, row.place, row.booking_id, reason)
        else:
            self._sort(self._comparison.seen(BOOKINGS, row, tuple(held)))

    def flag_contradictions(self, rows: list[BookingRow], files: Mapping[int, AssignmentRow]) -> None:
        """Flag bookings that name another agent than their assignment, in the files or on the desk."""
        numbers = {row.assignment_id for row in rows if row.assignment_id is not None}
        agents = {number: files[number].agent_id for number in numbers if number in files}
        unknown = numbers - agents.keys()
        on_the_desk = dict(on_desk(Assignment.assignment_id, (Assignment.agent_id,), unknown))
        for row in rows:
            number = row.assignment_id
            if number is None:
                continue
            agent = agents.get(number, on_the_desk.get(number))
            if agent is None or agent == row.agent_id:
                continue
            if number in on_the_desk and self._comparison.agent_of(number, agent) == row.agent_id:
                continue  # the desk has reassigned it since
            reason = f"its agent is {row.agent_id}, but its assignment {number} has agent {agent}"
            self._remarks.flag(BOOKINGS, row.place, row.booking_id, reason)


def differing(rows: Mapping[int, Any], held: Iterable[Held], width: int) -> dict[int, Held | None]:
    """Index the desk's rows by id; one whose first columns are the file's is only known to be there."""
    return {
        values[0]: None
        if rows[values[0]][:width] == values[:width] and not any(values[width:])
        else values[1:]
        for values in held
    }
