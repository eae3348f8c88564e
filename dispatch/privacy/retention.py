"""Retention: customers with whom nothing has happened for the setting's days are erased by the sweep."""

from __future__ import annotations

from datetime import timedelta
from typing import Any, cast

from peewee import JOIN, fn

from dispatch.desk import settings
from dispatch.desk.desk import Desk
from dispatch.privacy.erasure import forget
from dispatch.privacy.row_types import Expired
from models.audit import Erasure
from models.base import tuples
from models.bookings import PENDING, Booking
from models.clock import from_text, to_text
from models.customers import Customer, Lead
from models.errors import Refused
from models.issues import OPEN, Issue
from models.sql import greatest, is_any

LOOKED_AT = "retention_looked_at"
"""Kept beside the settings: when the sweep last found nobody to erase."""
PAUSE = timedelta(days=1)
AT_ONCE = 20  # customers in a sweep
_KEYS = tuple(Expired.__annotations__)


def expired(desk: Desk, days: int, limit: int | None = None) -> list[Expired]:
    """Return the customers whom ``days`` without anything new would erase, by number.

    Those with open work are never among them, nor are customers who were merged or erased already.
    """
    before = to_text(from_text(desk.now()) - timedelta(days=days))
    bookings, issues = _newest_bookings(), _newest_issues()
    last_at = greatest(
        Customer.created_at, fn.COALESCE(bookings.c.last_at, ""), fn.COALESCE(issues.c.last_at, "")
    )
    query: Any = (
        Customer.select(
            Customer.customer_id,
            Customer.name,
            last_at,
            fn.COALESCE(bookings.c.number, 0),
            fn.COALESCE(issues.c.number, 0),
        )
        .join(bookings, JOIN.LEFT_OUTER, on=(bookings.c.customer_id == Customer.customer_id))
        .join_from(Customer, issues, JOIN.LEFT_OUTER, on=(issues.c.customer_id == Customer.customer_id))
        .join_from(Customer, Erasure, JOIN.LEFT_OUTER, on=(Erasure.customer_id == Customer.customer_id))
        .where(
            Customer.created_at < before,
            Customer.merged_into.is_null(),
            Erasure.customer_id.is_null(),
            last_at < before,
            fn.COALESCE(bookings.c.is_open, 0) == 0,
            fn.COALESCE(issues.c.is_open, 0) == 0,
        )
        .order_by(Customer.customer_id)
        .limit(limit)
    )
    return [cast(Expired, dict(zip(_KEYS, values, strict=True))) for values in tuples(query)]


def _newest_bookings() -> Any:
    return (
        Lead.select(
            Lead.customer_id,
            fn.MAX(fn.COALESCE(Booking.changed_at, Lead.received_at)).alias("last_at"),
            fn.COUNT(Booking.booking_id).alias("number"),
            is_any(Booking.status == PENDING).alias("is_open"),
        )
        .join(Booking, JOIN.LEFT_OUTER, on=(Booking.lead_id == Lead.lead_id))
        .group_by(Lead.customer_id)
        .alias("their_bookings")
    )


def _newest_issues() -> Any:
    return (
        Issue.select(
            Issue.customer_id,
            fn.MAX(Issue.changed_at).alias("last_at"),
            fn.COUNT(Issue.issue_id).alias("number"),
            is_any(Issue.status.in_(OPEN)).alias("is_open"),
        )
        .where(Issue.customer_id.is_null(False))
        .group_by(Issue.customer_id)
        .alias("their_issues")
    )


def erase_expired(desk: Desk) -> list[int]:
    """Erase customers whom the setting no longer keeps, some in each sweep; return their numbers.

    Once nobody is left who can be erased, the next look is a day later: it reads every customer.
    """
    days = desk.settings["retention_days"]
    if not days or desk.why_read_only:
        return []
    with desk.reading():
        if not (_is_due(desk) and desk.database.may_erase()):  # else it waits for a supervisor's sweep
            return []
        found = [row["customer_id"] for row in expired(desk, days, AT_ONCE)]
    erased = [customer_id for customer_id in found if _erased(desk, customer_id)]
    if not erased:
        with desk.transaction():
            settings.remember(LOOKED_AT, desk.now())
    return erased


def _is_due(desk: Desk) -> bool:
    looked = settings.recall(LOOKED_AT)
    return looked is None or from_text(desk.now()) - from_text(looked) >= PAUSE


def _erased(desk: Desk, customer_id: int) -> bool:
    """Erase one, unless somebody has begun new work for them since they were found."""
    try:
        forget(desk, customer_id)
    except Refused:
        return False
    return True
