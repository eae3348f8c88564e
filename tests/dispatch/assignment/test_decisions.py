"""Why a booking is where it is."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from dispatch import agents, bookings
from dispatch.assignment.explanations import preview, why
from dispatch.desk.desk import Desk
from dispatch.leads.intake import LeadResult
from dispatch.operations.undo import undo
from models.audit import Decision
from models.errors import NotFound

AddAgent = Callable[..., dict[str, Any]]
AddLead = Callable[..., LeadResult]
Look = Callable[..., Any]


def test_a_decision_lists_the_winner_and_the_runners_up_with_their_keys(lead: LeadResult, look: Look) -> None:
    answer = look(why, 1)
    assert answer["winner"] == {
        "agent_id": 1,
        "agent_name": "Ada Byron",
        "load": 0,
        "years_of_service": 9,
        "rating": 4.0,
    }
    assert [row["agent_name"] for row in answer["next"]] == ["Bob Byron"]
    assert (answer["policy"], answer["reason"], answer["decisions"]) == ("rank", lead["reason"], 1)
    assert (answer["agent_id"], answer["decided_at"], answer["excluded"]) == (1, "2082-03-01 09:00:00", [])


def test_ten_runners_up_are_kept(add_agent: AddAgent, add_lead: AddLead, look: Look) -> None:
    for _ in range(15):
        add_agent()
    add_lead()
    assert [row["agent_id"] for row in look(why, 1)["next"]] == list(range(2, 12))


def test_an_agent_who_declined_is_listed_with_the_rule(
    desk: Desk, add_agent: AddAgent, add_lead: AddLead, look: Look
) -> None:
    add_agent("Ada", years=9)
    add_lead()
    bookings.decline(desk, 1, "full")
    add_agent("Bob", years=5)
    answer = look(why, 1)
    assert answer["winner"]["agent_id"] == 2
    assert answer["excluded"] == [{"agent_id": 1, "agent_name": "Ada Byron", "rule": "declined it"}]
    assert answer["reason"] == "the only agent who can take it"


def test_agents_behind_the_winner_are_not_listed_as_excluded(
    desk: Desk, lead: LeadResult, add_agent: AddAgent, look: Look
) -> None:
    add_agent("Cid", years=50)
    bookings.reassign(desk, 1, 2, "speaks French")
    bookings.decline(desk, 1, "full")
    answer = look(why, 1)
    assert (answer["winner"]["agent_id"], answer["excluded"]) == (3, [])


def test_a_waiting_booking_says_no_agent_can_take_it(add_lead: AddLead, look: Look) -> None:
    add_lead()
    answer = look(why, 1)
    assert (answer["agent_id"], answer["winner"], answer["reason"]) == (
        None,
        None,
        "no agent can take it yet",
    )


def test_a_reassignment_is_given_with_its_actor_and_reason(desk: Desk, lead: LeadResult, look: Look) -> None:
    bookings.reassign(desk, 1, 2, "speaks French")
    answer = look(why, 1)
    assert (answer["policy"], answer["agent_name"], answer["reason"]) == (
        "by hand",
        "Bob Byron",
        "kim: speaks French",
    )
    assert answer["decisions"] == 2


@pytest.mark.parametrize(
    "run",
    [
        lambda desk: bookings.reassign(desk, 1, 2, "speaks French"),
        lambda desk: bookings.decline(desk, 1, "full"),
    ],
)
def test_after_an_undo_the_earlier_decision_is_given(
    desk: Desk, lead: LeadResult, look: Look, run: Callable[[Desk], object]
) -> None:
    before = look(why, 1)
    run(desk)
    undo(desk)
    assert look(why, 1) == before | {"decisions": 2}


def test_a_decline_that_was_undone_excludes_nobody(desk: Desk, lead: LeadResult, look: Look) -> None:
    bookings.decline(desk, 1, "full")
    undo(desk)
    bookings.reassign(desk, 1, 2, "speaks French")
    assert bookings.decline(desk, 1, "no French")["agent_id"] == 1


def test_a_drain_that_finds_nobody_decides_nothing(
    desk: Desk, lead: LeadResult, look: Look, add_agent: AddAgent
) -> None:
    bookings.decline(desk, 1, "full")
    bookings.decline(desk, 1, "full too")
    agents.leave(desk, 2)
    before = look(Decision.select().count)
    agents.come_back(desk, 2)
    assert look(Decision.select().count) == before


def test_an_imported_booking_has_no_decision(desk: Desk, lead: LeadResult, look: Look) -> None:
    with desk.transaction():
        Decision.delete().execute()
    answer = look(why, 1)
    assert (answer["policy"], answer["agent_name"]) == (None, "Ada Byron")


def test_a_booking_that_does_not_exist_is_not_found(look: Look) -> None:
    with pytest.raises(NotFound):
        look(why, 1)


def test_a_preview_names_who_would_get_the_next_lead(
    desk: Desk, two: None, add_lead: AddLead, look: Look
) -> None:
    answer = look(preview, desk)
    assert [row["agent_id"] for row in answer["candidates"]] == [1, 2]
    result = add_lead()
    assert (result["agent_id"], result["reason"]) == (answer["candidates"][0]["agent_id"], answer["reason"])
