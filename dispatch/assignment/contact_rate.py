"""The contact rate: the share of customers reached in time (docs/rules.md, Contact rate).

It covers bookings given to an agent at this desk in the last ninety days: those reached within the
setting's minutes, of all that were reached, are closed, or are out of time. Imported bookings have no
time of contact, so they do not count. Everything is read from the index of an agent's bookings.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from datetime import timedelta
from math import sqrt
from typing import TYPE_CHECKING, NamedTuple

from dispatch.queries.row_types import AgentRow
from models.base import CompiledQuery, parameter
from models.bookings import PENDING, STATUSES, Booking
from models.clock import from_text, to_text
from models.sql import count_if, later_by, listed

if TYPE_CHECKING:
    from dispatch.assignment.row_types import ContactRate
    from dispatch.desk.desk import Desk

DAYS = 90
Z = 1.96  # of a normal distribution, for an interval that holds the true rate in 95 of 100 cases


class Rate(NamedTuple):
    """Bookings reached in time, of those assigned; rate and interval are None if there are none."""

    reached: int
    assigned: int

    @property
    def rate(self) -> float | None:
        return self.reached / self.assigned if self.assigned else None

    @property
    def interval(self) -> tuple[float, float] | tuple[None, None]:
        """Wilson's score interval: it stays between 0 and 1, and is wide for small numbers."""
        if not self.assigned:
            return None, None
        share, number = self.reached / self.assigned, self.assigned
        middle = share + Z * Z / (2 * number)
        margin = Z * sqrt(share * (1 - share) / number + Z * Z / (4 * number * number))
        scale = 1 + Z * Z / number
        return max(0.0, (middle - margin) / scale), min(1.0, (middle + margin) / scale)

    def row(self) -> ContactRate:
        low, high = self.interval
        return {
            "contact_rate": None if self.rate is None else round(self.rate, 4),
            "contact_low": None if low is None else round(low, 4),
            "contact_high": None if high is None else round(high, 4),
            "contact_assigned": self.assigned,
        }


_reached = Booking.contacted_at <= later_by(Booking.given_at, parameter("within_s"))
_decided = (
    (Booking.status != PENDING)
    | Booking.contacted_at.is_null(False)
    | (Booking.given_at <= parameter("in_time"))
)
_counted = CompiledQuery(
    lambda: (
        Booking.select(Booking.agent_id, count_if(_reached), count_if(_decided))
        .where(
            Booking.agent_id.in_(listed(parameter("agents"))),
            Booking.status.in_(STATUSES),
            Booking.given_at > parameter("since"),
        )
        .group_by(Booking.agent_id)
    )
)


def rates(desk: Desk, agent_ids: Sequence[int]) -> dict[int, Rate]:
    """The rates of some agents; Rate(0, 0) for those who were given nothing."""
    now = from_text(desk.now())
    within = timedelta(minutes=desk.settings["contact_within_minutes"])
    counted = _counted(
        agents=json.dumps(list(agent_ids)),
        within_s=int(within.total_seconds()),
        in_time=to_text(now - within),
        since=to_text(now - timedelta(days=DAYS)),
    )
    found = {agent_id: Rate(reached, assigned) for agent_id, reached, assigned in counted}
    return {agent_id: found.get(agent_id, Rate(0, 0)) for agent_id in agent_ids}


def with_rates(desk: Desk, rows: Sequence[AgentRow]) -> list[AgentRow]:
    """Agent rows with their contact rates."""
    found = rates(desk, [row["agent_id"] for row in rows])
    return [{**row, **found[row["agent_id"]].row()} for row in rows]
