"""Planned absences: they begin and end by the sweep, unless a person says otherwise; substitutes cover."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

import pytest

from dispatch import agents, bookings, queries
from dispatch.agents import cover
from dispatch.agents.planned_absences import add, choosable, list_absences, preview, remove, substitute_of
from dispatch.agents.presence import set_hours, set_presence
from dispatch.assignment.customer_owner import known_of
from dispatch.desk.desk import Desk
from dispatch.operations import configuration, doctor
from dispatch.operations.sweep import sweep
from dispatch.operations.undo import undo
from models.errors import DeskError, InvalidInput, NotFound, Refused
from tests.conftest import TestClock
from tests.dispatch.conftest import rows_in_sight
from verify.checker import Checker

AddAgent = Callable[..., dict[str, Any]]
AddLead = Callable[..., Any]
Look = Callable[..., Any]


@pytest.fixture
def work(desk: Desk, two: None, add_agent: AddAgent, add_lead: AddLead) -> None:
    """Ada has bookings 1 (claimed) and 4, Bob 2, and Cy 3; it is Sunday 1 March 2082, 9:00."""
    add_agent("Cy", years=1, rating=4.0, capacity=100)
    for number in range(4):
        add_lead(phone=f"+49 711 400{number}")
    bookings.claim(desk, 1, 1)
    bookings.contact(desk, 1, "reached")  # else it is passed on when its first contact is overdue


def at(clock: TestClock, desk: Desk, day: int, hour: int = 0, minute: int = 0) -> dict[str, Any]:
    """Let the clock be at a time of March, and sweep."""
    clock.moment = datetime(2026, 3, day, hour, minute, tzinfo=UTC)
    return dict(sweep(desk))


def presence(look: Look, agent_id: int = 1) -> tuple[str, str | None, str | None]:
    row = look(queries.agent, agent_id)
    return row["presence"], row["presence_until"], row["presence_reason"]


def holder(look: Look, booking_id: int) -> int | None:
    agent_id: int | None = look(queries.booking, booking_id)["agent_id"]
    return agent_id


def test_an_absence_begins_and_ends_by_itself_and_unclaimed_work_goes_on(
    desk: Desk, work: None, clock: TestClock, look: Look
) -> None:
    row = add(desk, 1, "tomorrow", "wed", "vacation")
    assert (row["from_at"], row["until_at"]) == ("2082-03-02 00:00:00", "2082-03-05 00:00:00")
    assert presence(look)[0] == "available"
    assert at(clock, desk, 2)["presence"] == [1]
    assert presence(look) == ("offline", "2082-03-05 00:00:00", "absent: vacation")
    assert [holder(look, number) for number in (1, 4)] == [1, 2], "the claimed one stays"
    at(clock, desk, 4, 23, 59)
    assert presence(look)[0] == "offline"
    at(clock, desk, 5)
    assert presence(look) == ("available", None, None)


def test_who_is_back_outside_the_hours_of_a_shift_is_off_shift(
    desk: Desk, work: None, clock: TestClock, look: Look
) -> None:
    set_hours(desk, 1, "daily 9-17 UTC")
    add(desk, 1, "tomorrow", "tomorrow")
    at(clock, desk, 1, 18)
    assert presence(look) == ("offline", None, "shift over")
    at(clock, desk, 2)
    assert presence(look) == ("offline", "2082-03-03 00:00:00", "absent")
    at(clock, desk, 2, 9, 30)
    assert presence(look)[0] == "offline"
    at(clock, desk, 3)
    assert presence(look) == ("offline", None, "shift over")
    at(clock, desk, 3, 9)
    assert presence(look)[0] == "available"


def test_one_that_begins_today_begins_now(desk: Desk, work: None, look: Look) -> None:
    row = add(desk, 1, "today", "today", "flu")
    assert row["from_at"] == "2082-03-01 09:00:00"
    assert row["moves"] == [{"booking_id": 4, "from_agent_id": 1, "to_agent_id": 2}]
    assert row["kept"] == [1]
    assert presence(look) == ("offline", "2082-03-02 00:00:00", "absent: flu")
    undo(desk)
    assert presence(look)[0] == "available"
    assert (holder(look, 4), look(list_absences, desk.now())) == (1, [])


def test_days_are_those_of_the_agents_own_zone(desk: Desk, work: None) -> None:
    configuration.set_value(desk, "zone", "America/New_York")
    assert add(desk, 1, "2082-04-01", "2082-04-01")["from_at"] == "2082-04-01 04:00:00"
    set_hours(desk, 2, "daily 9-17 Asia/Kolkata")
    assert add(desk, 2, "2082-04-01", "2082-04-01")["from_at"] == "2082-03-31 18:30:00"


def test_a_day_of_the_week_as_the_end_is_the_one_after_the_start(desk: Desk, work: None) -> None:
    row = add(desk, 1, "wed", "mon")
    assert (row["from_at"][:10], row["until_at"][:10]) == ("2082-03-04", "2082-03-10")
    row = add(desk, 2, "sat 12:00", "in 8 days")
    assert (row["from_at"], row["until_at"]) == ("2082-03-07 12:00:00", "2082-03-10 00:00:00")


def test_absences_that_overlap_become_one(desk: Desk, work: None, look: Look) -> None:
    add(desk, 1, "2082-03-10", "2082-03-12", "course", 2)
    add(desk, 1, "2082-03-20", "2082-03-21")
    row = add(desk, 1, "2082-03-12", "2082-03-20")
    assert (row["merged"], row["absence_id"], row["reason"]) == ([1, 2], 1, "course")
    assert (row["from_at"], row["until_at"]) == ("2082-03-10 00:00:00", "2082-03-22 00:00:00")
    assert [one["absence_id"] for one in look(list_absences, desk.now())] == [1]
    undo(desk)
    assert [one["absence_id"] for one in look(list_absences, desk.now())] == [1, 2]


def test_a_persons_own_word_ends_an_absence(desk: Desk, work: None, clock: TestClock, look: Look) -> None:
    set_hours(desk, 1, "daily 9-17 UTC")
    add(desk, 1, "tomorrow", "fri")
    at(clock, desk, 3, 10)
    assert set_presence(desk, 1, "busy")["ended_absence"] == 1
    assert look(list_absences, desk.now()) == []
    at(clock, desk, 3, 17)
    at(clock, desk, 4, 9)
    assert presence(look)[0] == "available", "the shift turns as ever"


def test_a_persons_word_that_they_are_away_outlasts_the_absence(
    desk: Desk, work: None, clock: TestClock, look: Look
) -> None:
    add(desk, 1, "tomorrow", "tue")
    at(clock, desk, 2, 10)
    assert set_presence(desk, 1, "away", reason="in hospital")["ended_absence"] is None
    at(clock, desk, 6)
    assert presence(look) == ("away", None, "in hospital")


def test_removing_an_absence_that_has_begun_brings_the_agent_back(
    desk: Desk, work: None, clock: TestClock, look: Look
) -> None:
    add(desk, 1, "today", "fri")
    remove(desk, 1, 1)
    assert presence(look) == ("available", None, None)
    with pytest.raises(NotFound):
        remove(desk, 1, 1)
    add(desk, 1, "today", "fri")
    at(clock, desk, 9)
    with pytest.raises(Refused, match="is over"):
        remove(desk, 1, 2)


def test_a_running_absence_gets_longer(desk: Desk, work: None, clock: TestClock, look: Look) -> None:
    add(desk, 1, "today", "tue", "flu")
    at(clock, desk, 2, 10)
    add(desk, 1, "today", "fri")
    assert presence(look) == ("offline", "2082-03-07 00:00:00", "absent: flu")
    at(clock, desk, 4)
    assert presence(look)[0] == "offline"
    at(clock, desk, 7)
    assert presence(look)[0] == "available"


@pytest.mark.parametrize(
    ("given", "problem"),
    [
        (("fri", "2082-03-03"), "is before"),
        (("fri", "yesterday"), "has passed"),
        (("yesterday", "fri"), "has passed"),
        (("2082-02-30", "fri"), "is no day"),
        (("whenever", "fri"), "is not understood"),
        (("2082-03-10 12:00", "2082-03-10 12:00"), "is before"),
        (("fri", "fri", "x" * 200), "200 characters"),
        (("fri", "fri", None, 1), "cannot stand in for themselves"),
        (("fri", "fri", None, 99), "no agent 99"),
        (("fri", "fri", None, 2), "is absent, too"),
        (("fri", "fri", None, 4), "has left"),
    ],
)
def test_what_is_no_absence_is_refused(
    desk: Desk, work: None, add_agent: AddAgent, look: Look, given: tuple[Any, ...], problem: str
) -> None:
    add_agent("Dan")
    agents.leave(desk, 4)
    add(desk, 2, "thu", "fri")
    before = look(rows_in_sight)
    with pytest.raises(DeskError, match=problem):
        add(desk, 1, *given)
    assert look(rows_in_sight) == before


def test_a_preview_says_what_would_move_now_and_changes_nothing(desk: Desk, work: None, look: Look) -> None:
    before = look(rows_in_sight)
    row = preview(desk, 1, "fri", "sat", substitute_id=2)
    assert row["moves"] == [{"booking_id": 4, "from_agent_id": 1, "to_agent_id": 2}]
    assert (row["kept"], row["substitute_name"]) == ([1], "Bob Byron")
    assert look(rows_in_sight) == before


@pytest.mark.on_file
def test_claimed_work_is_covered_after_the_grace_time_and_comes_back(
    desk: Desk, work: None, clock: TestClock, look: Look, add_lead: AddLead
) -> None:
    bookings.claim(desk, 4, 1)
    add(desk, 1, "today", "fri", substitute_id=2)
    assert at(clock, desk, 1, 12, 59)["covered"] == []
    assert at(clock, desk, 1, 13)["covered"] == [1]
    assert [holder(look, number) for number in (1, 4)] == [2, 2]
    assert look(queries.booking, 1)["claimed_at"] == "2082-03-01 09:00:00"
    customer = look(queries.booking, 1)["customer_id"]
    assert look(known_of, customer)["owner"] == 1, "the customer is still Ada's"
    bookings.cancel(desk, 4, "no money")
    with pytest.raises(Refused, match="is offline"):
        cover.bring_back(desk, 1)
    at(clock, desk, 7, 10)
    checks = {one["check"]: one for one in look(doctor.examine, desk)["checks"]}
    assert "agents who are back: 1" in checks["cover"]["detail"]
    configuration.set_value(desk, "owner", "open")
    assert add_lead(phone="+49 711 4000")["agent_id"] == 1, "while Bob still has the other booking"
    assert Checker(desk.database.file).run()["first_fault"] is None
    back = cover.bring_back(desk, 1)
    assert back["moves"] == [{"booking_id": 1, "from_agent_id": 2, "to_agent_id": 1}]
    assert back["stay"] == [4]
    assert look(queries.booking, 1)["claimed_at"] == "2082-03-01 09:00:00"
    undo(desk)
    assert holder(look, 1) == 2
    cover.bring_back(desk, 1)
    assert holder(look, 1) == 1
    with pytest.raises(Refused, match="Nothing of"):
        cover.bring_back(desk, 1)


def test_what_a_person_has_given_away_meanwhile_does_not_come_back(
    desk: Desk, work: None, clock: TestClock, look: Look
) -> None:
    configuration.set_value(desk, "cover_minutes", "0")
    add(desk, 1, "today", "mon", substitute_id=2)
    sweep(desk)
    bookings.reassign(desk, 1, 3, "knows Mars")
    customer = look(queries.booking, 1)["customer_id"]
    assert look(known_of, customer)["owner"] == 3
    at(clock, desk, 3, 10)
    assert cover.bring_back(desk, 1)["stay"] == [1]
    assert holder(look, 1) == 3


def test_cover_of_cover_comes_back_to_the_first_owner(
    desk: Desk, work: None, clock: TestClock, look: Look
) -> None:
    configuration.set_value(desk, "cover_minutes", "0")
    add(desk, 1, "today", "2082-03-03", substitute_id=2)
    sweep(desk)
    set_presence(desk, 2, "away")
    assert look(substitute_of, 1, desk.now()) == 2
    set_presence(desk, 2, "available")
    at(clock, desk, 2, 10)
    add(desk, 2, "2082-03-04", "2082-03-05", substitute_id=3)
    at(clock, desk, 4, 10)
    assert holder(look, 1) == 3
    assert cover.bring_back(desk, 1)["moves"][0]["from_agent_id"] == 3


def test_nobody_covers_while_the_substitute_is_not_there(
    desk: Desk, work: None, clock: TestClock, look: Look
) -> None:
    configuration.set_value(desk, "cover_minutes", "0")
    add(desk, 1, "today", "fri", substitute_id=2)
    set_presence(desk, 2, "away")
    assert sweep(desk)["covered"] == []
    set_presence(desk, 2, "available")
    assert sweep(desk)["covered"] == [1]


def test_the_substitute_stands_in_during_the_absence_alone(desk: Desk, work: None, look: Look) -> None:
    add(desk, 1, "tue", "wed", substitute_id=2)
    at_times = ("2082-03-02 23:59:59", "2082-03-03 00:00:00", "2082-03-04 23:59:59", "2082-03-05 00:00:00")
    assert [look(substitute_of, 1, one) for one in at_times] == [None, 2, 2, None]
    add(desk, 2, "wed", "wed")
    assert look(substitute_of, 1, at_times[1]) == 2
    assert look(substitute_of, 1, at_times[2]) is None, "who is absent, too"
    checks = {one["check"]: one for one in look(doctor.examine, desk)["checks"]}
    assert checks["absences"]["detail"].endswith("is absent, too: 1")
    with desk.transaction():
        bookings.reassign(desk, 2, 3, "leaves")
    agents.leave(desk, 2)
    assert look(substitute_of, 1, at_times[1]) is None


def test_who_is_about_to_be_absent_is_known_where_somebody_is_chosen(
    desk: Desk, work: None, look: Look
) -> None:
    add(desk, 1, "tue", "wed")
    add(desk, 2, "2082-03-20", "2082-03-21")
    absent = {row["agent_id"]: row.get("absent_from") for row in look(choosable)}
    assert absent == {1: "2082-03-03 00:00:00", 2: None, 3: None}


def test_who_is_reactivated_in_an_absence_is_at_work(desk: Desk, work: None, look: Look) -> None:
    add(desk, 3, "today", "fri")
    agents.leave(desk, 3, hand_over=True)
    assert agents.come_back(desk, 3)["presence"] == "available"
    assert look(list_absences, desk.now()) == []


def test_a_start_that_is_missing_is_refused(desk: Desk, work: None) -> None:
    with pytest.raises(InvalidInput):
        add(desk, 1, "", "fri")


def test_an_absence_that_has_begun_by_itself_can_be_undone(
    desk: Desk, work: None, clock: TestClock, look: Look
) -> None:
    add(desk, 1, "tomorrow", "fri", "vacation")
    planned = desk.last_event
    at(clock, desk, 2, 10)
    assert presence(look)[0] == "offline"
    undo(desk, planned)
    assert presence(look) == ("available", None, None)
    assert look(list_absences, desk.now(), with_past=True) == []
