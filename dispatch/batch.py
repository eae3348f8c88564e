"""Several bookings at once: one command, a result for each, and one undo for all of them."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial
from typing import TYPE_CHECKING, Any

from dispatch import bookings, checks
from dispatch.commands import Command, command
from models.errors import DeskError, InvalidInput

if TYPE_CHECKING:
    from dispatch.desk import Desk

MOST = 10_000

Row = dict[str, Any]
Step = Callable[[Command, int], Row]


@command("booking.reassign_all")
def reassign(running: Command, booking_ids: Sequence[int], to_agent_id: int, reason: str) -> Row:
    """Give bookings to an agent. Returns {"results": [...]}, see ``_all``; raises as a single one does."""
    bookings.attending_agent(to_agent_id)
    reason = checks.required_text(reason, "reason")
    step = partial(bookings.reassigned, to_agent_id=to_agent_id, reason=reason)
    return _all(running, booking_ids, step, reason)


@command("booking.cancel_all")
def cancel(running: Command, booking_ids: Sequence[int], reason: str) -> Row:
    """Cancel bookings, for one reason. Returns {"results": [...]}, see ``_all``."""
    reason = checks.required_text(reason, "reason")
    return _all(running, booking_ids, partial(bookings.cancelled, reason=reason), reason)


@command("booking.release_all")
def release(running: Command, booking_ids: Sequence[int]) -> Row:
    """Give up the claims of bookings. Returns {"results": [...]}, see ``_all``."""
    return _all(running, booking_ids, bookings.released)


def preview(desk: Desk, run: Callable[[], Row]) -> Row:
    """What a batch would answer: ``batch.preview(desk, lambda: batch.cancel(desk, ids, "no money"))``."""
    return desk.rehearse(run)


def _all(running: Command, booking_ids: Sequence[int], step: Step, reason: str | None = None) -> Row:
    """Take a step for every booking; one that is refused leaves the others standing.

    A result is {"booking_id", "ok", "booking", "error"}: the booking afterwards, or the refusal.
    """
    wanted = list(dict.fromkeys(booking_ids))
    if not 0 < len(wanted) <= MOST:
        raise InvalidInput("bookings", f"{len(wanted)} bookings are given", f"1 to {MOST} at once")
    results = [_one(running, booking_id, step) for booking_id in wanted]
    done = [row["booking_id"] for row in results if row["ok"]]
    running.booking_id = running.agent_id = None
    over = {"over_capacity": True} if running.detail.get("over_capacity") else {}
    running.detail = {"bookings": len(done)} | ({"reason": reason} if reason else {}) | over
    return {"done": len(done), "refused": len(results) - len(done), "results": results}


def _one(running: Command, booking_id: int, step: Step) -> Row:
    written = running.writes
    try:
        row = step(running, booking_id)
    except DeskError as error:
        if running.writes != written:  # half done: nothing of the batch may stand
            raise
        return {"booking_id": booking_id, "ok": False, "booking": None, "error": error.as_json()}
    return {"booking_id": booking_id, "ok": True, "booking": row, "error": None}
