"""Counts over the whole desk: bookings by state, agents, leads."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from peewee import fn

from models.agents import Agent
from models.base import tuples
from models.bookings import PENDING, Booking
from models.customers import Lead
from models.database import current_database


@dataclass(frozen=True)
class Totals:
    """The footer's figures. ``drift`` lists agents whose load differs from their Pending bookings."""

    waiting: int
    pending: int
    drift: tuple[int, ...]


def count_totals() -> Totals:
    """Count open work, and compare every agent's load with the bookings."""
    pending = (
        Booking.select(Booking.agent_id, fn.COUNT(Booking.booking_id))
        .where(Booking.status == PENDING)
        .group_by(Booking.agent_id)
    )
    loaded = Agent.select(Agent.agent_id, Agent.load).where(Agent.load > 0)
    with current_database.atomic("DEFERRED"):  # one snapshot, or a busy desk would seem to drift
        counts: dict[Any, int] = dict(tuples(pending))
        loads: dict[Any, int] = dict(tuples(loaded))
    waiting = counts.pop(None, 0)
    drift = sorted(agent for agent in counts | loads if counts.get(agent, 0) != loads.get(agent, 0))
    return Totals(waiting, waiting + sum(counts.values()), tuple(drift))


def is_unused() -> bool:
    """Return whether the desk has never had an agent or a lead."""
    return not any(model.select().exists() for model in (Agent, Lead))
