"""Actions on several bookings at once: one command, a result for each, and one undo for all of them.

The bookings given by number, or by a filter that the command itself runs. A preview makes the same
checks without writing, so no other terminal has to wait for it.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from functools import partial
from typing import TYPE_CHECKING

from dispatch import queries
from dispatch.assignment import agent_checks
from dispatch.assignment.assign import save, taker_for
from dispatch.bookings import lifecycle
from dispatch.bookings.row_types import BatchResult
from dispatch.desk import bulk
from dispatch.desk.commands import Command, command, put_each_back
from dispatch.inputs import validation
from dispatch.queries.bookings import BookingFilter
from dispatch.queries.caps import at_cap_for
from dispatch.queries.row_types import BookingRow
from models.agents import Agent
from models.bookings import CANCELLED, Booking
from models.errors import DeskError, Refused
from models.priorities import PRIORITIES
from models.triggers import loads_gathered

if TYPE_CHECKING:
    from dispatch.desk.desk import Desk

Which = Sequence[int] | BookingFilter
"""Booking numbers, or a filter that finds them."""
Check = Callable[[Booking], None]
After = Callable[[BookingRow, Booking], BookingRow]
_open_or_waiting: Check = partial(lifecycle.check_open, waiting_too=True)


@command("booking.reassign_all", past="several reassigned", undo=put_each_back, may="booking.manage")
def reassign(running: Command, which: Which, to_agent_id: int, reason: str) -> BatchResult:
    """Give bookings to an agent. Raises as for a single booking if the agent or reason is wrong."""
    reason = validation.required_text(reason, "reason")
    agent = agent_checks.attending_agent(to_agent_id)
    over: dict[int, bool] = {}

    def give(booking: Booking) -> None:
        over[booking.booking_id] = lifecycle.reassigned(running, booking, agent, reason)
        agent.load += 1  # for the next check only: the triggers update the load when the block ends

    with loads_gathered():
        result = _all(which, _reassignable(agent), give)
    for line in result["results"]:
        if line["booking"]:
            line["booking"]["over_capacity"] = over[line["booking_id"]]
    return _kept(running, result, reason)


@command("booking.cancel_all", past="several cancelled", undo=put_each_back, may="booking.manage")
def cancel(running: Command, which: Which, reason: str) -> BatchResult:
    """Cancel bookings, for one reason."""
    reason = validation.required_text(reason, "reason")
    with loads_gathered():
        result = _all(which, _open_or_waiting, lambda booking: lifecycle.cancelled(running, booking, reason))
    return _kept(running, result, reason)


@command("booking.release_all", past="several released", undo=put_each_back, may="booking.manage")
def release(running: Command, which: Which) -> BatchResult:
    """Release the claims on bookings."""
    return _kept(running, _all(which, _releasable, lambda booking: lifecycle.unclaim(running, booking)))


@command("booking.follow_up_all", past="several follow-ups", undo=put_each_back, may="booking.manage")
def follow_up(running: Command, which: Which, at: str | None = None) -> BatchResult:
    """Set when to get back to customers, the same time for all; None or empty clears it."""
    due_at = _due_at(at, running.now)

    def promise(booking: Booking) -> None:
        booking.follow_up_at = due_at
        if booking.claimed_at is not None:
            booking.progress_at = running.now
        save(running, booking)

    result = _kept(running, _all(which, _promising(due_at), promise))
    running.detail["follow_up_at"] = due_at
    return result


@command("booking.prioritise_all", past="several prioritised", undo=put_each_back, may="booking.manage")
def prioritise(running: Command, which: Which, priority: str) -> BatchResult:
    """Set the priority of bookings. Raises InvalidInput for an unknown one."""
    number = validation.priority(priority)

    def rank(booking: Booking) -> None:
        booking.priority = number
        save(running, booking)

    result = _kept(running, _all(which, _prioritisable(number), rank))
    running.detail["priority"] = PRIORITIES[number - 1]
    return result


def preview_reassign(desk: Desk, which: Which, to_agent_id: int) -> BatchResult:
    """Return the bookings as ``reassign`` would leave them; nothing is locked or written."""
    with desk.reading():
        agent = agent_checks.attending_agent(to_agent_id)

        def given(row: BookingRow, booking: Booking) -> BookingRow:
            over, capped = agent.held >= agent.capacity, at_cap_for(booking.lead_id, agent.agent_id)
            agent.load += 1
            after = _unclaimed(row) | {
                "agent_id": agent.agent_id,
                "agent_name": agent.name,
                "pinned_at": desk.now(),
                "over_capacity": over,
            }
            return after | {"over_cap": capped} if capped else after

        return _planned(which, _reassignable(agent), given)


def preview_cancel(desk: Desk, which: Which) -> BatchResult:
    """Return the bookings as ``cancel`` would leave them; nothing is locked or written."""

    def dropped(row: BookingRow, _: Booking) -> BookingRow:
        return row | {
            "status": CANCELLED,
            "cancelled_at": desk.now(),
            "follow_up_at": None,
            "unattended": False,
            "claimed_at": row["claimed_at"] or (desk.now() if row["agent_id"] else None),
        }

    with desk.reading():
        return _planned(which, _open_or_waiting, dropped)


def preview_follow_up(desk: Desk, which: Which, at: str | None = None) -> BatchResult:
    """Return the bookings as ``follow_up`` would leave them; nothing is locked or written."""
    due_at = _due_at(at, desk.now())

    def promised(row: BookingRow, _: Booking) -> BookingRow:
        progress_at = desk.now() if row["claimed_at"] else row["progress_at"]
        return row | {"follow_up_at": due_at, "progress_at": progress_at}

    with desk.reading():
        return _planned(which, _promising(due_at), promised)


def preview_prioritise(desk: Desk, which: Which, priority: str) -> BatchResult:
    """Return the bookings as ``prioritise`` would leave them; nothing is locked or written."""
    number = validation.priority(priority)
    with desk.reading():
        return _planned(
            which, _prioritisable(number), lambda row, _: row | {"priority": PRIORITIES[number - 1]}
        )


def preview_release(desk: Desk, which: Which) -> BatchResult:
    """Return the bookings as ``release`` would leave them; each reassignment is worked out on its own."""
    asking = Command(desk, "booking.release_all")

    def released(row: BookingRow, booking: Booking) -> BookingRow:
        if not row["unattended"]:
            return _unclaimed(row)
        taker = taker_for(asking, booking)
        name = None if taker is None else Agent.lock(taker).name
        return _unclaimed(row) | {"agent_id": taker, "agent_name": name}

    with desk.reading():
        return _planned(which, _releasable, released)


def _unclaimed(row: BookingRow) -> BookingRow:
    return row | {
        "claimed_at": None,
        "progress_at": None,
        "asked_at": None,
        "pinned_at": None,
        "unattended": False,
    }


def _reassignable(agent: Agent) -> Check:
    def check(booking: Booking) -> None:
        _open_or_waiting(booking)
        lifecycle.check_other(booking, agent)

    return check


def _due_at(at: str | None, now: str) -> str | None:
    return lifecycle.follow_up_time(at, now) if validation.stripped(at, "time") else None


def _promising(due_at: str | None) -> Check:
    def check(booking: Booking) -> None:
        lifecycle.check_open(booking)
        if due_at is None and booking.follow_up_at is None:
            raise lifecycle.nothing_to_clear(booking.booking_id)

    return check


def _prioritisable(priority: int) -> Check:
    def check(booking: Booking) -> None:
        _open_or_waiting(booking)
        if booking.priority == priority:
            name = PRIORITIES[priority - 1]
            raise Refused("same_priority", f"booking {booking.booking_id} is already {name}")

    return check


def _releasable(booking: Booking) -> None:
    lifecycle.check_open(booking)
    lifecycle.check_claimed(booking)


def _all(which: Which, check: Check, act: Callable[[Booking], object]) -> BatchResult:
    """Act on every booking that passes the check.

    A refusal raised by ``act`` itself rolls everything back.
    """
    verdicts = _checked(which, check)
    for booking in bulk.fit(verdicts).values():
        act(booking)
    return _answer(verdicts, lambda row, _: row)


def _planned(which: Which, check: Check, after: After) -> BatchResult:
    return _answer(_checked(which, check), after)


def _checked(which: Which, check: Check) -> dict[int, Booking | DeskError]:
    def checked(number: int) -> Booking:
        booking = Booking.lock(number)
        check(booking)
        return booking

    chosen = partial(queries.booking_ids, which) if isinstance(which, BookingFilter) else which
    return bulk.checked("booking", chosen, checked)


def _answer(verdicts: Mapping[int, Booking | DeskError], after: After) -> BatchResult:
    fit = bulk.fit(verdicts)
    rows = {row["booking_id"]: row for row in queries.bookings_by_id(list(fit))}
    done = {number: after(rows[number], booking) for number, booking in fit.items()}
    return bulk.answer("booking", verdicts, done)


def _kept(running: Command, result: BatchResult, reason: str | None = None) -> BatchResult:
    """Store in the event what the log shows of a batch, and return the result."""
    running.booking_id = running.agent_id = None
    over = {name: running.detail[name] for name in ("over_capacity", "over_cap") if name in running.detail}
    running.detail = {"bookings": result["done"]} | ({"reason": reason} if reason else {}) | over
    return result
