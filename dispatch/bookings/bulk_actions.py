"""Several bookings at once: one command, a result for each, and one undo for all of them.

Which ones is told by their numbers, or by a filter that the command itself looks through. A preview makes
the same checks on rows that are only read: however many they are, nobody at another terminal waits for it.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import TYPE_CHECKING, Any

from dispatch import queries
from dispatch.assignment import agent_checks
from dispatch.assignment.assign import taker_for
from dispatch.bookings import lifecycle
from dispatch.desk.commands import Command, command, put_back
from dispatch.inputs import validation
from dispatch.queries.bookings import BookingFilter
from models.agents import Agent
from models.bookings import CANCELLED, Booking
from models.errors import DeskError, InvalidInput
from models.triggers import loads_gathered

if TYPE_CHECKING:
    from dispatch.desk.desk import Desk

MOST = 10_000

Row = dict[str, Any]
Which = Sequence[int] | BookingFilter
"""The bookings' numbers, or what finds them."""
Check = Callable[[Booking], None]


@command("booking.reassign_all", past="several reassigned", undo=put_back)
def reassign(running: Command, which: Which, to_agent_id: int, reason: str) -> Row:
    """Give bookings to an agent. Returns {"done", "refused", "results"}, see ``_all``.

    Raises as a single one does for what is wrong with all of them: the agent, the reason.
    """
    reason = validation.required_text(reason, "reason")
    agent = agent_checks.attending_agent(to_agent_id)

    def give(booking: Booking) -> Row:
        over = lifecycle.reassigned(running, booking, agent, reason)
        agent.load += 1  # only counted with here: the triggers move the load when the block ends
        return {"over_capacity": over}

    with loads_gathered():
        result = _all(which, _reassignable(agent), give)
    return _kept(running, result, reason)


@command("booking.cancel_all", past="several cancelled", undo=put_back)
def cancel(running: Command, which: Which, reason: str) -> Row:
    """Cancel bookings, for one reason. Returns {"done", "refused", "results"}, see ``_all``."""
    reason = validation.required_text(reason, "reason")

    def drop(booking: Booking) -> Row:
        lifecycle.cancelled(running, booking, reason)
        return {}

    with loads_gathered():
        result = _all(which, _cancellable, drop)
    return _kept(running, result, reason)


@command("booking.release_all", past="several released", undo=put_back)
def release(running: Command, which: Which) -> Row:
    """Give up the claims of bookings. Returns {"done", "refused", "results"}, see ``_all``."""

    def unclaim(booking: Booking) -> Row:
        lifecycle.unclaim(running, booking)
        return {}

    return _kept(running, _all(which, _releasable, unclaim))


def preview_reassign(desk: Desk, which: Which, to_agent_id: int) -> Row:
    """What ``reassign`` would answer, as far as it changes the bookings; nothing is locked or written."""
    with desk.reading():
        agent = agent_checks.attending_agent(to_agent_id)

        def given(row: Row, _: Booking) -> Row:
            over = agent.held >= agent.capacity
            agent.load += 1
            holder = {"agent_id": agent.agent_id, "agent_name": agent.name, "over_capacity": over}
            return row | holder | _UNCLAIMED

        return _planned(which, _reassignable(agent), given)


def preview_cancel(desk: Desk, which: Which) -> Row:
    """What ``cancel`` would answer, likewise."""

    def dropped(row: Row, _: Booking) -> Row:
        ended = {"status": CANCELLED, "cancelled_at": desk.now(), "follow_up_at": None, "unattended": False}
        return row | ended | {"claimed_at": row["claimed_at"] or (desk.now() if row["agent_id"] else None)}

    with desk.reading():
        return _planned(which, _cancellable, dropped)


def preview_release(desk: Desk, which: Which) -> Row:
    """What ``release`` would answer, likewise; each that goes on from somebody away as if it were alone."""
    asking = Command(desk, "booking.release_all")

    def released(row: Row, booking: Booking) -> Row:
        if not row["unattended"]:
            return row | _UNCLAIMED
        taker = taker_for(asking, booking)
        name = None if taker is None else Agent.lock(taker).name
        return row | _UNCLAIMED | {"agent_id": taker, "agent_name": name}

    with desk.reading():
        return _planned(which, _releasable, released)


_UNCLAIMED = {"claimed_at": None, "asked_at": None, "unattended": False}


def _reassignable(agent: Agent) -> Check:
    def check(booking: Booking) -> None:
        lifecycle.check_open(booking, waiting_too=True)
        lifecycle.check_other(booking, agent)

    return check


def _cancellable(booking: Booking) -> None:
    lifecycle.check_open(booking, waiting_too=True)


def _releasable(booking: Booking) -> None:
    lifecycle.check_open(booking)
    lifecycle.check_claimed(booking)


def _all(which: Which, check: Check, act: Callable[[Booking], Row]) -> Row:
    """Do something to every booking that passes the check; one that is refused leaves the others standing.

    A result is {"booking_id", "ok", "booking", "error"}: the booking afterwards with what ``act`` tells of
    it, or the refusal. A refusal that comes only while something is done takes back all of it.
    """
    verdicts = _checked(which, check)
    told = {number: act(fit) for number, fit in verdicts.items() if isinstance(fit, Booking)}
    after = {row["booking_id"]: row | told[row["booking_id"]] for row in queries.bookings_by_id(list(told))}
    return _answer(verdicts, after)


def _planned(which: Which, check: Check, after: Callable[[Row, Booking], Row]) -> Row:
    verdicts = _checked(which, check)
    fit = {number: each for number, each in verdicts.items() if isinstance(each, Booking)}
    rows = {row["booking_id"]: row for row in queries.bookings_by_id(list(fit))}
    return _answer(verdicts, {number: after(rows[number], booking) for number, booking in fit.items()})


def _numbers(which: Which) -> list[int]:
    """Whose numbers these are, each once. Raises InvalidInput for none, or too many."""
    if isinstance(which, BookingFilter):
        wanted = queries.booking_ids(which, MOST + 1)
    else:
        wanted = list(dict.fromkeys(which))
    if len(wanted) > MOST or not (wanted or isinstance(which, BookingFilter)):
        raise InvalidInput("bookings", f"{len(wanted)} bookings are given", f"1 to {MOST} at once")
    return wanted


def _checked(which: Which, check: Check) -> dict[int, Booking | DeskError]:
    """The bookings that pass the check, and the refusals of the others, in the order asked for."""
    verdicts: dict[int, Booking | DeskError] = {}
    for number in _numbers(which):
        try:
            booking = Booking.lock(number)
            check(booking)
        except DeskError as error:
            verdicts[number] = error
        else:
            verdicts[number] = booking
    return verdicts


def _answer(verdicts: Mapping[int, Booking | DeskError], after: Mapping[int, Row]) -> Row:
    results = [
        {
            "booking_id": number,
            "ok": number in after,
            "booking": after.get(number),
            "error": verdict.as_json() if isinstance(verdict, DeskError) else None,
        }
        for number, verdict in verdicts.items()
    ]
    return {"done": len(after), "refused": len(results) - len(after), "results": results}


def _kept(running: Command, result: Row, reason: str | None = None) -> Row:
    """Put into the event what the log shows of a batch."""
    running.booking_id = running.agent_id = None
    over = {"over_capacity": True} if running.detail.get("over_capacity") else {}
    running.detail = {"bookings": result["done"]} | ({"reason": reason} if reason else {}) | over
    return result
