"""The shuffle: unclaimed bookings move to lighter agents (docs/rules.md, Round robin and shuffle)."""

from __future__ import annotations

import json
from datetime import timedelta
from typing import TYPE_CHECKING, Any

from peewee import ModelSelect, Value, fn

from dispatch.assignment.decisions import for_one_agent, put_on_record
from dispatch.assignment.eligibility import department_for
from dispatch.assignment.load_balancing import Bearer, Loose, Move, Optimiser, even_out
from dispatch.assignment.policies import POLICIES
from dispatch.assignment.row_types import Shuffled
from dispatch.desk import settings
from dispatch.desk.commands import Command, command, put_back
from dispatch.queries.caps import left_for
from dispatch.queries.row_types import MoveRow
from models.agents import AVAILABLE, Agent
from models.audit import Event
from models.base import tuples
from models.bookings import PENDING, Booking
from models.clock import from_text, to_text
from models.customers import Lead
from models.sql import greatest
from models.triggers import loads_gathered

if TYPE_CHECKING:
    from dispatch.desk.desk import Desk

SHUFFLED_AT = "shuffled_at"
POLICY = "shuffle"


@command("shuffle", past="loads evened out", undo=put_back, may="assignment.manage")
def shuffle(running: Command, optimiser: Optimiser = even_out) -> Shuffled:
    """Even out the loads now, regardless of dwell time and cool-down."""
    desk, now = running.desk, running.now
    moves, kept = plan(desk, now, optimiser), pinned(desk, now, optimiser)
    return {"moves": _carry_out(running, moves), "pinned": kept}


def preview_shuffle(desk: Desk, optimiser: Optimiser = even_out) -> Shuffled:
    """Return what ``shuffle`` would, without changing anything."""
    with desk.reading():
        now = desk.now()
        return {"moves": _rows(plan(desk, now, optimiser)), "pinned": pinned(desk, now, optimiser)}


def pinned(desk: Desk, now: str, optimiser: Optimiser = even_out) -> list[int]:
    """The bookings that a run would move, but for the decision of a person."""
    query = _unclaimed().select(Booking.booking_id).where(Booking.pinned_at.is_null(False))
    kept = {booking_id for (booking_id,) in tuples(query)}
    if not kept:
        return []
    return sorted(kept & {move.booking_id for move in plan(desk, now, optimiser, ignore_pins=True)})


@command("shuffle.recurring", past="loads evened out", undo=put_back, may="clock.act")
def _recurring(running: Command, moves: list[Move]) -> list[MoveRow]:
    return _carry_out(running, moves)


def run_if_due(desk: Desk, optimiser: Optimiser = even_out) -> list[MoveRow]:
    """Run if the desk's interval has passed since the last run, respecting dwell time and cool-down."""
    with desk.reading():
        if not _is_due(desk):
            return []
    with desk.batch():
        if not _is_due(desk):  # another terminal was first
            return []
        settings.remember(SHUFFLED_AT, desk.now())
        moves = plan(desk, desk.now(), optimiser, rested=True)
        return _recurring(desk, moves) if moves else []


def _is_due(desk: Desk) -> bool:
    seconds, now = desk.settings["shuffle_seconds"], desk.now()
    last = settings.recall(SHUFFLED_AT)
    # a last run in the future comes from a clock that was wrong
    return bool(seconds) and (last is None or last > now or last <= _before(now, seconds=seconds))


def plan(
    desk: Desk,
    now: str,
    optimiser: Optimiser = even_out,
    *,
    rested: bool = False,
    ignore_pins: bool = False,
) -> list[Move]:
    """The moves that would even out the desk; ``rested`` skips bookings given or moved recently."""
    query = Agent.select(
        Agent.agent_id,
        Agent.load,
        greatest(Agent.capacity - Agent.issue_load, 0),  # the capacity left for bookings
        Agent.presence,
        Agent.department,
        Agent.skills,
        Agent.locations,
        Agent.languages,
        Agent.weight,
    ).where(Agent.left_at.is_null())
    by_weight = POLICIES[desk.settings["policy"]].by_weight
    departments = desk.settings["departments"]
    rows = tuples(query)
    left = left_for(row[0] for row in rows)
    bearers = [
        Bearer(
            agent_id,
            load,
            capacity,
            presence == AVAILABLE and (weight > 0 or not by_weight),
            (
                frozenset([department]) if departments else None,
                _listed(skills),
                _listed(locations),
                _listed(languages) or None,
            ),
            left.get(agent_id),
        )
        for agent_id, load, capacity, presence, department, skills, locations, languages, weight in rows
    ]
    matters = [any(bearer.covers[rule] is not None for bearer in bearers) for rule in range(4)]
    return optimiser(bearers, _loose(desk, now, matters, rested=rested, ignore_pins=ignore_pins))


