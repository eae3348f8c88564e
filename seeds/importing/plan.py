"""The plan of an import: rows compared with one another and with the desk."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any, NamedTuple

from dispatch.inputs.layouts import AGENTS, ASSIGNMENTS, BOOKINGS
from dispatch.operations.changed_rows.changing import date_fault
from models.agents import Agent
from models.audit import ERASED_TEXT
from models.bookings import PENDING, Assignment, Booking
from seeds.bulk_writer import TIMERS, History, Outcome
from seeds.importing.decisions import DecisionRow, Decisions
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
from seeds.importing.row_store import RowStore, Workspace


class _Around(NamedTuple):
    """The assignments of some bookings: the new ones, and of those on the desk the agent and time.

    ``erased`` are those whose customers were, ``booked`` the bookings that they have.
    """

    new: dict[int, AssignmentRow]
    known: dict[int, tuple[int | None, str]]
    erased: set[int]
    booked: dict[int, int]


class Plan:
    """New rows of agents, assignments and bookings, those that differ, and the remarks on all others.

    ``bookings`` are those of assignments, by these; ``waiting`` those without one, by their leads; ``known``
    has the rows that differ from the desk's. ``history()`` yields the assignments and bookings to write.
    Rows are added some at a time, all those of a kind before the next: agents, customers, leads, decisions,
    assignments, bookings.
    """

    def __init__(self, space: Workspace) -> None:
        self.remarks = Remarks()
        self.known = KnownRows(self.remarks)
        self.people = People(self.remarks, space)
        self.decisions = Decisions(self.remarks, self.people, space)
        self.agents: list[AgentRow] = []
        self._licences: dict[str, int] = {}  # of new agents
        self.assignments = space.rows_of(AssignmentRow)
        self.bookings = space.rows_of(BookingRow)
        self.waiting = space.rows_of(BookingRow)
        self._usable_agents: set[int] = set()
        self._left_agents: set[int] = set()
        self._booked_now = RowStore[tuple[int | None, str]](space)
        """The agent and time of assignments on the desk that get a booking."""

    @property
    def has_new_rows(self) -> bool:
        people = self.people.customers or self.people.new_leads
        return bool(self.agents or people or self.assignments or self.bookings or self.waiting)

    @property
    def history_rows(self) -> int:
        """The number of assignments and bookings to write."""
        return len(self.assignments) + len(self._booked_now) + len(self.waiting)

    def add_agents(self, rows: Sequence[AgentRow]) -> None:
        """Sort agents into new, known and quarantined."""
        numbers = [row.agent_id for row in rows]
        held = {key: tuple(rest) for key, *rest in on_desk(Agent.agent_id, AGENT_ON_DESK, numbers)}
        licences = [row.license_number for row in rows if row.license_number]
        holders = dict(on_desk(Agent.license_number, (Agent.agent_id,), licences)) | self._licences
        for row in rows:
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
                    holders[row.license_number] = self._licences[row.license_number] = row.agent_id

    def _accept_agent(self, agent_id: int, left_at: str | None) -> None:
        self._usable_agents.add(agent_id)
        if left_at is not None:
            self._left_agents.add(agent_id)

    def add_assignments(self, rows: Sequence[AssignmentRow]) -> None:
        """Sort assignments the same way; a new one needs its agent."""
        by_id = {row.assignment_id: row for row in rows}
        held = differing(by_id, on_desk(Assignment.assignment_id, LEAD_ON_DESK, by_id), 6)
        self._find_agents({row.agent_id for row in rows if row.agent_id} - self._usable_agents)
        for row in rows:
            if row.assignment_id in held:
                self.known.compare_assignment(row, held[row.assignment_id], self._usable_agents)
            elif reason := self._fault_of_assignment(row):
                self.remarks.quarantine(ASSIGNMENTS, row.place, row.assignment_id, reason)
            else:
                self.assignments[row.assignment_id] = row

    def _fault_of_assignment(self, row: AssignmentRow) -> str | None:
        if row.agent_id is not None and row.agent_id not in self._usable_agents:
            return self.remarks.absent(AGENTS, "agent", row.agent_id)
        decided = self.decisions.times.get(row.lead_id or 0, ())
        return self.people.fault_of_assignment(row, decided)

    def add_decisions(self, rows: Sequence[DecisionRow]) -> None:
        """Sort decisions the same way."""
        self._find_agents({row.agent_id for row in rows if row.agent_id} - self._usable_agents)
        self.decisions.add(rows, self._usable_agents)

    def settle(self) -> None:
        """Leave out leads, and decisions about them, of which nothing else is imported."""
        self.decisions.without(self.people.settle())

    def add_bookings(self, rows: Sequence[BookingRow], files: Mapping[int, AssignmentRow]) -> None:
        """Sort bookings the same way; a new one needs its assignment and must be its only booking.

        ``files`` are all assignments in the files.
        """
        by_id = {row.booking_id: row for row in rows}
        held = differing(by_id, on_desk(Booking.booking_id, BOOKING_ON_DESK, by_id), 10)
        new = [row for row in rows if row.booking_id not in held]
        for row in rows:
            if row.booking_id in held:
                self.known.compare_booking(row, held[row.booking_id])
        around = self._around(new)
        scored = {row.more["scored_agent_id"] for row in new if row.more.get("scored_agent_id")}
        self._find_agents(scored - self._usable_agents)
        for row in new:
            reason = self._fault_of_booking(row, around)
            if reason is not None:
                self.remarks.quarantine(BOOKINGS, row.place, row.booking_id, reason)
            else:
                self._accept_booking(row, around)
        named = [row for row in rows if row.agent_id is not None]
        self.known.flag_contradictions(named, files)

    def _accept_booking(self, row: BookingRow, around: _Around) -> None:
        assigned_at = ""
        if row.assignment_id is not None:
            self.bookings[row.assignment_id] = row
            assignment = around.new.get(row.assignment_id)
            if assignment is None:
                known = self._booked_now[row.assignment_id] = around.known[row.assignment_id]
            assigned_at = assignment.assigned_at if assignment else known[1]
        elif row.lead_id is not None:
            self.waiting[row.lead_id] = row
        fault = _date_fault(row, assigned_at)
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
        for assignment_id, (agent, at) in self._booked_now.items():
            known = History(assignment_id, agent, "", "", "", at, is_known=True)
            yield self._with_booking(known, self.bookings[assignment_id])
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
            date_fault=_date_fault(row, item.assigned_at),
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
            more |= dict.fromkeys((*TIMERS, "clock_from"))
        return more

    def _find_agents(self, wanted: set[int]) -> None:
        for agent_id, left_at in on_desk(
            Agent.agent_id, (Agent.left_at,), wanted - self.remarks.held_back[AGENTS]
        ):
            self._accept_agent(agent_id, left_at)

    def _around(self, rows: Sequence[BookingRow]) -> _Around:
        """Find the assignments of new bookings, in the files or on the desk."""
        wanted = {row.assignment_id for row in rows if row.assignment_id is not None}
        found = ((number, self.assignments.get(number)) for number in wanted)
        new = {number: row for number, row in found if row is not None}
        around = _Around(new, {}, set(), {})
        wanted = wanted - new.keys() - self.remarks.held_back[ASSIGNMENTS]
        columns = (Assignment.agent_id, Assignment.assigned_at, Assignment.customer_name)
        for assignment_id, agent_id, at, customer in on_desk(Assignment.assignment_id, columns, wanted):
            around.known[assignment_id] = (agent_id, at)
            if customer == ERASED_TEXT:
                around.erased.add(assignment_id)
        around.booked.update(on_desk(Booking.assignment_id, (Booking.booking_id,), wanted))
        return around

    def _fault_of_booking(self, row: BookingRow, around: _Around) -> str | None:
        scored = row.more.get("scored_agent_id")
        if scored is not None and scored not in self._usable_agents:
            return self.remarks.absent(AGENTS, "agent", scored)
        if row.assignment_id is None:
            return self.people.fault_of_booking(row, None)
        assignment = around.new.get(row.assignment_id)
        if assignment is None and row.assignment_id not in around.known:
            return self.remarks.absent(ASSIGNMENTS, "assignment", row.assignment_id)
        earlier = self.bookings.get(row.assignment_id)
        booked = earlier.booking_id if earlier else around.booked.get(row.assignment_id)
        if booked is not None:
            return f"assignment {row.assignment_id} already has booking {booked}"
        if row.assignment_id in around.erased:
            return f"the customer of its assignment {row.assignment_id} was erased"
        agent_id = assignment.agent_id if assignment else around.known[row.assignment_id][0]
        if agent_id is None and assignment is None:  # on the desk, those without a booking have an agent
            return TAKEN_BACK.format("its assignment", row.assignment_id)
        if row.status == PENDING and agent_id in self._left_agents:
            return f"it is Pending, but agent {agent_id} has left"
        return self.people.fault_of_booking(row, assignment) if assignment else None


def _date_fault(row: BookingRow, assigned_at: str) -> str | None:
    """Describe a booking's outcome dated before its assignment; None if the dates are fine."""
    if row.assignment_id is None or "date_fault" in row.more:
        fault: str | None = row.more.get("date_fault")
        return fault
    return date_fault(row.status, row.completed_at or row.cancelled_at, assigned_at)
