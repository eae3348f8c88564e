"""Who was given a lead, and the booking that came of it."""

from __future__ import annotations

from peewee import AutoField, BooleanField, IntegerField, Model, TextField

from models.agents import Agent, Holder
from models.base import BaseModel, reference
from models.customers import Lead
from models.database import current_database

PENDING = "Pending"
CONFIRMED = "Confirmed"
CANCELLED = "Cancelled"
STATUSES = (PENDING, CONFIRMED, CANCELLED)


class Assignment(BaseModel):
    """One row a lead, written when an agent is found; its agent follows the booking's.

    ``lead`` is the saved Lead at hand, for the trigger to use instead of reading it again.
    """

    label = "assignment"
    lead: Lead | None = None

    assignment_id = AutoField()
    lead_id = reference(Lead, "lead_id")
    agent_id = reference(Agent, "agent_id", null=True)
    customer_name = TextField()
    method = TextField()
    source = TextField()
    assigned_at = TextField()

    class Meta:
        table_name = "assignment_history"


class Booking(BaseModel):
    """A trip being sold: Pending until it is Confirmed or Cancelled.

    ``agent_id`` None means waiting; ``claimed_at`` None means tentative. Package and the two
    revenues (integer cents) are the quote, and count as revenue only when Confirmed. ``voided``
    marks a lead that was entered by mistake; ``date_fault`` an imported row with impossible dates.
    ``contacted_at`` is the first time that the customer was reached, ``last_outcome`` what came of the
    last attempt, ``follow_up_at`` when to get back to the customer: never on a closed booking.
    ``given_at`` is when its agent got it at this desk, ``progress_at`` the last sign of work on a claim,
    ``asked_at`` when its agent was asked about it, ``shuffled_at`` when it was last moved to even out the
    loads: all None for what was imported. ``holder`` is the agent to whom the last save has just given it.
    """

    label = "booking"
    holder: Holder | None = None

    booking_id = AutoField()
    lead_id = reference(Lead, "lead_id")
    assignment_id = reference(Assignment, "assignment_id", null=True)
    agent_id = reference(Agent, "agent_id", null=True)
    status = TextField(default=PENDING)
    destination = TextField()
    launch_location = TextField()
    package = TextField(null=True)
    destination_revenue_cents = IntegerField(null=True)
    package_revenue_cents = IntegerField(null=True)
    created_at = TextField()
    changed_at = TextField()
    claimed_at = TextField(null=True)
    contacted_at = TextField(null=True)
    contact_attempts = IntegerField(default=0)
    last_outcome = TextField(null=True)
    follow_up_at = TextField(null=True)
    completed_at = TextField(null=True)
    cancelled_at = TextField(null=True)
    cancel_reason = TextField(null=True)
    score = IntegerField(null=True)
    scored_agent_id = reference(Agent, "scored_agent_id", null=True)
    date_fault = TextField(null=True)
    voided = BooleanField(default=False)
    version = IntegerField(default=1)
    given_at = TextField(null=True)
    progress_at = TextField(null=True)
    asked_at = TextField(null=True)
    shuffled_at = TextField(null=True)

    class Meta:
        table_name = "bookings"


class Waiting(Model):
    """A Pending booking that nobody has: a view, by an index that is empty most of the time."""

    booking_id = IntegerField(primary_key=True)
    created_at = TextField()

    class Meta:
        database = current_database
        table_name = "bookings_in_wait"
