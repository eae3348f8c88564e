"""Questions afterwards: why not another agent, and what another policy would do."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from dispatch import agents, bookings, queries
from dispatch.agents.presence import set_presence
from dispatch.assignment.counterfactuals import other_policies, why_not
from dispatch.assignment.policies import POLICIES
from dispatch.desk import event_log
from dispatch.desk.desk import Desk
from dispatch.operations import configuration
from models.errors import NotFound

AddAgent = Callable[..., dict[str, Any]]
AddLead = Callable[..., Any]
Look = Callable[..., Any]


def test_the_deciding_key_is_given_with_both_values(desk: Desk, lead: Any) -> None:
    result = why_not(desk, 1, 2)
    assert (result["kind"], result["key"], result["winner_value"], result["value"]) == (
        "key",
        "years_of_service",
        9,
        5,
    )
    assert result["because"] == "years of service: 5, where Ada Byron had 9"


def test_the_rule_that_excluded_an_agent_is_given(
    desk: Desk, two: None, add_lead: AddLead, clock: Any
) -> None:
    set_presence(desk, 1, "away", reason="dentist")
    add_lead()
    set_presence(desk, 1, "available")
    result = why_not(desk, 1, 1)
    assert (result["kind"], result["because"]) == ("rule", "away: dentist")


@pytest.mark.parametrize(
    ("happened", "kind", "because"),
    [
        (lambda desk: agents.change(desk, 2, capacity=0), "rule", "full (0/0)"),
        (lambda desk: agents.change(desk, 2, skills="Titan"), "rule", "does not cover Mars"),
        (lambda desk: set_presence(desk, 2, "busy"), "rule", "busy"),
        (lambda desk: agents.leave(desk, 2), "rule", "left at 2082-03-01 09:00:00"),
        (lambda _desk: None, "key", "years of service: 5, where Ada Byron had 9"),
    ],
)
def test_what_the_decision_lacks_is_worked_out_as_of_now(
    desk: Desk, lead: Any, happened: Callable[[Desk], object], kind: str, because: str
) -> None:
    bookings.reassign(desk, 1, 2, "hers")
    bookings.reassign(desk, 1, 1, "his")
    happened(desk)
    result = why_not(desk, 1, 2)
    assert (result["kind"], result["because"]) == (kind, because)
    assert result["as_of"] == desk.now()


def test_a_decline_or_holding_the_booking_is_given(desk: Desk, lead: Any) -> None:
    assert why_not(desk, 1, 1)["because"] == "Ada Byron has it"
    bookings.decline(desk, 1, "full")
    assert why_not(desk, 1, 1)["because"] == "declined it"
    for missing in ((9, 1), (1, 9)):
        with pytest.raises(NotFound):
            why_not(desk, *missing)


def test_every_policy_gives_its_choice_and_nothing_changes(
    desk: Desk, lead: Any, add_agent: AddAgent, look: Look
) -> None:
    add_agent("Spec", skills="Mars")
    before = look(lambda: (queries.list_agents(), event_log.events()))
    result = {row["policy"]: row["agent_name"] for row in other_policies(desk, 1)}
    assert set(result) == set(POLICIES)
    assert (result["rank"], result["skill"]) == ("Ada Byron", "Spec Byron")
    assert look(lambda: (queries.list_agents(), event_log.events())) == before


def test_a_manual_decision_comes_before_the_policys_answer(
    desk: Desk, lead: Any, add_agent: AddAgent
) -> None:
    add_agent("Cid", years=1)
    bookings.reassign(desk, 1, 2, "speaks French")
    result = why_not(desk, 1, 3)
    assert result["decided"] == "by hand: kim: speaks French"
    assert result["because"] == "years of service: 1, where Ada Byron had 9"


def test_a_returning_customers_own_agent_is_the_reason(desk: Desk, two: None, add_lead: AddLead) -> None:
    """By the keys the other agent would have been first, so they did not decide."""
    configuration.set_value(desk, "owner", "seller")
    first = add_lead(phone="4711")["booking_id"]
    bookings.reassign(desk, first, 2, "hers")
    bookings.confirm(desk, first, "Luxury Dome Stay", 1, 1)
    number = add_lead(phone="4711")["booking_id"]
    for _ in ("from the decision", "as of now"):
        result = why_not(desk, number, 1)
        assert (result["kind"], result["because"][:46]) == (
            "rule",
            "Bob Byron sold this customer the last trip (lo",
        )
        bookings.reassign(desk, number, 1, "his")
        bookings.reassign(desk, number, 2, "hers")
