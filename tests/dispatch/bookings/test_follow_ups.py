"""Follow-ups: set, kept, settled, cleared and due; and the attempts to reach a customer."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from dispatch import bookings, queries
from dispatch.bookings import follow_ups
from dispatch.desk import event_log
from dispatch.desk.desk import Desk
from dispatch.leads.intake import LeadResult
from dispatch.operations import undo
from models.bookings import Booking
from models.errors import DeskError, InvalidInput, NotFound, Refused

AddLead = Callable[..., LeadResult]
Look = Callable[..., Any]
QUOTE = {"package": "Luxury Dome Stay", "destination_revenue": "1234.50", "package_revenue": "99"}
IN_2_HOURS = "2082-03-01 11:00:00"
CLOSE: dict[str, Callable[[Desk], Any]] = {
    "confirm": lambda desk: bookings.confirm(desk, 1, **QUOTE),
    "cancel": lambda desk: bookings.cancel(desk, 1, "no money"),
}

pytestmark = pytest.mark.usefixtures("lead")


@pytest.fixture
def promised(desk: Desk, lead: LeadResult) -> None:
    """Booking 1 has a follow-up in two hours."""
    follow_ups.follow_up(desk, 1, "in 2 hours")


def at(look: Look, booking_id: int = 1) -> str | None:
    result: str | None = look(queries.booking, booking_id)["follow_up_at"]
    return result


def refused(desk: Desk, look: Look, run: Callable[[], object]) -> DeskError:
    """The refusal of a command; nothing may have changed."""
    before = look(lambda: (queries.booking(1), event_log.events()))
    with pytest.raises(DeskError) as caught:
        run()
    assert look(lambda: (queries.booking(1), event_log.events())) == before
    return caught.value


def test_a_follow_up_is_set_moved_and_cleared(desk: Desk, look: Look) -> None:
    row = follow_ups.follow_up(desk, 1, "in 2 hours")
    assert row == look(queries.booking, 1)
    assert row["follow_up_at"] == IN_2_HOURS
    assert follow_ups.follow_up(desk, 1, "2082-03-02 08:00 UTC")["follow_up_at"] == "2082-03-02 08:00:00"
    assert follow_ups.follow_up(desk, 1, None)["follow_up_at"] is None
    result = look(event_log.events, booking_id=1)[:3]
    assert [event["command"] for event in result] == ["booking.follow_up"] * 3
    assert [event["detail"]["follow_up_at"] for event in result] == [None, "2082-03-02 08:00:00", IN_2_HOURS]


def test_an_empty_text_clears_a_follow_up(desk: Desk, promised: None) -> None:
    assert follow_ups.follow_up(desk, 1, "  ")["follow_up_at"] is None


def test_a_missing_follow_up_cannot_be_cleared(desk: Desk, look: Look) -> None:
    assert refused(desk, look, lambda: follow_ups.follow_up(desk, 1)).code == "no_follow_up"


@pytest.mark.parametrize("text", ["soon", "2026-03-01", "today 0:00"])
def test_an_invalid_time_changes_nothing(desk: Desk, look: Look, promised: None, text: str) -> None:
    error = refused(desk, look, lambda: follow_ups.follow_up(desk, 1, text))
    assert isinstance(error, InvalidInput)
    assert "tomorrow 9:00" in error.hint
    error = refused(desk, look, lambda: bookings.contact(desk, 1, "no_answer", None, text))
    assert isinstance(error, InvalidInput)


@pytest.mark.parametrize("close", CLOSE)
def test_only_a_pending_booking_can_have_a_follow_up(desk: Desk, look: Look, close: str) -> None:
    assert isinstance(refused(desk, look, lambda: follow_ups.follow_up(desk, 7, "9:00")), NotFound)
    CLOSE[close](desk)
    assert refused(desk, look, lambda: follow_ups.follow_up(desk, 1, "9:00")).code == "not_pending"


def test_a_waiting_booking_cannot_have_a_follow_up(desk: Desk, look: Look) -> None:
    bookings.decline(desk, 1, "full")
    bookings.decline(desk, 1, "full too")
    assert refused(desk, look, lambda: follow_ups.follow_up(desk, 1, "9:00")).code == "waiting"


@pytest.mark.parametrize("close", CLOSE)
def test_closing_clears_a_follow_up_and_undo_restores_it(
    desk: Desk, look: Look, promised: None, close: str
) -> None:
    assert CLOSE[close](desk)["follow_up_at"] is None
    undo.undo(desk)
    assert at(look) == IN_2_HOURS


def test_reopening_does_not_restore_a_follow_up(desk: Desk, promised: None) -> None:
    bookings.cancel(desk, 1, "no money")
    assert bookings.reopen(desk, 1)["follow_up_at"] is None


def test_follow_ups_are_undone_step_by_step(desk: Desk, look: Look, promised: None) -> None:
    follow_ups.follow_up(desk, 1, "in 3 hours")
    undo.undo(desk)
    assert at(look) == IN_2_HOURS
    undo.undo(desk)
    assert at(look) is None
    undo.undo(desk)
    assert look(queries.booking, 1)["voided"]


def test_a_follow_up_moves_with_its_booking(desk: Desk, promised: None) -> None:
    bookings.claim(desk, 1, 1)
    assert bookings.release(desk, 1)["follow_up_at"] == IN_2_HOURS
    assert bookings.reassign(desk, 1, 2, "speaks French")["follow_up_at"] == IN_2_HOURS
    row = bookings.decline(desk, 1, "full")
    assert (row["agent_id"], row["follow_up_at"]) == (1, IN_2_HOURS)


@pytest.mark.on_file
def test_the_database_itself_keeps_closed_bookings_free_of_follow_ups(desk: Desk, look: Look) -> None:
    bookings.cancel(desk, 1, "no money")
    with pytest.raises(Exception, match="CHECK"), desk.transaction():
        Booking.update(follow_up_at=IN_2_HOURS).where(Booking.booking_id == 1).execute()


def test_no_answer_note_and_next_attempt_are_one_event(desk: Desk, look: Look) -> None:
    row = bookings.contact(desk, 1, "no_answer", "voice mail", "in 2 hours")
    assert row == look(queries.booking, 1)
    assert (row["contact_attempts"], row["last_outcome"]) == (1, "no_answer")
    assert (row["contacted_at"], row["follow_up_at"]) == (None, IN_2_HOURS)
    newest = look(event_log.events, booking_id=1)[0]
    assert newest["command"] == "booking.contact"
    result = {"outcome": "no_answer", "text": "voice mail", "follow_up_at": IN_2_HOURS}
    assert newest["detail"] == result
    undo.undo(desk)
    row = look(queries.booking, 1)
    assert (row["contact_attempts"], row["last_outcome"], row["follow_up_at"]) == (0, None, None)


def test_attempts_are_counted_and_the_first_success_kept(desk: Desk, look: Look, clock: Any) -> None:
    bookings.contact(desk, 1, "no_answer")
    bookings.contact(desk, 1, "reached")
    clock.advance(hours=1)
    row = bookings.contact(desk, 1, "no_answer")
    assert (row["contact_attempts"], row["last_outcome"]) == (3, "no_answer")
    assert row["contacted_at"] == "2082-03-01 09:00:00"
    undo.undo(desk)
    row = look(queries.booking, 1)
    assert (row["contact_attempts"], row["last_outcome"]) == (2, "reached")


@pytest.mark.parametrize(
    ("outcome", "hours", "left"),
    [
        ("reached", 2, "2082-03-03 11:00:00"),
        ("reached", 1, IN_2_HOURS),
        ("no_answer", 1, IN_2_HOURS),
        ("no_answer", 2, "2082-03-01 15:00:00"),
    ],
)
def test_a_follow_up_stays_until_it_is_due_and_then_the_outcome_sets_the_next(
    desk: Desk, promised: None, clock: Any, outcome: str, hours: int, left: str | None
) -> None:
    clock.advance(hours=hours)
    assert bookings.contact(desk, 1, outcome)["follow_up_at"] == left


def test_a_reached_customer_may_want_another_call(desk: Desk, promised: None, clock: Any) -> None:
    clock.advance(hours=2)
    row = bookings.contact(desk, 1, "reached", follow_up="in 1 hour")
    assert row["follow_up_at"] == "2082-03-01 12:00:00"


@pytest.mark.parametrize("text", ["\x1b[2J", "x" * 10_001])
def test_a_note_is_a_text(desk: Desk, look: Look, text: str) -> None:
    assert refused(desk, look, lambda: bookings.contact(desk, 1, "reached", text)).code == "invalid_text"


@pytest.fixture
def several(desk: Desk, lead: LeadResult, add_lead: AddLead) -> None:
    """Bookings 1 to 6, odd ones Ada's (1); due at 12, 10, 11, 12 and 15 o'clock, and 6 never."""
    for _ in range(5):
        add_lead()
    for booking_id, hours in ((1, 3), (2, 1), (3, 2), (4, 3), (5, 6)):
        follow_ups.follow_up(desk, booking_id, f"in {hours} hours")


@pytest.mark.parametrize(
    ("until", "given", "expected"),
    [
        ("2082-03-01 09:59:59", {}, []),
        ("2082-03-01 10:00:00", {}, [2]),
        ("2082-03-01 12:00:00", {}, [2, 3, 1, 4]),
        ("2082-03-01 12:00:00", {"agent_id": 1}, [3, 1]),
        ("2082-03-01 12:00:00", {"limit": 2}, [2, 3]),
        ("2082-03-02 00:00:00", {"agent_id": 1}, [3, 1, 5]),
    ],
)
def test_due_bookings_come_longest_overdue_first(
    several: None, look: Look, until: str, given: dict[str, int], expected: list[int]
) -> None:
    assert [row["booking_id"] for row in look(follow_ups.due, until, **given)] == expected


def test_due_bookings_can_be_paged(several: None, look: Look) -> None:
    which = queries.BookingFilter(due_until="2082-03-02", sort=queries.FOLLOW_UP, descending=False)
    whole = look(queries.list_bookings, which)
    paged: list[dict[str, Any]] = []
    while page := look(queries.list_bookings, which, 2, paged[-1] if paged else None):
        paged += page
    assert paged == whole
    assert len(paged) == 5


def test_an_agents_desk_begins_with_due_bookings(several: None, desk: Desk, look: Look, clock: Any) -> None:
    bookings.claim(desk, 1, 1)
    bookings.cancel(desk, 5, "no money")

    def groups() -> list[tuple[int, str]]:
        return [(row["booking_id"], row["group"]) for row in look(queries.desk_of, 1, desk.now())]

    assert groups() == [(1, "in progress"), (3, "tentative"), (5, "done today")]
    clock.advance(hours=2)
    assert groups() == [(3, "due"), (1, "in progress"), (5, "done today")]
    clock.advance(hours=1)
    assert groups() == [(3, "due"), (1, "due"), (5, "done today")]


def test_a_request_id_makes_a_follow_up_safe_to_repeat(desk: Desk, clock: Any) -> None:
    def again() -> Any:
        with desk.request("r1"):
            return follow_ups.follow_up(desk, 1, "in 2 hours")

    first = again()
    clock.advance(minutes=30)
    assert again() == first
    with pytest.raises(Refused, match="r1"), desk.request("r1"):
        follow_ups.follow_up(desk, 1, "in 3 hours")
