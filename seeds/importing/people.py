"""Customers and leads of an import, compared with one another and with the desk."""

from __future__ import annotations

from collections.abc import Collection, Sequence

from dispatch.inputs.layouts import ASSIGNMENTS, BOOKINGS
from models.bookings import CONFIRMED, Assignment, Booking
from models.customers import Customer, Lead
from seeds.importing.desk_tables import CUSTOMERS, LEADS
from seeds.importing.remarks import TAKEN, Remarks, on_desk
from seeds.importing.row_rules import AssignmentRow, BookingRow, CustomerRow, LeadRow
from seeds.importing.row_store import RowStore, Workspace


class People:
    """New customers and leads, and which leads of the files have an assignment or a booking.

    Files without leads leave it empty: every assignment then makes its own customer and lead.
    """

    def __init__(self, remarks: Remarks, space: Workspace) -> None:
        self.customers = space.rows_of(CustomerRow)
        self.new_leads = space.rows_of(LeadRow)
        self.leads = space.rows_of(LeadRow)
        self._space = space
        self._remarks = remarks
        self._usable = RowStore[bool](space)
        self._merged = RowStore[bool](space)
        self._has_leads = False
        self._holders = {ASSIGNMENTS: RowStore[int](space), BOOKINGS: RowStore[int](space)}

    def add_customers(self, rows: Sequence[CustomerRow], every: Collection[int]) -> None:
        """Sort customers into new, unchanged and quarantined; ``every`` are the ids of all in the files."""
        columns = (Customer.name, Customer.phone, Customer.email)
        numbers = [row.customer_id for row in rows]
        held = {key: rest for key, *rest in on_desk(Customer.customer_id, columns, numbers)}
        for row in rows:
            known = held.get(row.customer_id)
            if row.merged_into is not None:
                self._merged[row.customer_id] = True
            if row.merged_into is not None and row.merged_into not in every:
                reason = f"no customer {row.merged_into}, into which it is merged"
                self._remarks.quarantine(CUSTOMERS, row.place, row.customer_id, reason)
            elif known is None:
                self.customers[row.customer_id] = row
                self._usable[row.customer_id] = True
            elif any(mine and mine == theirs for mine, theirs in zip(row[1:4], known, strict=True)):
                self._remarks.keep(CUSTOMERS)
                self._usable[row.customer_id] = True
            else:
                reason = TAKEN.format("customer")
                self._remarks.quarantine(CUSTOMERS, row.place, row.customer_id, reason)

    def add_leads(self, rows: Sequence[LeadRow]) -> None:
        """Sort leads the same way; each needs its customer in the files."""
        self._has_leads = True
        columns = (Lead.customer_id, Lead.received_at)
        numbers = [row.lead_id for row in rows]
        held = {key: tuple(rest) for key, *rest in on_desk(Lead.lead_id, columns, numbers)}
        for row in rows:
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
        self._find_holders(numbers)

    def _accept(self, row: LeadRow, *, is_new: bool) -> None:
        self.leads[row.lead_id] = row
        if is_new:
            self.new_leads[row.lead_id] = row
        else:
            self._remarks.keep(LEADS)

    def _find_holders(self, numbers: Sequence[int]) -> None:
        """Remember which of these leads have an assignment or a booking on the desk."""
        leads = [number for number in numbers if number in self.leads]
        for kind, key, number in (
            (ASSIGNMENTS, Assignment.lead_id, Assignment.assignment_id),
            (BOOKINGS, Booking.lead_id, Booking.booking_id),
        ):
            self._holders[kind].update(on_desk(key, (number,), leads))

    def lead_of(self, row: AssignmentRow | BookingRow) -> int | None:
        """Return the lead in the files that a row belongs to, if it has one there."""
        return row.lead_id if row.lead_id in self.leads else None

    def fault_of_assignment(self, row: AssignmentRow, decided: Collection[str]) -> str | None:
        """Describe what is wrong with a new assignment's lead; if nothing is, no other may have it.

        ``decided`` are the times of the decisions about the lead.
        """
        if row.lead_id is None or not (self._has_leads or row.agent_id is None):
            return None
        lead = self.leads.get(row.lead_id)
        if lead is not None:
            if (row.customer_name, row.method, row.source) != lead[2:5]:
                return f"its name, method or source is not that of its lead {row.lead_id}"
            if row.assigned_at not in (lead.received_at, *decided):
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

    def settle(self) -> set[int]:
        """Quarantine leads with neither an assignment nor a booking, and return them.

        A customer is as old as one of the leads: where that is not imported, as the oldest of the others.
        """
        needless = set()
        for row in self.new_leads.values():
            if not any(row.lead_id in leads for leads in self._holders.values()):
                needless.add(row.lead_id)
                reason = "neither its assignment nor its booking can be imported"
                self._remarks.quarantine(LEADS, row.place, row.lead_id, reason)
        for lead_id in needless:
            del self.new_leads[lead_id]
        self._date_customers()
        return needless

    def _date_customers(self) -> None:
        """Date new customers who are not as old as any of their leads."""
        exact, oldest = RowStore[bool](self._space), RowStore[str](self._space)
        for row in self.new_leads.values():
            customer = self.customers.get(row.customer_id)
            if customer is not None and customer.created_at == row.received_at:
                exact[row.customer_id] = True
            elif customer is not None:
                oldest[row.customer_id] = min(row.received_at, oldest.get(row.customer_id, row.received_at))
        for number, received_at in oldest.items():
            if number not in exact:
                self.customers[number] = self.customers[number]._replace(created_at=received_at)

    def _taken(self, kind: str, lead_id: int, number: int) -> str | None:
        if lead_id not in self.leads:
            return self._remarks.absent(LEADS, "lead", lead_id)
        holder = self._holders[kind].setdefault(lead_id, number)
        return None if holder == number else f"lead {lead_id} already has {kind[:-1]} {holder}"
