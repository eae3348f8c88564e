"""The plan of an import: rows compared with one another and with the desk."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any

from peewee import Field, chunked

from dispatch.inputs.layouts import AGENTS, ASSIGNMENTS, BOOKINGS
from dispatch.operations.row_types import ImportRemark
from models.agents import Agent
from models.audit import ERASED_TEXT
from models.bookings import PENDING, Assignment, Booking
from seeds.bulk_writer import KEYS_AT_ONCE, History, Outcome
from seeds.importing.row_rules import AgentRow, AssignmentRow, BookingRow, Place

TAKEN = "the id belongs to another {} on the desk"
TAKEN_BACK = "{} {} was imported and undone: give it a new id"


class Plan:
    """New, unchanged and quarantined rows of agents, assignments and bookings.

    ``history()`` yields the assignments and bookings to write.
    """

    def __init__(self) -> None:
        self.agents: list[AgentRow] = []
        self.assignments: dict[int, AssignmentRow] = {}
        self.bookings: dict[int, BookingRow] = {}
        self.unchanged = {AGENTS: 0, ASSIGNMENTS: 0, BOOKINGS: 0}
        self.quarantined: list[ImportRemark] = []
        self.flagged: list[ImportRemark] = []
        self._held_back: dict[str, set[int]] = {AGENTS: set(), ASSIGNMENTS: set()}
        self._usable_agents: set[int] = set()
        self._left_agents: set[int] = set()
        self._known: dict[int, tuple[int | None, str]] = {}
        self._erased: set[int] = set()  # assignments of customers who were

    @property
    def has_new_rows(self) -> bool:
        return bool(self.agents or self.assignments or self.bookings)

    def quarantine(self, kind: str, place: Place, identifier: int | None, reason: str) -> None:
        """Reject a row, and with it the rows that refer to it."""
        self.quarantined.append(_remark(kind, place, identifier, reason))
        if identifier is not None and kind in self._held_back:
            self._held_back[kind].add(identifier)

    def add_agents(self, rows: list[AgentRow]) -> None:
        """Sort agents into new, unchanged and quarantined."""
        first = self._without_duplicates(AGENTS, rows)
        columns = (Agent.license_number, Agent.first_name, Agent.last_name, Agent.left_at)
        held = {key: rest for key, *rest in _on_desk(Agent.agent_id, columns, first)}
        licences = [row.license_number for row in first.values() if row.license_number]
        holders = dict(_on_desk(Agent.license_number, (Agent.agent_id,), licences))
        for row in first.values():
            if row.agent_id in held:
                self._compare_agent(row, *held[row.agent_id])
            elif holders.get(row.license_number, row.agent_id) != row.agent_id:
                holder = holders[row.license_number]
                reason = f"the licence number {row.license_number} already belongs to agent {holder}"
                self.quarantine(AGENTS, row.place, row.agent_id, reason)
            else:
                self.agents.append(row)
                self._usable_agents.add(row.agent_id)
                if row.license_number is not None:
                    holders[row.license_number] = row.agent_id

    def _compare_agent(self, row: AgentRow, license_number: str, first: str, last: str, left_at: str) -> None:
        """Accept a known id as unchanged if the licence or name is the same; quarantine it otherwise."""
        is_licence = row.license_number is not None and row.license_number == license_number
        if not is_licence and (row.first_name, row.last_name) != (first, last):
            self.quarantine(AGENTS, row.place, row.agent_id, TAKEN.format("agent"))
            return
        self.unchanged[AGENTS] += 1
        self._usable_agents.add(row.agent_id)
        if left_at is not None:
            self._left_agents.add(row.agent_id)

    def add_assignments(self, rows: list[AssignmentRow]) -> None:
        """Sort assignments the same way; a new one needs its agent."""
        first = self._without_duplicates(ASSIGNMENTS, rows)
        columns = (Assignment.assigned_at, Assignment.method, Assignment.source, Assignment.customer_name)
        held = {key: rest for key, *rest in _on_desk(Assignment.assignment_id, columns, first)}
        self._find_agents({row.agent_id for row in first.values()} - self._usable_agents)
        for row in first.values():
            known = held.get(row.assignment_id)
            if known is not None:
                if _is_same_assignment(row, *known):
                    self.unchanged[ASSIGNMENTS] += 1
                else:
                    self.quarantine(ASSIGNMENTS, row.place, row.assignment_id, TAKEN.format("assignment"))
            elif row.agent_id in self._usable_agents:
                self.assignments[row.assignment_id] = row
            else:
                reason = self._absent(AGENTS, "agent", row.agent_id)
                self.quarantine(ASSIGNMENTS, row.place, row.assignment_id, reason)

    def add_bookings(self, rows: list[BookingRow]) -> None:
        """Sort bookings the same way; a new one needs its assignment and must be its only booking."""
        first = self._without_duplicates(BOOKINGS, rows)
        columns = (Booking.assignment_id, Booking.voided)
        held = {key: rest for key, *rest in _on_desk(Booking.booking_id, columns, first)}
        new = [row for row in first.values() if row.booking_id not in held]
        for row in first.values():
            if row.booking_id in held:
                self._compare_booking(row, *held[row.booking_id])
        booked = self._find_assignments({row.assignment_id for row in new} - set(self.assignments))
        for row in new:
            reason = self._fault_of_booking(row, booked)
            if reason is not None:
                self.quarantine(BOOKINGS, row.place, row.booking_id, reason)
                continue
            booked[row.assignment_id] = row.booking_id
            self.bookings[row.assignment_id] = row
            fault = self.date_fault(row)
            if fault is not None:
                self.flagged.append(_remark(BOOKINGS, row.place, row.booking_id, fault))

    def _compare_booking(self, row: BookingRow, assignment_id: int, is_voided: bool) -> None:
        """Accept a known id as unchanged if it has the same assignment; quarantine it otherwise."""
        if row.assignment_id in self._held_back[ASSIGNMENTS]:
            reason = self._absent(ASSIGNMENTS, "assignment", row.assignment_id)
            self.quarantine(BOOKINGS, row.place, row.booking_id, reason)
        elif assignment_id != row.assignment_id:
            self.quarantine(BOOKINGS, row.place, row.booking_id, TAKEN.format("booking"))
        elif is_voided:
            reason = TAKEN_BACK.format("booking", row.booking_id)
            self.quarantine(BOOKINGS, row.place, row.booking_id, reason)
        else:
            self.unchanged[BOOKINGS] += 1

    def history(self) -> Iterator[History]:
        """Yield new assignments with their bookings, then bookings of assignments already on the desk."""
        for assignment_id, row in self.assignments.items():
            _, agent_id, customer, method, source, at, _ = row
            fresh = History(assignment_id, agent_id, customer, method, source, at)
            booking = self.bookings.get(assignment_id)
            yield fresh if booking is None else self._with_booking(fresh, booking)
        for assignment_id, booking in self.bookings.items():
            if assignment_id not in self.assignments:
                agent, at = self._known[assignment_id]
                known = History(assignment_id, agent, "", "", "", at, is_known=True)
                yield self._with_booking(known, booking)

    def _with_booking(self, item: History, row: BookingRow) -> History:
        outcome = Outcome(
            row.booking_id,
            row.status,
            row.package,
            row.destination_revenue_cents,
            row.package_revenue_cents,
            row.completed_at,
            row.cancelled_at,
            date_fault=self.date_fault(row),
        )
        return item._replace(
            destination=row.destination, launch_location=row.launch_location, booking=outcome
        )

    def date_fault(self, row: BookingRow) -> str | None:
        """Describe a booking's outcome dated before its assignment; None if the dates are fine."""
        assignment = self.assignments.get(row.assignment_id)
        assigned_at = assignment.assigned_at if assignment else self._known[row.assignment_id][1]
        outcome = row.completed_at or row.cancelled_at
        if outcome is None or outcome >= assigned_at:
            return None
        return f"{row.status} at {outcome}, before its assignment at {assigned_at}"

    def _without_duplicates(self, kind: str, rows: list[Any]) -> dict[int, Any]:
        """Index rows by id; the first row with an id counts, further ones are quarantined."""
        first: dict[int, Any] = {}
        for row in rows:
            earlier = first.setdefault(row[0], row)
            if earlier is not row:
                reason = f"duplicate id, first used in line {earlier.place.line} of {earlier.place.file}"
                self.quarantined.append(_remark(kind, row.place, row[0], reason))
        return first

    def _find_agents(self, wanted: set[int]) -> None:
        for agent_id, left_at in _on_desk(Agent.agent_id, (Agent.left_at,), wanted - self._held_back[AGENTS]):
            self._usable_agents.add(agent_id)
            if left_at is not None:
                self._left_agents.add(agent_id)

    def _find_assignments(self, wanted: set[int]) -> dict[int, int]:
        """Remember assignments already on the desk; returns the booking ids of those that have one."""
        wanted = wanted - self._held_back[ASSIGNMENTS]
        columns = (Assignment.agent_id, Assignment.assigned_at, Assignment.customer_name)
        for assignment_id, agent_id, at, customer in _on_desk(Assignment.assignment_id, columns, wanted):
            self._known[assignment_id] = (agent_id, at)
            if customer == ERASED_TEXT:
                self._erased.add(assignment_id)
        return dict(_on_desk(Booking.assignment_id, (Booking.booking_id,), wanted))

    def _fault_of_booking(self, row: BookingRow, booked: dict[int, int]) -> str | None:
        assignment = self.assignments.get(row.assignment_id)
        if assignment is None and row.assignment_id not in self._known:
            return self._absent(ASSIGNMENTS, "assignment", row.assignment_id)
        if row.assignment_id in booked:
            return f"assignment {row.assignment_id} already has booking {booked[row.assignment_id]}"
        if row.assignment_id in self._erased:
            return f"the customer of its assignment {row.assignment_id} was erased"
        agent_id = assignment.agent_id if assignment else self._known[row.assignment_id][0]
        if agent_id is None:  # assignments without a booking have an agent
            return TAKEN_BACK.format("its assignment", row.assignment_id)
        if row.status == PENDING and agent_id in self._left_agents:
            return f"it is Pending, but agent {agent_id} has left"
        return None

    def _absent(self, kind: str, word: str, identifier: int) -> str:
        if identifier in self._held_back[kind]:
            return f"its {word} {identifier} was rejected"
        return f"no {word} {identifier}"


def _remark(kind: str, place: Place, identifier: int | None, reason: str) -> ImportRemark:
    return ImportRemark(
        file=place.file, table=kind, row=place.row, line=place.line, id=identifier, reason=reason
    )


def _is_same_assignment(row: AssignmentRow, at: str, method: str, source: str, customer: str) -> bool:
    """Return whether the rows match; the name or the terms may have been corrected, but never the time."""
    return row.assigned_at == at and (
        (row.method, row.source) == (method, source) or row.customer_name == customer
    )


def _on_desk(key: Field, columns: tuple[Field, ...], values: Iterable[Any]) -> Iterator[tuple[Any, ...]]:
    """Read the desk's rows with these keys, as (key, *columns)."""
    for some in chunked(values, KEYS_AT_ONCE):
        yield from key.model.select(key, *columns).where(key.in_(some)).tuples()
