"""Counts over the whole desk: bookings by state, agents, leads."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from peewee import fn

from dispatch.queries.next_steps import NOTHING_LATE, Late, Limits, count_late
from dispatch.queries.offer_rounds import seen_by_all
from models.agents import Agent
from models.base import tuples
from models.bookings import CONFIRMED, PENDING, Booking, Waiting
from models.calendars import terminal
from models.clock import from_text, to_text
from models.customers import Lead
from models.database import current_database
from models.sql import count_if

VIEWS = ("All", "Pending", "Unclaimed", "Waiting", "Confirmed", "Cancelled")
UNDONE = "Undone"


@dataclass(frozen=True)
class Totals:
    """The footer's figures. ``drift`` lists agents whose load differs from their Pending bookings.

    ``seen_by_all`` are those of the waiting bookings that every agent who may take work has seen, ``late`` is
    the number of those that somebody is late with.
    """

    waiting: int
    pending: int
    drift: tuple[int, ...]
    seen_by_all: tuple[int, ...] = ()
    late: Late = NOTHING_LATE


def count_totals(limits: Limits | None = None) -> Totals:
    """Count open work, what is late by the limits, and compare every agent's load with the bookings."""
    pending = (
        Booking.select(Booking.agent_id, fn.COUNT(Booking.booking_id))
        .where(Booking.status == PENDING)
        .group_by(Booking.agent_id)
    )
    loaded = Agent.select(Agent.agent_id, Agent.load).where(Agent.load > 0)
    with current_database.obj.snapshot():  # one snapshot, or a busy desk would seem to drift
        counts: dict[Any, int] = dict(tuples(pending))
        loads: dict[Any, int] = dict(tuples(loaded))
        seen = tuple(seen_by_all()) if None in counts else ()
        late = count_late(limits) if limits else NOTHING_LATE
    waiting = counts.pop(None, 0)
    drift = sorted(agent for agent in counts | loads if counts.get(agent, 0) != loads.get(agent, 0))
    return Totals(waiting, waiting + sum(counts.values()), tuple(drift), seen, late)


def count_by_view() -> dict[str, int]:
    """Count the bookings of each view of the queue; of a million it takes a fifth of a second.

    ``UNDONE`` are the undone leads among All and Cancelled, which no figure counts.
    """
    number = fn.COUNT(Booking.booking_id)
    pending = Booking.select(number).where(Booking.status == PENDING)
    with current_database.obj.snapshot():
        every, confirmed, open_ones, unclaimed = (
            int(query.scalar())
            for query in (
                Booking.select(number),
                Booking.select(number).where(Booking.status == CONFIRMED),
                pending,
                pending.where(Booking.claimed_at.is_null(), Booking.agent_id.is_null(False)),
            )
        )
        waiting = Waiting.select().count()
        undone = int(Booking.select(number).where(Booking.voided).scalar())
    cancelled = every - confirmed - open_ones
    counts = (every, open_ones, unclaimed, waiting, confirmed, cancelled)
    return dict(zip(VIEWS, counts, strict=True)) | {UNDONE: undone}


@dataclass(frozen=True)
class Arrivals:
    """Leads of the present hour and day of the terminal's clock, and the bookings that wait for an agent."""

    hour: int
    day: int
    waiting: int


def count_arrivals(now: str) -> Arrivals:
    """Count the leads that have come in lately; those entered by mistake do not count.

    Leads are read from the newest back to the first of an earlier day. An import of old leads ends the
    count there, so that it never reads more than has come in today.
    """
    local = terminal().here(from_text(now))
    hour, day = (
        to_text(terminal().moment(start))
        for start in (local.replace(minute=0, second=0), local.replace(hour=0, minute=0, second=0))
    )
    earlier = Lead.select(Lead.lead_id).where(Lead.received_at < day).order_by(Lead.lead_id.desc()).limit(1)
    (last,) = [number for (number,) in tuples(earlier)] or [0]
    voided = Booking.select(Booking.lead_id).where(Booking.lead_id > last, Booking.voided)
    todays = Lead.select(fn.COUNT(Lead.lead_id), fn.COALESCE(count_if(Lead.received_at >= hour), 0)).where(
        Lead.lead_id > last, Lead.lead_id.not_in(voided)
    )
    ((of_day, of_hour),) = tuples(todays)
    return Arrivals(of_hour, of_day, Waiting.select().count())


def is_unused() -> bool:
    """Return whether the desk has never had an agent or a lead."""
    return not any(model.select().exists() for model in (Agent, Lead))
