"""What issues are filtered by."""

from __future__ import annotations

from typing import Any

from dispatch.inputs import date_ranges
from dispatch.inputs.filter_keys import Choice, Fields, Key, Moment, Number, Part, Who, at, table
from dispatch.queries.customer_index import is_found
from models.agents import is_named
from models.issues import CATEGORIES, CHANNELS, ISSUE_STATUSES, NEW, PRIORITIES, TIERS, Issue, SlaClock

NOBODY = 0  # no agent has this id: nothing is theirs who have not said who they are
Due = SlaClock.alias()  # the clock of the resolution, which every list of issues is joined with


def _status(status: str) -> Any:
    return lambda _: {"statuses": (status,)}


ISSUE_KEYS = table(
    Key("status", Fields({status: _status(status) for status in ISSUE_STATUSES}), "what has become of it"),
    Key(
        "is",
        Fields(
            {
                "escalated": lambda _: {"escalated": True},
                "unsure": lambda _: {"unsure": True},
                "waiting": _status(NEW),
                "mine": lambda reading: {"agent_id": reading.my_agent_id or NOBODY},
            }
        ),
        "with an open escalation; of a category to be chosen; without an agent; with you as its agent",
    ),
    Key("priority", Choice(PRIORITIES, ordered=True), "how urgent it is", Issue.priority, "priority"),
    Key("category", Choice(CATEGORIES), "what it is about", field="category"),
    Key("channel", Choice(CHANNELS), "how it came", field="channel"),
    Key("tier", Choice(TIERS), "the customer's", Issue.tier),
    Key("agent", Who(is_named), "who has it", Issue.agent_id, "agent_id"),
    Key(
        "customer",
        Who(lambda customer, text: is_found(customer, text).condition),
        "whose it is",
        Issue.customer_id,
        "customer_id",
    ),
    Key("booking", Number(), "the number of the booking", Issue.booking_id),
    Key("since", at(date_ranges.since), "opened from then on", field="since"),
    Key("until", at(date_ranges.until), "opened before then; a day alone is still in", field="until"),
    Key("number", Number(), "its own", Issue.issue_id, also=("id",)),
    Key("title", Part(), "what it is called", Issue.title),
    Key("due", Moment(), "when it is to be resolved", Due.due_at),
    *(
        Key(name, Moment(), f"when it was {what}", getattr(Issue, f"{name}_at"))
        for name, what in (
            ("opened", "opened"),
            ("changed", "last changed"),
            ("resolved", "resolved"),
            ("closed", "closed"),
        )
    ),
)
