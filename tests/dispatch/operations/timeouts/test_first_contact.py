"""The clock to a lead's first contact: warnings once each, the chain, and holders who are away."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from dispatch import agents, bookings, queries
from dispatch.agents import cover, planned_absences
from dispatch.agents.presence import set_presence
from dispatch.bookings import follow_ups
from dispatch.customers import records
from dispatch.desk import event_log
from dispatch.desk.desk import Desk
from dispatch.operations.configuration import set_value
from dispatch.operations.sweep import sweep
from dispatch.operations.timeouts import first_contact
from models.clock import to_text
from tests.conftest import START

AddAgent = Callable[..., dict[str, Any]]
Look = Callable[..., Any]


@pytest.fixture
def warnings(desk: Desk, look: Look) -> Callable[[], list[tuple[int, int | None, str]]]:
    """What was warned about since the last look: percent, level and who is to be told."""
    seen = [0]

    def fresh() -> list[tuple[int, int | None, str]]:
        rows = look(event_log.events)
        found = [
            (row["detail"]["percent"], row["detail"].get("level"), row["detail"]["to_tell"])
            for row in reversed(rows)
            if row["command"] == "booking.first_contact" and row["event_id"] > seen[0]
        ]
        seen[0] = rows[0]["event_id"]
        return found

    return fresh


@pytest.fixture(autouse=True)
def other_clocks_off(desk: Desk) -> None:
    for key in ("offer_minutes", "contact_hours"):
        set_value(desk, key, "0")


def test_each_percentage_warns_once_and_then_it_climbs(
    desk: Desk, lead: Any, clock: Any, warnings: Any, look: Look
) -> None:
    """A MEDIUM lead has four hours; a level not answered in four more (its first response) is followed."""
    agents.change(desk, 1, manager="Mia Boss")
    expected = {
        119: [],
        120: [(50, None, "Ada Byron (1)")],
        180: [(75, None, "Ada Byron (1)")],
        216: [(90, None, "Ada Byron (1)")],
        239: [],
        240: [(100, 1, "Ada Byron (1)")],
        479: [],
        480: [(100, 2, "Mia Boss")],
        720: [(100, 3, "head of service")],
        3000: [],
    }
    before = look(queries.booking, 1)
    passed = 0
    for minute, told in expected.items():
        clock.advance(minutes=minute - passed)
        passed = minute
        sweep(desk)
        sweep(desk)
        assert warnings() == told, minute
    assert look(queries.booking, 1) == before, "a warning leaves the booking alone"


def test_it_stands_still_outside_working_hours(desk: Desk, add_agent: Any, add_lead: Any, clock: Any) -> None:
    """1 March 2082 09:00, by the desk's calendar a Sunday of 2026: nothing runs before Monday."""
    set_value(desk, "sla_hours", "mon-fri 09:00-17:00")
    add_agent("Ada", years=9)
    add_lead()
    clock.advance(hours=24 + 1)  # Monday 10:00
    assert sweep(desk)["first_contact"] == []
    clock.advance(hours=1)
    assert sweep(desk)["first_contact"] == [1]
    clock.advance(hours=1, minutes=59)
    sweep(desk)
    clock.advance(minutes=1)
    assert sweep(desk)["first_contact"] == [1]  # 13:00: all of it
    clock.advance(hours=5)  # closed
    assert sweep(desk)["first_contact"] == []


@pytest.mark.parametrize(
    "act",
    [
        lambda desk: bookings.contact(desk, 1, "no_answer"),
        lambda desk: follow_ups.follow_up(desk, 1, "in 2 d"),
        lambda desk: bookings.cancel(desk, 1, "no money"),
    ],
)
def test_an_attempt_a_follow_up_and_the_end_stop_it(
    desk: Desk, lead: Any, clock: Any, act: Callable[[Desk], object]
) -> None:
    clock.advance(hours=3)
    assert sweep(desk)["first_contact"] == [1]
    act(desk)
    clock.advance(hours=9)
    assert sweep(desk)["first_contact"] == []


