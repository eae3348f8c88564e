"""All that the clock does, in one pass: presences, shifts, offers, claims, what waits, issues, the shuffle.

It may run in several terminals at once, and as often as one likes. Whatever is due is looked up first
without the lock, and once more with it: what another terminal has done meanwhile is not done again.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from dispatch.agents import presence
from dispatch.agents.presence import SWEEPER
from dispatch.assignment import shuffle
from dispatch.assignment.waiting_list import drain_waiting, drainable
from dispatch.desk.commands import Command, command, put_back
from dispatch.operations import booking_timeouts
from dispatch.service.due_checks import sweep_issues
from dispatch.service.issues import auto_close, lifecycle

if TYPE_CHECKING:
    from dispatch.desk.desk import Desk

AT_ONCE = 25

Row = dict[str, Any]


def sweep(desk: Desk) -> Row:
    """Do all that is due. Returns the agents or bookings that each of the clocks was about.

    ``presence``: agents; ``lapsed``, ``asked``, ``released``, ``assigned``: bookings; ``moves``: of the
    shuffle; ``warned``, ``escalated``, ``closed``: issues. Each change is an event of the sweeper. A pass
    that finds nothing due takes no lock.
    """
    with desk.acting_as(SWEEPER), desk.request(None):
        return {
            "presence": _presences(desk),
            "lapsed": _each(desk, booking_timeouts.lapsed, booking_timeouts.lapse),
            "asked": _each(desk, booking_timeouts.silent, booking_timeouts.ask),
            "released": _each(desk, booking_timeouts.unanswered, booking_timeouts.expire),
            "assigned": _assigned(desk),
            "moves": shuffle.run_if_due(desk),
            **_issues(desk),
            "closed": _each(desk, auto_close.due, lifecycle.close),
        }


def _issues(desk: Desk) -> dict[str, list[int]]:
    """The issues with a new warning, and those with a new escalation or level."""
    told = sweep_issues(desk)
    keys = {"warned": "warnings", "escalated": "escalations"}
    return {key: sorted({row["issue_id"] for row in told[kind]}) for key, kind in keys.items()}


def _presences(desk: Desk) -> list[int]:
    with desk.reading():
        due = presence.due(desk)
    if due:
        with desk.transaction():
            pass  # every transaction begins with what the clock has changed
    return due


def _each(
    desk: Desk, find: Callable[[Desk, int | None], list[int]], act: Callable[[Desk, int], object]
) -> list[int]:
    """Do something to every booking or issue that is due, some in a commit."""
    with desk.reading():
        due = find(desk, None)
    done = []
    for start in range(0, len(due), AT_ONCE):
        with desk.batch():
            for number in due[start : start + AT_ONCE]:
                if find(desk, number):
                    act(desk, number)
                    done.append(number)
    return done


def _assigned(desk: Desk) -> list[int]:
    """Give out what somebody may take by now who had declined it, or is free since."""
    with desk.reading():
        if not drainable(desk):
            return []
    with desk.batch():
        return drain(desk) if drainable(desk) else []


@command("waiting.assign", past="waiting bookings given out", undo=put_back)
def drain(running: Command) -> list[int]:
    """Assign what waits, oldest first, as long as somebody is free."""
    drain_waiting(running)
    drained: list[int] = running.detail.get("drained", [])
    return drained
