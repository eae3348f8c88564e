"""The plan of an import: rows compared with one another and with the desk."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from dispatch.inputs.layouts import AGENTS, ASSIGNMENTS, BOOKINGS
from dispatch.operations.changed_rows.changing import date_fault
from models.agents import Agent
from models.audit import ERASED_TEXT
from models.bookings import PENDING, Assignment, Booking
from seeds.bulk_writer import TIMERS, History, Outcome
from seeds.importing.decisions import DecisionRow, Decisions
from seeds.importing.differences import NONE_LACKING, Lacking
from seeds.importing.known_rows import (
    AGENT_ON_DESK,
    BOOKING_ON_DESK,
    LEAD_ON_DESK,
    TAKEN_BACK,
    KnownRows,
    differing,
)
from seeds.importing.people import People
from seeds.importing.remarks import Remarks, on_desk
from seeds.importing.row_rules import AgentRow, AssignmentRow, BookingRow


class Plan:
    """New rows of agents, assignments and bookings, those that differ, and the remarks on all others.

    ``bookings`` are those of assignments, by these; ``waiting`` those without one, by their leads; ``known``
    has the rows that differ from the desk's. ``history()`` yields the assignments and bookings to write;
    ``lacking`` are the columns that rows lack.
    """

    def __init__(self, lacking: Lacking = NONE_LACKING) -> None:
        self.remarks = Remarks()
        self.known = KnownRows(self.remarks, lacking)
        self.people = People(self.remarks)
        self.decisions = Decisions(self.remarks, self.people)
        self.agents: list[AgentRow] = []
        self.assignments: dict[int, AssignmentRow] = {}
        self.bookings: dict[int, BookingRow] = {}
        self.waiting: dict[int, BookingRow] = {}
        self._agents_in_file: dict[int, int | None] = {}  # by assignment
        self._usable_agents: set[int] = set()
        self._left_agents: set[int] = set()
        self._known: dict[int, tuple[int | None, str]] = {}
        self._erased: set[int] = set()  # assignments of customers who were

    @property
    def has_new_rows(self) -> bool:
        people = self.people.customers or self.people.new_leads
        return bool(self.agents or people or self.assignments or self.bookings or self.waiting)

    def add_agents(self, rows: list[AgentRow]) -> None:
        """Sort agents into new, known and quarantined."""
        first = self.remarks.without_duplicates(AGENTS, rows)
        held = {key: tuple(rest) for key, *rest in on_desk(Agent.agent_id, AGENT_ON_DESK, first)}
        licences = [row.license_number for row in first.values() if row.license_number]
        holders = dict(on_desk(Agent.license_number, (Agent.agent_id,), licences))
        for row in first.values():
            if row.agent_id in held:
                if self.known.compare_agent(row, held[row.agent_id]):
                    self._accept_agent(row.agent_id, held[row.agent_id][-1])
            elif holders.get(row.license_number, row.agent_id) != row.agent_id:
                holder = holders[row.license_number]
                reason = f"the licence number {row.license_number} already belongs to agent {holder}"
                self.remarks.quarantine(AGENTS, row.place, row.agent_id, reason)
            else:
                self.agents.append(row)
                self._accept_agent(row.agent_id, row.more.get("left_at"))
                if row.license_number is not None:
                    holders[row.license_number] = row.agent_id

    def _accept_agent(self, agent_id: int, left_at: str | None) -> None:
        self._usable_agents.add(agent_id)
        if left_at is not None:
            self._left_agents.add(agent_id)

    def add_assignments(self, rows: list[AssignmentRow]) -> None:
        """Sort assignments the same way; a new one needs its agent."""
        first = self.remarks.without_duplicates(ASSIGNMENTS, rows)
        self._agents_in_file = {row.assignment_id: row.agent_id for row in first.values()}
        held = differing(first, on_desk(Assignment.assignment_id, LEAD_ON_DESK, first), 6)
        self._find_agents({row.agent_id for row in first.values() if row.agent_id} - self._usable_agents)
        for row in first.values():
            if row.assignment_id in held:
                self.known.compare_assignment(row, held[row.assignment_id], self._usable_agents)
            elif reason := self._fault_of_assignment(row):
                self.remarks.quarantine(ASSIGNMENTS, row.place, row.assignment_id, reason)
            else:
                self.assignments[row.assignment_id] = row

    def _fault_of_assignment(self, row: AssignmentRow) -> str | None:
        if row.agent_id is not None and row.agent_id not in self._usable_agents:
            return self.remarks.absent(AGENTS, "agent", row.agent_id)
        decided = self.decisions.times.get(row.lead_id or 0, set())
        return self.people.fault_of_assignment(row, decided)

    def add_decisions(self, rows: list[DecisionRow]) -> None:
        """Sort decisions the same way."""
        self._find_agents({row.agent_id for row in rows if row.agent_id} - self._usable_agents)
        self.decisions.add(rows, self._usable_agents)

    def settle(self) -> None:
        """Leave out leads, and decisions about them, of which nothing else is imported."""
        used = {row.lead_id for row in self.assignments.values() if row.lead_id} | self.waiting.keys()
        self.decisions.without(self.people.settle(used))

    def add_bookings(self, rows: list[BookingRow]) -> None:
        """Sort bookings the same way; a new one needs its assignment and must be its only booking."""
        first = self.remarks.without_duplicates(BOOKINGS, rows)
        held = differing(first, on_desk(Booking.booking_id, BOOKING_ON_DESK, first), 10)
        new = [row for row in first.values() if row.booking_id not in held]
        for row in first.values():
            if row.booking_id in held:
                self.known.compare_booking(row, held[row.booking_id])
        wanted = {row.assignment_id for row in new if row.assignment_id is not None}
        booked = self._find_assignments(wanted - set(self.assignments))
        scored = {row.more["scored_agent_id"] for row in new if row.more.get("scored_agent_id")}
        self._find_agents(scored - self._usable_agents)
        for row in new:
            reason = self._fault_of_booking(row, booked)
            if reason is not None:
                self.remarks.quarantine(BOOKINGS, row.place, row.booking_id, reason)
            else:
                self._accept_booking(row, booked)
        named = [row for row in first.values() if row.agent_id is not None]
        self.known.flag_contradictions(named, self._agents_in_file)

    def _accept_booking(self, row: BookingRow, booked: dict[int, int]) -> None:
        if row.assignment_id is not None:
            booked[row.assignment_id] = row.booking_id
            self.bookings[row.assignment_id] = row
        elif row.lead_id is not None:
            self.waiting[row.lead_id] = row
        fault = self.date_fault(row)
        if fault is not None:
            self.remarks.flag(BOOKINGS, row.place, row.booking_id, fault)

    def history(self) -> Iterator[History]:
        """Yield new assignments with their bookings, then bookings of assignments already on the desk."""
        for assignment_id, row in self.assignments.items():
            _, agent_id, customer, method, source, at, *_ = row
            lead_id = self.people.lead_of(row)
            fresh = History(assignment_id, agent_id, customer, method, source, at, lead_id=lead_id)
            booking = self.bookings.get(assignment_id)
            yield fresh if booking is None else self._with_booking(fresh, booking)
        for assignment_id, booking in self.bookings.items():
            if assignment_id not in self.assignments:
                agent, at = self._known[assignment_id]
                known = History(assignment_id, agent, "", "", "", at, is_known=True)
                yield self._with_booking(known, booking)
        for lead_id, booking in self.waiting.items():
            lead = self.people.leads[lead_id]
            waits = History(
                None, None, lead.customer_name, lead.method, lead.source, lead.received_at, lead_id=lead_id
            )
            yield self._with_booking(waits, booking)

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
            more=self._more(item, row),
        )
        return item._replace(
            destination=row.destination, launch_location=row.launch_location, booking=outcome
        )

    def _more(self, item: History, row: BookingRow) -> dict[str, Any]:
        """Return a booking's further columns that fit what else is imported of its lead.

        A booking is as old as its lead; without a decision about that no timer runs, as for other imports.
        """
        more = dict(row.more)
        if item.is_known:
            more.pop("created_at", None)
        elif item.lead_id is not None:
            more["created_at"] = self.people.leads[item.lead_id].received_at
        if item.lead_id not in self.decisions.times:
            more |= dict.fromkeys(TIMERS)
        return more

    def date_fault(self, row: BookingRow) -> str | None:
        """Describe a booking's outcome dated before its assignment; None if the dates are fine."""
        if row.assignment_id is None or "date_fault" in row.more:
            fault: str | None = row.more.get("date_fault")
            return fault
        assignment = self.assignments.get(row.assignment_id)
        assigned_at = assignment.assigned_at if assignment else self._known[row.assignment_id][1]
        return date_fault(row.status, row.completed_at or row.cancelled_at, assigned_at)

    def _find_agents(self, wanted: set[int]) -> None:
        for agent_id, left_at in on_desk(
            Agent.agent_id, (Agent.left_at,), wanted - self.remarks.held_back[AGENTS]
        ):
            self._accept_agent(agent_id, left_at)

    def _find_assignments(self, wanted: set[int]) -> dict[int, int]:
        """Remember assignments already on the desk; returns the booking ids of those that have one."""
        wanted = wanted - self.remarks.held_back[ASSIGNMENTS]
        columns = (Assignment.agent_id, Assignment.assigned_at, Assignment.customer_name)
        for assignment_id, agent_id, at, customer in on_desk(Assignment.assignment_id, columns, wanted):
            self._known[assignment_id] = (agent_id, at)
            if customer == ERASED_TEXT:
                self._erased.add(assignment_id)
        return dict(on_desk(Booking.assignment_id, (Booking.booking_id,), wanted))

    def _fault_of_booking(self, row: BookingRow, booked: dict[int, int]) -> str | None:
        scored = row.more.get("scored_agent_id")
        if scored is not None and scored not in self._usable_agents:
            return self.remarks.absent(AGENTS, "agent", scored)
        if row.assignment_id is None:
            return self.people.fault_of_booking(row, None)
        assignment = self.assignments.get(row.assignment_id)
        if assignment is None and row.assignment_id not in self._known:
            return self.remarks.absent(ASSIGNMENTS, "assignment", row.assignment_id)
        if row.assignment_id in booked:
            return f"assignment {row.assignment_id} already has booking {booked[row.assignment_id]}"
        if row.assignment_id in self._erased:
            return f"the customer of its assignment {row.assignment_id} was erased"
        agent_id = assignment.agent_id if assignment else self._known[row.assignment_id][0]
        if agent_id is None and assignment is None:  # on the desk, those without a booking have an agent
            return TAKEN_BACK.format("its assignment", row.assignment_id)
        if row.status == PENDING and agent_id in self._left_agents:
            return f"it is Pending, but agent {agent_id} has left"
        return self.people.fault_of_booking(row, assignment) if assignment else None
