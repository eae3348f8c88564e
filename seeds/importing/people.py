"""Customers and leads of an import, compared with one another and with the desk."""

from __future__ import annotations

from dispatch.inputs.layouts import ASSIGNMENTS, BOOKINGS
from models.bookings import CONFIRMED, Assignment, Booking
from models.customers import Customer, Lead
from seeds.importing.desk_tables import CUSTOMERS, LEADS
from seeds.importing.remarks import TAKEN, Remarks, on_desk
from seeds.importing.row_rules import AssignmentRow, BookingRow, CustomerRow, LeadRow


class People:
    """New customers and leads, and which leads of the files have an assignment or a booking.

    Files without leads leave it empty: every assignment then makes its own customer and lead.
    """

    def __init__(self, remarks: Remarks) -> None:
        self.customers: list[CustomerRow] = []
        self.new_leads: list[LeadRow] = []
        self.leads: dict[int, LeadRow] = {}
        self._remarks = remarks
        self._usable: set[int] = set()
        self._merged: set[int] = set()
        self._has_leads = False
        self._holders: dict[str, dict[int, int]] = {ASSIGNMENTS: {}, BOOKINGS: {}}

    def add_customers(self, rows: list[CustomerRow]) -> None:
        """Sort customers into new, unchanged and quarantined."""
        first = self._remarks.without_duplicates(CUSTOMERS, rows)
        columns = (Customer.name, Customer.phone, Customer.email)
        held = {key: rest for key, *rest in on_desk(Customer.customer_id, columns, first)}
        self._merged = {row.customer_id for row in first.values() if row.merged_into is not None}
        for row in first.values():
            known = held.get(row.customer_id)
            if row.merged_into is not None and row.merged_into not in first:
                reason = f"no customer {row.merged_into}, into which it is merged"
                self._remarks.quarantine(CUSTOMERS, row.place, row.customer_id, reason)
            elif known is None:
                self.customers.append(row)
                self._usable.add(row.customer_id)
            elif any(mine and mine == theirs for mine, theirs in zip(row[1:4], known, strict=True)):
                self._remarks.keep(CUSTOMERS)
                self._usable.add(row.customer_id)
            else:
                reason = TAKEN.format("customer")
                self._remarks.quarantine(CUSTOMERS, row.place, row.customer_id, reason)

    def add_leads(self, rows: list[LeadRow]) -> None:
        """Sort leads the same way; each needs its customer in the files."""
        first = self._remarks.without_duplicates(LEADS, rows)
        self._has_leads = bool(first)
        columns = (Lead.customer_id, Lead.received_at)
        held = {key: tuple(rest) for key, *rest in on_desk(Lead.lead_id, columns, first)}
        for row in first.values():
            known = held.get(row.lead_id)
            if row.customer_id in self._merged:
                reason = f"its customer {row.customer_id} is merged into another"
            elif row.customer_id not in self._usable:
                reason = self._remarks.absent(CUSTOMERS, "customer", row.customer_id)
            elif known not in (None, (row.customer_id, row.received_at)):
                reason = TAKEN.format("lead")
            else:
                self._accept(row, is_new=known is None)
                continue
            self._remarks.quarantine(LEADS, row.place, row.lead_id, reason)
        self._find_holders()

    def _accept(self, row: LeadRow, *, is_new: bool) -> None:
        self.leads[row.lead_id] = row
        if is_new:
            self.new_leads.append(row)
        else:
            self._remarks.keep(LEADS)

    def _find_holders(self) -> None:
        """Remember which of the leads have an assignment or a booking on the desk."""
        for kind, key, number in (
            (ASSIGNMENTS, Assignment.lead_id, Assignment.assignment_id),
            (BOOKINGS, Booking.lead_id, Booking.booking_id),
        ):
            self._holders[kind].update(on_desk(key, (number,), self.leads))

    def lead_of(self, row: AssignmentRow | BookingRow) -> int | None:
        """Return the lead in the files that a row belongs to, if it has one there."""
        return row.lead_id if row.lead_id in self.leads else None

    def fault_of_assignment(self, row: AssignmentRow, decided: set[str]) -> str | None:
        """Describe what is wrong with a new assignment's lead; if nothing is, no other may have it.

        ``decided`` are the times of the decisions about the lead.
        """
        if row.lead_id is None or not (self._has_leads or row.agent_id is None):
            return None
        lead = self.leads.get(row.lead_id)
        if lead is not None:
            if (row.customer_name, row.method, row.source) != lead[2:5]:
                return f"its name, method or source is not that of its lead {row.lead_id}"
            if row.assigned_at not in decided | {lead.received_at}:
                return f"no decision about its lead {row.lead_id} at {row.assigned_at}"
        return self._taken(ASSIGNMENTS, row.lead_id, row.assignment_id)

    def fault_of_booking(self, row: BookingRow, assignment: AssignmentRow | None) -> str | None:
        """Describe what is wrong with a new booking's lead, which is that of its new assignment.

        A booking without an assignment waits for an agent, or did when it was cancelled.
        """
        lead_id = self.lead_of(assignment) if assignment else row.lead_id
        if lead_id is None:
            return None
        if assignment is not None and row.lead_id not in (None, lead_id):
            return f"its lead is {row.lead_id}, but that of its assignment is {lead_id}"
        if assignment is not None and assignment.agent_id is None and row.more.get("claimed_at"):
            return f"it is claimed, but its assignment {row.assignment_id} has no agent"
        if assignment is None:
            assigned = self._holders[ASSIGNMENTS].get(lead_id)
            if assigned is not None:
                return f"it is not booking of assignment {assigned}, which its lead {lead_id} has"
            if row.status == CONFIRMED or row.more.get("claimed_at"):
                return "it has no assignment, but is claimed or Confirmed"
        lead = self.leads.get(lead_id)
        if lead is not None and (row.destination, row.launch_location) != lead[5:7]:
            return f"its destination or launch location is not that of its lead {lead_id}"
        return self._taken(BOOKINGS, lead_id, row.booking_id)

    def settle(self, used: set[int]) -> set[int]:
        """Quarantine leads with neither an assignment nor a booking, and return them.

        A customer is as old as one of the leads: where that is not imported, as the oldest of the others.
        """
        needless = {
            row.lead_id
            for row in self.new_leads
            if not any(row.lead_id in leads for leads in (used, *self._holders.values()))
        }
        for row in self.new_leads:
            if row.lead_id in needless:
                reason = "neither its assignment nor its booking can be imported"
                self._remarks.quarantine(LEADS, row.place, row.lead_id, reason)
        self.new_leads = [row for row in self.new_leads if row.lead_id not in needless]
        times: dict[int, set[str]] = {}
        for row in self.new_leads:
            times.setdefault(row.customer_id, set()).add(row.received_at)
        self.customers = [
            row
            if row.created_at in times.get(row.customer_id, {row.created_at})
            else row._replace(created_at=min(times[row.customer_id]))
            for row in self.customers
        ]
        return needless

    def _taken(self, kind: str, lead_id: int, number: int) -> str | None:
        if lead_id not in self.leads:
            return self._remarks.absent(LEADS, "lead", lead_id)
        holder = self._holders[kind].setdefault(lead_id, number)
        return None if holder == number else f"lead {lead_id} already has {kind[:-1]} {holder}"
