"""Whose a customer's leads are, by the rule of docs/rules.md (Owner), in plain Python."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from verify import choice
from verify.log import BOOKINGS, COVERS, Row
from verify.rows import Rows

OPEN, SELLER = "open", "seller"
LAST_SELLER = "last seller"
"""The rule of the setting that was called ``returning``."""
ASSIGN, TO_OWNER = "assign", "owner"
MOST_OPEN = 10
MOST_ABOVE = 0.3 + 1e-9


def owner(
    rows: Rows, booked: dict[int, int], lead: Row, setting: str, said: Any, line: choice.Line
) -> int | None:
    """The owner who gets a lead before those in line; None if nobody does.

    ``said`` is what the lead's entry said about open bookings.
    """
    bookings = rows.tables[BOOKINGS]
    leads = rows.leads_of[lead["customer_id"]] - {lead["lead_id"]}
    theirs = [bookings[booked[one]] for one in sorted(leads) if booked.get(one) in bookings]
    fits = [place[-1] for place in line.fits]
    covered = _covered(rows)
    for agent_id, is_bound in _owners(theirs, setting, said, covered) if fits else ():
        above = choice.ratio(rows.agents[agent_id]) - choice.ratio(rows.agents[fits[0]])
        if agent_id in fits and (is_bound or above <= MOST_ABOVE):
            return agent_id
    return None


def _covered(rows: Rows) -> dict[tuple[int, int], int]:
    """Who owns the bookings that somebody covers, by booking and who covers it."""
    every = rows.tables.get(COVERS, {}).values()
    return {
        (one["booking_id"], one["substitute_id"]): one["agent_id"] for one in every if not one["ended_at"]
    }


def _owners(
    theirs: list[Row], setting: str, said: Any, covered: dict[tuple[int, int], int]
) -> Iterator[tuple[int, bool]]:
    """The owners by a customer's other bookings, the oldest first; True for one who is, however busy."""
    held = [one for one in theirs if one["status"] == "Pending" and one["agent_id"] is not None]
    asks = setting in (OPEN, SELLER) or said == TO_OWNER
    if held and asks:
        if said == ASSIGN:
            return
        for one in held[: -MOST_OPEN - 1 : -1]:
            agent_id: int = one["agent_id"]
            yield covered.get((one["booking_id"], agent_id), agent_id), True
    sold = [one for one in theirs if one["status"] == "Confirmed"]
    if sold and setting in (SELLER, LAST_SELLER):
        last = max(sold, key=lambda one: (one["completed_at"], one["booking_id"]))
        yield last["agent_id"], False
