"""The service list's filter language: words to look for, and ``key:value`` pairs as in the queue's."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from dispatch.service.issues.queries import IssueFilter
from models.issues import CATEGORIES, ISSUE_STATUSES, NEW, OPEN, PENDING_CUSTOMER, PRIORITIES

ENDED = tuple(status for status in ISSUE_STATUSES if status not in OPEN)
NOBODY = 0  # no agent has this id: the view of somebody who has not said who they are is empty
USUAL: dict[str, Any] = {"statuses": OPEN, "escalated": False, "unsure": False, "agent_id": None}
VIEWS: dict[str, dict[str, Any]] = {
    "Open": USUAL,
    "Mine": USUAL,
    "Waiting": USUAL | {"statuses": (NEW,)},
    "Escalated": USUAL | {"escalated": True},
    "Unsure": USUAL | {"unsure": True},
    "With the customer": USUAL | {"statuses": (PENDING_CUSTOMER,)},
    "Ended": USUAL | {"statuses": ENDED},
    "All": USUAL | {"statuses": ()},
}
FLAGS = {"escalated": "Escalated", "unsure": "Unsure", "waiting": "Waiting", "mine": "Mine"}


def view_parts(name: str, my_agent_id: int | None) -> dict[str, Any]:
    """What a view sets of a filter."""
    parts = VIEWS[name]
    return parts | {"agent_id": my_agent_id or NOBODY} if name == "Mine" else parts


def view_of(which: IssueFilter, my_agent_id: int | None) -> str:
    """The name of the view that a filter amounts to; another agent's or a figure's issues are none."""
    if which.ids is not None:
        return "Figure"
    for name in VIEWS:
        parts = view_parts(name, my_agent_id)
        if all(getattr(which, key) == value for key, value in parts.items()):
            return name
    return "Mixed"


def parse_issue_filter(text: str, current: IssueFilter, my_agent_id: int | None) -> IssueFilter:
    """What a filter text asks for, in the current order and, unless it says otherwise, the current view.

    ``status:new``, ``priority:urgent``, ``agent:6``, ``category:refund`` (a part will do) and
    ``is:escalated``, ``unsure``, ``waiting``, ``mine`` are understood; everything else is a word to look
    for, an unknown pair too.
    """
    name = view_of(current, my_agent_id)
    which = IssueFilter(sort=current.sort, **view_parts(name if name in VIEWS else "Open", my_agent_id))
    words = []
    for word in text.split():
        key, _, value = word.partition(":")
        part = _pair(key.lower(), value.lower(), my_agent_id)
        if part is None:
            words.append(word)
        else:
            which = replace(which, **part)
    return replace(which, text=" ".join(words))


def _pair(key: str, value: str, my_agent_id: int | None) -> dict[str, Any] | None:
    if not value:
        return None
    if key == "is" and value in FLAGS:
        return _flag(value, my_agent_id)
    if key == "agent" and value.isascii() and value.isdecimal() and len(value) < 19:
        return {"agent_id": int(value)}
    if key == "status":
        status = _beginning_with(value, ISSUE_STATUSES)
        return None if status is None else {"statuses": (status,)}
    if key == "category":
        category = _beginning_with(value, CATEGORIES)
        return None if category is None else {"category": category}
    if key == "priority" and value.upper() in PRIORITIES:
        return {"priority": PRIORITIES.index(value.upper()) + 1}
    return None


def _flag(value: str, my_agent_id: int | None) -> dict[str, Any]:
    """Flags add up: is:escalated is:mine are one's own that are escalated."""
    parts = view_parts(FLAGS[value], my_agent_id)
    return {key: part for key, part in parts.items() if part != USUAL[key]}


def _beginning_with(value: str, names: tuple[str, ...]) -> str | None:
    """The only name that is, or begins with, a value."""
    found = [name for name in names if name == value or name.startswith(value)]
    return found[0] if len(found) == 1 else None
