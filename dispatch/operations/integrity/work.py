"""Checks of how work is distributed: presences, lists, capacities, loads."""

from __future__ import annotations

import json
from collections import Counter
from functools import reduce
from operator import add
from typing import Any

from peewee import Case, fn

from dispatch.agents.presence import due
from dispatch.assignment.waiting_list import drainable
from dispatch.desk.desk import Desk
from dispatch.operations.integrity.findings import Finding, finding, joined, named
from dispatch.queries import BookingFilter, each_booking
from dispatch.queries.next_steps import (
    ROTTEN,
    Limits,
    conditions,
    is_late,
    limits_of,
    overdue,
    rotten,
    step_of,
)
from dispatch.queries.wording import plural
from dispatch.reporting import fairness
from models.agents import GONE, PRESENCES, Agent
from models.base import Json, tuples
from models.bookings import PENDING, Booking
from models.customers import Customer, Lead
from models.database import current_database
from models.hints import act


def distribution(desk: Desk) -> list[Finding]:
    """Check presences, skill lists, capacities, work that is stuck or waits needlessly, who goes without.

    How many customers have several owners is no fault: people may want it so.
    """
    faults = [_presences(desk), _lists(desk), _capacities(), _stuck(), _waiting(desk), _fairness(desk)]
    limits = limits_of(desk.settings, desk.now())
    return [*faults, _owners(), _shared_contacts(), next_steps(limits)]


def _presences(desk: Desk) -> Finding:
    sound = "every agent's presence is valid and up to date"
    unknown = _ids(Agent.select(Agent.agent_id).where(Agent.presence.not_in(PRESENCES)))
    if unknown:
        problem = named("agents with an unknown presence", unknown)
        return finding("presence", sound, problem, f"{act('agent.presence')} sets it")
    late = named("presence changes due for agents", due(desk))
    return finding("presence", sound, late, f"{act('sweep')} or any other command applies them", warning=True)


def _lists(desk: Desk) -> Finding:
    """A name that is not accepted matches no lead, so its agent would get no work."""
    known = {"skills": set(desk.values.known("destination")), "locations": set(desk.values.known("launch"))}
    query = Agent.select(Agent.agent_id, Agent.skills, Agent.locations).where(
        Agent.skills.is_null(False) | Agent.locations.is_null(False)
    )
    wrong = [
        agent_id
        for agent_id, skills, locations in tuples(query)
        if not set(json.loads(skills or "[]")) <= known["skills"]
        or not set(json.loads(locations or "[]")) <= known["locations"]
    ]
    problem = named("agents with skills or locations that are not accepted", wrong)
    hint = f"{act('agent.edit')} corrects them"
    return finding("skills", "every agent's skills and locations are accepted values", problem, hint)


def _capacities() -> Finding:
    over = Agent.select(Agent.agent_id).where(Agent.load + Agent.issue_load > Agent.capacity)
    problem = named("agents above their capacity", _ids(over.order_by(Agent.agent_id)))
    hint = f"{act('shuffle')} evens out unclaimed bookings"
    return finding("capacity", "no agent is above their capacity", problem, hint, warning=True)


def _stuck() -> Finding:
    """Unclaimed work of absent agents, which no command leaves behind."""
    query = (
        Booking.select(Booking.booking_id)
        .join(Agent, on=(Agent.agent_id == Booking.agent_id))
        .where(
            Booking.status == PENDING,
            Booking.claimed_at.is_null(),
            Agent.presence.in_(GONE) | Agent.left_at.is_null(False),
        )
        .order_by(Booking.booking_id)
    )
    problem = named("unclaimed and with absent agents", _ids(query))
    hint = f"{act('agent.handover')} hands them over"
    return finding("stuck work", "no unclaimed booking is with an absent agent", problem, hint)


def _waiting(desk: Desk) -> Finding:
    problem = "a booking is waiting that an agent could take now" if drainable(desk) else ""
    sound = "no booking is waiting that an agent could take"
    return finding("waiting", sound, problem, f"{act('sweep')} assigns it", warning=True)


