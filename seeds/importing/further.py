"""Rules for the further columns of agents and bookings, which exports and listings of a desk have.

Without a value, a column that needs one is left as in a new row; any other is stored as empty.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from functools import partial
from typing import Any

from dispatch.agents.presence import next_due
from dispatch.agents.roster import MOST_CAPACITY
from dispatch.bookings import dispositions
from dispatch.inputs import validation
from dispatch.inputs.cleaning import identifier
from dispatch.inputs.times import hours
from dispatch.inputs.times.moments import moment
from dispatch.inputs.value_words import meant
from dispatch.queries.agent_levels import BEST_LEVEL, level_of
from dispatch.triage import categories
from models.agents import PRESENCES, Agent
from models.bookings import CANCELLED, PENDING
from models.errors import InvalidInput
from models.priorities import PRIORITIES
from seeds.importing.cells import names, switch
from seeds.importing.columns import Value

Check = Callable[[str, str], Any]
"""Takes a cell and the column's name. Raises InvalidInput."""

MOST = 2_147_483_647
_NEEDED = """
capacity presence specialisations languages weight prior_rating prior_answers offers_missed
created_at changed_at contact_attempts voided version priority attempts_in_row unreachable
"""
NEEDED = frozenset(_NEEDED.split())


def _between(low: int, high: int) -> Check:
    return lambda text, field: validation.whole(text, field, low, high)


def _text(text: str, field: str) -> str | None:
    return validation.optional_text(text, field, limit=validation.TEXT_LENGTH, lines=True)


def _stored(found: list[str]) -> str:
    return json.dumps(found, ensure_ascii=False)


OF_BOOKINGS: dict[str, Check] = {
    **dict.fromkeys(("created_at", "changed_at", "claimed_at", "contacted_at", "follow_up_at"), moment),
    **dict.fromkeys(
        ("given_at", "progress_at", "asked_at", "shuffled_at", "pinned_at", "clock_from"), moment
    ),
    "contact_attempts": _between(0, MOST),
    "attempts_in_row": _between(0, MOST),
    "last_outcome": lambda text, field: validation.one_of(text, field, dispositions.names()),
    "cancel_reason": _text,
    "score": _between(1, 5),
    "scored_agent_id": identifier,
    "date_fault": _text,
    "voided": switch,
    "unreachable": switch,
    "version": _between(1, MOST),
    "priority": lambda text, _: validation.priority(meant("priority", text, PRIORITIES)),
}


class FurtherRules:
    """The rules, with ``accepted`` to check values of the desk's lists. Every method raises InvalidInput."""

    def __init__(self, accepted: Callable[[str, Value], str], now: str) -> None:
        self._now = now

        def listed(kind: str, text: str, field: str) -> str | None:
            found = [accepted(kind, name) for name in names(text, field)]
            return _stored(found) if found else None

        self._of_agents: dict[str, Check] = {
            **dict.fromkeys(("left_at", "presence_until", "last_given_at"), moment),
            "capacity": _between(0, MOST_CAPACITY),
            "presence": lambda text, field: validation.one_of(text.lower(), field, PRESENCES),
            "presence_reason": validation.optional_text,
            "hours": lambda text, _: hours.written(hours.understand(text, "UTC")),
            "skills": partial(listed, "destination"),
            "locations": partial(listed, "launch"),
            "level": _between(1, BEST_LEVEL),
            "specialisations": lambda text, field: _stored(
                [categories.category(name) for name in names(text, field)]
            ),
            "languages": lambda text, field: _stored(names(text, field)),
            "weight": lambda text, _: validation.weight(text),
            "prior_rating": lambda text, _: validation.rating(text),
            "prior_answers": _between(0, MOST_CAPACITY),
            "offers_missed": _between(0, MOST_CAPACITY),
        }

    def of_agent(self, more: Mapping[str, Value], years_of_service: int) -> dict[str, Any]:
        """Return the columns of an agent, with the next change of presence.

        A level that the years of service give anyway is not stored: listings cannot say which it is. The
        rating begins as the one from before; scores of imported bookings are added to it.
        """
        found = _checked(more, self._of_agents)
        if "prior_rating" in found:
            found["rating"] = found["prior_rating"]
        if found.get("level") == level_of(None, years_of_service):
            found["level"] = None
        planned = Agent(presence_until=found.get("presence_until"), hours=found.get("hours"))
        if not found.get("left_at"):
            found["due_at"] = next_due(planned, self._now)
        return found

    def of_booking(self, more: Mapping[str, Value]) -> dict[str, Any]:
        """Return the columns of a booking; a score counts only with the agent who got it."""
        found = _checked(more, OF_BOOKINGS)
        if not (found.get("score") and found.get("scored_agent_id")):
            found.pop("score", None)
            found.pop("scored_agent_id", None)
        if found.get("version", 1) == 1:  # nothing has happened that the dates do not show
            found.pop("changed_at", None)
            if not found.get("given_at"):
                found.pop("date_fault", None)
        return found


def _checked(more: Mapping[str, Value], checks: Mapping[str, Check]) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for name, check in checks.items():
        if name in more:
            text = more[name]
            if text is not None:
                found[name] = check(text, name)
            elif name not in NEEDED:
                found[name] = None
    return found


def check_progress(status: str, more: Mapping[str, Any]) -> None:
    """Check that a booking's progress fits its status. Raises InvalidInput."""
    for name, status_needed in (
        ("follow_up_at", PENDING),
        ("cancel_reason", CANCELLED),
        ("voided", CANCELLED),
        ("unreachable", CANCELLED),
    ):
        if more.get(name) and status != status_needed:
            raise InvalidInput("booking_status", f"{status} with {validation.noun(name)}")
    if not more.get("contact_attempts", 1) and (more.get("contacted_at") or more.get("last_outcome")):
        raise InvalidInput("contact_attempts", "reached without an attempt")
