"""Bookings that wait for an agent, and their assignment as soon as one is free."""

from __future__ import annotations

import heapq
from collections.abc import Callable, Iterator, Mapping
from datetime import timedelta
from itertools import islice
from typing import TYPE_CHECKING

from peewee import Select, Tuple, fn

from dispatch.assignment.assign import find_agent, kept_out_of, may_take, present_round
from dispatch.desk import settings
from dispatch.desk.commands import Command
from dispatch.queries.caps import AtCaps
from dispatch.queries.offer_rounds import NO_ROUND, Round, free_agents, rounds_of
from dispatch.queries.order_of_work import Turn, turns
from models.base import CompiledQuery, parameter
from models.bookings import Booking, Waiting
from models.clock import from_text, to_text
from models.database import current_database
from models.issues import NEW, Issue
from models.priorities import PRIORITIES

if TYPE_CHECKING:
    from dispatch.desk.desk import Desk

AT_ONCE = 100

_oldest_waiting = CompiledQuery(
    lambda: (
        Waiting.select(Waiting.created_at, Waiting.booking_id)
        .where(
            Waiting.priority == parameter("priority"),
            Tuple(Waiting.created_at, Waiting.booking_id) > Tuple(parameter("since"), parameter("last")),
        )
        .order_by(Waiting.created_at, Waiting.booking_id)
        .limit(parameter("limit"))
    )
)
_any_waiting = CompiledQuery(lambda: Waiting.select(Waiting.booking_id).limit(1))
_what_waits = CompiledQuery(
    lambda: Select(
        [],
        [
            fn.EXISTS(Waiting.select(Waiting.booking_id)),
            fn.EXISTS(Issue.select(Issue.issue_id).where(Issue.status == NEW)),
        ],
    ).bind(current_database)
)


def what_waits() -> tuple[bool, bool]:
    """Whether any bookings, and any issues, wait for an agent: in one look, as every command ends with it."""
    bookings, issues = _what_waits()[0]
    return bool(bookings), bool(issues)


def drain_waiting(running: Command, returned: Mapping[int, str] | None = None) -> None:
    """Assign waiting bookings, in their order of work, as long as an agent may take work.

    ``returned`` are those that an agent has just given back, and why: they wait their turn with the others,
    but do not count as drained. A booking that every free agent is kept out of stays waiting, untouched.
    """
    if is_held(running.desk):
        return
    returned = returned or {}
    drained: list[int] = []
    free: set[int] | None = None  # not read unless something waits, as there may be thousands
    at_caps = AtCaps()
    for booking_id, before in _waiting(running.desk, running.undoes):
        free = free_agents() if free is None else free
        if not free:
            break
        if _somebody(running, booking_id, before, free, at_caps):
            booking, because = Booking.lock(booking_id), returned.get(booking_id, "")
            agent_id = find_agent(running, booking, because=because, before=before)
            drained.append(booking_id)
            if agent_id is not None:
                at_caps.count(agent_id)
                if not may_take(agent_id):
                    free.discard(agent_id)
    drained = [booking_id for booking_id in drained if booking_id not in returned]
    if drained:
        running.detail["drained"] = drained


def drainable(desk: Desk) -> bool:
    """Whether a booking is waiting that an agent could take now."""
    if not _any_waiting() or is_held(desk) or not (free := free_agents()):
        return False
    asking, at_caps = Command(desk, "waiting.assign"), AtCaps()
    return any(
        _somebody(asking, booking_id, before, free, at_caps) for booking_id, before in _waiting(desk, None)
    )


def hold(running: Command) -> None:
    """Let waiting bookings wait ``drain_seconds`` longer, from the first agent who has signed on.

    Those who sign on in the meantime share them. Whichever command or sweep comes next assigns them.
    """
    seconds = running.desk.settings["drain_seconds"]
    if seconds and not is_held(running.desk) and Waiting.select().exists():
        settings.remember(settings.DRAIN_AT, _later(running.now, seconds))


def is_held(desk: Desk) -> bool:
    """Whether waiting bookings wait for more agents to sign on; a time too far away is of a wrong clock."""
    seconds = desk.settings["drain_seconds"]
    until = settings.recall(settings.DRAIN_AT) if seconds else None
    return until is not None and desk.now() < until <= _later(desk.now(), seconds)


def end_hold(desk: Desk) -> bool:
    """End a hold whose time has come; return whether there was one."""
    until = settings.recall(settings.DRAIN_AT)
    if until is None or until > desk.now():
        return False
    settings.forget(settings.DRAIN_AT)
    return True


def _later(now: str, seconds: int) -> str:
    return to_text(from_text(now) + timedelta(seconds=seconds))


def _somebody(running: Command, booking_id: int, before: Round, free: set[int], at_caps: AtCaps) -> bool:
    """Whether one of the free agents could get a booking: all other rules are dropped if need be."""
    current = present_round(running, booking_id, before)
    kept_out = kept_out_of(running, booking_id, current, free=free)
    return bool(free - kept_out.keys() - at_caps.of_booking(booking_id))


def _waiting(desk: Desk, undoing: int | None) -> Iterator[tuple[int, Round]]:
    """The waiting bookings in the order of work, with their rounds by the log."""
    if not _any_waiting():
        return
    turn = turns(str(desk.settings["lead_target_minutes"]))
    in_order = heapq.merge(*(_of_priority(priority, turn) for priority in range(1, len(PRIORITIES) + 1)))
    while some := list(islice(in_order, AT_ONCE)):
        rounds = rounds_of([one.booking_id for one in some], undoing)
        yield from ((one.booking_id, rounds.get(one.booking_id, NO_ROUND)) for one in some)


def _of_priority(priority: int, turn: Callable[[int, str, int], Turn]) -> Iterator[Turn]:
    """The turns of the waiting bookings of a priority, oldest first."""
    since, last = "", 0
    while rows := _oldest_waiting(priority=priority, since=since, last=last, limit=AT_ONCE):
        yield from (turn(priority, *row) for row in rows)
        since, last = rows[-1]