def next_steps(limits: Limits) -> Finding:
    """Check that every Pending booking has exactly one next step, every closed one none, and which are late.

    What queries find by conditions and indexes must be what each row says by itself.
    """
    kinds = conditions(limits)
    number = reduce(add, (Case(None, [(condition, 1)], 0) for condition in kinds.values()))
    pending = Case(None, [(Booking.status == PENDING, 1)], 0)
    several = _ids(Booking.select(Booking.booking_id).where(number != pending).order_by(Booking.booking_id))
    late, rotting = ({one for (one,) in tuples(query(limits))} for query in (overdue, rotten))
    counts, wrong = Counter[str](), []
    for row in each_booking(BookingFilter(status=PENDING)):
        step = step_of(row, limits)
        assert step is not None  # it is Pending
        counts[step.kind] += 1
        found = (row["booking_id"] in late, row["booking_id"] in rotting)
        if found != (is_late(row, limits), step.kind == ROTTEN):
            wrong.append(row["booking_id"])
        late.discard(row["booking_id"])
        rotting.discard(row["booking_id"])
    problem = joined(
        (
            named("without exactly one next step", several),
            named("late by their row or by a query alone", sorted({*wrong, *late, *rotting})),
        )
    )
    told = ", ".join(f"{count} {kind.replace('_', ' ')}" for kind, count in counts.items())
    sound = f"every Pending booking has one next step{f': {told}' if told else ''}"
    return finding("next steps", sound, problem, f"{act('doctor.repair')} makes indexes and views again")


def _fairness(desk: Desk) -> Finding:
    found = fairness.starved(desk)
    problem = fairness.words_of(found) if found else ""
    hint = fairness.advice(found) if found else ""
    return finding("fairness", "no available agent goes without leads", problem, hint, warning=True)


def _owners() -> Finding:
    """Count the customers whose open bookings are with several agents."""
    query = (
        Booking.select(Lead.customer_id)
        .join(Lead, on=(Lead.lead_id == Booking.lead_id))
        .where(Booking.status == PENDING, Booking.agent_id.is_null(False))
        .group_by(Lead.customer_id)
        .having(fn.COUNT(Booking.agent_id.distinct()) > 1)
        .order_by(Lead.customer_id)
    )
    found = _ids(query)
    which = f" ({named('customers', found)})" if found else ""
    told = f"{plural(len(found), 'customer')} with open bookings at several agents{which}"
    return finding("owners", told, "", "")


def _shared_contacts() -> Finding:
    """Count the numbers and addresses that several customers have: a family's, or one person's twice."""
    counts = []
    for column in (Customer.phone, Customer.email):
        several = Customer.select(column).where(column.is_null(False)).group_by(column)
        counts.append(len(tuples(several.having(fn.COUNT(column) > 1))))
    told = f"{plural(counts[0], 'phone number')} and {plural(counts[1], 'e-mail')} of several customers"
    return finding("contacts", told, "", "")


def _ids(query: Any) -> list[int]:
    return [number for (number,) in tuples(query)]


def miscounted(load: Any, work: Any, *is_held: Any) -> list[tuple[int, int, int]]:
    """Agents whose load differs from what they hold: (agent, load, held), lowest id first.

    ``load`` is a column of Agent, ``work`` the model of what ``is_held``.
    """
    held_by = work.select(work.agent_id, fn.COUNT(work.agent_id)).where(*is_held).group_by(work.agent_id)
    agents = Agent.select(Agent.agent_id, load).order_by(Agent.agent_id)
    with current_database.obj.snapshot():  # both as of one moment, or a busy desk would look wrong
        held: dict[int, int] = dict(tuples(held_by))
        loads = tuples(agents)
    return [(agent, load, held.get(agent, 0)) for agent, load in loads if load != held.get(agent, 0)]


def recount(load: Any, wrong: list[tuple[int, int, int]]) -> list[Json]:
    """Correct a load of some agents, given by its column; return the changes."""
    for agent_id, _, held in wrong:
        agent = Agent.lock(agent_id)
        setattr(agent, load.name, held)
        agent.save()
    return [{"agent_id": agent_id, "from": stored, "to": held} for agent_id, stored, held in wrong]
