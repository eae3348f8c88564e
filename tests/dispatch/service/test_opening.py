"""A new issue: understood, timed and routed; and refusals."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from dispatch import agents, bookings, customers
from dispatch.desk.desk import Desk
from dispatch.leads.intake import LeadResult
from dispatch.service.issues import editing, intake, lifecycle
from models.issues import Issue
from tests.conftest import TestClock
from tests.dispatch.service.conftest import Row, refused

Open = Callable[..., Row]
WORKED_EXAMPLE = (
    "I'm unable to access my account after the recent update. "
    "This is urgent as I need to complete a transaction today."
)


def test_an_issue_is_understood_timed_and_routed(ada: Row, open_issue: Open) -> None:
    row = open_issue("[billing_dispute] charged twice, urgent", tier="gold", channel="chat")
    assert (row["issue_id"], row["category"], row["priority"], row["status"]) == (
        1,
        "billing_dispute",
        "CRITICAL",
        "assigned",
    )
    assert [step["add"] for step in row["priority_steps"]] == [0, 0, 1, 1]
    assert (row["agent_id"], row["routing_reason"]) == (1, "Skill level 5")
    assert row["queue_position"] is None
    assert row["expected_response_minutes"] == 5.5, "5 x (1 + 1/10), this issue counted"
    assert row["estimated_resolution_minutes"] == 3.0, "15 x (6 - 5) / 5"
    assert row["sla"]["first_response_due"] == "2082-03-01 09:05:00"
    assert row["sla"]["resolution_due"] == "2082-03-01 09:15:00"
    assert (row["keywords"], row["complexity"]) == (["account"], "low")


def test_the_satisfaction_is_predicted_at_once(ada: Row, open_issue: Open) -> None:
    result = open_issue("[account_access] help")["satisfaction"]
    assert result["factors"] == {
        "resolution_time": 0.6,
        "agent_level": 1.0,
        "interactions": 0.8,
        "sentiment": 0.6,
    }
    assert (result["predicted"], result["risk"], result["churn_probability"]) == (3.75, "low", 0.0)
    assert result["model"]["kind"] == "formula"


def test_the_worked_example(desk: Desk, ada: Row, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.undo()  # the real triage
    row = intake.open_issue(desk, WORKED_EXAMPLE, tier="gold")
    assert (row["category"], row["priority"]) == ("account_access", "CRITICAL")
    assert [step["step"] for step in row["priority_steps"]] == ["category", "sentiment", "tier", "urgency"]
    assert row["sentiment"]["compound"] < 0


def test_the_title_is_the_first_hundred_characters(ada: Row, open_issue: Open) -> None:
    assert open_issue("a" * 99 + "\nb" + "c" * 50)["title"] == "a" * 99 + " "
    assert open_issue("short")["title"] == "short"


def test_a_booking_gives_the_customer(
    add_lead: Callable[..., LeadResult], ada: Row, open_issue: Open
) -> None:
    add_lead("Kate Nguyen")
    row = open_issue(booking_id=1)
    assert (row["customer_id"], row["customer_name"], row["booking_id"]) == (1, "Kate Nguyen", 1)


def test_the_customers_tier_is_used_unless_one_is_given(
    desk: Desk, ada: Row, add_lead: Callable[..., LeadResult], open_issue: Open
) -> None:
    add_lead("Kate Nguyen")
    assert open_issue(customer_id=1)["tier"] is None, "a customer without a tier adds nothing"
    assert open_issue(customer_id=1, tier="gold")["priority"] == "HIGH"
    assert open_issue(customer_id=1)["tier"] == "gold", "a customer without a tier has it now"
    assert open_issue(customer_id=1, tier="bronze")["tier"] == "bronze"
    assert open_issue(customer_id=1)["tier"] == "gold"
    customers.edit(desk, 1, tier="enterprise")
    assert open_issue(customer_id=1)["priority"] == "URGENT"


@pytest.mark.parametrize("text", ["", "  \n ", "\u200b\u200d", "\x1b[2J", "\u202eevil", "a\x00b", "\ud800"])
def test_an_invalid_message_is_refused(open_issue: Open, desk: Desk, text: str) -> None:
    refused(lambda: open_issue(text), "invalid_text")
    with desk.reading():
        assert Issue.select().count() == 0


@pytest.mark.parametrize(
    "text",
    [
        "x" * 100_000,
        "Ich kann mich nicht anmelden",
        "😡😡😡",
        "[/b][@click=app.bell]x[/]",
        "a\r\nb",
        "{'a': 1}; DROP TABLE issues",
    ],
    ids=["long", "german", "emoji", "markup", "lines", "code"],
)
def test_any_message_is_kept_unchanged(open_issue: Open, text: str) -> None:
    assert open_issue(text)["description"] == text.replace("\r\n", "\n")


def test_too_much_text_is_refused(open_issue: Open) -> None:
    refused(lambda: open_issue("x" * 100_001), "invalid_text")


def test_unknown_references_are_refused(add_lead: Callable[..., LeadResult], open_issue: Open) -> None:
    refused(lambda: open_issue(booking_id=7), "not_found")
    refused(lambda: open_issue(customer_id=7), "not_found")
    refused(lambda: open_issue(tier="diamond"), "invalid_tier")
    refused(lambda: open_issue(channel="pigeon"), "invalid_channel")
    add_lead("Kate Nguyen")
    add_lead("John Doe")
    refused(lambda: open_issue(booking_id=1, customer_id=2), "other_customer")


def test_an_issue_stays_with_the_customer_of_its_booking(
    desk: Desk, add_lead: Callable[..., LeadResult], open_issue: Open
) -> None:
    add_lead("Kate Nguyen")
    add_lead("John Doe")
    open_issue(booking_id=1)
    refused(lambda: editing.edit(desk, 1, customer_id=2), "other_customer")
    row = editing.edit(desk, 1, booking_id=2)
    assert (row["customer_id"], row["booking_id"]) == (2, 2)


def test_the_same_request_opens_one_issue(desk: Desk, open_issue: Open) -> None:
    with desk.request("r1"):
        first = open_issue("help")
        assert open_issue("help") == first
    with desk.reading():
        assert Issue.select().count() == 1


# -- editing


def test_choosing_the_category_updates_the_priority(
    desk: Desk, ada: Row, open_issue: Open, clock: TestClock
) -> None:
    open_issue("my card", tier="gold")
    clock.advance(hours=1)
    row = editing.edit(desk, 1, category="billing_dispute")
    assert (row["category"], row["priority"], row["unsure"]) == ("billing_dispute", "URGENT", False)
    assert row["sla"]["resolution_due"] == "2082-03-01 11:00:00", "two hours from the start"
    assert row["sla"]["first_response_due"] == "2082-03-01 09:15:00"


def test_a_manual_priority_is_a_step_of_its_own(desk: Desk, ada: Row, open_issue: Open) -> None:
    open_issue()
    row = editing.edit(desk, 1, priority="low")
    assert row["priority"] == "LOW"
    last = row["priority_steps"][-1]
    assert last == {"step": "by hand", "why": "set by kim", "add": -1, "priority": "LOW"}
    assert row["sla"]["resolution_due"] == "2082-03-04 09:00:00"


def test_an_empty_or_unknown_edit_is_refused(desk: Desk, ada: Row, open_issue: Open) -> None:
    open_issue()
    refused(lambda: editing.edit(desk, 1), "invalid_edit")
    refused(lambda: editing.edit(desk, 1, priority="PANIC"), "invalid_priority")
    refused(lambda: editing.edit(desk, 1, category="weather"), "invalid_category")
    refused(lambda: editing.edit(desk, 9, priority="LOW"), "not_found")


def test_a_customers_card_has_the_service_figures(
    desk: Desk, add_lead: Callable[..., LeadResult], ada: Row, open_issue: Open
) -> None:
    add_lead("Kate Nguyen")
    bookings.confirm(desk, 1, "Luxury Dome Stay", "100", "50.5")
    open_issue(customer_id=1, channel="chat")
    open_issue(booking_id=1, channel="chat")
    open_issue(customer_id=1, channel="phone")
    with desk.reading():
        card = customers.card(1)
    assert (card["total_value"], card["previous_issues"], card["preferred_channel"]) == (150.5, 3, "chat")
    assert card["satisfaction"] is None
    assert card["open_issues"] == 3
    lifecycle.resolve(desk, 2)
    with desk.reading():
        assert customers.card(1)["open_issues"] == 2
    assert [issue["issue_id"] for issue in card["issues"]] == [3, 2, 1]


def test_merged_customers_keep_their_issues(
    desk: Desk, add_lead: Callable[..., LeadResult], ada: Row, open_issue: Open
) -> None:
    add_lead("Kate Nguyen")
    add_lead("Kate Nguyen")
    open_issue(customer_id=2)
    customers.merge(desk, 1, 2)
    assert open_issue(customer_id=2)["customer_id"] == 1
    with desk.reading():
        assert customers.card(1)["previous_issues"] == 2


def test_agents_who_hold_issues_cannot_leave(desk: Desk, ada: Row, open_issue: Open) -> None:
    open_issue()
    refused(lambda: agents.leave(desk, 1), "holds_work")
