"""Waiting issues: their place, their wait, and their agent once one is free."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from dispatch import agents, bookings, queries
from dispatch.agents import handover, presence
from dispatch.desk import event_log
from dispatch.desk.desk import Desk
from dispatch.leads.intake import LeadResult
from dispatch.operations import undo
from dispatch.service.due_checks import sweep_issues
from dispatch.service.issues import lifecycle, ownership
from models.agents import Agent
from tests.conftest import TestClock
from tests.dispatch.service.conftest import Row, refused

Open = Callable[..., Row]
Show = Callable[..., Row]
AddAgent = Callable[..., Row]


def log(desk: Desk) -> list[tuple[str, str]]:
    with desk.reading():
        return [(row["command"], row["actor"]) for row in event_log.events()][::-1]


def test_a_waiting_issue_shows_its_place_and_wait(open_issue: Open, show: Show, clock: TestClock) -> None:
    first = open_issue()
    assert (first["status"], first["agent_id"], first["queue_position"]) == ("new", None, 1)
    assert (first["expected_wait_minutes"], first["expected_response_minutes"]) == (0, None)
    assert first["routing_reason"] == "no suitable agent has room"
    clock.advance(minutes=1)
    assert open_issue()["queue_position"] == 2, "of equals the oldest is first"
    clock.advance(minutes=1)
    assert open_issue("[account_access] urgent", tier="gold")["queue_position"] == 1, (
        "the most urgent is first"
    )
    assert (show(2)["queue_position"], show(2)["expected_wait_minutes"]) == (3, 60)


def test_the_expected_wait_learns_from_real_handling_times(
    desk: Desk, ada: Row, open_issue: Open, clock: TestClock
) -> None:
    agents.change(desk, 1, capacity=1)
    open_issue()
    open_issue()
    clock.advance(minutes=50)
    lifecycle.resolve(desk, 1)
    assert open_issue()["expected_wait_minutes"] == 0
    assert open_issue()["expected_wait_minutes"] == 50


def test_the_queue_is_served_by_urgency_and_then_age(
    desk: Desk, ada: Row, open_issue: Open, show: Show
) -> None:
    agents.change(desk, 1, capacity=0)
    for text in ("one", "two", "[account_access] three", "[account_access] urgent four"):
        open_issue(text)
    agents.change(desk, 1, capacity=2)
    assert [show(number)["agent_id"] for number in (1, 2, 3, 4)] == [None, None, 1, 1]
    agents.change(desk, 1, capacity=3)
    assert [show(number)["agent_id"] for number in (1, 2)] == [1, None]
    lifecycle.resolve(desk, 3)
    assert show(2)["agent_id"] == 1


def test_bookings_and_issues_share_one_capacity(
    desk: Desk, ada: Row, open_issue: Open, show: Show, add_lead: Callable[..., LeadResult]
) -> None:
    agents.change(desk, 1, capacity=1)
    add_lead()
    assert open_issue()["agent_id"] is None
    bookings.cancel(desk, 1, "changed plans")
    assert show()["agent_id"] == 1, "an agent with room again gets the waiting one"
    assert log(desk)[-2:] == [("issue.drain", "sweeper"), ("booking.cancel", "kim")]


def test_an_issue_assigned_from_the_queue_does_not_block_undo(
    desk: Desk, ada: Row, open_issue: Open, add_lead: Callable[..., LeadResult]
) -> None:
    agents.change(desk, 1, capacity=1)
    add_lead()
    open_issue()
    bookings.cancel(desk, 1, "changed plans")
    ownership.claim(desk, 1, 1)
    with desk.reading():
        cancelled = next(row["event_id"] for row in event_log.events() if row["command"] == "booking.cancel")
    undo.undo(desk, cancelled)
    with desk.reading():
        row = queries.agent(1)
    assert (row["load"], row["issue_load"]) == (1, 1)
    refused(lambda: undo.undo(desk, cancelled - 1), "not_undoable")


@pytest.mark.parametrize(
    ("given", "takes"),
    [({"years": 20}, True), ({"years": 5}, False)],
)
def test_only_agents_who_can_help_get_an_issue(
    desk: Desk, open_issue: Open, add_agent: AddAgent, show: Show, given: Row, takes: bool
) -> None:
    open_issue("[refund_request] back")
    add_agent(**given)
    assert (show()["agent_id"] == 1) is takes
    agents.change(desk, 1, specialisations="refund_request")
    assert show()["agent_id"] == 1


def test_an_absent_agent_gets_no_issue(desk: Desk, ada: Row, open_issue: Open) -> None:
    with desk.transaction():
        agent = Agent.lock(1)
        agent.presence = "away"
        agent.save()
    assert open_issue()["agent_id"] is None


def test_an_agent_with_room_can_claim_a_waiting_issue(
    desk: Desk, open_issue: Open, add_agent: AddAgent
) -> None:
    open_issue()
    add_agent("Bob", years=0)
    row = ownership.claim(desk, 1, 1)
    assert (row["status"], row["agent_id"], row["routing_reason"]) == (
        "in_progress",
        1,
        "claimed by Bob Byron",
    )
    agents.change(desk, 1, capacity=1)
    open_issue()
    refused(lambda: ownership.claim(desk, 2, 1), "full")
    assert ownership.reassign(desk, 2, 1, "only this once")["agent_id"] == 1, (
        "a dispatcher may, with a reason"
    )


# -- absent agents


def test_unstarted_issues_of_an_absent_agent_move(
    desk: Desk, ada: Row, open_issue: Open, show: Show, add_agent: AddAgent
) -> None:
    open_issue("one")
    open_issue("two")
    ownership.claim(desk, 1, 1)
    add_agent("Eve", years=30)
    moves = presence.set_presence(desk, 1, "away")["issue_moves"]
    assert moves == [{"issue_id": 2, "from_agent_id": 1, "to_agent_id": 2}]
    assert [(show(number)["agent_id"], show(number)["status"]) for number in (1, 2)] == [
        (1, "in_progress"),
        (2, "assigned"),
    ]
    moves = presence.set_hours(desk, 2, "tue 01:00-01:01")["issue_moves"]
    assert moves == [{"issue_id": 2, "from_agent_id": 2, "to_agent_id": None}], "its shift is over"
    assert (show(2)["status"], show(2)["queue_position"]) == ("new", 1)
    presence.set_presence(desk, 1, "available")
    assert show(2)["agent_id"] == 1, "a returning agent takes the waiting ones"


def test_an_agent_who_left_keeps_no_issue(desk: Desk, ada: Row, open_issue: Open, show: Show) -> None:
    open_issue("one")
    ownership.claim(desk, 1, 1)
    refused(lambda: agents.leave(desk, 1), "holds_work")
    row = agents.leave(desk, 1, hand_over=True)
    assert (row["issue_load"], row["issue_moves"]) == (
        0,
        [{"issue_id": 1, "from_agent_id": 1, "to_agent_id": None}],
    )
    assert show(1)["status"] == "new"
    with desk.reading():
        assert queries.agent(1)["issue_load"] == 0


def test_issues_fill_the_capacity_for_bookings_too(
    desk: Desk, ada: Row, open_issue: Open, add_lead: Callable[..., LeadResult]
) -> None:
    agents.change(desk, 1, capacity=1)
    open_issue("one")
    assert add_lead()["agent_id"] is None
    lifecycle.resolve(desk, 1)
    with desk.reading():
        assert queries.booking(1)["agent_id"] == 1


def test_a_handover_moves_issues_too_and_can_be_undone(
    desk: Desk, ada: Row, open_issue: Open, show: Show, add_agent: AddAgent
) -> None:
    open_issue("[billing_dispute] one")
    add_agent("Bob", years=5)
    assert handover.hand_over(desk, 1, "desk")["issue_moves"] == [], "nobody else can: it stays"
    moves = handover.hand_over(desk, 1, 2)["issue_moves"]
    assert moves == [{"issue_id": 1, "from_agent_id": 1, "to_agent_id": 2}]
    assert (show()["agent_id"], show()["routing_reason"]) == (2, "Ada Byron handed it over")
    undo.undo(desk)
    assert show()["agent_id"] == 1
    add_agent("Eve", years=30)
    assert handover.hand_over(desk, 1, "desk")["issue_moves"][0]["to_agent_id"] == 3


def test_an_idle_issue_that_was_handed_over_escalates_again(
    desk: Desk, ada: Row, add_agent: AddAgent, open_issue: Open, clock: TestClock, sound: Callable[[], None]
) -> None:
    """Nobody looked at it again before its next message."""
    add_agent("Bob", years=20, rating=1.0)
    open_issue("[billing_dispute] x")
    clock.advance(days=5)
    sweep_issues(desk)
    handover.hand_over(desk, 1, 2)
    sound()
    clock.advance(days=5)
    assert sweep_issues(desk)["escalations"]
