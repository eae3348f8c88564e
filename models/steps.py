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

from typing import Any, NamedTuple

from models.agents import Agent
from models.base import BaseModel, Json
from models.bookings import PENDING, Booking
from models.customers import Lead
from models.issues import Issue

STEPS = "steps"
DECIDED, MEANWHILE = "decided", "meanwhile"
_HOLDING = ("status", "agent_id")
WATCHED: dict[type[BaseModel], tuple[str, ...]] = {
    Booking: _HOLDING,
    Issue: _HOLDING,
    Lead: ("destination", "launch_location", "requests"),
    Agent: (
        "presence",
        "capacity",
        "left_at",
        "department",
        "skills",
        "locations",
        "years_of_service",
        "prior_rating",
        "prior_answers",
    ),
}
"""The columns that a choice may depend on."""


class Step(NamedTuple):
    """A row that changed, a decision (``value`` is its agent), or another event (``value`` is its number)."""

    key: str
    value: Any
    lead_id: int | None = None


def step_of(row: BaseModel, key: str, changed: Json, created: bool) -> Step | None:
    """Return the step that a saved row is, if choices depend on it; a new lead comes before all."""
    watched = WATCHED.get(type(row))
    if watched is None or (created and type(row) is Lead):
        return None
    if watched is not _HOLDING:
        told = {name: changed[name] for name in watched if name in changed}
        return Step(key, told) if told else None
    if "status" not in changed and "agent_id" not in changed:
        return None
    values = row.__data__
    held = {"status": values["status"], "agent_id": values.get("agent_id")}
    return Step(key, held, values["lead_id"] if type(row) is Booking else None)


def unusual(steps: list[Step]) -> list[Any]:
    """Return the steps as the event has them; empty if they are in the common order."""
    decided = {step.lead_id for step in steps if step.key is DECIDED}
    shown: list[Any] = []
    has_decided = has_changed = is_unusual = False
    last = None
    for step in steps:
        if step.key is DECIDED:
            shown.append(0)
            has_decided, last = True, step
        elif step.key is MEANWHILE:
            shown.append(step.value)
            is_unusual |= has_decided or has_changed
        elif last is not None and step.lead_id == last.lead_id and _follows(step, last):
            last = None
        else:
            shown.append([step.key, step.value])
            is_unusual |= has_decided or step.lead_id in decided
            has_changed = True
    return shown if is_unusual else []


def _follows(step: Step, decision: Step) -> bool:
    """Return whether a booking went to the agent decided."""
    values = {"status": PENDING, "agent_id": decision.value}
    return bool(step.value == values)
