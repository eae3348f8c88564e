"""How far the desk has told of its events by the command in somebody's configuration, and what failed."""

from __future__ import annotations

from peewee import AutoField, IntegerField, TextField

from models.base import BaseModel


class NoticeMark(BaseModel):
    """Who is told (``desk``, or ``agent 5``), and up to which event and which follow-up.

    ``follow_ups_at`` is a time of the desk: what fell due by then has been told. ``sent_at`` is when the
    command last ended well.
    """

    label = "notice mark"
    table = "notice_marks"

    mark_id = AutoField()
    scope = TextField()
    event_id = IntegerField()
    follow_ups_at = TextField()
    sent_at = TextField(null=True)


class NoticeFailure(BaseModel):
    """A notice that the command did not take, and why; the oldest ones are dropped."""

    label = "notice failure"
    table = "notice_failures"

    failure_id = AutoField()
    scope = TextField()
    at = TextField()
    notice = TextField()
    problem = TextField()
