"""Giving a booking to an agent, or letting it wait for one."""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import timedelta

from dispatch.assignment.decisions import decide
from dispatch.assignment.selection import choose, policy_named
from dispatch.desk.commands import Command
from dispatch.desk.undo_chain import undone_by
from models.agents import Agent, Taker
from models.audit import Event
from models.base import CompiledQuery, parameter, tuples
from models.bookings import Booking
from models.clock import from_text, to_text
from models.customers import Lead
from models.triggers import assign

DECLINED = "declined it"

_takes_work = CompiledQuery(
    lambda: Taker.select(Taker.takes_work).where(Taker.agent_id == parameter("agent_id"))
)


def give(running: Command, booking: Booking, agent_id: int | None, *, by_person: bool = False) -> None:
    """Give a booking to an agent, unclaimed; None lets it wait. The first agent also gets an assignment.

    ``by_person``: somebody wants it with this agent, so that neither the shuffle nor a timer moves it.
    """
    booking.claimed_at = booking.progress_at = booking.asked_at = None
    booking.pinned_at = running.now if by_person else None
    if booking.assignment_id is None and agent_id is not None:
        booking.save()
        assign(Lead.lock(booking.lead_id), agent_id, running.now)
        return
    booking.agent_id = agent_id
    booking.given_at = running.now if agent_id is not None else None
    save(running, booking)


def find_agent(
    running: Command, booking: Booking, excluded: Mapping[int, str] | None = None, *, because: str = ""
) -> int | None:
    """Let the policy choose an agent and give them the booking; without one it waits."""
    if excluded:
        running.kept_from[booking.booking_id] = dict(excluded)
    kept_out = declined_by(running, booking.booking_id)
    lead = Lead.lock(booking.lead_id)
    decision = decide(running, lead, kept_out, booking.package, because=because)
    give(running, booking, decision.agent_id, by_person=decision.returning)
    return decision.agent_id


def taker_for(running: Command, booking: Booking, excluded: Mapping[int, str] | None = None) -> int | None:
    """The agent that ``find_agent`` would find, None for nobody; nothing is recorded."""
    policy = policy_named(running.policy or running.desk.settings["policy"])
    kept_out = declined_by(running, booking.booking_id) | dict(excluded or {})
    lead = Lead.lock(booking.lead_id)
    return choose(running.desk, lead, policy, package=booking.package, without=kept_out, limit=1).agent_id


def add_to_load(agent_id: int, step: int) -> None:
    """Change an agent's load inside a rehearsal; elsewhere only the triggers do."""
    agent = Agent.lock(agent_id)
    agent.load = max(0, agent.load + step)
    agent.save()


def may_take(agent_id: int) -> bool:
    """Whether the agent is here, available and below capacity."""
    rows = _takes_work(agent_id=agent_id)
    return bool(rows and rows[0][0])


def save(running: Command, booking: Booking) -> None:
    """Save a booking with the time of change, if anything about it has changed."""
    if booking.differs():
        booking.changed_at = running.now
        booking.save()


def declined_by(running: Command, booking_id: int) -> dict[int, str]:
    """The agents who declined this booking within the setting's minutes, unless that was undone."""
    minutes = running.desk.settings["decline_minutes"]
    since = to_text(from_text(running.now) - timedelta(minutes=minutes))
    events = Event.select(Event.event_id, Event.detail).where(
        Event.booking_id == booking_id,
        Event.command == "booking.decline",
        Event.at > since,
    )
    details = dict(tuples(events))
    standing = details.keys() - undone_by(details, running.undoes) if details else ()
    declined = {json.loads(details[number])["declined_by"]: DECLINED for number in standing}
    return declined | running.kept_from.get(booking_id, {})
