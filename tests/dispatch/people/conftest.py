"""A closed desk with a person of each role, and agents 1 and 2 with work."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from dispatch import bookings
from dispatch.desk.access.staff import SignedIn
from dispatch.desk.desk import Desk
from dispatch.people import users
from dispatch.people.row_types import UserRow
from dispatch.queries.row_types import AgentRow
from dispatch.service.issues import intake as issue_intake
from models import opening
from models.audit import Event
from models.base import tuples
from models.bookings import Booking
from models.people import User
from tests.conftest import TestClock

PASSWORD = "a long enough one"
Enter = Callable[[str], Desk]


@pytest.fixture
def enter(desk: Desk) -> Enter:
    """Let a person be signed in, however that came about."""

    def enter(login: str) -> Desk:
        with desk.reading():
            user = User.get(User.login == login)
        desk.staff.signed_in = SignedIn(user.user_id, login)
        desk.staff.forget()
        desk.actor = login
        return desk

    return enter


def add_user(desk: Desk, login: str, role: str | None = None, agent_id: int | None = None) -> UserRow:
    """Add a user who signs in by an account of the machine, or on a server by a login of it."""
    return users.add(desk, login, role, agent_id, None if desk.database.login else login)


@pytest.fixture
def closed(
    desk: Desk,
    clock: TestClock,
    add_agent: Callable[..., AgentRow],
    add_lead: Callable[..., object],
    enter: Enter,
) -> Desk:
    """Bookings 1 and 3 and issue 1 are Ada's (agent 1), booking 2 is Bob's; anna is signed in."""
    add_agent("Ada", specialisations="billing_dispute")
    add_agent("Bob")
    for name in ("Kate", "John", "Mia"):
        add_lead(name)
    with desk.reading():
        held = dict(bookings_held())
    for number, wanted in ((1, 1), (2, 2), (3, 1)):
        if held[number] != wanted:
            bookings.reassign(desk, number, wanted, "for the test")
    issue_intake.open_issue(desk, "the invoice is wrong, I want my money back", category="billing_dispute")
    add_user(desk, "anna")
    enter("anna")
    add_user(desk, "dora", "dispatcher")
    add_user(desk, "adam", "agent", 1)
    add_user(desk, "otto", "auditor")
    clock.advance(seconds=1)
    return desk


def bookings_held() -> list[tuple[int, int]]:
    return tuples(Booking.select(Booking.booking_id, Booking.agent_id))


@pytest.fixture
def unchanged(path: Path | str) -> Iterator[Callable[[], int]]:
    """Return how many events there are, read beside the desk."""
    beside = opening.open_read_only(path)

    def count() -> int:
        with beside.active():
            return Event.select().count()

    yield count
    beside.close()
