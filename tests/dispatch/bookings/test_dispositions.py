"""What an attempt comes to: the next follow-up, the last attempt, and the desk's own outcomes."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from dispatch import bookings, queries
from dispatch.bookings import dispositions
from dispatch.desk import event_log
from dispatch.desk.desk import Desk
from dispatch.inputs.times import delays
from dispatch.operations import undo
from dispatch.operations.configuration import set_value
from dispatch.reporting import booking_figures
from models.errors import DeskError

Look = Callable[..., Any]

pytestmark = pytest.mark.usefixtures("lead")


def refused(desk: Desk, look: Look, run: Callable[[], object]) -> DeskError:
    """The refusal of a command; nothing may have changed."""

    def seen() -> object:
        return queries.booking(1), dispositions.listing(retired=True), event_log.events()

    before = look(seen)
    with pytest.raises(DeskError) as caught:
        run()
    assert look(seen) == before
    return caught.value


@pytest.mark.parametrize(
    ("outcome", "follow_up", "reached"),
    [
        ("reached", "2082-03-03 09:00:00", True),
        ("no_answer", "2082-03-01 13:00:00", False),
        ("voicemail", "2082-03-02 09:00:00", False),
        ("call_back", "2082-03-02 09:00:00", True),
        ("Call back", "2082-03-02 09:00:00", True),
    ],
)
def test_an_attempt_sets_the_next_follow_up(desk: Desk, outcome: str, follow_up: str, reached: bool) -> None:
    row = bookings.contact(desk, 1, outcome)
    assert (row["status"], row["follow_up_at"]) == ("Pending", follow_up)
    assert (row["contacted_at"] is not None) == reached
    assert row["attempts_in_row"] == (0 if reached else 1)


@pytest.mark.parametrize(("typed", "at"), [("in 2 hours", "2082-03-01 11:00:00"), ("none", None)])
def test_what_is_typed_takes_the_place_of_the_delay(desk: Desk, typed: str, at: str | None) -> None:
    assert bookings.contact(desk, 1, "no_answer", None, typed)["follow_up_at"] == at


def test_none_also_removes_a_follow_up(desk: Desk) -> None:
    bookings.contact(desk, 1, "reached")
    assert bookings.contact(desk, 1, "reached", None, "none")["follow_up_at"] is None


def test_delays_run_in_the_hours_of_the_desk(desk: Desk, clock: Any) -> None:
    set_value(desk, "sla_hours", "mon-fri 08:00-16:00 UTC")
    clock.advance(days=5, hours=5)
    assert desk.now() == "2082-03-06 14:00:00"  # a Friday
    assert bookings.contact(desk, 1, "no_answer")["follow_up_at"] == "2082-03-09 10:00:00"
    bookings.contact(desk, 1, "reached", None, "none")
    assert bookings.contact(desk, 1, "reached")["follow_up_at"] == "2082-03-10 14:00:00"


def test_the_last_attempt_closes_the_booking_as_unreachable(desk: Desk, loads: Any, look: Look) -> None:
    told = [bookings.contact(desk, 1, "no_answer").get("attempt") for _ in range(5)]
    assert told == [None, "2nd of 6", "3rd of 6", "4th of 6", "5th of 6"]
    assert loads()[1] == 1
    row = bookings.contact(desk, 1, "voicemail", "nobody there")
    assert row.get("attempt") == "6th of 6"
    assert (row["status"], row["unreachable"], row["follow_up_at"]) == ("Cancelled", True, None)
    assert row["cancel_reason"] == "unreachable: voicemail, 6 attempts in a row"
    assert loads()[1] == 0
    with desk.reading():
        figures = {one["value"]: one for one in booking_figures.by_kind() if one["kind"] in ("all", "status")}
    assert [figures[""][name] for name in ("bookings", "cancelled", "unreachable")] == [1, 0, 1]
    assert figures[""]["confirmed_share"] is None
    assert (figures["Unreachable"]["bookings"], figures["Cancelled"]["bookings"]) == (1, 0)


def test_undo_takes_the_last_attempt_back_and_reopening_begins_again(
    desk: Desk, look: Look, loads: Any
) -> None:
    for _ in range(6):
        bookings.contact(desk, 1, "no_answer", None, "none")
    undo.undo(desk)
    row = look(queries.booking, 1)
    assert (row["status"], row["unreachable"], row["attempts_in_row"]) == ("Pending", False, 5)
    assert loads()[1] == 1
    undo.redo(desk)
    row = bookings.reopen(desk, 1)
    assert (row["status"], row["unreachable"], row["attempts_in_row"]) == ("Pending", False, 0)
    assert row["contact_attempts"] == 6
    assert bookings.contact(desk, 1, "no_answer")["status"] == "Pending"


def test_reaching_the_customer_begins_the_count_again(desk: Desk) -> None:
    for outcome in ("no_answer", "no_answer", "reached"):
        row = bookings.contact(desk, 1, outcome)
    assert (row["contact_attempts"], row["attempts_in_row"]) == (3, 0)


@pytest.mark.parametrize(
    ("outcome", "unreachable", "reason"),
    [
        ("wrong_number", True, "unreachable: wrong number"),
        ("not_interested", False, "not interested"),
        ("duplicate", False, "duplicate"),
    ],
)
def test_some_outcomes_end_at_once(desk: Desk, outcome: str, unreachable: bool, reason: str) -> None:
    row = bookings.contact(desk, 1, outcome)
    assert (row["status"], row["unreachable"], row["cancel_reason"]) == ("Cancelled", unreachable, reason)
    assert (row["contacted_at"] is not None) == (outcome == "not_interested")


def test_an_end_takes_no_follow_up(desk: Desk, look: Look) -> None:
    error = refused(desk, look, lambda: bookings.contact(desk, 1, "wrong_number", None, "in 2 hours"))
    assert error.code == "invalid_follow_up"
    assert error.message == "wrong number ends the booking: no follow-up"


def test_the_desk_has_outcomes_of_its_own(desk: Desk, look: Look) -> None:
    row = dispositions.add(desk, "Busy line", "30 min", "2")
    assert row == {
        "name": "busy_line",
        "delay": "30m",
        "attempts": 2,
        "ends": "unreachable",
        "reason": None,
        "reaches": False,
        "retired": False,
        "words": "again in 30 working minutes; unreachable after 2 attempts",
    }
    assert bookings.contact(desk, 1, "busy_line")["follow_up_at"] == "2082-03-01 09:30:00"
    dispositions.change(desk, "busy_line", attempts="none", delay="none")
    row = look(dispositions.listing)[-1]
    assert (row["words"], row["ends"]) == ("no follow-up", "open")
    dispositions.change(desk, "busy_line", attempts=1, reason="line dead")
    assert look(dispositions.listing)[-1]["words"] == "cancelled at once: line dead"
    dispositions.change(desk, "busy_line", ends="unreachable", attempts=3)
    assert look(dispositions.listing)[-1]["reason"] is None
    for _ in range(3):
        undo.undo(desk)
    assert look(dispositions.listing)[-1]["words"].startswith(
        "again in 30 working minutes; unreachable after 2"
    )


def test_a_retired_one_stays_on_old_rows_and_is_not_offered(desk: Desk, look: Look) -> None:
    bookings.contact(desk, 1, "voicemail")
    assert dispositions.retire(desk, "voicemail")["retired"]
    assert look(queries.booking, 1)["last_outcome"] == "voicemail"
    error = refused(desk, look, lambda: bookings.contact(desk, 1, "voicemail"))
    assert "voicemail" not in error.hint
    assert "voicemail" in [row["name"] for row in look(dispositions.listing, retired=True)]
    undo.undo(desk)
    assert bookings.contact(desk, 1, "voicemail")["contact_attempts"] == 2
    dispositions.retire(desk, "voicemail")
    assert not dispositions.add(desk, "voicemail", "1 day")["retired"]


def test_undo_of_an_addition_retires_it(desk: Desk, look: Look) -> None:
    dispositions.add(desk, "busy")
    assert undo.undo(desk)["about"] == {"disposition": "busy"}
    assert "busy" not in [row["name"] for row in look(dispositions.listing)]


REFUSED: list[tuple[Callable[[Desk], object], str, str, str]] = [
    (
        lambda desk: bookings.contact(desk, 1, "no_anser"),
        "invalid_outcome",
        "'no_anser' is not an outcome",
        "did you mean no_answer? accepted: reached, ",
    ),
    (
        lambda desk: dispositions.change(desk, "voicmail", delay="1h"),
        "not_found",
        "no outcome voicmail",
        "did you mean voicemail? ",
    ),
    (lambda desk: dispositions.add(desk, "x", "-2h"), "invalid_delay", "'-2h' lies in the past", "such as "),
    (
        lambda desk: dispositions.add(desk, "x", "yesterday"),
        "invalid_delay",
        "'yesterday' lies in",
        "such as ",
    ),
    (
        lambda desk: dispositions.add(desk, "x", "2 moons"),
        "invalid_delay",
        "'2 moons' is not a delay",
        "such as ",
    ),
    (lambda desk: dispositions.add(desk, "x", "0h"), "invalid_delay", "'0h' is not a delay", "1 to 1,000"),
    (
        lambda desk: dispositions.add(desk, "x", "9999d"),
        "invalid_delay",
        "'9999d' is not a delay",
        "1 to 365",
    ),
    (
        lambda desk: dispositions.add(desk, "x", attempts="0"),
        "invalid_attempts",
        "'0' is not a",
        "a whole number, 1",
    ),
    (
        lambda desk: dispositions.add(desk, "x", attempts=-1),
        "invalid_attempts",
        "'-1' is not a",
        "a whole number, 1",
    ),
    (
        lambda desk: dispositions.add(desk, "x", ends="lost"),
        "invalid_ends",
        "'lost' is not a",
        "accepted: open, ",
    ),
    (
        lambda desk: dispositions.add(desk, "x", ends="cancelled"),
        "invalid_attempts",
        "cancelled after how many attempts?",
        "give attempts: 1 ends at once",
    ),
    (
        lambda desk: dispositions.add(desk, "x", attempts=2, ends="open"),
        "invalid_ends",
        "a last attempt ends the booking",
        "unreachable or cancelled; or no attempts",
    ),
    (
        lambda desk: dispositions.add(desk, "x", attempts=2, reaches=True),
        "invalid_attempts",
        "a customer who was reached is not tried again and again",
        "attempts count until",
    ),
    (lambda desk: dispositions.add(desk, "reached"), "exists", "'reached' is already an outcome", ""),
    (lambda desk: dispositions.add(desk, "a/b"), "invalid_name", "'a/b' is not a name", "letters, digits"),
    (lambda desk: dispositions.retire(desk, "reached"), "reached", "reached stays: every desk needs it", ""),
    (lambda desk: dispositions.change(desk, "reached", attempts=1), "reached", "reached always means so", ""),
    (
        lambda desk: dispositions.change(desk, "voicemail", delay="1 day"),
        "unchanged",
        "voicemail is set so",
        "",
    ),
]


@pytest.mark.parametrize(("run", "code", "message", "hint"), REFUSED, ids=lambda one: str(one)[:24])
def test_bad_input_is_refused(
    desk: Desk, look: Look, run: Callable[[Desk], object], code: str, message: str, hint: str
) -> None:
    error = refused(desk, look, lambda: run(desk))
    assert error.code == code
    assert error.message.startswith(message)
    assert error.hint.startswith(hint)


def test_all_but_reached_can_be_retired(desk: Desk, look: Look) -> None:
    for row in look(dispositions.listing)[1:]:
        dispositions.retire(desk, row["name"])
    assert [row["name"] for row in look(dispositions.listing)] == ["reached"]
    assert refused(desk, look, lambda: dispositions.retire(desk, "duplicate")).code == "retired"


@pytest.mark.parametrize(
    ("text", "kept"),
    [
        ("2h", "2h"),
        ("in 2 hours", "2h"),
        ("an hour", "1h"),
        ("2 working days", "2d"),
        ("tomorrow", "1d"),
        ("90 min", "90m"),
        ("none", None),
        ("", None),
    ],
)
def test_delays_as_typed(text: str, kept: str | None) -> None:
    found = delays.understand(text)
    assert (str(found) if found else None) == kept
