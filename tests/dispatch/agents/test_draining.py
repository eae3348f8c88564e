"""The setting drain_before: no new work to whoever is about to end a shift."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from dispatch import bookings, queries
from dispatch.agents.planned_absences import add
from dispatch.agents.presence import set_hours, set_presence
from dispatch.assignment import explanations
from dispatch.desk.desk import Desk
from dispatch.operations import configuration
from dispatch.operations.sweep import sweep
from dispatch.operations.undo import undo
from tests.conftest import TestClock
from verify.checker import Checker

AddLead = Callable[..., Any]
Look = Callable[..., Any]


@pytest.fixture
def shifts(desk: Desk, two: None) -> None:
    """Ada works until 17:00 UTC, Bob without a shift; nothing new half an hour before the end."""
    set_hours(desk, 1, "daily 9-17 UTC")
    configuration.set_value(desk, "drain_before", "30")


def at(clock: TestClock, desk: Desk, hour: int, minute: int = 0) -> None:
    clock.moment = datetime(2026, 3, 1, hour, minute, tzinfo=UTC)
    sweep(desk)


def presence(look: Look) -> tuple[str, str | None, str | None]:
    row = look(queries.agent, 1)
    return row["presence"], row["presence_until"], row["presence_reason"]


def test_nothing_new_before_the_end_of_a_shift_and_why_says_so(
    desk: Desk, shifts: None, clock: TestClock, look: Look, add_lead: AddLead
) -> None:
    at(clock, desk, 16, 29)
    assert [add_lead()["agent_id"] for _ in range(2)] == [1, 2]
    at(clock, desk, 16, 30)
    assert presence(look) == ("busy", "2082-03-01 17:00:00", "shift ends soon")
    number = add_lead()["booking_id"]
    assert look(queries.booking, number)["agent_id"] == 2
    assert "busy: shift ends soon" in str(look(explanations.why, number))
    assert look(queries.booking, 1)["agent_id"] == 1, "what they have stays"
    bookings.reassign(desk, number, 1, "knows the customer")
    at(clock, desk, 17)
    assert presence(look) == ("offline", None, "shift over")


def test_a_persons_own_word_stands_until_the_end(
    desk: Desk, shifts: None, clock: TestClock, look: Look, add_lead: AddLead
) -> None:
    at(clock, desk, 16, 30)
    set_presence(desk, 1, "available")
    at(clock, desk, 16, 45)
    assert presence(look)[0] == "available"
    assert add_lead()["agent_id"] == 1
    at(clock, desk, 17)
    assert presence(look)[0] == "offline"


def test_it_counts_before_an_absence_too(desk: Desk, shifts: None, clock: TestClock, look: Look) -> None:
    add(desk, 1, "12:00", "15:00")
    at(clock, desk, 11, 30)
    assert presence(look) == ("busy", "2082-03-01 12:00:00", "shift ends soon")
    at(clock, desk, 12)
    assert presence(look) == ("offline", "2082-03-01 15:00:00", "absent")
    at(clock, desk, 15)
    assert presence(look)[0] == "available"


def test_the_setting_follows_at_once_and_so_does_its_undo(
    desk: Desk, two: None, clock: TestClock, look: Look
) -> None:
    set_hours(desk, 1, "daily 9-17 UTC")
    configuration.set_value(desk, "drain_before", "60")
    at(clock, desk, 16)
    assert presence(look)[0] == "busy"
    configuration.set_value(desk, "drain_before", "0")
    at(clock, desk, 16, 1)
    assert presence(look) == ("available", None, None)
    configuration.set_value(desk, "drain_before", "10")
    undo(desk)
    at(clock, desk, 16, 55)
    assert presence(look)[0] == "available"


@pytest.mark.on_file
def test_verify_follows_all_of_it(
    desk: Desk, shifts: None, clock: TestClock, path: Path, add_lead: AddLead
) -> None:
    configuration.set_value(desk, "policy", "share")
    configuration.set_value(desk, "absence_credit", "full")
    for hour in range(10, 19):
        at(clock, desk, hour, 40)
        add_lead()
    found = Checker(path).run()
    assert found["first_fault"] is None