def _unclaimed() -> ModelSelect[Any]:
    return Booking.select().where(
        Booking.status == PENDING, Booking.claimed_at.is_null(), Booking.agent_id.is_null(False)
    )


def _loose(desk: Desk, now: str, matters: list[bool], *, rested: bool, ignore_pins: bool) -> list[Loose]:
    """The bookings that may move, oldest first; those that agents have seen are left to the offers."""
    dwell_minutes = desk.settings["dwell_minutes"]
    query = (
        _unclaimed()
        .select(
            Booking.booking_id, Booking.agent_id, Booking.destination, Booking.launch_location,
            Booking.package, Lead.requests, Lead.language, _stalled(now, dwell_minutes if rested else 0),
        )
        .join(Lead, on=(Lead.lead_id == Booking.lead_id))
        .join(Agent, on=(Agent.agent_id == Booking.agent_id))
        .where(Agent.left_at.is_null(), ~fn.EXISTS(_seen(desk, now)))
        .order_by(Booking.created_at, Booking.booking_id)
    )  # fmt: skip
    if not ignore_pins:
        query = query.where(Booking.pinned_at.is_null())
    if rested:
        query = query.where(
            Booking.given_at <= _before(now, minutes=dwell_minutes),
            Booking.shuffled_at.is_null()
            | (Booking.shuffled_at <= _before(now, minutes=desk.settings["cooldown_minutes"])),
        )
    departments = desk.settings["departments"]
    loose = []
    for booking_id, agent_id, destination, launch, package, requests, language, stalled in tuples(query):
        lead = Lead(destination=destination, requests=requests) if departments else None
        department = department_for(departments, lead, package) if lead else None
        needs = (department, destination, launch, language)
        relevant = tuple(need if known else None for need, known in zip(needs, matters, strict=True))
        loose.append(Loose(booking_id, agent_id, relevant, bool(stalled)))
    return loose


def _seen(desk: Desk, now: str) -> Any:
    """The looks at a booking that keep it where it is (docs/rules.md, Offers)."""
    seen = Event.select(Event.event_id).where(
        Event.booking_id == Booking.booking_id,
        Event.command.in_(["booking.decline", "booking.lapse"]),
    )
    if not desk.settings["offer_minutes"]:  # with it they move on anyway, to an agent who has not seen them
        seen = seen.where(Event.at > _before(now, minutes=desk.settings["decline_minutes"]))
    return seen


def _stalled(now: str, dwell_minutes: int) -> Any:
    """Whether a booking has been with its agent for two dwell times, and never moved; of 0, none has."""
    if not dwell_minutes:
        return Value(0)
    return Booking.shuffled_at.is_null() & (Booking.given_at <= _before(now, minutes=2 * dwell_minutes))


def _carry_out(running: Command, moves: list[Move]) -> list[MoveRow]:
    with loads_gathered():
        for move in moves:
            booking = Booking.lock(move.booking_id)
            why = "where nobody claimed it" if move.stalled else "to even out the loads"
            reason = f"moved from agent {move.from_agent_id}{',' if move.stalled else ''} {why}"
            decision = for_one_agent(running, booking.lead_id, move.to_agent_id, POLICY, reason)
            put_on_record(running, decision)
            booking.agent_id = move.to_agent_id
            booking.changed_at = booking.given_at = booking.shuffled_at = running.now
            booking.save()
    running.detail["moves"] = len(moves)
    running.may_free = True
    running.booking_id = None
    return _rows(moves)


def _rows(moves: list[Move]) -> list[MoveRow]:
    return [
        {"booking_id": move.booking_id, "from_agent_id": move.from_agent_id, "to_agent_id": move.to_agent_id}
        for move in moves
    ]


def _listed(names: str | None) -> frozenset[str] | None:
    return frozenset(json.loads(names)) if names else None


def _before(now: str, **span: int) -> str:
    return to_text(from_text(now) - timedelta(**span))
