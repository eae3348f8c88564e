"""What was decided, and what was done: written once, never changed."""

from __future__ import annotations

from peewee import AutoField, CompositeKey, IntegerField, Model, TextField, fn

from models.agents import Agent
from models.base import BaseModel, CompiledQuery, parameter, reference
from models.customers import Lead
from models.database import current_database

BLOCK = 64  # events whose lines are written together
MOST_LINES = 4_000  # at once, if more are missing


class Decision(BaseModel):
    """Why a lead went to an agent, or to nobody.

    ``candidates`` is JSON: the winner and the next ten with the policy's keys. ``excluded`` is
    JSON: up to fifty agents who would have come before the winner, best first by the rule that kept them out.
    ``notes`` is JSON: what else there is to tell, such as rules that were relaxed.
    """

    label = "decision"

    decision_id = AutoField()
    lead_id = reference(Lead, "lead_id")
    agent_id = reference(Agent, "agent_id", null=True)
    decided_at = TextField()
    policy = TextField()
    settings_version = IntegerField()
    reason = TextField()
    candidates = TextField()
    excluded = TextField(default="{}")
    notes = TextField(default="{}")

    class Meta:
        table_name = "decisions"


class Event(BaseModel):
    """One command: who, what, and the rows before and after. Append-only by two refusing triggers.

    ``before`` and ``after`` are JSON, {"table:id": {column: value}}; a row that was made has no
    entry in ``before``. ``result`` is what a repeat with the same ``request_id`` returns.
    """

    label = "event"

    event_id = AutoField()
    at = TextField()
    actor = TextField()
    command = TextField()
    booking_id = IntegerField(null=True)
    agent_id = IntegerField(null=True)
    detail = TextField(null=True)
    before = TextField(null=True)
    after = TextField(null=True)
    request_id = TextField(null=True)
    fingerprint = TextField(null=True)
    result = TextField(null=True)
    undoes = IntegerField(null=True)
    customer_id = IntegerField(null=True)
    issue_id = IntegerField(null=True)

    class Meta:
        table_name = "events"


class LogLine(Model):
    """What the log is filtered by of an event: a narrow copy, read in a third of the time.

    Lines are written by blocks, so the newest events, a block of them at most, have none yet.
    """

    event_id = IntegerField(primary_key=True)
    at = TextField()
    actor = TextField()
    command = TextField()
    agent_id = IntegerField(null=True)

    class Meta:
        database = current_database
        table_name = "events_log"


_last_line = CompiledQuery(lambda: LogLine.select(fn.COALESCE(fn.MAX(LogLine.event_id), 0)))
_write_lines = CompiledQuery(
    lambda: LogLine.insert_from(
        Event.select(*(getattr(Event, name) for name in LogLine._meta.sorted_field_names))
        .where(Event.event_id > parameter("last"))
        .order_by(Event.event_id)
        .limit(MOST_LINES),
        LogLine._meta.sorted_fields,
    )
)


def last_line() -> int:
    """The newest event that has a line; 0 for none."""
    return int(_last_line()[0][0])


def write_lines() -> None:
    """Write the lines that are missing, the oldest first."""
    _write_lines(last=last_line())


def log_event(event_id: int) -> None:
    """Write the lines of a block of events with its last one: a line at a time would cost a page each."""
    if event_id % BLOCK == 0:
        write_lines()


class EventBooking(BaseModel):
    """A booking that an event changed beside the one it is about: a batch, a drain, a shuffle."""

    event_id = reference(Event, "event_id")
    booking_id = IntegerField()

    class Meta:
        table_name = "event_bookings"
        primary_key = CompositeKey("event_id", "booking_id")
