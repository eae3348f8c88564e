"""What a person gave to an agent stays there: neither the shuffle nor a timer moves it."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from dispatch import agents, bookings, queries
from dispatch.agents.handover import hand_over
from dispatch.agents.presence import set_presence
from dispatch.assignment import shuffle
from dispatch.bookings import bulk_actions
from dispatch.desk import event_log
from dispatch.desk.desk import Desk
from dispatch.leads import file_intake
from dispatch.operations import configuration, doctor
from dispatch.operations.sweep import sweep
from dispatch.operations.undo import undo
from dispatch.queries.wording import kept

AddAgent = Callable[..., dict[str, Any]]
AddLead = Callable[..., Any]
Look = Callable[..., Any]
REASON = "she knows the customer"


@pytest.fixture
def three(desk: Desk, add_agent: AddAgent) -> None:
    """Ada (1), Bob (2) and Cid (3), in the order of rank."""
    for name, years in (("Ada", 9), ("Bob", 5), ("Cid", 1)):
        add_agent(name, years=years)


@pytest.fixture
def pin(look: Look) -> Callable[[int], str | None]:
    return lambda number: look(queries.booking, number)["pinned_at"]


def in_words(number: int) -> str:
    return kept(queries.booking(number), event_log.events(booking_id=number))


def test_every_way_of_naming_an_agent_pins(
    desk: Desk, three: None, add_lead: AddLead, look: Look, pin: Any
) -> None:
    for _ in range(4):
        add_lead()
    assert [pin(number) for number in range(1, 5)] == [None] * 4, "the policy's choices are nobody's decision"
    assert bookings.reassign(desk, 1, 3, REASON)["pinned_at"] == desk.now()
    bulk_actions.reassign(desk, [2], 3, REASON)
    configuration.set_value(desk, "pull", "on")
    bookings.claim(desk, 3, 1)
    hand_over(desk, 1, 2)
    assert all(pin(number) for number in range(1, 5))
    assert look(in_words, 1) == "with Cid Byron by kim"
    assert look(in_words, 2) == "with Cid Byron by kim"
    assert look(in_words, 3) == "with Bob Byron by kim"
    bookings.claim(desk, 1, 3)
    assert look(in_words, 1) == "", "a claim says more"
    assert look(doctor.examine, desk)["ok"]


def test_a_lead_that_waited_is_pinned_by_its_first_agent_too(
    desk: Desk, add_agent: AddAgent, add_lead: AddLead, look: Look, pin: Any
) -> None:
    add_lead()
    add_agent("Ada", capacity=0)
    assert look(queries.booking, 1)["assignment_id"] is None
    bookings.reassign(desk, 1, 1, REASON)
    assert look(queries.booking, 1)["agent_id"] == 1
    assert pin(1) == desk.now()
    assert look(doctor.examine, desk)["ok"]


def test_a_plan_pins_as_the_command_does(desk: Desk, three: None, add_lead: AddLead) -> None:
    add_lead()
    planned = bulk_actions.preview_reassign(desk, [1], 2)["results"][0]["booking"]
    done = bulk_actions.reassign(desk, [1], 2, REASON)["results"][0]["booking"]
    assert planned is not None
    assert done is not None
    assert planned["pinned_at"] == done["pinned_at"] == desk.now()


@pytest.mark.parametrize("by_file", [False, True])
def test_a_customers_own_agent_keeps_their_leads(
    desk: Desk, three: None, add_lead: AddLead, look: Look, pin: Any, by_file: bool
) -> None:
    configuration.set_value(desk, "owner", "seller")
    add_lead("Kate", phone="0711 1234")
    bookings.confirm(desk, 1, "Luxury Dome Stay", "1", "1")
    trip = {"method": "Text", "source": "Organic", "destination": "Mars", "launch": "Sydney Stellar Port"}
    if by_file:
        file_intake.receive_lines(desk, [(1, {"name": "Kate", "phone": "0711 1234", **trip})])
    else:
        add_lead("Kate", phone="0711 1234")
    assert look(queries.booking, 2)["agent_id"] == 1
    assert pin(2) == desk.now()
    assert look(in_words, 2) == "with Ada Byron, the customer's own agent"
    assert look(doctor.examine, desk)["ok"]


def test_neither_the_shuffle_nor_a_lapsing_offer_moves_it(
    desk: Desk, three: None, add_lead: AddLead, look: Look, clock: Any
) -> None:
    for key, value in (("offer_minutes", "5"), ("shuffle_seconds", "60")):
        configuration.set_value(desk, key, value)
    for _ in range(6):
        add_lead()
    for number in range(1, 7):
        if look(queries.booking, number)["agent_id"] != 3:
            bookings.reassign(desk, number, 3, REASON)
    pinned = [number for number in range(1, 7) if look(queries.booking, number)["pinned_at"]]
    free = [number for number in range(1, 7) if number not in pinned]
    clock.advance(hours=3)
    planned = shuffle.preview_shuffle(desk)
    assert {move["booking_id"] for move in planned["moves"]} <= set(free)
    assert planned["pinned"], "they are named"
    assert set(planned["pinned"]) <= set(pinned)
    assert shuffle.shuffle(desk) == planned
    done = sweep(desk)
    assert not {*done["lapsed"], *(move["booking_id"] for move in done["moves"])} & set(pinned)
    assert {look(queries.booking, number)["agent_id"] for number in pinned} == {3}


@pytest.mark.parametrize(
    "let_go",
    [
        lambda desk: bookings.decline(desk, 1, "not mine"),
        lambda desk: set_presence(desk, 2, "away"),
        lambda desk: hand_over(desk, 2, "desk"),
        lambda desk: agents.leave(desk, 2, hand_over=True),
        lambda desk: [bookings.claim(desk, 1, 2), bookings.release(desk, 1)],
        lambda desk: [bookings.claim(desk, 1, 2), bulk_actions.release(desk, [1])],
        lambda desk: [bookings.cancel(desk, 1, "no"), bookings.reopen(desk, 1)],
    ],
)
def test_what_is_let_go_of_is_free_again(
    desk: Desk, three: None, add_lead: AddLead, look: Look, pin: Any, let_go: Callable[[Desk], Any]
) -> None:
    add_lead()
    bookings.reassign(desk, 1, 2, REASON)
    pinned_at = pin(1)
    assert pinned_at
    let_go(desk)
    assert pin(1) is None
    assert look(doctor.examine, desk)["ok"]


def test_undo_brings_a_pin_back(desk: Desk, three: None, add_lead: AddLead, pin: Any) -> None:
    add_lead()
    bookings.reassign(desk, 1, 2, REASON)
    pinned_at = pin(1)
    bookings.decline(desk, 1, "not mine")
    undo(desk)
    assert pin(1) == pinned_at
    undo(desk)
    assert pin(1) is None


def test_a_claim_that_times_out_stays_with_the_agent_whom_a_person_chose(
    desk: Desk, three: None, add_lead: AddLead, pin: Any, clock: Any
) -> None:
    add_lead()
    bookings.reassign(desk, 1, 2, REASON)
    bookings.claim(desk, 1, 2)
    clock.advance(hours=5)
    assert sweep(desk)["asked"] == [1]
    assert pin(1)
    clock.advance(hours=1)
    assert sweep(desk)["released"] == [1]
    assert pin(1)
