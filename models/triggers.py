"""The desk's five triggers (docs/rules.md, Assignment by rank), as model signals.

1. a new lead goes to the agent chosen by the desk's policy
2. an assignment opens a Pending booking
3. a new Pending booking adds 1 to its agent's load
4. a booking that leaves Pending, or its agent, takes 1 off that agent's load
5. a changed load changes ranks: they are derived, so the change is only announced, after the commit

Two more keep derived columns correct: the assignment's agent follows the booking's, and a booking's score
counts in the average of the agent scored. Listeners in models/tallies.py count closed bookings for the
match score.
"""

from __future__ import annotations

import logging
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from functools import partial

from peewee import chunked, fn
from playhouse.signals import Signal

from models.agents import Agent, Holder
from models.base import BaseModel, CompiledQuery, after_save, parameter
from models.bookings import PENDING, Assignment, Booking
from models.cap_counts import recount
from models.customers import Lead
from models.database import current_database, database_at_work
from models.errors import Refused
from models.hints import act
from models.shares import recount as recount_shares

logger = logging.getLogger(__name__)

AGENTS_AT_ONCE = 1000


@dataclass(frozen=True)
class RanksChanged:
    """An agent's load changed, and with it possibly every rank."""

    agent_id: int
    old_load: int
    new_load: int


ranks_changed = Signal()
"""Sent after the commit with a RanksChanged; a rolled-back load is never announced."""


@after_save(Lead)
def assign_new_lead(_sender: type[Lead], lead: Lead, created: bool) -> None:
    """Rule 1. Without a chooser (in an import or generator) nothing follows."""
    chooser = database_at_work().chooser
    if not created or chooser is None:
        return
    agent_id = chooser(lead)
    if agent_id is None:
        open_booking(lead, None)
    else:
        assign(lead, agent_id, lead.received_at)


@after_save(Assignment)
def open_booking_of_assignment(_sender: type[Assignment], assignment: Assignment, created: bool) -> None:
    """Rule 2. If the lead was waiting, its booking gets the agent instead."""
    if not created:
        return
    lead = assignment.lead
    brand_new = lead is not None and lead.loaded is None
    waiting = [] if brand_new else _booking_of_lead(lead_id=assignment.lead_id)
    if not waiting:
        open_booking(lead or Lead.lock(assignment.lead_id), assignment)
        return
    booking = Booking.lock(waiting[0][0])
    booking.assignment_id = assignment.assignment_id
    booking.agent_id = assignment.agent_id
    booking.changed_at = booking.given_at = assignment.assigned_at
    booking.save()


@after_save(Booking)
def move_load(_sender: type[Booking], booking: Booking, created: bool) -> None:
    """Rules 3 and 4: compare (status, agent) as loaded and as saved; a null agent has no load."""
    held = booking.was("agent_id") if booking.was("status") == PENDING else None
    holds = booking.agent_id if booking.status == PENDING else None
    if held == holds:
        return
    gathered = _gathered.get()
    if gathered is not None:
        _gather(gathered, held, holds, booking.changed_at)
        return
    if held is not None:
        _change_load(held, -1)
    if holds is not None:
        known = booking.holder if created else None
        booking.holder = _change_load(holds, +1, booking.changed_at, known)


@after_save(Booking)
def assignment_follows_booking(_sender: type[Booking], booking: Booking, created: bool) -> None:
    if created or booking.assignment_id is None or booking.was("assignment_id") is None:
        return
    if booking.agent_id != booking.was("agent_id"):
        assignment = Assignment.lock(booking.assignment_id)
        assignment.agent_id = booking.agent_id
        assignment.save()


@after_save(Booking)
def move_score(_sender: type[Booking], booking: Booking, created: bool) -> None:
    """Add a first score to the agent's average, replace it by a second, subtract an undone one."""
    if "score" not in booking.changed and "scored_agent_id" not in booking.changed:
        return
    if booking.was("score") is not None:
        change_score(booking.was("scored_agent_id"), -booking.was("score"), -1)
    if booking.score is not None and booking.scored_agent_id is not None:
        change_score(booking.scored_agent_id, booking.score, +1)


