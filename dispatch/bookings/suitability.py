"""Whether a booking's agent still suits it, and who else does (docs/rules.md, Booking lifecycle)."""

from __future__ import annotations

from dispatch.assignment.assign import choice_for, find_agent
from dispatch.assignment.eligibility import DEPARTMENT, pool_for, profile_of
from dispatch.desk.commands import Command
from models.agents import Agent
from models.bookings import PENDING, Booking
from models.customers import Lead


def misfits(running: Command, booking: Booking, lead: Lead) -> set[str]:
    """Return why a Pending booking's agent would not be eligible for it; empty if nothing is wrong."""
    if booking.status != PENDING or booking.agent_id is None:
        return set()
    if Agent.lock(booking.agent_id).left_at is not None:
        return set()
    pool = pool_for(running.desk, lead, booking.package)
    broken = profile_of(booking.agent_id).broken_rules(pool)
    return {f"is {why}" if rule == DEPARTMENT else why for rule, why in broken}


def pass_on_unsuited(running: Command, booking: Booking, new: set[str]) -> str:
    """Return why a saved booking became unsuited, "" if it did not; pass it on if nobody works on it.

    Where all others break a rule too, nothing is gained, and it stays.
    """
    if not new or booking.agent_id is None:
        return ""
    holder, why = Agent.lock(booking.agent_id), " and ".join(sorted(new))
    reason = f"{holder.name} {why}"
    running.detail["unsuited"] = reason
    if booking.claimed_at is None and booking.pinned_at is None:
        choice = choice_for(running, booking, {holder.agent_id: why})
        if choice.ranked and not choice.relaxed:
            taker = find_agent(running, booking, {holder.agent_id: why}, because=reason)
            running.detail["moved_to"] = taker
    return reason
