"""Dispositions: the outcomes of attempts to reach a customer, and what follows each (docs/rules.md)."""

from __future__ import annotations

from peewee import AutoField, BooleanField, IntegerField, TextField

from models.base import BaseModel

OPEN, UNREACHABLE, CANCELLED = "open", "unreachable", "cancelled"
ENDS = (OPEN, UNREACHABLE, CANCELLED)
"""What the last attempt makes of the booking; after ``open`` ones there is no last."""
REACHED = "reached"
First = tuple[str, str | None, int | None, str, str | None, bool]
FIRST: tuple[First, ...] = (
    (REACHED, "2d", None, OPEN, None, True),
    ("no_answer", "4h", 6, UNREACHABLE, None, False),
    ("voicemail", "1d", 6, UNREACHABLE, None, False),
    ("wrong_number", None, 1, UNREACHABLE, None, False),
    ("call_back", "1d", None, OPEN, None, True),
    ("not_interested", None, 1, CANCELLED, "not interested", True),
    ("duplicate", None, 1, CANCELLED, "duplicate", False),
)
"""What every desk begins with by a migration, without an event.

Each has its name, delay, attempts, ends, reason and whether it reaches the customer.
"""


class Disposition(BaseModel):
    """An outcome that agents choose from; bookings keep its name as their ``last_outcome``.

    ``delay`` is the time until the next attempt (dispatch/inputs/times/delays.py), None for no follow-up.
    ``attempts`` is the number of the last attempt, which ``ends`` the booking for a ``reason``; None without
    an end. ``reaches``: somebody spoke with the customer, so the attempts in a row begin again. A ``retired``
    one stays on old rows and is not offered.
    """

    label = "disposition"
    table = "dispositions"

    disposition_id = AutoField()
    name = TextField()
    delay = TextField(null=True)
    attempts = IntegerField(null=True)
    ends = TextField(default=OPEN)
    reason = TextField(null=True)
    reaches = BooleanField(default=False)
    retired = BooleanField(default=False)
    version = IntegerField(default=1)
