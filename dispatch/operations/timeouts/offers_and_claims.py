"""Offers nobody claims, and claims nobody works on.

Only work given or claimed at this desk has the times these clocks start from (``given_at``,
``progress_at``); imported history has none and is left alone.
"""

from __future__ import annotations

from collections.abc import Set
from datetime import timedelta

from peewee import Expression

from dispatch.agents.presence import put as set_presence
from dispatch.agents.unattended import pass_on
from dispatch.assignment.assign import find_agent, taker_for
from dispatch.bookings.lifecycle import described, pending_booking, saved, unclaim
from dispatch.desk.commands import Command, command, put_back
from dispatch.desk.desk import Desk
from dispatch.queries.caps import kept_from_booking
from dispatch.queries.offer_rounds import (
    LET_LAPSE,
    NO_ROUND,
    NOT_CLAIMED,
    Round,
    free_agents,
    has_missed,
    rounds_of,
)
from dispatch.queries.row_types import BookingRow
from models.agents import AVAILABLE, AWAY, BUSY, GONE, Agent
from models.base import tuples
from models.bookings import PENDING, Booking
from models.clock import from_text, to_text

AT_WORK = (AVAILABLE, BUSY)
MISSED_IN_A_ROW = 2
AWAY_REASON = f"{MISSED_IN_A_ROW} offers in a row not claimed"


@command("booking.lapse", past="not claimed in time", undo=put_back, may="clock.act")
def lapse(running: Command, booking_id: int) -> BookingRow:
    """Pass an offer that was not claimed in time to the next agent; two in a row set the first one away.

    A lead counts once for an agent. Offers missed during a break do not count, and nobody is set away if
    fewer than ``min_present`` others would be left.
    """
    booking = pending_booking(running, booking_id)
    agent = Agent.lock(booking.agent_id)
    running.detail = {"not_claimed_by": agent.agent_id}
    counts = agent.presence in AT_WORK and not has_missed(booking_id, agent.agent_id)
    find_agent(running, booking, {agent.agent_id: NOT_CLAIMED}, because=f"{agent.name} {NOT_CLAIMED}")
    agent = Agent.lock(agent.agent_id)
    if counts:
        agent.offers_missed += 1
        if agent.offers_missed >= MISSED_IN_A_ROW and _enough_without(running, agent):
            set_presence(running, agent, AWAY, reason=AWAY_REASON)
        agent.save()
    if agent.presence == AWAY:
        pass_on(running, [agent.agent_id])
    return described(running, booking_id)


@command("booking.ask", past="asked about the claim", undo=put_back, may="clock.act")
def ask(running: Command, booking_id: int) -> BookingRow:
    """Ask the agent of a claim without a contact attempt whether they are still working on it."""
    booking = pending_booking(running, booking_id)
    booking.asked_at = running.now
    return saved(running, booking)


@command("booking.expire", past="claim ended, no answer", undo=put_back, may="clock.act")
def expire(running: Command, booking_id: int) -> BookingRow:
    """End a claim whose agent did not answer: it goes to another agent, if any can take it.

    Else, and where a person's decision keeps it with the agent, it stays there unclaimed. It keeps its age.
    """
    booking = pending_booking(running, booking_id)
    agent = Agent.lock(booking.agent_id)
    if booking.pinned_at is not None and agent.presence not in GONE:
        booking.claimed_at = booking.progress_at = booking.asked_at = None
        return saved(running, booking)
    if taker_for(running, booking, {agent.agent_id: LET_LAPSE}) is None:
        return unclaim(running, booking)
    running.detail = {"let_lapse_by": agent.agent_id}
    find_agent(running, booking, {agent.agent_id: LET_LAPSE}, because=f"{agent.name} {LET_LAPSE}")
    return described(running, booking_id)


def lapsed(desk: Desk, only: int | None = None) -> list[int]:
    """Overdue offers that another agent could take, or that all have seen now; longest overdue first.

    What its agent alone has seen stays there until another could take it: it would only lose that one.
    """
    minutes = desk.settings["offer_minutes"]
    if not minutes:
        return []
    found = _pending(
        only,
        Booking.claimed_at.is_null(),
        Booking.pinned_at.is_null(),
        Booking.given_at <= _ago(desk, minutes=minutes),
        Booking.agent_id.is_null(False),
    )
    if not found:
        return []
    free, rounds = free_agents(), rounds_of(found)
    return [
        booking_id
        for booking_id, holder in found.items()
        if _leaves(holder, rounds.get(booking_id, NO_ROUND), free - kept_from_booking(booking_id))
    ]


def silent(desk: Desk, only: int | None = None) -> list[int]:
    """Claims too long without a contact attempt whose agents have not been asked yet."""
    hours = desk.settings["contact_hours"]
    if not hours:
        return []
    limit = _ago(desk, hours=hours)
    found = _pending(
        only,
        Booking.claimed_at.is_null(False),
        Booking.contacted_at.is_null(),
        Booking.asked_at.is_null(),
        Booking.progress_at <= limit,
        Booking.follow_up_at.is_null() | (Booking.follow_up_at <= limit),
    )
    return list(found)


def unanswered(desk: Desk, only: int | None = None) -> list[int]:
    """Claims whose agents were asked and did not answer in time."""
    limit = _ago(desk, minutes=desk.settings["keep_minutes"])
    return list(_pending(only, Booking.asked_at <= limit, Booking.claimed_at.is_null(False)))


def _leaves(holder: int, before: Round, free: Set[int]) -> bool:
    """Whether an offer leaves its holder: for an agent who has not seen the lead, or since several have."""
    seen = before.after(holder, NOT_CLAIMED, "").seen
    return bool(free - seen.keys()) or len(seen) > 1


def _enough_without(running: Command, agent: Agent) -> bool:
    """Whether ``min_present`` other agents are available, so that this one may be set away."""
    others = Agent.select().where(
        Agent.left_at.is_null(), Agent.presence == AVAILABLE, Agent.agent_id != agent.agent_id
    )
    fewest: int = running.desk.settings["min_present"]
    return int(others.count()) >= fewest


def _pending(only: int | None, *conditions: Expression) -> dict[int, int]:
    """The Pending bookings that meet the conditions, longest waiting first, with their agents."""
    query = Booking.select(Booking.booking_id, Booking.agent_id).where(Booking.status == PENDING, *conditions)
    if only is not None:
        query = query.where(Booking.booking_id == only)
    return dict(tuples(query.order_by(Booking.created_at, Booking.booking_id)))


def _ago(desk: Desk, **span: int) -> str:
    return to_text(from_text(desk.now()) - timedelta(**span))
