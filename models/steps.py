"""The order of a command's steps, as far as its choices of agents depend on it.

An event has the rows before and after a command, not what happened in between. From them and the decisions,
``astra verify`` works out what each decision saw, by the common order: first every row changes whose booking
nobody decides about; then come the decisions, each followed by its booking's move to the agent decided.
Where a command did anything in another order, its event says so in the detail ``steps``: a list of

- 0 for the next decision, after which its booking goes to the agent decided
- the number of an event that another command wrote meanwhile
- [row, {column: value}] for a row that changed; all other changes of the event come first
"""

from __future__ import annotations

from typing import Any

from models.agents import Agent
from models.base import BaseModel, Json
from models.bookings import Booking
from models.customers import Lead
from models.issues import Issue

STEPS = "steps"
DECIDED, MEANWHILE = "decided", "meanwhile"
_HOLDING = ("status", "agent_id")
WATCHED: dict[type[BaseModel], tuple[str, ...]] = {
    Booking: _HOLDING,
    Issue: _HOLDING,
    Lead: (
        "destination",
        "launch_location",
        "language",
    ),  # nothing a customer said: the log keeps these texts
    Agent: (
        "presence",
        "capacity",
        "left_at",
        "department",
        "skills",
        "locations",
        "languages",
        "years_of_service",
        "prior_rating",
        "prior_answers",
        "weight",
    ),
}
"""The columns that a choice may depend on."""


Step = tuple[str, Any, Any, int | None]
"""One of

- a row's key, its status and agent, and the booking's lead
- a row's key, its changed columns, None, None
- DECIDED, "Pending", the agent, and the lead
- MEANWHILE, the number of the event, None, None
"""


def step_of(row: BaseModel, key: str, changed: Json) -> Step | None:
    """Return the step that a saved row is, if choices depend on it."""
    kind = type(row)
    if kind is Booking or kind is Issue:
        if not ("status" in changed or "agent_id" in changed):
            return None
        values = row.__data__
        return key, values["status"], values.get("agent_id"), values["lead_id"] if kind is Booking else None
    told = {name: changed[name] for name in WATCHED[kind] if name in changed}
    return (key, told, None, None) if told else None


def unusual(steps: list[Step]) -> list[Any]:
    """Return the steps as the event has them; empty if they are in the common order."""
    if len(steps) == 2 and steps[0][0] is DECIDED and steps[0][1:] == steps[1][1:]:
        return []
    decided = {lead_id for key, _, _, lead_id in steps if key is DECIDED}
    shown: list[Any] = []
    has_decided = has_changed = is_unusual = False
    last = None
    for step in steps:
        key, value, agent_id, lead_id = step
        if key is DECIDED:
            shown.append(0)
            has_decided, last = True, step
        elif key is MEANWHILE:
            shown.append(value)
            is_unusual |= has_decided or has_changed
        elif last is not None and step[1:] == last[1:]:
            last = None  # the booking went to the agent decided
        elif last is not None and lead_id == last[3] and agent_id is None:
            pass  # a booking that is about to get its assignment first
        else:
            is_row = isinstance(value, dict)
            shown.append([key, value if is_row else {"status": value, "agent_id": agent_id}])
            is_unusual |= has_decided or (lead_id is not None and lead_id in decided)
            has_changed = True
    return shown if is_unusual else []
