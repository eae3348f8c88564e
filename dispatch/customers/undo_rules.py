"""Undo rules of customers and leads: a customer created with a lead stays."""

from __future__ import annotations

from functools import reduce
from operator import or_
from typing import Any

from dispatch.desk.commands import Command
from dispatch.desk.undo_rules import UndoRules
from models.base import Json, tuples
from models.bookings import Assignment, Booking
from models.customers import Apart, ContactPoint, Customer, Lead
from models.issues import Issue

FROM_THE_LEAD = ("customer_name", "method", "source")
"""The columns of an assignment that are its lead's."""


class CustomerUndo(UndoRules[Customer]):
    def is_surely_untouched(self, row: Customer, after: Json) -> bool:
        return not after


class ContactUndo(UndoRules[ContactPoint]):
    """One added by mistake is removed."""

    def retire(self, running: Command, row: ContactPoint) -> None:
        row.removed = True


class ApartUndo(UndoRules[Apart]):
    """Two customers kept apart by mistake are no more."""

    def retire(self, running: Command, row: Apart) -> None:
        row.removed = True


class LeadUndo(UndoRules[Lead]):
    def finish(self, running: Command, row: Lead) -> int | None:
        """Correct what was made from the lead since: its assignment, and the issues of its booking."""
        for (assignment_id,) in tuples(_differing_assignments(row)):
            assignment = Assignment.lock(assignment_id)
            for name in FROM_THE_LEAD:
                setattr(assignment, name, getattr(row, name))
            assignment.save()
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


def _differing_assignments(lead: Lead) -> Any:
    differ = [getattr(Assignment, name) != getattr(lead, name) for name in FROM_THE_LEAD]
    mine = Assignment.select(Assignment.assignment_id).where(Assignment.lead_id == lead.lead_id)
    return mine.where(reduce(or_, differ))
