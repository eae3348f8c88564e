"""Undo rules of customers and leads: a customer created with a lead stays."""

from __future__ import annotations

from dispatch.desk.commands import Command
from dispatch.desk.undo_rules import UndoRules
from models.base import Json, tuples
from models.bookings import Booking
from models.customers import Customer, Lead
from models.issues import Issue


class CustomerUndo(UndoRules[Customer]):
    def is_surely_untouched(self, row: Customer, after: Json) -> bool:
        return not after


class LeadUndo(UndoRules[Lead]):
    def finish(self, running: Command, row: Lead) -> int | None:
        """Give the issues of its booking, opened since a merge, to the customer who has the lead again."""
        issues = (
            Issue.select(Issue.issue_id)
            .join(Booking, on=(Issue.booking_id == Booking.booking_id))
            .where(Booking.lead_id == row.lead_id, Issue.customer_id != row.customer_id)
        )
        for (issue_id,) in tuples(issues):
            issue = Issue.lock(issue_id)
            issue.customer_id = row.customer_id
            issue.save()
        return None
