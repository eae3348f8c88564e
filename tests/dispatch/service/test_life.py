"""The life of an issue: holder, conversation, end and rating."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from dispatch import agents, queries
from dispatch.desk import event_log
from dispatch.desk.desk import Desk
from dispatch.desk.event_filter import EventFilter
from dispatch.operations import configuration, undo
from dispatch.operations.sweep import sweep
from dispatch.service.issues import (
    conversation,
    editing,
    escalation_commands,
    lifecycle,
    ownership,
    surveys,
)
from dispatch.service.issues import queries as issue_queries
from models.issues import ISSUE_STATUSES
from tests.conftest import TestClock
from tests.dispatch.service.conftest import Row, refused

Open = Callable[..., Row]
Show = Callable[..., Row]
Sound = Callable[[], None]


@pytest.fixture
def issue(ada: Row, add_agent: Callable[..., Row], open_issue: Open) -> Row:
    """Issue 1, HIGH, assigned to Ada (1); Bob (2) has level 2."""
    add_agent("Bob", years=5)
    return open_issue("[billing_dispute] charged twice")


@pytest.fixture
def begun(desk: Desk, issue: Row) -> Row:
    return ownership.claim(desk, 1, 1)


def agent(desk: Desk, agent_id: int) -> Row:
    with desk.reading():
        return queries.agent(agent_id)


def talk(desk: Desk, issue_id: int = 1) -> list[Row]:
    with desk.reading():
        return issue_queries.interactions(issue_id)


# -- holding


def test_the_holder_starts_work(desk: Desk, issue: Row) -> None:
    refused(lambda: ownership.claim(desk, 1, 2), "not_the_holder")
    assert ownership.claim(desk, 1, 1)["status"] == "in_progress"
    refused(lambda: ownership.claim(desk, 1, 1), "already_claimed")
    refused(lambda: ownership.claim(desk, 1, 9), "not_found")


def test_reassigning_moves_the_load_but_not_the_clocks(desk: Desk, begun: Row, clock: TestClock) -> None:
    due = begun["sla"]["resolution_due"]
    clock.advance(minutes=10)
    row = ownership.reassign(desk, 1, 2, "Bob knows the customer")
    assert (row["agent_id"], row["status"], row["sla"]["resolution_due"]) == (2, "assigned", due)
    assert row["routing_reason"] == "kim: Bob knows the customer"
    assert (agent(desk, 1)["issue_load"], agent(desk, 2)["issue_load"]) == (0, 1)
    refused(lambda: ownership.reassign(desk, 1, 2, "again"), "same_agent")
    refused(lambda: ownership.reassign(desk, 1, 1, " "), "invalid_reason")


def test_a_reassignment_while_waiting_for_the_customer_keeps_the_pause(desk: Desk, begun: Row) -> None:
    conversation.reply(desk, 1, "Which card?", wait=True)
    row = ownership.reassign(desk, 1, 2, "shift ends")
    assert (row["status"], row["sla"]["resolution"]["paused_at"] is None) == ("pending_customer", False)


# -- talking


def test_the_first_answer_starts_work_and_stops_its_clock(desk: Desk, issue: Row, clock: TestClock) -> None:
    clock.advance(minutes=20)
    row = conversation.reply(desk, 1, "We look into it")
    assert row["status"] == "in_progress"
    first = row["sla"]["first_response"]
    assert (first["met_at"], first["breached"], first["left_minutes"]) == ("2082-03-01 09:20:00", False, 40)


def test_a_note_is_internal_and_stops_no_clock(desk: Desk, issue: Row) -> None:
    row = conversation.note(desk, 1, "looks like a bug :(")
    assert (row["status"], row["sla"]["first_response"]["met_at"]) == ("assigned", None)
    assert talk(desk)[-1] | {"interaction_id": 0} == {
        "interaction_id": 0,
        "at": "2082-03-01 09:00:00",
        "kind": "note",
        "author": "desk",
        "agent_id": 1,
        "agent_name": "Ada Byron",
        "channel": None,
        "text": "looks like a bug :(",
        "compound": pytest.approx(-0.2),
        "resolution_attempt": False,
        "answer_needed": False,
        "status_from": None,
        "status_to": None,
    }


def test_the_clock_stops_while_waiting_for_the_customer(
    desk: Desk, begun: Row, clock: TestClock, sound: Sound
) -> None:
    clock.advance(hours=1)
    row = conversation.reply(desk, 1, "Which card?", wait=True)
    assert (row["status"], row["sla"]["resolution"]["paused_at"]) == (
        "pending_customer",
        "2082-03-01 10:00:00",
    )
    clock.advance(hours=30)
    row = conversation.reply(desk, 1, "The blue one", author="customer")
    assert row["status"] == "in_progress"
    assert row["sla"]["resolution_due"] == "2082-03-02 23:00:00", "7 of 8 hours were left"
    assert row["sla"]["resolution"]["breached"] is False
    sound()


def test_the_clock_stops_only_after_a_message_to_the_customer(
    desk: Desk, begun: Row, clock: TestClock
) -> None:
    row = lifecycle.set_status(desk, 1, "pending_customer")
    assert row["sla"]["resolution"]["paused_at"] is None
    clock.advance(hours=2)
    row = conversation.reply(desk, 1, "Which card?")
    assert row["sla"]["resolution"]["paused_at"] == "2082-03-01 11:00:00"


def test_two_people_cannot_answer_at_once(desk: Desk, begun: Row) -> None:
    seen = begun["last_interaction_id"]
    conversation.reply(desk, 1, "First", seen=seen)
    refused(lambda: conversation.reply(desk, 1, "Second", seen=seen), "conflict")
    refused(lambda: conversation.reply(desk, 1, "Second", agent_id=2), "not_the_holder")
    assert [row["text"] for row in talk(desk) if row["text"]] == ["First"]


def test_a_waiting_issue_must_be_claimed_before_an_answer(desk: Desk, open_issue: Open) -> None:
    open_issue()
    refused(lambda: conversation.reply(desk, 1, "Hello"), "waiting")


@pytest.mark.parametrize("text", ["", "\u200b", "\x1b[31mred", "x" * 100_001])
def test_a_blank_answer_is_refused(desk: Desk, begun: Row, text: str) -> None:
    refused(lambda: conversation.reply(desk, 1, text), "invalid_text")
    refused(lambda: conversation.note(desk, 1, text), "invalid_text")


def test_messages_cannot_be_undone(desk: Desk, begun: Row) -> None:
    conversation.reply(desk, 1, "Hello")
    refused(lambda: undo.undo(desk), "not_undoable")


# -- the states


NEXT = {
    "new": (),
    "assigned": ("in_progress",),
    "in_progress": ("pending_customer", "resolved"),
    "pending_customer": ("in_progress", "resolved"),
    "resolved": ("closed",),
    "closed": (),
}
WAYS = {
    "new": (),
    "assigned": (),
    "in_progress": ("in_progress",),
    "pending_customer": ("in_progress", "pending_customer"),
    "resolved": ("in_progress", "resolved"),
    "closed": ("in_progress", "resolved", "closed"),
}


@pytest.mark.parametrize("status", ISSUE_STATUSES)
@pytest.mark.parametrize("wanted", ISSUE_STATUSES)
def test_status_transitions(
    desk: Desk, add_agent: Callable[..., Row], open_issue: Open, show: Show, status: str, wanted: str
) -> None:
    if status != "new":
        add_agent(years=20)
    open_issue()
    for step in WAYS[status]:
        lifecycle.set_status(desk, 1, step)
    assert show()["status"] == status
    if wanted in NEXT[status]:
        assert lifecycle.set_status(desk, 1, wanted)["status"] == wanted
    else:
        refused(lambda: lifecycle.set_status(desk, 1, wanted), "status_not_allowed")
        assert show()["status"] == status


def test_an_unknown_status_is_refused(desk: Desk, begun: Row) -> None:
    refused(lambda: lifecycle.set_status(desk, 1, "escalated"), "invalid_status")


def test_resolving_ends_the_clocks_and_frees_the_agent(
    desk: Desk, issue: Row, clock: TestClock, sound: Sound
) -> None:
    clock.advance(hours=2)
    row = lifecycle.resolve(desk, 1, "Both charges are back")
    assert (row["status"], row["actual_resolution_minutes"]) == ("resolved", 120)
    assert row["sla"]["resolution"]["met_at"] == "2082-03-01 11:00:00"
    assert row["sla"]["first_response"]["breached"], "the only answer came after an hour"
    assert row["progress"] == {
        "hours_elapsed": 2.0,
        "sla_met": True,
        "hours_left": None,
        "interactions": 1,
        "status_changes": 3,
        "share": 1.0,
    }
    assert [one["resolution_attempt"] for one in talk(desk) if one["text"]] == [True]
    assert agent(desk, 1)["issue_load"] == 0
    assert lifecycle.close(desk, 1)["status"] == "closed"
    sound()


def test_an_ended_issue_cannot_be_answered(desk: Desk, begun: Row) -> None:
    lifecycle.resolve(desk, 1)
    refused(lambda: conversation.reply(desk, 1, "One more thing"), "resolved")
    lifecycle.close(desk, 1)
    refused(lambda: conversation.reply(desk, 1, "One more thing"), "closed")
    refused(lambda: conversation.reply(desk, 1, "Hello?", author="customer"), "closed")
    refused(lambda: ownership.reassign(desk, 1, 2, "why not"), "closed")
    refused(lambda: editing.edit(desk, 1, priority="LOW"), "closed")
    refused(lambda: lifecycle.resolve(desk, 1), "closed")
    assert conversation.note(desk, 1, "for the file")["status"] == "closed"


def test_a_customers_answer_to_a_solution_reopens_the_issue(
    desk: Desk, begun: Row, clock: TestClock, sound: Sound
) -> None:
    lifecycle.resolve(desk, 1)
    clock.advance(days=3)
    row = conversation.reply(desk, 1, "It is back", author="customer")
    assert (row["status"], row["sla"]["resolution"]["left_minutes"]) == ("in_progress", 480)
    assert agent(desk, 1)["issue_load"] == 1
    sound()


def test_an_issue_is_reopened_within_fourteen_days(
    desk: Desk, begun: Row, clock: TestClock, sound: Sound
) -> None:
    refused(lambda: lifecycle.reopen(desk, 1, "again"), "not_ended")
    clock.advance(hours=6)
    lifecycle.resolve(desk, 1)
    lifecycle.close(desk, 1)
    clock.advance(days=14)
    row = lifecycle.reopen(desk, 1, "it is back")
    assert (row["status"], row["agent_id"], row["closed_at"]) == ("in_progress", 1, None)
    assert row["sla"]["resolution"]["left_minutes"] == 120, "it continues with the time left"
    lifecycle.resolve(desk, 1)
    clock.advance(days=14, seconds=1)
    refused(lambda: lifecycle.reopen(desk, 1, "again"), "too_late")
    sound()


def test_a_resolved_issue_is_closed_only_when_its_time_is_up(
    desk: Desk, begun: Row, clock: TestClock, sound: Sound
) -> None:
    lifecycle.resolve(desk, 1)
    clock.advance(days=13, hours=23)
    assert sweep(desk)["closed"] == []
    clock.advance(hours=1)
    assert sweep(desk)["closed"] == [1]
    with desk.reading():
        assert issue_queries.issue(desk, 1)["status"] == "closed"
        assert event_log.page(EventFilter(issue_id=1), 1)[0]["actor"] == "sweeper"
    assert sweep(desk)["closed"] == []
    clock.advance(seconds=1)
    refused(lambda: lifecycle.reopen(desk, 1, "again"), "too_late")
    sound()


def test_automatic_closing_can_be_switched_off(desk: Desk, begun: Row, clock: TestClock) -> None:
    configuration.set_value(desk, "close_after_days", "0")
    lifecycle.resolve(desk, 1)
    clock.advance(days=400)
    assert sweep(desk)["closed"] == []
    configuration.set_value(desk, "close_after_days", "3")
    assert sweep(desk)["closed"] == [1]


def test_an_agent_who_left_is_replaced_on_reopening(
    desk: Desk, begun: Row, add_agent: Callable[..., Row]
) -> None:
    lifecycle.resolve(desk, 1)
    agents.leave(desk, 1)
    assert lifecycle.reopen(desk, 1, "it is back")["status"] == "new", "Bob cannot help"
    refused(lambda: undo.undo(desk), "agent_left")
    add_agent("Eve", years=30)
    with desk.reading():
        assert issue_queries.issue(desk, 1)["agent_id"] == 3


def test_a_clock_that_jumps_back_reorders_nothing(
    desk: Desk, begun: Row, clock: TestClock, sound: Sound
) -> None:
    clock.advance(hours=1)
    conversation.reply(desk, 1, "Which card?", wait=True)
    clock.advance(hours=-30)
    row = conversation.reply(desk, 1, "The blue one", author="customer")
    assert row["sla"]["resolution_due"] == "2082-03-01 17:00:00"
    assert [one["at"] for one in talk(desk)] == sorted(one["at"] for one in talk(desk))
    assert row["progress"]["hours_elapsed"] == 0
    sound()


# -- ratings


def test_a_rating_counts_for_the_resolving_agent(desk: Desk, begun: Row) -> None:
    refused(lambda: surveys.rate(desk, 1, 5), "not_resolved")
    lifecycle.resolve(desk, 1)
    row = surveys.rate(desk, 1, "5", "quick!")
    assert row["survey"] == {
        "agent_id": 1,
        "asked_at": "2082-03-01 09:00:00",
        "score": 5,
        "answered_at": "2082-03-01 09:00:00",
        "comment": "quick!",
    }
    assert agent(desk, 1)["rating"] == pytest.approx((4.0 * 20 + 5) / 21)
    assert agent(desk, 1)["performance"] == pytest.approx((4.0 * 20 + 5) / 21 / 5, abs=1e-4)


def test_only_one_answer_counts(desk: Desk, begun: Row) -> None:
    lifecycle.resolve(desk, 1)
    surveys.rate(desk, 1, 2)
    refused(lambda: surveys.rate(desk, 1, 5), "already_rated")
    conversation.reply(desk, 1, "Not solved", author="customer")
    ownership.reassign(desk, 1, 2, "another try")
    lifecycle.resolve(desk, 1)
    refused(lambda: surveys.rate(desk, 1, 5), "already_rated")
    undo_of_rating = undo.undo(desk, _event(desk, "issue.rate"))
    assert undo_of_rating["issue_id"] == 1
    assert agent(desk, 1)["rating"] == 4.0


def test_an_unanswered_survey_goes_to_the_last_resolving_agent(desk: Desk, begun: Row) -> None:
    lifecycle.resolve(desk, 1)
    conversation.reply(desk, 1, "Not solved", author="customer")
    ownership.reassign(desk, 1, 2, "another try")
    lifecycle.resolve(desk, 1)
    survey = surveys.rate(desk, 1, 5)["survey"]
    assert survey is not None
    assert survey["agent_id"] == 2


@pytest.mark.parametrize("score", [0, 6, "4.5", "good", "", -1])
def test_a_score_is_one_to_five(desk: Desk, begun: Row, score: Any) -> None:
    lifecycle.resolve(desk, 1)
    refused(lambda: surveys.rate(desk, 1, score), "invalid_score")


# -- undo


def _event(desk: Desk, name: str) -> int:
    with desk.reading():
        return int(next(row["event_id"] for row in event_log.events(issue_id=1) if row["command"] == name))


def test_an_issue_opened_by_mistake_is_left_out(desk: Desk, issue: Row, show: Show, sound: Sound) -> None:
    assert undo.undo(desk)["issue_id"] == 1
    assert (show()["status"], show()["voided"]) == ("closed", True)
    assert agent(desk, 1)["issue_load"] == 0
    refused(lambda: lifecycle.reopen(desk, 1, "why"), "voided")
    with desk.reading():
        assert issue_queries.issues(desk, issue_queries.IssueFilter(statuses=())) == []
    sound()


def test_an_issue_comes_back_by_redo(desk: Desk, issue: Row, show: Show, sound: Sound) -> None:
    keys = ("status", "agent_id", "voided", "closed_at", "resolved_at", "assigned_at")
    before = {key: show()[key] for key in keys}
    undo.undo(desk)
    undo.redo(desk)
    assert {key: show()[key] for key in keys} == before
    assert agent(desk, 1)["issue_load"] == 1
    sound()
    conversation.note(desk, 1, "hm")
    refused(lambda: undo.undo(desk, _event(desk, "issue.open")), "changed_since")


def test_an_issue_with_messages_cannot_be_undone(desk: Desk, issue: Row) -> None:
    conversation.note(desk, 1, "hm")
    refused(lambda: undo.undo(desk, _event(desk, "issue.open")), "changed_since")


@pytest.mark.parametrize(
    "step",
    [
        lambda desk: lifecycle.set_status(desk, 1, "pending_customer"),
        lambda desk: lifecycle.resolve(desk, 1),
        lambda desk: ownership.reassign(desk, 1, 2, "better"),
        lambda desk: editing.edit(desk, 1, priority="CRITICAL", title="Other"),
    ],
)
def test_undo_of_a_step_keeps_the_clocks_right(
    desk: Desk, begun: Row, show: Show, clock: TestClock, sound: Sound, step: Callable[[Desk], Row]
) -> None:
    keys = ("status", "agent_id", "priority", "title", "resolved_at", "waiting_since", "assigned_at")
    before = {key: show()[key] for key in keys}
    clock.advance(minutes=30)
    step(desk)
    clock.advance(minutes=30)
    after = {key: show()[key] for key in keys}
    undo.undo(desk)
    assert {key: show()[key] for key in keys} == before
    assert agent(desk, 1)["issue_load"] == 1
    sound()
    undo.redo(desk)
    assert {key: show()[key] for key in keys} == after
    sound()


def test_undoing_an_end_restores_the_escalations(desk: Desk, begun: Row, show: Show) -> None:
    escalation_commands.escalate(desk, 1, "the press called")
    lifecycle.resolve(desk, 1)
    assert show()["escalation_level"] == 0
    undo.undo(desk)
    assert show()["escalation_level"] == 1


def test_undoing_an_end_waits_for_the_customer_again(
    desk: Desk, begun: Row, show: Show, clock: TestClock, sound: Sound
) -> None:
    conversation.reply(desk, 1, "Which card?", wait=True)
    clock.advance(hours=1)
    lifecycle.resolve(desk, 1)
    clock.advance(hours=1)
    undo.undo(desk)
    assert show()["sla"]["resolution"]["paused_at"] == "2082-03-01 11:00:00"
    sound()
    clock.advance(hours=30)
    row = conversation.reply(desk, 1, "The blue one", author="customer")
    assert row["sla"]["resolution_due"] == "2082-03-03 01:00:00", "none of the 8 hours was ours"
    sound()


def test_only_the_last_step_can_be_undone(desk: Desk, begun: Row) -> None:
    lifecycle.set_status(desk, 1, "pending_customer")
    refused(lambda: undo.undo(desk, _event(desk, "issue.claim")), "changed_since")
