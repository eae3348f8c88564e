"""Returning customers: they go to the agent who last sold them a trip, unless that agent is too busy."""

from __future__ import annotations

from typing import NamedTuple

from dispatch.assignment.eligibility import Order, Pool
from dispatch.assignment.policies.base import Candidate
from models.agents import Agent, Taker
from models.base import CompiledQuery, parameter
from models.bookings import CONFIRMED, Booking
from models.customers import Lead

MOST_ABOVE = 0.3
"""How far the load ratio may exceed that of the agent who would otherwise get the lead."""
ROUNDING = 1e-9

_last_seller = CompiledQuery(
    lambda: (
        Booking.select(Booking.agent_id)
        .join(Lead, on=(Lead.lead_id == Booking.lead_id))
        .where(Lead.customer_id == parameter("customer_id"), Booking.status == CONFIRMED)
        .order_by(Booking.completed_at.desc(), Booking.booking_id.desc())
        .limit(1)
    )
)
_fill = Order(lambda: Taker.select(Taker.agent_id, Taker.load_ratio))
_name = CompiledQuery(
    lambda: Agent.select(Agent.first_name, Agent.last_name).where(Agent.agent_id == parameter("agent_id"))
)


class Favourite(NamedTuple):
    """The customer's own agent, and the reason in words."""

    agent_id: int
    reason: str


def favourite(lead: Lead, pool: Pool, best: Candidate) -> Favourite | None:
    """The agent of the customer's last Confirmed booking, if eligible and not much busier than the best."""
    rows = _last_seller(customer_id=lead.customer_id) if lead.customer_id else []
    if not rows or rows[0][0] is None:
        return None
    agent_id = rows[0][0]
    theirs, lowest = _fill_of(pool, agent_id), _fill_of(pool, best.agent_id)
    if theirs is None or lowest is None or theirs - lowest > MOST_ABOVE + ROUNDING:
        return None
    first, last = _name(agent_id=agent_id)[0]
    filled = f"load ratio {theirs:.2f}, the best {lowest:.2f}"
    return Favourite(agent_id, f"{first} {last} sold this customer the last trip ({filled})")


def _fill_of(pool: Pool, agent_id: int) -> float | None:
    """The load ratio of an agent in the pool, else None."""
    rows = pool.only(agent_id).first(_fill, 1)
    return rows[0][1] if rows else None
