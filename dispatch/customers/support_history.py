"""A customer's history with the service desk (docs/rules.md, Customers and duplicates)."""

from __future__ import annotations

from typing import Any, cast

from peewee import fn

from dispatch.customers.row_types import IssueLine, SupportHistory
from models.base import Json, tuples
from models.bookings import CONFIRMED, Booking
from models.customers import Lead
from models.issues import OPEN, Issue, Survey
from models.priorities import PRIORITIES

MOST_LISTED = 20


def dealings(customer_id: int) -> SupportHistory:
    """A customer's total revenue, numbers of issues, mean score and preferred channel, and latest issues."""
    columns = (getattr(Issue, name) for name in IssueLine.__annotations__)
    mine = Issue.select(*columns).where(Issue.customer_id == customer_id, ~Issue.voided)
    last = tuples(mine.order_by(Issue.issue_id.desc()).limit(MOST_LISTED))
    return {
        "total_value": _total_value(customer_id),
        "previous_issues": int(mine.count()),
        "open_issues": int(mine.where(Issue.status.in_(OPEN)).count()),
        "satisfaction": _satisfaction(customer_id),
        "preferred_channel": _preferred_channel(customer_id),
        "issues": [_issue(values) for values in last],
    }


def _issue(values: tuple[Any, ...]) -> IssueLine:
    row: Json = dict(zip(IssueLine.__annotations__, values, strict=True))
    return cast(IssueLine, row | {"priority": PRIORITIES[row["priority"] - 1]})


def _total_value(customer_id: int) -> float:
    """The revenue of the Confirmed bookings, in currency units."""
    paid = fn.COALESCE(Booking.destination_revenue_cents, 0) + fn.COALESCE(Booking.package_revenue_cents, 0)
    query = (
        Booking.select(fn.SUM(paid))
        .join(Lead, on=(Booking.lead_id == Lead.lead_id))
        .where(Lead.customer_id == customer_id, Booking.status == CONFIRMED)
    )
    return (tuples(query)[0][0] or 0) / 100


def _satisfaction(customer_id: int) -> float | None:
    query = (
        Survey.select(fn.AVG(Survey.score))
        .join(Issue, on=(Survey.issue_id == Issue.issue_id))
        .where(Issue.customer_id == customer_id, Survey.score.is_null(False))
    )
    mean = tuples(query)[0][0]
    return None if mean is None else round(mean, 2)


def _preferred_channel(customer_id: int) -> str | None:
    """The channel used most; on a tie, the one used last."""
    number = fn.COUNT(Issue.issue_id)
    query = (
        Issue.select(Issue.channel)
        .where(Issue.customer_id == customer_id, ~Issue.voided)
        .group_by(Issue.channel)
        .order_by(number.desc(), fn.MAX(Issue.issue_id).desc())
        .limit(1)
    )
    rows = tuples(query)
    return str(rows[0][0]) if rows else None
