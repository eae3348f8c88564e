"""The service list's views, and how a filter text changes them."""

from __future__ import annotations

from typing import Any

from dispatch.inputs.filters.filter_language import parse, together
from dispatch.inputs.filters.filter_reader import Reading, asked
from dispatch.service.issues.issue_filter_keys import ENDED, EVERY, ISSUE_KEYS, NOBODY
from dispatch.service.issues.queries import URGENCY, IssueFilter
from models.errors import InvalidInput
from models.issues import NEW, OPEN, PENDING_CUSTOMER
from screens.filters.view_words import without

USUAL = EVERY | {"statuses": OPEN}
VIEWS: dict[str, dict[str, Any]] = {
    "Open": USUAL,
    "Mine": USUAL,
    "Waiting": USUAL | {"statuses": (NEW,)},
    "Escalated": USUAL | {"escalated": True},
    "Unsure": USUAL | {"unsure": True},
    "Paused": USUAL | {"statuses": (PENDING_CUSTOMER,)},
    "Ended": USUAL | {"statuses": ENDED},
    "All": EVERY,
}


def view_parts(name: str, my_agent_id: int | None) -> dict[str, Any]:
    """Return the parts of a filter that a view sets."""
    parts = VIEWS[name]
    return parts | {"agent_id": my_agent_id or NOBODY} if name == "Mine" else parts


def view_of(which: IssueFilter, my_agent_id: int | None) -> str:
    """Return the name of a filter's view; those of another agent or a figure have none."""
    if which.ids is not None:
        return "Figure"
    for name in VIEWS:
        parts = view_parts(name, my_agent_id)
        if all(getattr(which, key) == value for key, value in parts.items()):
            return name
    return "Mixed"


def parse_issue_filter(
    text: str, view: str, reading: Reading, *, sort: str = URGENCY, reverse: bool = False
) -> IssueFilter:
    """Parse a text in an order and a view; a word about a part of the view takes its place.

    Raises InvalidInput.
    """
    fields, named = asked(parse(text), ISSUE_KEYS, reading)
    parts = view_parts(view, reading.my_agent_id)
    kept = {key: VIEWS["All"][key] if key in named else part for key, part in parts.items()}
    return IssueFilter(sort=sort, reverse=reverse, **(kept | fields))


def without_view(text: str, reading: Reading) -> str:
    """Return a text without the words that take the place of a view's parts. Raises InvalidInput."""
    return without(text, USUAL.keys(), ISSUE_KEYS, reading)


VIEW_TEXTS = {
    "Mine": "is:mine",
    "Waiting": "is:waiting",
    "Escalated": "is:escalated",
    "Unsure": "is:unsure",
    "Paused": "status:pending_customer",
    "Ended": "is:ended",
    "All": "is:all",
}


def whole_issue_text(text: str, which: IssueFilter, reading: Reading) -> str:
    """Return the text that finds the same as this one in the view of ``which``.

    Raises InvalidInput, also for the issues behind a figure, which no text describes.
    """
    view = view_of(which, reading.my_agent_id)
    if view == "Figure":
        raise InvalidInput("filter", "a figure's issues cannot be saved as a view", "choose a view first")
    alone = view_of(parse_issue_filter(text, "Open", reading), reading.my_agent_id)
    return text.strip() if alone == view else together(VIEW_TEXTS.get(view, ""), text)
