"""The sweep: offers, claims and declines over time, in any number of terminals."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from dispatch import agents, bookings, queries
from dispatch.agents.presence import set_presence
from dispatch.desk import event_log
from dispatch.desk.desk import Desk
from dispatch.operations import configuration
from dispatch.operations.sweep import sweep
from models.bookings import Booking
from models.errors import Refused

AddAgent = Callable[..., dict[str, Any]]
AddLead = Callable[..., Any]
Look = Callable[..., Any]
NOTHING: dict[str, Any] = {
    "presence": [],
    "covered": [],
    "lapsed": [],
    "passed_on": [],
    "first_contact": [],
    "asked": [],
    "released": [],
    "assigned": [],
    "seen_by_all": [],
    "moves": [],
    "warned": [],
    "closed": [],
    "escalated": [],
    "erased": [],
    "sealed": 0,
    "backups": [],
    "backup_problem": "",
    "trained": None,
    "training_problem": "",
}


@pytest.fixture
def claimed(desk: Desk, two: None, add_lead: AddLead) -> None:
    """Booking 1, claimed by Ada; the clock to the first contact, which has tests of its own, is far away."""
    configuration.set_value(desk, "lead_target_minutes", "1000000 1000000 1000000 1000000 1000000")
    add_lead()
    bookings.claim(desk, 1, 1)


def done(desk: Desk) -> dict[str, Any]:
    """What a sweep did, without its seals and empty entries; the next one does nothing."""
    result = sweep(desk)
    assert sweep(desk) | {"sealed": 0} == NOTHING
    return {key: value for key, value in result.items() if value and key != "sealed"}


def test_a_desk_with_nothing_due_is_left_alone(desk: Desk, claimed: None, look: Look) -> None:
    before = look(event_log.events)
    assert done(desk) == {}
    assert look(event_log.events) == before


# -- claims


def test_a_silent_claim_is_asked_about_and_then_released_with_its_age_kept(
    desk: Desk, claimed: None, look: Look, clock: Any
) -> None:
    created = look(queries.booking, 1)["created_at"]
    clock.advance(hours=4)
    assert done(desk) == {"asked": [1]}
    assert look(queries.booking, 1)["asked_at"] == "2082-03-01 13:00:00"
    assert [row["booking_id"] for row in look(queries.list_bookings, queries.BookingFilter(asked=True))] == [
        1
    ]
    clock.advance(minutes=29)
    assert done(desk) == {}
    clock.advance(minutes=1)
    assert done(desk) == {"released": [1]}
    row = look(queries.booking, 1)
    assert (row["claimed_at"], row["asked_at"], row["agent_id"], row["created_at"]) == (
        None,
        None,
        2,  # not with the agent who let it lapse
        created,
    )
    assert {event["actor"] for event in look(event_log.events)[:2]} == {"sweeper"}


@pytest.mark.parametrize(
    "answer",
    [
        lambda desk: bookings.keep(desk, 1),
        lambda desk: bookings.contact(desk, 1, "no_answer", follow_up="none"),
    ],
)
def test_an_answer_restarts_the_clock(
    desk: Desk, claimed: None, look: Look, clock: Any, answer: Callable[[Desk], Any]
) -> None:
    clock.advance(hours=4)
    sweep(desk)
    assert answer(desk)["asked_at"] is None
    clock.advance(hours=3, minutes=59)
    assert done(desk) == {}
    clock.advance(minutes=1)
    assert done(desk) == {"asked": [1]}


def test_reached_customers_and_later_follow_ups_are_not_asked_about(
    desk: Desk, claimed: None, add_lead: AddLead, clock: Any
) -> None:
    bookings.claim(desk, add_lead()["booking_id"], 2)
    bookings.contact(desk, 1, "reached")
    bookings.contact(desk, 2, "no_answer", follow_up="in 2 hours")
    clock.advance(hours=5)
    assert done(desk) == {}
    clock.advance(hours=1)
    assert done(desk) == {"asked": [2]}


def test_the_claim_clock_can_be_switched_off(desk: Desk, claimed: None, clock: Any) -> None:
    configuration.set_value(desk, "contact_hours", "0")
    clock.advance(days=9)
    assert done(desk) == {}


def test_imported_history_has_no_clocks(desk: Desk, claimed: None, clock: Any, add_lead: AddLead) -> None:
    configuration.set_value(desk, "offer_minutes", "5")
    add_lead()
    with desk.transaction():
        Booking.update(given_at=None, progress_at=None).execute()
    clock.advance(days=9)
    assert done(desk) == {}


def test_only_a_claim_can_be_kept(desk: Desk, two: None, add_lead: AddLead) -> None:
    add_lead()
    with pytest.raises(Refused, match="not claimed"):
        bookings.keep(desk, 1)


def test_the_released_claim_of_an_absent_agent_moves_on(
    desk: Desk, claimed: None, look: Look, clock: Any
) -> None:
    set_presence(desk, 1, "away")
    clock.advance(hours=4)
    sweep(desk)
    clock.advance(minutes=30)
    assert done(desk) == {"released": [1]}
    assert look(queries.booking, 1)["agent_id"] == 2


# -- offers


@pytest.fixture
def offers(desk: Desk) -> None:
    configuration.set_value(desk, "offer_minutes", "10")


def test_an_unclaimed_offer_goes_to_the_next_agent(
    desk: Desk, offers: None, two: None, add_lead: AddLead, look: Look, clock: Any
) -> None:
    add_lead()
    clock.advance(minutes=10)
    assert done(desk) == {"lapsed": [1]}
    assert look(queries.booking, 1)["agent_id"] == 2
    assert look(queries.agent, 1)["presence"] == "available"


def test_two_missed_offers_in_a_row_set_an_agent_away(
    desk: Desk, offers: None, two: None, add_lead: AddLead, look: Look, clock: Any
) -> None:
    for _ in range(3):  # 1 and 3 to Ada, 2 to Bob
        add_lead()
    bookings.claim(desk, 2, 2)
    clock.advance(minutes=10)
    assert done(desk) == {"lapsed": [1, 3]}
    ada = look(queries.agent, 1)
    assert (ada["presence"], ada["presence_reason"], ada["load"]) == (
        "away",
        "2 offers in a row not claimed",
        0,
    )
    assert set_presence(desk, 1, "available")["presence_reason"] is None


def test_a_claim_between_two_missed_offers_clears_the_count(
    desk: Desk, offers: None, two: None, add_lead: AddLead, look: Look, clock: Any
) -> None:
    add_lead()
    clock.advance(minutes=10)
    sweep(desk)  # to Bob
    bookings.claim(desk, add_lead()["booking_id"], 1)
    bookings.claim(desk, 1, 2)
    bookings.reassign(desk, 1, 1, "hers after all")
    clock.advance(minutes=10)
    sweep(desk)
    assert look(queries.agent, 1)["presence"] == "available"


def test_a_break_does_not_count_as_a_missed_offer(
    desk: Desk, offers: None, two: None, add_lead: AddLead, look: Look, clock: Any
) -> None:
    """The work moves on, since the customer waits, but the break still ends by itself."""
    for _ in range(3):  # 1 and 3 to Ada, 2 to Bob
        add_lead()
    bookings.claim(desk, 2, 2)
    set_presence(desk, 1, "break", "in 30 min")
    clock.advance(minutes=10)
    assert done(desk) == {"lapsed": [1, 3]}
    assert look(queries.agent, 1)["presence"] == "break"
    for number in (1, 3):
        bookings.claim(desk, number, 2)
    clock.advance(minutes=20)
    assert done(desk) == {"presence": [1]}
    assert look(queries.agent, 1)["presence"] == "available"


def test_an_offer_that_nobody_else_could_take_stays(
    desk: Desk, offers: None, add_agent: AddAgent, add_lead: AddLead, clock: Any
) -> None:
    add_agent()
    add_lead()
    clock.advance(minutes=10)
    assert done(desk) == {}


def test_a_clock_set_back_ends_no_offer_twice(
    desk: Desk, offers: None, two: None, add_lead: AddLead, clock: Any
) -> None:
    add_lead()
    clock.advance(minutes=10)
    sweep(desk)
    clock.advance(minutes=-30)
    assert done(desk) == {}


# -- what waits


def test_declined_work_is_offered_again_after_a_while(
    desk: Desk, add_agent: AddAgent, add_lead: AddLead, look: Look, clock: Any
) -> None:
    add_agent()
    add_lead()
    bookings.decline(desk, 1, "full")
    assert sweep(desk) | {"sealed": 0} == NOTHING | {"seen_by_all": [1]}
    clock.advance(minutes=30)
    assert done(desk) == {"assigned": [1]}
    assert look(queries.booking, 1)["agent_id"] == 1


# -- pulling


def test_another_agents_work_is_pulled_only_if_the_desk_allows_it(
    desk: Desk, two: None, add_lead: AddLead, look: Look
) -> None:
    add_lead()
    with pytest.raises(Refused) as caught:
        bookings.claim(desk, 1, 2)
    assert caught.value.code == "not_the_holder"
    configuration.set_value(desk, "pull", "on")
    row = bookings.claim(desk, 1, 2)
    assert (row["agent_id"], row["claimed_at"]) == (2, "2082-03-01 09:00:00")
    with pytest.raises(Refused, match="who claimed it"):
        bookings.claim(desk, 1, 1)
    assert [look(queries.agent, number)["load"] for number in (1, 2)] == [0, 1]


def test_no_pull_while_away_or_above_capacity(desk: Desk, two: None, add_lead: AddLead) -> None:
    configuration.set_value(desk, "pull", "on")
    add_lead()
    agents.change(desk, 2, capacity=0)
    with pytest.raises(Refused, match="0 of 0"):
        bookings.claim(desk, 1, 2)
    set_presence(desk, 2, "away")
    with pytest.raises(Refused, match="is away"):
        bookings.claim(desk, 1, 2)


# -- claims that lapse


@pytest.fixture
def asked(desk: Desk, claimed: None, clock: Any) -> None:
    """Booking 1, about whose claim Ada was asked so long ago that it ends."""
    clock.advance(hours=4)
    sweep(desk)
    clock.advance(minutes=30)


def test_a_claim_that_lapses_stays_with_its_agent_if_there_is_nobody_else(
    desk: Desk, asked: None, look: Look
) -> None:
    set_presence(desk, 2, "break")
    assert done(desk)["released"] == [1]
    row = look(queries.booking, 1)
    assert (row["agent_id"], row["claimed_at"]) == (1, None)


def test_whoever_let_a_claim_lapse_has_seen_the_lead(desk: Desk, asked: None, look: Look) -> None:
    """It does not come back to Ada in this round: with both it waits, seen by all."""
    sweep(desk)
    bookings.decline(desk, 1, "too far")
    assert look(queries.booking, 1)["agent_id"] is None
    assert sweep(desk)["seen_by_all"] == [1]


def test_a_pinned_claim_that_lapses_stays_pinned(desk: Desk, claimed: None, look: Look, clock: Any) -> None:
    bookings.reassign(desk, 1, 2, "knows her")
    bookings.claim(desk, 1, 2)
    clock.advance(hours=4)
    sweep(desk)
    clock.advance(minutes=30)
    assert done(desk)["released"] == [1]
    row = look(queries.booking, 1)
    assert (row["agent_id"], row["claimed_at"], bool(row["pinned_at"])) == (2, None, True)
