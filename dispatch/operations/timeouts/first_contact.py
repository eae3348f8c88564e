"""The clock to a lead's first contact: warnings, the escalation chain, and holders who are away.

It runs in the desk's working hours from the moment a lead comes in until somebody tries to reach the
customer or sets a follow-up, and stores nothing until half of the time is used. Time allowed and hours
are those of the settings in force; percentages, levels and who is notified those of issues
(dispatch/service/).
"""

from __future__ import annotations

import json
from functools import reduce
from operator import or_
from typing import NamedTuple

from peewee import JOIN, Expression

from dispatch.agents.cover import cover_booking, substitute_at_work
from dispatch.assignment.assign import find_agent
from dispatch.bookings.lifecycle import described, pending_booking
from dispatch.desk.commands import Command, command, never, put_back
from dispatch.desk.desk import Desk
from dispatch.queries.next_steps import Limits, limits_of, used_up
from dispatch.queries.row_types import BookingRow
from dispatch.service.escalation.levels import TOP_LEVEL, audience, patience_s, step_after
from dispatch.service.issues.new_work import EVERYBODY_FROM
from dispatch.service.sla.targets import WARNING_PERCENTS, passed_percents
from models.agents import GONE, Agent
from models.audit import Event
from models.base import Json, tuples
from models.bookings import Booking, ContactAlarm, Untried, leads_not_to_contact
from models.clock import from_text, to_text

WARNED = "booking.first_contact"
FIRST, *LATER = WARNING_PERCENTS
ALL = WARNING_PERCENTS[-1]


@command(
    "booking.first_contact", past="first contact awaited", undo=never("the clock did it"), may="clock.act"
)
def warn(running: Command, booking_id: int) -> Json:
    """Warn of the time used until the first contact, once at each percentage; from 100 on level by level."""
    lead = Untried.get_by_id(booking_id)
    limits = limits_of(running.desk.settings, running.now)
    alarm = ContactAlarm.lock_or_none(booking_id) or ContactAlarm(booking_id=booking_id, since="")
    if alarm.since != lead.since:  # the first warning, or another occasion, as it was reopened
        alarm.since, alarm.level, alarm.next_level_at = lead.since, 0, None
    allowed_s = limits.target_s(lead.priority)
    used_s = limits.working.between(from_text(lead.since), from_text(running.now))
    alarm.percent = passed_percents(used_s, allowed_s)[-1]
    alarm.warned_at = running.now
    if alarm.percent == ALL:
        alarm.level = min(TOP_LEVEL, alarm.level + 1)
        patience = patience_s(running.desk, lead.priority)
        follows = step_after(limits.working, from_text(running.now), patience)
        alarm.next_level_at = to_text(follows) if alarm.level < TOP_LEVEL else None
    alarm.save()
    running.booking_id, running.agent_id = booking_id, lead.agent_id
    to_tell = audience(running.desk, lead.agent_id, max(1, alarm.level))
    running.detail = {"percent": alarm.percent, "to_tell": to_tell}
    if alarm.level:
        running.detail["level"] = alarm.level
    return {"booking_id": booking_id, **running.detail}


@command("booking.pass_on", past="passed on, its agent is away", undo=put_back, may="clock.act")
def pass_on(running: Command, booking_id: int) -> BookingRow:
    """Give a claim whose first contact is overdue to its absent agent's substitute, or else by the policy."""
    booking = pending_booking(running, booking_id)
    holder = Agent.lock(booking.agent_id)
    gone = "has left" if holder.left_at else f"is {holder.presence}"
    running.detail = {"moved_from": holder.agent_id}
    substitute_id = substitute_at_work(holder.agent_id, running.now)
    if substitute_id is None:
        find_agent(running, booking, {holder.agent_id: gone}, because=f"{holder.name} {gone}")
    else:
        cover_booking(running, booking, holder, substitute_id)
    return described(running, booking_id)


def to_warn(desk: Desk, only: int | None = None) -> list[int]:
    """Return the bookings whose next warning or level is due, longest awaited first.

    None of customers who must not be contacted.
    """
    limits = limits_of(desk.settings, desk.now())
    if not limits.working.is_on(from_text(limits.now)):
        return []  # nobody is notified outside working hours
    first = limits.cut_offs(FIRST)
    new = ContactAlarm.booking_id.is_null() | (ContactAlarm.since != Untried.since)
    climbs = ContactAlarm.next_level_at <= limits.now
    query = (
        Untried.select(Untried.booking_id)
        .join(ContactAlarm, JOIN.LEFT_OUTER, on=(ContactAlarm.booking_id == Untried.booking_id))
        .where(
            used_up(Untried, first),
            reduce(or_, (new, climbs, *_more(limits))),
            Untried.booking_id.not_in(
                Booking.select(Booking.booking_id).where(Booking.lead_id.in_(leads_not_to_contact()))
            ),
            *_only(only),
        )
    )
    return [number for (number,) in tuples(query.order_by(Untried.since, Untried.booking_id))]


def _more(limits: Limits) -> list[Expression]:
    return [
        (ContactAlarm.percent < percent) & used_up(Untried, limits.cut_offs(percent)) for percent in LATER
    ]


def to_pass_on(desk: Desk, only: int | None = None) -> list[int]:
    """Return the claims of agents who are away whose first contact is overdue.

    What a person's decision keeps with its agent only warns.
    """
    limits = limits_of(desk.settings, desk.now())
    query = (
        Untried.select(Untried.booking_id)
        .join(Agent, on=(Agent.agent_id == Untried.agent_id))
        .where(
            used_up(Untried, limits.cut_offs()),
            Untried.claimed_at.is_null(False),
            Untried.pinned_at.is_null(),
            Agent.presence.in_(GONE) | Agent.left_at.is_null(False),
            *_only(only),
        )
    )
    return [number for (number,) in tuples(query.order_by(Untried.since, Untried.booking_id))]


class Warned(NamedTuple):
    """A warning about a booking: so much of the time is used, and the level of the chain, 0 for none."""

    booking_id: int
    percent: int
    level: int


def warned_since(event_id: int, at: str, agent_id: int | None) -> list[Warned]:
    """Return the last warnings after an event and a time that concern an agent, or everybody."""
    query = Event.select(Event.booking_id, Event.agent_id, Event.detail).where(
        Event.event_id > event_id, Event.command == WARNED, Event.at > at
    )
    found = {}
    for booking_id, holder, detail in tuples(query.order_by(Event.event_id)):
        told = json.loads(detail)
        level = told.get("level", 0)
        if level >= EVERYBODY_FROM or (holder is not None and holder == agent_id):
            found[booking_id] = Warned(booking_id, told["percent"], level)
    return list(found.values())


def _only(booking_id: int | None) -> list[Expression]:
    return [] if booking_id is None else [Untried.booking_id == booking_id]
