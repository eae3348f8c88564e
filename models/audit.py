"""Decisions and events: written once, never changed."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from peewee import AutoField, BooleanField, CompositeKey, IntegerField, TextField, fn

from models.agents import Agent
from models.base import BaseModel, CompiledQuery, DeskModel, Json, parameter, reference
from models.customers import Lead
from models.database import database_at_work
from models.sql import listed

BLOCK = 64  # log lines written together
MOST_LINES = 4_000  # written in one statement when there is a backlog


class Decision(BaseModel):
    """The record of why a lead went to an agent, or to nobody.

    All JSON: ``candidates`` holds the winner and the next ten with the policy's keys; ``excluded`` up to
    fifty agents who would have beaten the winner, best first, by the rule that excluded them; ``notes``
    anything else, such as relaxed rules. ``after_event`` is the last event before it, and ``seen`` a digest
    of what was compared (dispatch/assignment/decisions.py); older decisions have neither. ``by_owner``, not
    stored: the customer's owner got the lead.
    """

    label = "decision"
    table = "decisions"
    by_owner = False

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
    after_event = IntegerField(null=True)
    seen = TextField(null=True)


class Event(BaseModel):
    """One command: who, what, and the rows before and after. Two triggers keep the table append-only.

    ``before`` and ``after`` are JSON, {"table:id": {column: value}}. A new row has no entry in ``before``,
    and in ``after`` every column that was not empty, except derived ones; {} if it was written in bulk.
    ``result`` is returned again when the same ``request_id`` repeats. ``session`` tells terminals apart.
    ``account`` is the process's own, if the actor was named by the user. ``db_user`` is the login of a
    server, which fills it in. A text of a person who was erased is {"erased": digest} in JSON, the digest
    alone elsewhere (dispatch/desk/event_chain.py).
    """

    label = "event"
    table = "events"

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
    session = TextField(null=True)
    account = TextField(null=True)
    db_user = TextField(null=True)


class EventSeal(BaseModel):
    """The chain's head after an event, and the salts of the event's texts (dispatch/desk/event_chain.py)."""

    label = "seal"
    table = "event_seals"

    event_id = IntegerField(primary_key=True)
    head = TextField()
    salts = TextField()


LOGIN_COLUMN = "db_user"
"""The column of an event that the server fills, and no command."""
ERASED_TEXT = "(erased)"
"""What takes the place of a personal text in a row that needs one."""


class Erasure(BaseModel):
    """A customer whose personal values were erased. While it is not ``closed``, events may be changed."""

    label = "erasure"
    table = "erasures"

    customer_id = IntegerField(primary_key=True)
    erased_at = TextField()
    closed = BooleanField(default=False)


def write_over(model: type[BaseModel], numbers: Sequence[int], values: Json) -> None:
    """Write over texts of rows that are written once: the database accepts it within an erasure only."""
    if numbers and not database_at_work().erases(model.table, numbers, values):
        key: Any = model._meta.primary_key
        model.update(values).where(key.in_(listed(numbers))).execute()


def write_over_row(row: BaseModel) -> None:
    """Write the changed texts of one such row."""
    write_over(type(row), [row._pk], row.changes())


class LogLine(DeskModel):
    """The columns of an event that the log is filtered by: a narrow copy, read in a third of the time.

    Lines are written in blocks, so up to one block of the newest events has none yet.
    """

    table = "events_log"

    event_id = IntegerField(primary_key=True)
    at = TextField()
    actor = TextField()
    command = TextField()
    agent_id = IntegerField(null=True)


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
    """Return the newest event that has a line; 0 for none."""
    return int(_last_line()[0][0])


def write_lines() -> None:
    """Write missing lines, oldest first."""
    _write_lines(last=last_line())


def log_event(event_id: int) -> None:
    """Write a block's lines after its last event; one at a time, each line would cost a page."""
    if event_id % BLOCK == 0:
        write_lines()


class EventBooking(BaseModel):
    """A further booking changed by an event: a batch, a drain of the queue, a shuffle."""

    table = "event_bookings"

    event_id = reference(Event, "event_id")
    booking_id = IntegerField()

    class Meta:
        primary_key = CompositeKey("event_id", "booking_id")


class EventIssue(BaseModel):
    """A further issue changed by an event."""

    table = "event_issues"

    event_id = reference(Event, "event_id")
    issue_id = IntegerField()

    class Meta:
        primary_key = CompositeKey("event_id", "issue_id")
