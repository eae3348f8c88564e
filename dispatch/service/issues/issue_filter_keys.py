"""Keys of the issue filter."""

from __future__ import annotations

from typing import Any

from dispatch.inputs.filters.filter_reader import (
    AnyNumber,
    Choice,
    Fields,
    Key,
    Meaning,
    Moment,
    Number,
    Part,
    Who,
    at,
    table,
)
from dispatch.inputs.times import date_ranges
from dispatch.queries.customer_index import is_found
from models.agents import is_named
from models.issues import (
    CATEGORIES,
    CHANNELS,
    ISSUE_STATUSES,
    NEW,
    OPEN,
    PENDING_CUSTOMER,
    TIERS,
    Issue,
    SlaClock,
)
from models.priorities import PRIORITIES

NOBODY = 0  # no agent has this id: nothing is "yours" without an agent
ENDED = tuple(status for status in ISSUE_STATUSES if status not in OPEN)
EVERY: dict[str, Any] = {"statuses": (), "escalated": False, "unsure": False, "agent_id": None}
Due = SlaClock.alias()  # the resolution clock, joined to every issue list


def _status(*statuses: str) -> Meaning:
    return lambda _: {"statuses": statuses}


_STATUSES = {status: _status(status) for status in ISSUE_STATUSES}
_FLAGS: dict[str, Meaning] = {
    "escalated": lambda _: {"escalated": True},
    "unsure": lambda _: {"unsure": True},
    "waiting": _status(NEW),
    "mine": lambda reading: {"agent_id": reading.my_agent_id or NOBODY},
}
_SHOWN = {  # further words of the state column and the views
    "on customer": _status(PENDING_CUSTOMER),
    "with customer": _status(PENDING_CUSTOMER),
    "paused": _status(PENDING_CUSTOMER),
    "waiting for customer": _status(PENDING_CUSTOMER),
    "open": _status(*OPEN),
    "ended": _status(*ENDED),
    "all": lambda _: EVERY,
}
CUSTOMER = Who(lambda customer, text: is_found(customer, text).condition)

ISSUE_KEYS = table(
    Key("status", Fields(_STATUSES, also=_FLAGS | _SHOWN), "issue status"),
    Key("is", Fields(_FLAGS, also=_STATUSES | _SHOWN), "escalated; category unsure; without an agent; yours"),
    Key("priority", Choice(PRIORITIES, ordered=True), "priority", Issue.priority, "priority"),
    Key("category", Choice(CATEGORIES), "category", field="category"),
    Key("channel", Choice(CHANNELS), "channel", field="channel"),
    Key("tier", Choice(TIERS), "customer tier", Issue.tier),
    Key("agent", Who(is_named, listed="agent"), "its agent", Issue.agent_id, "agent_id"),
    Key("customer", CUSTOMER, "its customer", Issue.customer_id, "customer_id"),
    Key("booking", Number(), "number of the booking it is about", Issue.booking_id),
    Key("number", AnyNumber(), "issue number", Issue.issue_id, also=("id",)),
    Key("title", Part(), "title", Issue.title),
    Key("since", at(date_ranges.since), "opened from then on", field="since"),
    Key("until", at(date_ranges.until), "opened before then; a day alone is included", field="until"),
    Key("opened", Moment(), "when it was opened", Issue.opened_at),
    Key("due", Moment(), "when it has to be resolved", Due.due_at),
    Key("changed", Moment(), "last change", Issue.changed_at),
    Key("resolved", Moment(), "when it was resolved", Issue.resolved_at),
    Key("closed", Moment(), "when it was closed", Issue.closed_at),
)
