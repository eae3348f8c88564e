"""Every booking command: its effects and refusals."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from dispatch import agents, bookings, queries
from dispatch.desk import event_log
from dispatch.desk.desk import Desk
from dispatch.leads.intake import LeadResult
from dispatch.queries.row_types import BookingRow
from models.errors import DeskError, InvalidInput, NotFound, Refused
from tests.dispatch.conftest import rows_in_sight

AddAgent = Callable[..., dict[str, Any]]
AddLead = Callable[..., LeadResult]
Look = Callable[..., Any]
Loads = Callable[[], dict[int, int]]
QUOTE = {"package": "Luxury Dome Stay", "destination_revenue": "1234.50", "package_revenue": "99"}
START = "2082-03-01 09:00:00"
LATER = "2082-03-01 09:05:00"

pytestmark = pytest.mark.usefixtures("lead")


@pytest.fixture(autouse=True)
def later(clock: Any, lead: LeadResult) -> None:
    clock.advance(minutes=5)


@pytest.fixture
def waiting(desk: Desk, lead: LeadResult) -> None:
    """The booking has been declined by everybody."""
    bookings.decline(desk, 1, "full")
    bookings.decline(desk, 1, "full too")


def refused(desk: Desk, look: Look, run: Callable[[], object]) -> DeskError:
    """The refusal of a command; nothing may have changed."""
    before = look(rows_in_sight)
    with pytest.raises(DeskError) as caught:
        run()
    assert look(rows_in_sight) == before
    return caught.value


COMMANDS: dict[str, Callable[[Desk], BookingRow]] = {
    "claim": lambda desk: bookings.claim(desk, 1, 1),
    "release": lambda desk: bookings.release(desk, 1),
    "decline": lambda desk: bookings.decline(desk, 1, "full"),
    "contact": lambda desk: bookings.contact(desk, 1, "reached"),
    "confirm": lambda desk: bookings.confirm(desk, 1, **QUOTE),
    "cancel": lambda desk: bookings.cancel(desk, 1, "no money"),
    "reassign": lambda desk: bookings.reassign(desk, 1, 2, "speaks French"),
}


@pytest.mark.parametrize("name", COMMANDS)
@pytest.mark.parametrize("close", ["confirm", "cancel"])
def test_a_command_on_a_closed_booking_is_refused_with_a_hint(
    desk: Desk, look: Look, name: str, close: str
) -> None:
    COMMANDS[close](desk)
    error = refused(desk, look, lambda: COMMANDS[name](desk))
    assert error.code == "not_pending"
    assert "reopen 1" in error.hint


@pytest.mark.parametrize("name", ["claim", "release", "decline", "contact", "confirm"])
def test_a_waiting_booking_can_only_be_cancelled_or_reassigned(
    desk: Desk, look: Look, waiting: None, name: str
) -> None:
    error = refused(desk, look, lambda: COMMANDS[name](desk))
    assert error.code == "waiting"
    assert "reassign 1" in error.hint


@pytest.mark.parametrize(
    "run",
    [
        *COMMANDS.values(),
        lambda desk: bookings.note(desk, 1, "hello"),
        lambda desk: bookings.reopen(desk, 1),
        lambda desk: bookings.rate(desk, 1, 5),
    ],
)
def test_every_command_returns_the_booking_as_it_is_afterwards(
    desk: Desk, look: Look, run: Callable[[Desk], BookingRow]
) -> None:
    try:
        row = run(desk)
    except Refused:
        bookings.claim(desk, 1, 1) if run is COMMANDS["release"] else bookings.cancel(desk, 1, "no money")
        row = run(desk)
    told = {key: value for key, value in row.items() if key != "over_capacity"}
    assert told == look(queries.booking, 1)


@pytest.mark.parametrize(
    "run",
    [
        lambda desk: bookings.claim(desk, 7, 1),
        lambda desk: bookings.claim(desk, 1, 7),
        lambda desk: bookings.note(desk, 7, "hello"),
        lambda desk: bookings.reopen(desk, 7),
        lambda desk: bookings.rate(desk, 7, 5),
        lambda desk: bookings.reassign(desk, 1, 7, "why not"),
        lambda desk: bookings.cancel(desk, 10**30, "no such number"),
    ],
)
def test_a_missing_booking_or_agent_is_not_found(
    desk: Desk, look: Look, run: Callable[[Desk], object]
) -> None:
    assert isinstance(refused(desk, look, lambda: run(desk)), NotFound)


@pytest.mark.parametrize("reason", ["", "   ", None])
@pytest.mark.parametrize(
    "run",
    [
        lambda desk, reason: bookings.decline(desk, 1, reason),
        lambda desk, reason: bookings.cancel(desk, 1, reason),
        lambda desk, reason: bookings.reassign(desk, 1, 2, reason),
        lambda desk, reason: bookings.note(desk, 1, reason),
    ],
)
def test_a_blank_reason_is_refused(
    desk: Desk, look: Look, run: Callable[[Desk, str | None], object], reason: str | None
) -> None:
    assert isinstance(refused(desk, look, lambda: run(desk, reason)), InvalidInput)


# -- claim and release


def test_the_holder_claims(desk: Desk) -> None:
    row = bookings.claim(desk, 1, 1)
    assert (row["claimed_at"], row["changed_at"], row["version"]) == (LATER, LATER, 2)


def test_only_the_holder_can_claim(desk: Desk, look: Look) -> None:
    error = refused(desk, look, lambda: bookings.claim(desk, 1, 2))
    assert error.code == "not_the_holder"
    assert "Ada Byron (1)" in error.message


def test_the_refusal_of_a_second_claim_names_the_first(desk: Desk, look: Look) -> None:
    bookings.claim(desk, 1, 1)
    error = refused(desk, look, lambda: bookings.claim(desk, 1, 1))
    assert error.code == "already_claimed"
    assert LATER in error.message
    assert error.hint == "{booking.reassign 1} reassigns it"


def test_a_released_booking_stays_with_its_agent(desk: Desk, look: Look) -> None:
    bookings.claim(desk, 1, 1)
    row = bookings.release(desk, 1)
    assert (row["claimed_at"], row["agent_id"]) == (None, 1)
    assert refused(desk, look, lambda: bookings.release(desk, 1)).code == "not_claimed"


# -- decline


def test_a_declined_booking_goes_to_the_next_agent_who_has_not_declined_it(desk: Desk, loads: Loads) -> None:
    bookings.claim(desk, 1, 1)
    row = bookings.decline(desk, 1, "full")
    assert (row["agent_id"], row["claimed_at"]) == (2, None)
    row = bookings.decline(desk, 1, "full too")
    assert (row["agent_id"], row["assignment_id"], row["status"]) == (None, 1, "Pending")
    assert loads() == {1: 0, 2: 0}


def test_declined_work_may_be_given_back_by_hand(desk: Desk) -> None:
    bookings.decline(desk, 1, "full")
    assert bookings.reassign(desk, 1, 1, "there is nobody else")["agent_id"] == 1


# -- contact and note


def test_the_first_contact_is_kept(desk: Desk, clock: Any) -> None:
    assert bookings.contact(desk, 1, "no_answer")["contacted_at"] is None
    assert bookings.contact(desk, 1, "reached")["contacted_at"] == LATER
    clock.advance(days=1)
    assert bookings.contact(desk, 1, "reached")["contacted_at"] == LATER


def test_an_unknown_outcome_is_refused(desk: Desk, look: Look) -> None:
    error = refused(desk, look, lambda: bookings.contact(desk, 1, "maybe"))
    assert error.hint.startswith("accepted: reached, no_answer, voicemail, ")


def test_a_note_is_kept_in_the_history_and_changes_no_row(desk: Desk, look: Look) -> None:
    assert bookings.note(desk, 1, "two lines\nof text")["version"] == 1
    event = look(event_log.events, booking_id=1)[0]
    assert (event["command"], event["detail"]) == ("booking.note", {"text": "two lines\nof text"})


# -- confirm and cancel


def test_a_confirmed_booking_has_its_date_quote_and_claim(desk: Desk) -> None:
    row = bookings.confirm(desk, 1, **QUOTE)
    assert (row["status"], row["completed_at"], row["claimed_at"]) == ("Confirmed", LATER, LATER)
    assert (row["destination_revenue"], row["package_revenue"], row["total_revenue"]) == (
        1234.5,
        99.0,
        1333.5,
    )


def test_closing_keeps_an_earlier_claim(desk: Desk, clock: Any) -> None:
    bookings.claim(desk, 1, 1)
    clock.advance(minutes=5)
    assert bookings.confirm(desk, 1, **QUOTE)["claimed_at"] == LATER


def test_confirm_takes_missing_values_from_the_quote(desk: Desk) -> None:
    bookings.confirm(desk, 1, **QUOTE)
    bookings.reopen(desk, 1)
    row = bookings.confirm(desk, 1, package_revenue="100")
    assert (row["package"], row["total_revenue"]) == ("Luxury Dome Stay", 1334.5)


@pytest.mark.parametrize("missing", QUOTE)
def test_confirm_names_what_the_quote_lacks(desk: Desk, look: Look, missing: str) -> None:
    given = {key: value for key, value in QUOTE.items() if key != missing}
    error = refused(desk, look, lambda: bookings.confirm(desk, 1, **given))
    assert error.code == "invalid_quote"
    assert "--" + missing.replace("_", "-") in error.message


@pytest.mark.parametrize(
    "given",
    [
        {"package": "Ringside Cruise"},
        {"destination_revenue": "-1"},
        {"destination_revenue": "1.005"},
        {"package_revenue": "10000000000"},
        {"package_revenue": "nan"},
        {"package_revenue": "1e999999"},
        {"package_revenue": "a lot"},
    ],
)
def test_an_impossible_quote_is_refused(desk: Desk, look: Look, given: dict[str, str]) -> None:
    assert isinstance(refused(desk, look, lambda: bookings.confirm(desk, 1, **(QUOTE | given))), InvalidInput)


def test_the_largest_amount_is_exact(desk: Desk) -> None:
    row = bookings.confirm(desk, 1, "Luxury Dome Stay", "9999999999.99", "0.01")
    assert (row["destination_revenue"], row["total_revenue"]) == (9999999999.99, 10000000000.0)


def test_a_cancelled_booking_has_its_date_and_reason(desk: Desk) -> None:
    row = bookings.cancel(desk, 1, " no money ")
    assert (row["status"], row["cancelled_at"], row["cancel_reason"]) == ("Cancelled", LATER, "no money")
    assert (row["completed_at"], row["claimed_at"]) == (None, LATER)


def test_a_waiting_booking_can_be_cancelled(desk: Desk, waiting: None) -> None:
    row = bookings.cancel(desk, 1, "found something else")
    assert (row["status"], row["agent_id"], row["claimed_at"]) == ("Cancelled", None, None)


# -- reassign


def test_a_reassigned_booking_is_unclaimed(desk: Desk, loads: Loads) -> None:
    bookings.claim(desk, 1, 1)
    row = bookings.reassign(desk, 1, 2, "speaks French")
    assert (row["agent_id"], row["claimed_at"], row["assignment_id"]) == (2, None, 1)
    assert loads() == {1: 0, 2: 1}


def test_reassigning_to_the_same_agent_is_refused(desk: Desk, look: Look) -> None:
    assert refused(desk, look, lambda: bookings.reassign(desk, 1, 1, "no change")).code == "same_agent"


def test_an_agent_who_left_cannot_be_given_work(desk: Desk, look: Look) -> None:
    agents.leave(desk, 2)
    assert refused(desk, look, lambda: bookings.reassign(desk, 1, 2, "gone")).code == "agent_left"


def test_a_waiting_booking_is_assigned_by_hand(desk: Desk, look: Look, add_lead: AddLead, clock: Any) -> None:
    bookings.cancel(desk, 1, "no money")
    agents.leave(desk, 1)
    agents.leave(desk, 2)
    assert add_lead("Waiting")["assignment_id"] is None
    agents.come_back(desk, 2)
    assert look(queries.booking, 2)["assignment_id"] == 2
    agents.come_back(desk, 1)
    bookings.decline(desk, 2, "full")
    bookings.decline(desk, 2, "full")
    assert bookings.reassign(desk, 2, 2, "please")["assignment_id"] == 2


# -- reopen


@pytest.mark.parametrize("close", ["confirm", "cancel"])
def test_a_reopened_booking_is_pending_and_keeps_its_agent_and_quote(desk: Desk, close: str) -> None:
    bookings.confirm(desk, 1, **QUOTE)
    bookings.reopen(desk, 1)
    COMMANDS[close](desk)
    row = bookings.reopen(desk, 1)
    dates = (row["completed_at"], row["cancelled_at"], row["cancel_reason"], row["claimed_at"])
    assert (row["status"], row["agent_id"], dates) == ("Pending", 1, (None,) * 4)
    assert (row["package"], row["total_revenue"]) == ("Luxury Dome Stay", 1333.5)


def test_a_pending_booking_cannot_be_reopened(desk: Desk, look: Look) -> None:
    assert refused(desk, look, lambda: bookings.reopen(desk, 1)).code == "not_closed"


def test_a_reopened_booking_of_an_agent_who_left_gets_a_new_one(desk: Desk, loads: Loads) -> None:
    bookings.cancel(desk, 1, "no money")
    agents.leave(desk, 1)
    assert bookings.reopen(desk, 1)["agent_id"] == 2
    assert loads() == {1: 0, 2: 1}


def test_a_reopened_booking_waits_without_agents(desk: Desk) -> None:
    bookings.cancel(desk, 1, "no money")
    agents.leave(desk, 1)
    agents.leave(desk, 2)
    row = bookings.reopen(desk, 1)
    assert (row["status"], row["agent_id"]) == ("Pending", None)


def test_a_booking_cancelled_while_waiting_gets_its_assignment_on_reopening(
    desk: Desk, add_lead: AddLead, clock: Any
) -> None:
    bookings.cancel(desk, 1, "no money")
    agents.leave(desk, 1)
    agents.leave(desk, 2)
    add_lead("Waiting")
    bookings.cancel(desk, 2, "too slow")
    agents.come_back(desk, 2)
    clock.advance(minutes=1)
    row = bookings.reopen(desk, 2)
    assert (row["agent_id"], row["assignment_id"], row["changed_at"]) == (2, 2, "2082-03-01 09:06:00")


# -- rate


@pytest.mark.parametrize("close", ["confirm", "cancel"])
def test_a_finished_booking_is_rated(desk: Desk, close: str) -> None:
    COMMANDS[close](desk)
    assert bookings.rate(desk, 1, "5")["score"] == 5


@pytest.mark.parametrize("score", [0, 6, -1, "", "four", 4.5, "4.0", None, True, "9" * 5000])
def test_a_score_is_a_whole_number_from_1_to_5(desk: Desk, look: Look, score: Any) -> None:
    bookings.cancel(desk, 1, "no money")
    assert refused(desk, look, lambda: bookings.rate(desk, 1, score)).code == "invalid_score"


def test_an_open_booking_cannot_be_rated(desk: Desk, look: Look) -> None:
    assert refused(desk, look, lambda: bookings.rate(desk, 1, 5)).code == "not_finished"


def test_a_booking_without_an_agent_cannot_be_rated(desk: Desk, look: Look, waiting: None) -> None:
    bookings.cancel(desk, 1, "too slow")
    assert refused(desk, look, lambda: bookings.rate(desk, 1, 1)).code == "nobody_to_rate"
