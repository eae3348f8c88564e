"""What has an accepted value: open bookings, agents, caps, settings and saved views."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any, cast

from peewee import ModelSelect

from dispatch.assignment.eligibility import department_map
from dispatch.desk.accepted_values import PACKAGE, folded, listing
from dispatch.desk.desk import Desk
from dispatch.inputs.filters.filter_language import Pair, Words, fold, parse
from dispatch.operations.lists.row_types import ListRow, ValueUses
from models.agents import Agent
from models.base import tuples
from models.bookings import PENDING, Booking
from models.caps import Cap
from models.customers import Lead
from models.errors import InvalidInput
from models.views import SavedView

OF_BOOKINGS: dict[str, Any] = {
    "destination": Booking.destination,
    "launch": Booking.launch_location,
    "method": Lead.method,
    "source": Lead.source,
    PACKAGE: Booking.package,
}
"""The column of an open booking, or of its lead, that has a value of a list."""
OF_AGENTS: dict[str, Any] = {"department": Agent.department, "job_title": Agent.job_title}
LISTED_BY_AGENTS: dict[str, Any] = {"destination": Agent.skills, "launch": Agent.locations}
OF_CAPS: dict[str, Any] = {
    "destination": Cap.destination,
    "source": Cap.source,
    "department": Cap.department,
}
DEPARTMENTS = "departments"
"""The setting that names destinations, packages and departments."""


def list_values(kind: str, *, retired: bool = False) -> list[ListRow]:
    """Return the values of a list, of packages those of its destinations; ``retired`` ones too."""
    rows = listing(kind, retired=retired)
    if kind == PACKAGE and not retired:
        places = {row["name"] for row in listing("destination")}
        rows = [row for row in rows if row["destination"] in places]
    return cast(list[ListRow], rows)


def uses_of(desk: Desk, kind: str, name: str, destination: str | None = None) -> ValueUses:
    """Return what has a value now. Reads the database."""
    return {
        "open_bookings": len(bookings_with(kind, name, destination)),
        "agents": len(agents_with(kind, name)),
        "caps": caps_with(kind, name),
        "settings": [DEPARTMENTS] if is_in_departments(desk, kind, name) else [],
        "views": list(_views_with(name)),
    }


def bookings_with(kind: str, name: str, destination: str | None = None) -> list[int]:
    """Return the numbers of the open bookings that have a value; closed ones keep the name they had.

    Read by way of the few that are open: of all bookings, each has one of few values.
    """
    column = OF_BOOKINGS.get(kind)
    if column is None:
        return []
    query = Booking.select(Booking.booking_id).where(Booking.status == PENDING, column.concat("") == name)
    if column.model is Lead:
        query = query.join(Lead, on=(Booking.lead_id == Lead.lead_id))
    if destination is not None:
        query = query.where(Booking.destination.concat("") == destination)
    return _numbers(query.order_by(Booking.booking_id))


def agents_with(kind: str, name: str) -> list[int]:
    """Return the agents who have a value, those who left as well, as they may come back."""
    if kind in OF_AGENTS:
        return _numbers(Agent.select(Agent.agent_id).where(OF_AGENTS[kind] == name).order_by(Agent.agent_id))
    if kind not in LISTED_BY_AGENTS:
        return []
    column = LISTED_BY_AGENTS[kind]
    rows = tuples(Agent.select(Agent.agent_id, column).where(column.is_null(False)).order_by(Agent.agent_id))
    return [number for number, text in rows if name in json.loads(text)]


def caps_with(kind: str, name: str) -> list[int]:
    """Return the numbers of the caps in force that are about a value."""
    if kind not in OF_CAPS:
        return []
    return _numbers(Cap.select(Cap.cap_id).where(~Cap.removed, OF_CAPS[kind] == name).order_by(Cap.cap_id))


def is_in_departments(desk: Desk, kind: str, name: str) -> bool:
    """Return whether the setting ``departments`` names a value."""
    pairs = department_map(desk.settings[DEPARTMENTS])
    if kind == "department":
        return name in pairs.values()
    return kind in ("destination", PACKAGE) and name in pairs


def _views_with(name: str) -> Iterator[str]:
    """Yield the saved views whose filter has the name as the value of a key."""
    views = tuples(SavedView.select(SavedView.name, SavedView.filter_text).where(~SavedView.deleted))
    for view, text in views:
        if folded(name) in _values_in(text):
            yield view


def _values_in(text: str) -> set[str]:
    def leaf(part: Words | Pair) -> set[str]:
        return {folded(str(part.value))} if isinstance(part, Pair) else set()

    try:
        node = parse(text)
    except InvalidInput:  # a filter of another version
        return set()
    return set() if node is None else fold(node, leaf, lambda _, parts: set[str]().union(*parts))


def _numbers(query: ModelSelect[Any]) -> list[int]:
    return [number for (number,) in tuples(query)]
