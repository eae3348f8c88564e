"""Service issues: requests, conversations, SLA clocks, escalations and ratings."""

from __future__ import annotations

from peewee import AutoField, BooleanField, DoubleField, IntegerField, TextField

from models.agents import Agent
from models.base import BaseModel, reference
from models.bookings import Booking
from models.customers import Customer

NEW = "new"
ASSIGNED = "assigned"
IN_PROGRESS = "in_progress"
PENDING_CUSTOMER = "pending_customer"
RESOLVED = "resolved"
CLOSED = "closed"
ISSUE_STATUSES = (NEW, ASSIGNED, IN_PROGRESS, PENDING_CUSTOMER, RESOLVED, CLOSED)
HELD = (ASSIGNED, IN_PROGRESS, PENDING_CUSTOMER)
OPEN = (NEW, *HELD)
TITLE_LENGTH = 100  # characters: of a message that begins an issue

TIERS = ("bronze", "silver", "gold", "platinum", "enterprise")
CHANNELS = ("email", "phone", "chat", "social_media", "web_form")
CATEGORIES = (
    "technical_support",
    "billing_dispute",
    "product_complaint",
    "feature_request",
    "account_access",
    "refund_request",
    "general_inquiry",
)

MESSAGE, NOTE, STATUS = "message", "note", "status"
CUSTOMER, DESK = "customer", "desk"
FIRST_RESPONSE, RESOLUTION = "first_response", "resolution"


class Issue(BaseModel):
    """A customer's request for service. ``agent_id`` None means waiting, since ``waiting_since``.

    ``priority`` is 1 to 5; ``tags``, ``sentiment``, ``entities``, ``urgency_indicators`` and
    ``priority_steps`` are JSON from triage. ``unsure`` asks a person to choose the category;
    ``corrected_at`` is when someone did, and triage learns from it. ``voided`` marks an issue entered by
    mistake.
    """

    label = "issue"
    table = "issues"

    issue_id = AutoField()
    customer_id = reference(Customer, "customer_id", null=True)
    booking_id = reference(Booking, "booking_id", null=True)
    agent_id = reference(Agent, "agent_id", null=True)
    status = TextField(default=NEW)
    category = TextField()
    confidence = DoubleField()
    unsure = BooleanField(default=False)
    priority = IntegerField()
    priority_steps = TextField()
    tier = TextField(null=True)
    channel = TextField()
    title = TextField()
    description = TextField()
    tags = TextField()
    sentiment = TextField()
    entities = TextField()
    urgency_indicators = TextField()
    complexity = TextField()
    routing_reason = TextField()
    opened_at = TextField()
    changed_at = TextField()
    waiting_since = TextField(null=True)
    assigned_at = TextField(null=True)
    resolved_at = TextField(null=True)
    closed_at = TextField(null=True)
    reopened_at = TextField(null=True)
    corrected_at = TextField(null=True)
    voided = BooleanField(default=False)
    version = IntegerField(default=1)


class Interaction(BaseModel):
    """A message, an internal note or a change of status (docs/rules.md, Progress). Append-only.

    ``author`` is the customer or the desk, ``agent_id`` the agent who acted for the desk. Customers see
    messages but not notes.
    """

    label = "interaction"
    table = "interactions"

    interaction_id = AutoField()
    issue_id = reference(Issue, "issue_id")
    at = TextField()
    kind = TextField()
    author = TextField()
    agent_id = reference(Agent, "agent_id", null=True)
    channel = TextField(null=True)
    text = TextField(null=True)
    compound = DoubleField(null=True)
    resolution_attempt = BooleanField(default=False)
    answer_needed = BooleanField(default=False)
    status_from = TextField(null=True)
    status_to = TextField(null=True)


class SlaClock(BaseModel):
    """A promise: ``allowed_s`` working seconds from ``started_at``, used up at ``due_at``.

    ``hours`` are the working hours in force when it started (dispatch/inputs/times/hours.py). While
    ``paused_at`` is set no time is used and ``due_at`` keeps its value; ``met_at`` is when the clock ended. A
    missed due time is final; ``late_pause_s`` counts the working seconds paused after it.
    """

    label = "clock"
    table = "sla_clocks"

    clock_id = AutoField()
    issue_id = reference(Issue, "issue_id")
    kind = TextField()
    started_at = TextField()
    allowed_s = IntegerField()
    hours = TextField()
    due_at = TextField()
    late_pause_s = IntegerField(default=0)
    paused_at = TextField(null=True)
    met_at = TextField(null=True)


class SlaWarning(BaseModel):
    """A warning that 50, 75, 90 or 100 % of a clock's time is used up, each sent once."""

    label = "warning"
    table = "sla_warnings"

    warning_id = AutoField()
    issue_id = reference(Issue, "issue_id")
    kind = TextField()
    percent = IntegerField()
    at = TextField()


class Escalation(BaseModel):
    """An escalation of an issue: its trigger, its level, and who was to be told (JSON ``steps``).

    ``since`` is when the trigger's condition began, ``next_step_at`` when the next level follows if nothing
    happens. ``raised_by`` (JSON) lists the reasons for starting above level 1.
    """

    label = "escalation"
    table = "escalations"

    escalation_id = AutoField()
    issue_id = reference(Issue, "issue_id")
    trigger = TextField(column_name="trigger_name")
    since = TextField()
    urgency = TextField()
    level = IntegerField()
    reason = TextField()
    raised_by = TextField(default="[]")
    steps = TextField()
    opened_at = TextField()
    next_step_at = TextField(null=True)
    acknowledged_at = TextField(null=True)
    acknowledged_by = TextField(null=True)
    closed_at = TextField(null=True)
    closed_by = TextField(null=True)
    close_reason = TextField(null=True)


class Watch(BaseModel):
    """When to check an issue next even if nobody touches it; None: never."""

    label = "watch"
    table = "issue_watch"

    issue_id = IntegerField(primary_key=True)
    next_check_at = TextField(null=True)


class Survey(BaseModel):
    """The customer's rating of the agent who resolved the issue; one answer."""

    label = "survey"
    table = "surveys"

    survey_id = AutoField()
    issue_id = reference(Issue, "issue_id")
    agent_id = reference(Agent, "agent_id")
    asked_at = TextField()
    score = IntegerField(null=True)
    answered_at = TextField(null=True)
    comment = TextField(null=True)


class SatisfactionModel(BaseModel):
    """A model trained on real answers: its weights (JSON) and its error on held-out answers."""

    label = "satisfaction model"
    table = "satisfaction_models"

    model_id = AutoField()
    trained_at = TextField()
    answers = IntegerField()
    error = DoubleField()
    formula_error = DoubleField()
    accuracy = DoubleField()
    weights = TextField()
