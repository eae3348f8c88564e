"""Assignments of leads to agents, and the bookings they open."""

from __future__ import annotations

from typing import Any

from peewee import AutoField, BooleanField, IntegerField, ModelSelect, TextField

from models.agents import Agent, Holder
from models.base import BaseModel, DeskModel, reference
from models.customers import Customer, Lead
from models.priorities import MEDIUM

PENDING = "Pending"
CONFIRMED = "Confirmed"
CANCELLED = "Cancelled"
STATUSES = (PENDING, CONFIRMED, CANCELLED)


class Assignment(BaseModel):
    """One row per lead, written when an agent is found; its agent follows the booking's.

    ``lead`` saves the trigger from reading the Lead again.
    """

    label = "assignment"
    table = "assignment_history"
    lead: Lead | None = None

    assignment_id = AutoField()
    lead_id = reference(Lead, "lead_id")
    agent_id = reference(Agent, "agent_id", null=True)
    customer_name = TextField()
    method = TextField()
    source = TextField()
    assigned_at = TextField()


class Booking(BaseModel):
    """A trip being sold: Pending, then Confirmed or Cancelled.

    ``agent_id`` None means waiting; ``claimed_at`` None means tentative. The package and the two revenues
    (integer cents) are the quote; they count as revenue only when Confirmed. ``voided`` marks a lead entered
    by mistake, ``date_fault`` an imported row with impossible dates. ``contacted_at`` is when the customer
    was first reached, ``last_outcome`` the result of the last attempt, ``follow_up_at`` when to call back
    (never set on a closed booking). Imported bookings have none of these five: ``given_at`` (when the agent
    got it at this desk), ``progress_at`` (last sign of work on a claim), ``asked_at`` (when the agent was
    asked about it), ``shuffled_at`` (when it last moved to balance loads) and ``pinned_at`` (since when a
    person's decision keeps it with its agent). ``clock_from`` is since when the first contact is awaited, if
    not since ``created_at``. ``attempts_in_row`` counts the attempts since the customer was last reached;
    ``unreachable``: the last of them closed it. ``holder`` is the agent who got it in the last save,
    ``source`` the lead's where a listener need not read the Lead for it.
    """

    label = "booking"
    table = "bookings"
    holder: Holder | None = None
    source: str | None = None

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
    pinned_at = TextField(null=True)
    priority = IntegerField(default=MEDIUM)
    clock_from = TextField(null=True)
    attempts_in_row = IntegerField(default=0)
    unreachable = BooleanField(default=False)


class Waiting(DeskModel):
    """A Pending booking without an agent: a view on an index that is usually empty."""

    table = "bookings_in_wait"

    booking_id = IntegerField(primary_key=True)
    created_at = TextField()
    priority = IntegerField()


class Untried(DeskModel):
    """A Pending booking whose customer nobody has tried to reach ``since`` then: a view on its own index.

    Those with a follow-up are left out, and imported ones that no agent has got or claimed at this desk.
    """

    table = "bookings_to_try"

    booking_id = IntegerField(primary_key=True)
    since = TextField()
    priority = IntegerField()
    agent_id = IntegerField(null=True)
    claimed_at = TextField(null=True)
    pinned_at = TextField(null=True)


class Idle(DeskModel):
    """A Pending booking without a follow-up whose customer somebody has tried to reach; nothing ``since``.

    A view on its own index.
    """

    table = "bookings_left"

    booking_id = IntegerField(primary_key=True)
    since = TextField()
    priority = IntegerField()
    agent_id = IntegerField(null=True)
    claimed_at = TextField(null=True)


class ContactAlarm(BaseModel):
    """The last warning that a first contact awaited ``since`` then is late, and how far it was escalated.

    ``level`` is 0 until all of the time is used; ``next_level_at`` is when the next one follows.
    """

    label = "first contact"
    table = "contact_alarms"

    booking_id = IntegerField(primary_key=True)
    since = TextField()
    percent = IntegerField()
    level = IntegerField(default=0)
    warned_at = TextField()
    next_level_at = TextField(null=True)


def leads_not_to_contact() -> ModelSelect[Any]:
    """Return the query for the leads of customers who must not be contacted, hardly ever many."""
    customers = Customer.select(Customer.customer_id).where(Customer.do_not_contact)
    return Lead.select(Lead.lead_id).where(Lead.customer_id.in_(customers))
