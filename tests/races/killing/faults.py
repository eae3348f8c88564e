"""Commands with a fault on purpose: the judge finds each of them."""

from __future__ import annotations

import time
from pathlib import Path

from dispatch import bookings
from tests.races.killing import desk_at_work as work
from tests.races.killing.desk_at_work import holder, opened
from tests.races.killing.kinds import REQUEST, Kind, Tell, desk_in, prepared_already

LONG_S = 0.05  # most kills land in it


def in_two_commits(folder: Path, tell: Tell) -> None:
    """A note and a claim that belong together, each committed by itself."""
    desk = opened(desk_in(folder))
    tell(None)
    with desk.request(f"{REQUEST}, first half"):
        bookings.note(desk, work.PENDING, "is being claimed")
    time.sleep(LONG_S)
    with desk.request(REQUEST):
        tell(bookings.claim(desk, work.PENDING, holder(desk, work.PENDING)))
    desk.close()


def answered_too_early(folder: Path, tell: Tell) -> None:
    """A claim that is answered before its commit."""
    desk = opened(desk_in(folder))
    tell(None)
    with desk.request(REQUEST), desk.transaction():
        tell(bookings.claim(desk, work.PENDING, holder(desk, work.PENDING)))
        time.sleep(LONG_S)
    desk.close()


def without_request(folder: Path, tell: Tell) -> None:
    """A note that nobody can tell from a second one."""
    desk = opened(desk_in(folder))
    tell(None)
    tell(bookings.note(desk, work.PENDING, "likes domes"))
    time.sleep(LONG_S)
    desk.close()


FAULTY: dict[str, Kind] = {
    "in two commits": Kind(prepared_already, in_two_commits),
    "answered too early": Kind(prepared_already, answered_too_early),
    "without a request id": Kind(prepared_already, without_request),
}
