"""What follows a renamed value: open bookings, agents, caps, packages, the setting ``departments``."""

from __future__ import annotations

import json

from dispatch.assignment.eligibility import department_map
from dispatch.bookings.renamed_terms import put_term
from dispatch.desk import settings
from dispatch.desk.accepted_values import PACKAGE, listing
from dispatch.desk.commands import Command
from dispatch.operations.lists.uses import (
    DEPARTMENTS,
    LISTED_BY_AGENTS,
    OF_AGENTS,
    agents_with,
    bookings_with,
    caps_with,
    is_in_departments,
)
from models.accepted_values import Package, put_state
from models.agents import Agent
from models.bookings import Booking
from models.caps import Cap


def follow(running: Command, kind: str, old: str, new: str, destination: str | None = None) -> None:
    """Write the new name wherever work to come needs it. Every row is saved, so that the event has it."""
    if kind == "destination":
        _take_packages(old, new)
    for number in agents_with(kind, old):
        _rename_of_agent(Agent.lock(number), kind, old, new)
    for number in bookings_with(kind, old, destination):
        booking = Booking.lock(number)
        put_term(booking, kind, new)
        booking.save()
    for number in caps_with(kind, old):
        cap = Cap.lock(number)
        setattr(cap, kind, new)
        cap.save()
    if is_in_departments(running.desk, kind, old):
        _rename_in_departments(running, kind, old, new)


def _take_packages(old: str, new: str) -> None:
    """Sell for the new destination what was sold for the old one; closed bookings keep theirs."""
    for row in listing(PACKAGE, retired=True):
        if row["destination"] == old:
            key = {"destination": new, "name": row["name"]}
            put_state(Package, key, row["retired_at"], row["renamed_to"])


def _rename_of_agent(agent: Agent, kind: str, old: str, new: str) -> None:
    if kind in OF_AGENTS:
        setattr(agent, kind, new)
    else:
        column = LISTED_BY_AGENTS[kind].name
        names = [new if name == old else name for name in json.loads(getattr(agent, column))]
        setattr(agent, column, json.dumps(names, ensure_ascii=False))
    agent.save()


def _rename_in_departments(running: Command, kind: str, old: str, new: str) -> None:
    """Write the setting under the new name; its event says so, as ``astra verify`` replays it."""
    before = running.desk.settings[DEPARTMENTS]
    pairs = department_map(before)
    if kind == "department":
        pairs = {name: new if department == old else department for name, department in pairs.items()}
    elif kind == PACKAGE and _is_still_sold(old):
        pairs[new] = pairs[old]
    else:
        pairs = {new if name == old else name: department for name, department in pairs.items()}
    after = "; ".join(f"{name}={department}" for name, department in pairs.items())
    running.detail["settings"] = {DEPARTMENTS: [before, after]}
    settings.store(DEPARTMENTS, after)
    running.desk.settings.refresh()


def _is_still_sold(package: str) -> bool:
    """Return whether another destination has a package of that name."""
    return any(row["name"] == package for row in listing(PACKAGE))
