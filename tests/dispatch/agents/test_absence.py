"""Agents who come back from an absence: level with the others, or owed what they missed."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from typing import Any

import pytest

from dispatch import agents, bookings, queries
from dispatch.agents.presence import set_hours, set_presence
from dispatch.assignment.counterfactuals import why_not
from dispatch.desk.desk import Desk
from dispatch.operations import configuration
from dispatch.operations.undo import undo
from dispatch.queries.wording import presence_words
from models import shares
from models.errors import InvalidInput
from tests.conftest import TestClock

AddAgent = Callable[..., dict[str, Any]]
AddLead = Callable[..., Any]
Five = Callable[..., None]


@pytest.fixture
def five(desk: Desk, add_agent: AddAgent) -> Five:
    def begin(policy: str, credit: str = "none") -> None:
        for _ in range(5):
            add_agent(capacity=50)
        configuration.set_value(desk, "policy", policy)
        configuration.set_value(desk, "absence_credit", credit)

    return begin


def miss(desk: Desk, add_lead: AddLead, leads: int = 20, presence: str = "break") -> None:
    """Let agent 5 be absent while leads come in, and come back."""
    set_presence(desk, 5, presence)
    for _ in range(leads):
        add_lead()
    set_presence(desk, 5, "available")


def owed(desk: Desk, agent_id: int = 5) -> int:
    with desk.reading():
        return queries.agent(agent_id)["owed"]


def next_of(add_lead: AddLead, leads: int = 8) -> Counter[int]:
    return Counter(add_lead()["agent_id"] for _ in range(leads))


@pytest.mark.parametrize("policy", ["share", "balanced"])
@pytest.mark.parametrize("presence", ["break", "away", "offline"])
def test_who_comes_back_begins_level(
    desk: Desk, five: Five, add_lead: AddLead, policy: str, presence: str
) -> None:
    five(policy)
    miss(desk, add_lead, presence=presence)
    assert owed(desk) == 0
    assert 1 <= next_of(add_lead)[5] <= 2, "of the next eight leads, as any of the five"


@pytest.mark.parametrize("policy", ["share", "balanced"])
def test_full_credit_comes_first(desk: Desk, five: Five, add_lead: AddLead, policy: str) -> None:
    five(policy, "full")
    miss(desk, add_lead)
    assert next_of(add_lead, 5) == {5: 5}
    assert next_of(add_lead, 10) == dict.fromkeys(range(1, 6), 2)


def test_what_is_owed_is_shown_and_spent(desk: Desk, five: Five, add_lead: AddLead) -> None:
    five("share", "full")
    agents.change(desk, 5, weight=0.5)
    miss(desk, add_lead, 24)
    with desk.reading():
        row = queries.agent(5)
    assert row["owed"] == 3, "half of the six that the others got"
    assert presence_words(row) == "available, owed 3"
    assert [(add_lead()["agent_id"], owed(desk)) for _ in range(3)] == [(5, 2), (5, 1), (5, 0)]
    assert next_of(add_lead, 9) == {1: 2, 2: 2, 3: 2, 4: 2, 5: 1}


def test_what_is_owed_is_given_by_the_others(desk: Desk, five: Five, add_lead: AddLead) -> None:
    """Nobody is left behind for good: what all are behind, together, stays what it was."""
    five("share", "full")
    next_of(add_lead, 3)
    before = _behind(desk)
    miss(desk, add_lead)
    assert _behind(desk) == pytest.approx(before)
    next_of(add_lead, 7)
    assert _behind(desk) == pytest.approx(before)


def _behind(desk: Desk) -> float:
    with desk.reading():
        moment = shares.state().moment
        dues = [one.share_due for one in shares.Sharer.select()]
    return sum(1 - (due - moment) for due in dues if due is not None)


@pytest.mark.parametrize(("policy", "held"), [("share", 3), ("balanced", 3)])
def test_a_number_caps_what_is_owed(
    desk: Desk, five: Five, add_lead: AddLead, policy: str, held: int
) -> None:
    five(policy, "3")
    miss(desk, add_lead)
    assert owed(desk) == held
    assert [add_lead()["agent_id"] for _ in range(3)] == [5, 5, 5]
    assert owed(desk) == 0
    assert next_of(add_lead)[5] <= 2


def test_a_short_break_owes_no_more_than_was_missed(desk: Desk, five: Five, add_lead: AddLead) -> None:
    five("share", "10")
    miss(desk, add_lead, 4)
    assert owed(desk) == 1
    miss(desk, add_lead, 0)
    assert owed(desk) == 1


def test_busy_and_full_are_no_absence(desk: Desk, five: Five, add_lead: AddLead) -> None:
    five("share", "full")
    miss(desk, add_lead, presence="busy")
    agents.change(desk, 5, capacity=0)
    next_of(add_lead)
    agents.change(desk, 5, capacity=50)
    assert owed(desk) == 0


def test_only_the_hours_of_the_shift_count(
    desk: Desk, clock: TestClock, five: Five, add_lead: AddLead
) -> None:
    five("share", "full")
    set_hours(desk, 5, "mon-sun 08:00-10:00")
    clock.moment = clock.moment.replace(hour=9)
    next_of(add_lead, 4)
    clock.advance(hours=4)
    next_of(add_lead, 20)
    assert owed(desk) == 0, "off shift"
    clock.advance(hours=20)
    set_presence(desk, 5, "away")
    next_of(add_lead, 8)
    clock.advance(hours=2)
    next_of(add_lead, 20)
    set_presence(desk, 5, "available")
    assert owed(desk) == 2, "of the eight before the end of the shift"


def test_an_absence_that_is_undone_ends(desk: Desk, five: Five, add_lead: AddLead) -> None:
    five("share", "full")
    set_presence(desk, 5, "break")
    with desk.acting_as("lee"):
        next_of(add_lead, 8)
    undo(desk)
    assert owed(desk) == 2


def test_the_round_is_told(desk: Desk, five: Five, add_lead: AddLead) -> None:
    five("balanced")
    miss(desk, add_lead)
    add_lead()
    lead = add_lead()
    assert lead["agent_id"] != 5
    answer = why_not(desk, lead["booking_id"], 5)
    assert answer["because"] == "back from an absence, and has had a lead of this round"


def test_balanced_holds_nobody_back_once_another_is_as_free(
    desk: Desk, five: Five, add_lead: AddLead
) -> None:
    five("balanced")
    miss(desk, add_lead, 8)
    with desk.reading():
        held = [row["booking_id"] for row in queries.list_bookings(queries.BookingFilter(agent_id=1))]
    for booking_id in held:
        bookings.cancel(desk, booking_id, "changed their mind")
    assert next_of(add_lead, 4) == {1: 2, 5: 2}, "both had none"


def test_another_policy_begins_without_debts(desk: Desk, five: Five, add_lead: AddLead) -> None:
    five("share", "full")
    miss(desk, add_lead)
    assert owed(desk) == 5
    configuration.set_value(desk, "policy", "rank")
    assert owed(desk) == 0


@pytest.mark.parametrize("text", ["0", "-1", "1.5", "all", "", "1e9", "1001"])
def test_a_bad_credit_is_refused_with_what_is_accepted(desk: Desk, text: str) -> None:
    with pytest.raises(InvalidInput) as refused:
        configuration.set_value(desk, "absence_credit", text)
    assert refused.value.hint == "accepted: none, full, or a whole number from 1 to 1000"