@after_save(Agent)
@after_save(Holder)
def announce_load(_sender: type[BaseModel], agent: Agent | Holder, created: bool) -> None:
    """Rule 5: nothing to store."""
    old = agent.was("load")
    if not created and old != agent.load and ranks_changed._receiver_list:
        change = RanksChanged(agent.agent_id, old, agent.load)
        current_database.after_commit(partial(_announce, change))


def _announce(change: RanksChanged) -> None:
    """Notify the listeners; the commit holds even if one fails."""
    try:
        ranks_changed.send(change)
    except Exception:
        logger.exception("a listener failed on %s", change)


_gathered: ContextVar[dict[int, tuple[int, str | None]] | None] = ContextVar("gathered_loads", default=None)


@contextmanager
def loads_gathered() -> Iterator[None]:
    """Postpone load changes to the end of the block, one per agent: for thousands of bookings."""
    gathered: dict[int, tuple[int, str | None]] = {}
    token = _gathered.set(gathered)
    try:
        yield
    finally:
        _gathered.reset(token)
    for agent_id, (steps, given_at) in gathered.items():
        _change_load(agent_id, steps, given_at)


def _gather(
    gathered: dict[int, tuple[int, str | None]], held: int | None, holds: int | None, given_at: str
) -> None:
    if held is not None:
        steps, last = gathered.get(held, (0, None))
        gathered[held] = steps - 1, last
    if holds is not None:
        gathered[holds] = gathered.get(holds, (0, None))[0] + 1, given_at


def _change_load(
    agent_id: int, step: int, given_at: str | None = None, known: Holder | None = None
) -> Holder:
    agent = known or Holder.lock(agent_id)
    agent.load = stepped(agent.load, step, agent, "load", "Pending bookings")
    if given_at is not None:
        agent.last_given_at = given_at
    agent.save()
    return agent


def stepped(load: int, step: int, agent: Agent | Holder, what: str, work: str) -> int:
    """Return an agent's load after a step. Raises Refused below zero: clamping would only hide the drift."""
    if load + step < 0:
        raise Refused(
            "load_drift",
            f"the {what} of {agent.name} ({agent.agent_id}) is {load}, less than the {work}",
            f"{act('doctor.repair')} recounts the loads",
        )
    return load + step


def recount_loads(agent_ids: Iterable[int | None]) -> None:
    """Set loads to the number of Pending bookings, and count caps, after queries that fire no signals."""
    pending = Booking.select(fn.COUNT(Booking.booking_id)).where(
        Booking.agent_id == Agent.agent_id, Booking.status == PENDING
    )
    for some in chunked(sorted({agent_id for agent_id in agent_ids if agent_id is not None}), AGENTS_AT_ONCE):
        Agent.update({Agent.load: pending}).where(Agent.agent_id.in_(some)).execute()
        recount(some)
    recount_shares()


def change_score(agent_id: int, points: int, answers: int) -> None:
    agent = Agent.lock(agent_id)
    agent.score_sum += points
    agent.score_count += answers
    agent.refresh_rating()
    agent.save()


_booking_of_lead = CompiledQuery(
    lambda: Booking.select(Booking.booking_id).where(Booking.lead_id == parameter("lead_id"))
)


def assign(lead: Lead, agent_id: int, at: str) -> Assignment:
    """Assign a lead; the second trigger does the rest."""
    row = lead.__data__  # its columns by name, read faster
    assignment = Assignment(
        lead_id=row["lead_id"],
        agent_id=agent_id,
        customer_name=row["customer_name"],
        method=row["method"],
        source=row["source"],
        assigned_at=at,
    )
    assignment.lead = lead
    assignment.save()
    return assignment


def open_booking(lead: Lead, assignment: Assignment | None) -> None:
    """Open a Pending booking for a lead; without an assignment it waits."""
    row, given = lead.__data__, assignment.__data__ if assignment else {}
    at = given.get("assigned_at") or row["received_at"]
    booking = Booking(
        lead_id=row["lead_id"],
        assignment_id=given.get("assignment_id"),
        agent_id=given.get("agent_id"),
        destination=row["destination"],
        launch_location=row["launch_location"],
        created_at=at,
        changed_at=at,
        given_at=at if assignment else None,
        priority=lead.priority,
    )
    booking.source, booking.holder = row["source"], lead.holder
    booking.save()
    lead.booking = booking
