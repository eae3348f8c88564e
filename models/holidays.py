"""Holidays as dates of the desk: copied into it, so that every terminal has the same."""

from __future__ import annotations

from datetime import date
from functools import lru_cache

from peewee import AutoField, BooleanField, IntegerField, TextField

from models.base import BaseModel, CompiledQuery, parameter

DESK = ""
"""The calendar of the desk, and of everybody without a region of their own."""


class Holiday(BaseModel):
    """A day without work, on the desk's calendar or that of a region that some agents have.

    ``day`` is a date of the desk, ``region`` where it is from: a region's code, or "file". A ``removed`` one
    stays, so that undo can bring it back.
    """

    label = "holiday"
    table = "holidays"

    holiday_id = AutoField()
    calendar = TextField()
    region = TextField()
    day = TextField()
    name = TextField()
    removed = BooleanField(default=False)
    version = IntegerField(default=1)


_days = CompiledQuery(
    lambda: (
        Holiday.select(Holiday.day)
        .where(Holiday.calendar == parameter("calendar"), ~Holiday.removed)
        .order_by(Holiday.day)
    )
)


def holidays_of(region: str | None) -> frozenset[date]:
    """Return the holidays of a region that agents have, of the desk without one."""
    return _dates(tuple(day for (day,) in _days(calendar=region or DESK)))


@lru_cache(maxsize=64)
def _dates(days: tuple[str, ...]) -> frozenset[date]:
    return frozenset(map(date.fromisoformat, days))