def test_a_reopened_booking_is_another_occasion(desk: Desk, lead: Any, clock: Any, warnings: Any) -> None:
    clock.advance(hours=9)
    sweep(desk)
    assert warnings() == [(100, 1, "Ada Byron (1)")]
    bookings.cancel(desk, 1, "no money")
    clock.advance(days=3)
    bookings.reopen(desk, 1)
    sweep(desk)
    assert warnings() == []
    clock.advance(hours=2)
    sweep(desk)
    assert warnings() == [(50, None, "Ada Byron (1)")]


def test_a_lead_that_waits_is_for_the_dispatchers(
    desk: Desk, add_lead: Any, clock: Any, warnings: Any
) -> None:
    add_lead()
    clock.advance(hours=2)
    sweep(desk)
    assert warnings() == [(50, None, "the dispatchers")]


def test_an_overdue_claim_of_an_agent_who_is_away_goes_to_another(
    desk: Desk, lead: Any, clock: Any, look: Look
) -> None:
    bookings.claim(desk, 1, 1)
    set_presence(desk, 1, "away")
    clock.advance(hours=3, minutes=59)
    assert sweep(desk)["passed_on"] == []
    clock.advance(minutes=1)
    assert sweep(desk)["passed_on"] == [1]
    row = look(queries.booking, 1)
    assert (row["agent_id"], row["claimed_at"]) == (2, None)
    (event, *_) = look(event_log.events, booking_id=1, command="booking.pass_on")
    assert event["detail"] == {"moved_from": 1}


def test_it_goes_to_the_substitute_of_the_absence_before_the_policy(
    desk: Desk, lead: Any, clock: Any, look: Look, add_agent: AddAgent
) -> None:
    substitute = add_agent("Cy", years=1)["agent_id"]
    bookings.claim(desk, 1, 1)
    planned_absences.add(desk, 1, "now", "in 3 days", substitute_id=substitute)
    sweep(desk)
    clock.advance(hours=4)
    set_value(desk, "cover_minutes", "1440")
    assert sweep(desk)["passed_on"] == [1]
    row = look(queries.booking, 1)
    assert row["agent_id"] == substitute
    assert row["claimed_at"]
    set_presence(desk, 1, "available")
    (back,) = cover.bring_back(desk, 1)["moves"]
    assert back == {"booking_id": 1, "from_agent_id": substitute, "to_agent_id": 1}


def test_nobody_is_warned_about_a_customer_who_must_not_be_contacted(
    desk: Desk, lead: Any, add_lead: Any, clock: Any, warnings: Any
) -> None:
    records.edit(desk, 1, do_not_contact=True)
    follow_ups.follow_up(desk, add_lead("Ann Low")["booking_id"], "in 3 h")
    clock.advance(hours=4)
    sweep(desk)
    assert warnings() == []
    assert look_at_due(desk) == [2]


def look_at_due(desk: Desk) -> list[int]:
    with desk.reading():
        return follow_ups.fell_due(to_text(START), desk.now())


def test_what_a_person_decided_only_warns(desk: Desk, lead: Any, clock: Any, look: Look) -> None:
    bookings.reassign(desk, 1, 2, "knows her")
    bookings.claim(desk, 1, 2)
    set_presence(desk, 2, "away")
    clock.advance(hours=4)
    done = sweep(desk)
    assert (done["passed_on"], done["first_contact"]) == ([], [1])
    assert look(queries.booking, 1)["agent_id"] == 2


def test_undo_gives_a_claim_that_was_passed_on_back(desk: Desk, lead: Any, clock: Any, look: Look) -> None:
    from dispatch.operations.undo import undo

    bookings.claim(desk, 1, 1)
    set_presence(desk, 1, "away")
    clock.advance(hours=4)
    first_contact.pass_on(desk, 1)
    undo(desk)
    row = look(queries.booking, 1)
    assert row["agent_id"] == 1
    assert row["claimed_at"]
