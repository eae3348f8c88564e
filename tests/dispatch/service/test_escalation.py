"""Warnings and escalations: due times, recipients, and what stops them; each comes once."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from dispatch import agents
from dispatch.desk import event_log
from dispatch.desk.desk import Desk
from dispatch.leads.intake import LeadResult
from dispatch.operations import configuration
from dispatch.service.due_checks import sweep_issues
from dispatch.service.issues import conversation, editing, escalation_commands, lifecycle, ownership
from tests.conftest import TestClock
from tests.dispatch.service.conftest import Row, refused

Open = Callable[..., Row]
Show = Callable[..., Row]


@pytest.fixture
def issue(desk: Desk, add_agent: Callable[..., Row], open_issue: Open) -> Row:
    """Issue 1, HIGH (first answer in 1 h, resolved in 8), with Ada; Eve is her manager."""
    add_agent("Ada", years=20, manager="Eve Moneypenny")
    return open_issue("[billing_dispute] charged twice")


def raised(row: Row) -> list[tuple[str, int, bool]]:
    """Trigger, level, and whether it is still open."""
    return [(one["trigger"], one["level"], one["closed_at"] is None) for one in row["escalations"]]


def warned(row: Row) -> list[tuple[str, int]]:
    return [(one["clock"], one["percent"]) for one in row["warnings"]]


# -- warnings


def test_each_warning_comes_once_at_its_time(desk: Desk, issue: Row, clock: TestClock, show: Show) -> None:
    seen = []
    for minutes in range(0, 75, 5):
        result = sweep_issues(desk)["warnings"]
        seen += [(minutes, one["clock"], one["percent"]) for one in result]
        clock.advance(minutes=5)
    assert seen == [
        (30, "first_response", 50),
        (45, "first_response", 75),
        (55, "first_response", 90),
        (60, "first_response", 100),
    ]
    assert warned(show()) == [("first_response", percent) for percent in (50, 75, 90, 100)]


def test_a_late_sweep_skips_no_warning_and_a_second_adds_none(
    desk: Desk, issue: Row, clock: TestClock, show: Show
) -> None:
    conversation.reply(desk, 1, "We look into it")
    clock.advance(hours=7, minutes=30)
    assert [one["percent"] for one in sweep_issues(desk)["warnings"]] == [50, 75, 90]
    assert sweep_issues(desk) == {"examined": 0, "warnings": [], "escalations": []}
    clock.advance(hours=-20)
    assert sweep_issues(desk)["examined"] == 0, "a clock that jumps back repeats nothing"


def test_no_warning_while_waiting_for_the_customer(
    desk: Desk, issue: Row, clock: TestClock, show: Show
) -> None:
    conversation.reply(desk, 1, "Which card?", wait=True)
    clock.advance(days=4)
    sweep_issues(desk)
    assert (warned(show()), raised(show())) == ([], [])


def test_a_late_answer_is_still_reported(desk: Desk, issue: Row, clock: TestClock) -> None:
    clock.advance(hours=9)
    row = lifecycle.resolve(desk, 1)
    assert warned(row) == [("first_response", 100), ("resolution", 100)]
    clock.advance(days=9)
    assert sweep_issues(desk)["examined"] == 0, "nothing more is checked"


def test_warnings_follow_a_new_priority(desk: Desk, issue: Row, clock: TestClock, show: Show) -> None:
    clock.advance(minutes=10)
    row = editing.edit(desk, 1, priority="CRITICAL")
    assert warned(row) == [
        ("first_response", 50),
        ("first_response", 75),
        ("first_response", 90),
        ("first_response", 100),
        ("resolution", 50),
    ]
    editing.edit(desk, 1, priority="LOW")
    clock.advance(hours=4, minutes=30)
    sweep_issues(desk)
    assert warned(show()) == warned(row), "each one once"


def test_business_hours_and_holidays_are_respected(desk: Desk, ada: Row, open_issue: Open) -> None:
    configuration.set_value(desk, "sla_hours", "mon-fri 09:00-17:00")
    configuration.set_value(desk, "sla_holidays", "2082-03-03")
    row = open_issue("[billing_dispute] x")  # on Sunday, 1 March 2082, 09:00
    assert row["sla"]["first_response_due"] == "2082-03-02 10:00:00"
    assert row["sla"]["resolution_due"] == "2082-03-02 17:00:00"
    assert open_issue("x")["sla"]["resolution_due"] == "2082-03-05 17:00:00", (
        "24 hours are three days of eight"
    )


def test_waiting_for_the_customer_moves_the_due_time(
    desk: Desk, ada: Row, open_issue: Open, clock: TestClock, sound: Callable[[], None]
) -> None:
    """The example in dispatch/service/sla/clocks.py."""
    configuration.set_value(desk, "sla_hours", "mon-fri 09:00-17:00")
    clock.advance(hours=25)  # from Sunday to Monday, 10:00
    due = [open_issue("[billing_dispute] x")["sla"]["resolution_due"]]
    clock.advance(hours=2)
    conversation.reply(desk, 1, "Which card?", wait=True)
    for hours, ours in ((23, False), (23, True), (3, False)):
        clock.advance(hours=hours)
        row = conversation.reply(desk, 1, "x", author="desk" if ours else "customer", wait=ours)
        due.append(row["sla"]["resolution_due"])
    clock.advance(hours=1)
    row = lifecycle.resolve(desk, 1)
    assert due == ["2082-03-03 10:00:00"] + 3 * ["2082-03-03 17:00:00"]
    assert row["sla"]["resolution"]["left_minutes"] == -120
    sound()


def test_the_desks_sla_settings_apply_to_new_issues(
    desk: Desk, ada: Row, open_issue: Open, show: Show
) -> None:
    open_issue("x")
    configuration.set_value(desk, "sla_resolution_minutes", "10 20 30 40 50")
    assert open_issue("x")["sla"]["resolution_due"] == "2082-03-01 09:40:00"
    assert show(1)["sla"]["resolution_due"] == "2082-03-02 09:00:00", "promised times stay"


# -- triggers


def test_an_unassigned_issue_escalates_until_it_has_an_agent(
    desk: Desk, open_issue: Open, clock: TestClock, show: Show, add_agent: Callable[..., Row]
) -> None:
    open_issue("[billing_dispute] x")
    clock.advance(hours=4)
    result = sweep_issues(desk)["escalations"]
    assert [(one["trigger"], one["level"], one["told"], one["urgency"]) for one in result] == [
        ("unassigned", 1, "the dispatchers", "high")
    ]
    add_agent("Ada", years=20)
    assert raised(show()) == [("unassigned", 1, False)]
    assert show()["escalations"][0]["close_reason"] == "assigned: Skill level 5"


def test_unresolved_after_eight_hours_escalates_once(
    desk: Desk, issue: Row, clock: TestClock, show: Show
) -> None:
    conversation.reply(desk, 1, "We look into it")
    for turn in range(4):  # work continues all the time
        clock.advance(hours=3)
        editing.edit(desk, 1, title=f"turn {turn}")
        lifecycle.set_status(desk, 1, "pending_customer")
        lifecycle.set_status(desk, 1, "in_progress")
        sweep_issues(desk)
    assert raised(show()) == [("unresolved", 2, True)]
    assert show()["escalations"][0]["urgency"] == "high"


def test_the_fifth_interaction_escalates_at_once(desk: Desk, issue: Row) -> None:
    for number in range(4):
        assert raised(conversation.note(desk, 1, f"note {number}")) == []
    row = conversation.reply(desk, 1, "the fifth")
    assert (raised(row), row["escalation_level"], row["status"]) == (
        [("interactions", 1, True)],
        1,
        "in_progress",
    )
    assert row["escalations"][0]["urgency"] == "medium"
    assert raised(conversation.note(desk, 1, "the sixth")) == [("interactions", 1, True)]


def test_three_angry_messages_escalate(desk: Desk, issue: Row) -> None:
    for _ in range(2):
        row = conversation.reply(desk, 1, ":( :( :(", author="customer")
        assert raised(row) == []
    row = conversation.reply(desk, 1, ":( :( :(", author="customer")
    assert raised(row) == [("sentiment", 1, True)]
    assert row["escalations"][0]["reason"] == "mean sentiment of the last three is -1.00"


def test_no_progress_escalates_and_progress_ends_it(
    desk: Desk, issue: Row, clock: TestClock, show: Show
) -> None:
    clock.advance(hours=4)
    sweep_issues(desk)
    assert raised(show()) == [("no_progress", 1, True)]
    row = conversation.note(desk, 1, "asked the bank")
    assert (raised(row), row["escalations"][0]["close_reason"]) == (
        [("no_progress", 1, False)],
        "work resumed",
    )
    clock.advance(hours=3, minutes=59)
    assert sweep_issues(desk)["escalations"] == []
    clock.advance(minutes=1)
    assert [one["trigger"] for one in sweep_issues(desk)["escalations"]] == ["unresolved", "no_progress"]


def test_a_high_tier_and_repeated_issues_start_higher(
    desk: Desk, ada: Row, add_lead: Callable[..., LeadResult], open_issue: Open
) -> None:
    add_lead("Kate Nguyen")
    open_issue("[refund_request] a", customer_id=1)
    open_issue("[refund_request] b", customer_id=1)
    open_issue("[billing_dispute] c", customer_id=1, tier="platinum")
    open_issue("[refund_request] d", customer_id=1, tier="enterprise")
    levels = {}
    for number in (1, 2, 3, 4):
        for _ in range(5):
            row = conversation.note(desk, number, "hm")
        levels[number] = (row["escalation_level"], row["escalations"][0]["raised_by"])
    assert levels == {
        1: (1, []),
        2: (2, ["repeated_issue"]),
        3: (2, ["high_tier"]),
        4: (3, ["high_tier", "repeated_issue"]),
    }


# -- the chain


def test_an_escalation_climbs_until_acknowledged(
    desk: Desk, issue: Row, clock: TestClock, show: Show
) -> None:
    row = escalation_commands.escalate(desk, 1, "the press called")
    assert (row["escalation_level"], row["escalations"][0]["told"]) == (1, "Ada Byron (1)")
    clock.advance(hours=1)
    assert [one["told"] for one in sweep_issues(desk)["escalations"]] == ["Eve Moneypenny"]
    clock.advance(hours=1)
    assert [(one["level"], one["told"]) for one in sweep_issues(desk)["escalations"]] == [
        (3, "head of service")
    ]
    clock.advance(hours=1)
    assert sweep_issues(desk)["escalations"] == [], "there is no one above"
    assert [step["level"] for step in show()["escalations"][0]["steps"]] == [1, 2, 3]


def test_acknowledging_stops_the_chain_and_no_progress_resumes_it(
    desk: Desk, issue: Row, clock: TestClock, show: Show
) -> None:
    escalation_commands.escalate(desk, 1, "the press called")
    row = escalation_commands.acknowledge(desk, 1)
    assert row["escalations"][0]["acknowledged_by"] == "kim"
    refused(lambda: escalation_commands.acknowledge(desk, 1), "acknowledged")
    clock.advance(hours=3)
    conversation.note(desk, 1, "talked to the press")
    clock.advance(hours=3)
    manual = [one for one in sweep_issues(desk)["escalations"] if one["trigger"] == "manual"]
    assert manual == [], "there was progress"
    clock.advance(hours=1)
    manual = [one for one in sweep_issues(desk)["escalations"] if one["trigger"] == "manual"]
    assert [(one["level"], one["told"]) for one in manual] == [(2, "Eve Moneypenny")]
    manual_row = next(one for one in show()["escalations"] if one["trigger"] == "manual")
    assert manual_row["acknowledged_at"] is None


def test_no_escalation_while_waiting_for_the_customer(
    desk: Desk, issue: Row, clock: TestClock, show: Show
) -> None:
    escalation_commands.escalate(desk, 1, "the press called")
    escalation_commands.acknowledge(desk, 1)
    conversation.reply(desk, 1, "Which paper?", wait=True)
    clock.advance(days=2)
    sweep_issues(desk)
    assert raised(show()) == [("manual", 1, True)]


def test_escalations_are_closed_with_a_reason_and_stay_closed(
    desk: Desk, issue: Row, clock: TestClock, show: Show
) -> None:
    refused(lambda: escalation_commands.settle(desk, 1, "done"), "not_escalated")
    for _ in range(5):
        conversation.note(desk, 1, "hm")
    refused(lambda: escalation_commands.settle(desk, 1, " "), "invalid_reason")
    refused(lambda: escalation_commands.settle(desk, 1, "done", "sentiment"), "not_escalated")
    refused(lambda: escalation_commands.settle(desk, 1, "done", "weather"), "invalid_trigger")
    row = escalation_commands.settle(desk, 1, "the customer is chatty", "interactions")
    assert (row["escalation_level"], row["escalations"][0]["close_reason"]) == (0, "the customer is chatty")
    conversation.note(desk, 1, "and again")
    sweep_issues(desk)
    assert raised(show()) == [("interactions", 1, False)]


def test_escalating_again_climbs(desk: Desk, issue: Row) -> None:
    escalation_commands.escalate(desk, 1, "the press called")
    row = escalation_commands.escalate(desk, 1, "it is in the paper")
    assert raised(row) == [("manual", 2, True)]
    assert raised(escalation_commands.escalate(desk, 1, "at once", 3)) == [("manual", 3, True)]
    refused(lambda: escalation_commands.escalate(desk, 1, "x", 4), "invalid_level")
    refused(lambda: escalation_commands.escalate(desk, 1, ""), "invalid_reason")


def test_resolving_closes_open_escalations(desk: Desk, issue: Row) -> None:
    escalation_commands.escalate(desk, 1, "the press called")
    row = lifecycle.resolve(desk, 1)
    assert (raised(row), row["escalations"][0]["close_reason"]) == ([("manual", 1, False)], "resolved")
    refused(lambda: escalation_commands.escalate(desk, 1, "again"), "resolved")


def test_escalations_of_a_reassigned_issue_go_to_the_new_holder(
    desk: Desk, issue: Row, add_agent: Callable[..., Row], clock: TestClock
) -> None:
    add_agent("Bob")
    agents.change(desk, 2, manager="Mallory")
    ownership.reassign(desk, 1, 2, "shift ends")
    escalation_commands.escalate(desk, 1, "the press called")
    clock.advance(hours=1)
    assert [one["told"] for one in sweep_issues(desk)["escalations"]] == ["Mallory"]


def test_the_sweep_is_logged_under_its_own_name(desk: Desk, issue: Row, clock: TestClock) -> None:
    clock.advance(minutes=30)
    sweep_issues(desk)
    with desk.reading():
        last: Any = event_log.events(issue_id=1)[0]
    assert (last["command"], last["actor"]) == ("issue.sweep", "sweeper")
    assert last["detail"]["warnings"] == [{"issue_id": 1, "clock": "first_response", "percent": 50}]
