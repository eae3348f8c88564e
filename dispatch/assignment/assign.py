"""Giving a booking to an agent, or letting it wait for one."""

from __future__ import annotations

from collections.abc import Mapping, Set

from dispatch.assignment.decisions import decide
from dispatch.assignment.selection import Choice, choose, policy_named
from dispatch.desk.commands import Command
from dispatch.queries.caps import at_cap_for, kept_from_booking
from dispatch.queries.offer_rounds import NO_ROUND, SIGHTINGS, Round, free_agents, rounds_of
from models.agents import Agent, Taker
from models.base import CompiledQuery, parameter
from models.bookings import Booking
from models.customers import Lead
from models.triggers import assign

_takes_work = CompiledQuery(
    lambda: Taker.select(Taker.takes_work).where(Taker.agent_id == parameter("agent_id"))
)


def give(
    running: Command,
    booking: Booking,
    agent_id: int | None,
    *,
    by_person: bool = False,
    is_cover: bool = False,
) -> None:
    """Give a booking to an agent, unclaimed; None lets it wait. The first agent also gets an assignment.

    ``by_person``: somebody wants it with this agent, so that neither the shuffle nor a timer moves it.
    ``is_cover``: the agent goes on with it for another, or takes it back; it stays claimed.
    """
    booking.asked_at = None
    booking.progress_at = running.now if is_cover else None
    if not is_cover:
        booking.claimed_at = None
    booking.pinned_at = running.now if by_person else None
    if booking.assignment_id is None and agent_id is not None:
        booking.save()
        assign(Lead.lock(booking.lead_id), agent_id, running.now)
        return
    start_clock(booking, running.now)
    booking.agent_id = agent_id
    booking.given_at = running.now if agent_id is not None else None
    save(running, booking)


def start_clock(booking: Booking, now: str) -> None:
    """Await the first contact of an imported booking from now on: nobody has touched it here before."""
    if booking.given_at is None and booking.agent_id is not None:
        booking.clock_from = now


def find_agent(
    running: Command,
    booking: Booking,
    excluded: Mapping[int, str] | None = None,
    *,
    because: str = "",
    before: Round | None = None,
) -> int | None:
    """Let the policy choose an agent and give them the booking; without one it waits.

    ``before`` is its round of offers by the log, if it is known.
    """
    if excluded:
        running.kept_from[booking.booking_id] = dict(excluded)
    current = present_round(running, booking.booking_id, before)
    kept_out = kept_out_of(running, booking.booking_id, current)
    lead = Lead.lock(booking.lead_id)
    barred = running.kept_from.get(booking.booking_id, ())
    decision = decide(
        running, lead, kept_out, booking.package, because=because, current=current, barred=barred
    )
    give(running, booking, decision.agent_id, by_person=decision.by_owner)
    return decision.agent_id


def taker_for(running: Command, booking: Booking, excluded: Mapping[int, str] | None = None) -> int | None:
    """The agent that ``find_agent`` would find, None for nobody; nothing is recorded."""
    return choice_for(running, booking, excluded).agent_id


def choice_for(running: Command, booking: Booking, excluded: Mapping[int, str] | None = None) -> Choice:
    """The choice that ``find_agent`` would make; nothing is recorded."""
    policy = policy_named(running.policy or running.desk.settings["policy"])
    current = present_round(running, booking.booking_id)
    kept_out = kept_out_of(running, booking.booking_id, current, excluded)
    lead = Lead.lock(booking.lead_id)
    return choose(running.desk, lead, policy, package=booking.package, without=kept_out, limit=1)


def add_to_load(agent_id: int, step: int) -> None:
    """Change an agent's load inside a rehearsal; elsewhere only the triggers do."""
    agent = Agent.lock(agent_id)
    agent.load = max(0, agent.load + step)
    agent.save()


def not_given(booking_id: int) -> None:
    """Take a booking out of what caps count, inside a rehearsal."""
    booking = Booking.lock(booking_id)
    booking.given_at = None
    booking.save()


def may_take(agent_id: int, lead_id: int | None = None) -> bool:
    """Whether the agent is here, available and below capacity, and at no cap on all leads or on this one."""
    rows = _takes_work(agent_id=agent_id)
    return bool(rows and rows[0][0]) and not (lead_id is not None and at_cap_for(lead_id, agent_id))


def save(running: Command, booking: Booking) -> None:
    """Save a booking with the time of change, if anything about it has changed."""
    if booking.differs():
        booking.changed_at = running.now
        booking.save()


def present_round(running: Command, booking_id: int, before: Round | None = None) -> Round:
    """The booking's round of offers with what the running command is about to write of it.

    ``before`` is the round by the log, if it is known.
    """
    current = rounds_of([booking_id], running.undoes).get(booking_id, NO_ROUND) if before is None else before
    for agent_id, what in running.kept_from.get(booking_id, {}).items():
        if what in SIGHTINGS:
            current = current.after(agent_id, what, running.now)
    return current


def kept_out_of(
    running: Command,
    booking_id: int,
    current: Round,
    excluded: Mapping[int, str] | None = None,
    free: Set[int] | None = None,
) -> dict[int, str]:
    """The agents who must not get a booking, and why: those who have seen it, until all have.

    Once every agent who may take work (``free``, if known) has, and ``decline_minutes`` have passed, the
    next round may begin with any of them. What keeps an agent out of the running command stays.
    """
    barred = running.kept_from.get(booking_id, {}) | dict(excluded or {})
    kept_out = {**current.seen, **barred}
    if not current.is_over(running.now, running.desk.settings["decline_minutes"]):
        return kept_out
    unseen = (free_agents() if free is None else free) - kept_out.keys() - kept_from_booking(booking_id)
    return kept_out if unseen else barred
