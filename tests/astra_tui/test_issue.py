"""``astra issue`` and ``astra dashboard``: an issue's life, its figures and the exit codes."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

import pytest

from models.clock import utc_now
from tests.astra_tui.conftest import Run, words
from tests.by_hand import rows_of

WORKED_EXAMPLE = (
    "I'm unable to access my account after the recent update. "
    "This is urgent as I need to complete a transaction today."
)
KEYS = {
    *(
        "issue_id",
        "category",
        "confidence",
        "priority",
        "priority_steps",
        "sentiment",
        "entities",
        "keywords",
    ),
    *("urgency_indicators", "complexity", "agent_id", "routing_reason", "queue_position"),
    *("expected_response_minutes", "sla", "satisfaction", "status", "escalation_level"),
    *("escalation_acknowledged", "escalations"),
}


@pytest.fixture
def opened(staffed: Run) -> Run:
    """Grace (2) can help with everything; issue 1 is hers."""
    assert staffed("agent", "set", 2, "--level", 5, "--specialisations", "account_access").code == 0
    assert staffed("issue", "open", "--text", WORKED_EXAMPLE, "--channel", "chat", "--tier", "gold").code == 0
    return staffed


def test_an_opened_issue_has_the_documented_keys(opened: Run) -> None:
    row = opened("issue", "open", "--text", WORKED_EXAMPLE, "--tier", "gold", "--json").json
    assert row.keys() >= KEYS
    assert row["sla"].keys() >= {"first_response_due", "resolution_due"}
    told = {"predicted", "risk", "churn_probability", "factors", "recommendations"}
    assert row["satisfaction"].keys() >= told
    assert (row["category"], row["priority"], row["agent_id"]) == ("account_access", "CRITICAL", 2)
    assert row["routing_reason"] == "Specialised in account_access"
    assert len(row["priority_steps"]) == 4
    assert row["sentiment"]["compound"] < 0


def test_text_output_gives_the_agent_reason_and_due_times(opened: Run) -> None:
    first, why, who, until = opened(
        "issue", "open", "--text", WORKED_EXAMPLE, "--tier", "gold"
    ).out.splitlines()
    assert first.startswith("Issue 2: CRITICAL account access, assigned, Grace Hopper (2), ▲ answer 5m")
    assert "tier +1 (gold customer)" in why
    assert who == "  Specialised in account_access; first answer expected in 6 min"
    assert until.startswith("  to be answered by 20")


def test_a_waiting_issue_shows_its_place(astra: Run) -> None:
    astra("agent", "list")
    row = astra("issue", "open", "--text", "Where is my ticket?", "--json").json
    assert (row["agent_id"], row["queue_position"], row["expected_response_minutes"]) == (None, 1, None)
    assert "place 2 in the queue, about 30 min to wait" in astra("issue", "open", "--text", "And mine?").out


def test_the_life_of_an_issue_on_the_command_line(opened: Run) -> None:
    steps: tuple[tuple[object, ...], ...] = (
        ("claim", 1, "--agent", 2),
        ("note", 1, "--text", "seen before"),
        ("reply", 1, "--text", "Which browser?", "--wait"),
        ("reply", 1, "--text", "Firefox", "--from", "customer"),
        ("escalate", 1, "--reason", "press"),
        ("acknowledge", 1),
        ("settle", 1, "--reason", "calm again"),
        ("edit", 1, "--priority", "high"),
        ("reassign", 1, "--to", 1, "--reason", "shift ends"),
        ("status", 1, "in_progress"),
        ("resolve", 1, "--text", "Fixed"),
        ("close", 1),
        ("reopen", 1, "--reason", "it is back"),
        ("status", 1, "resolved"),
        ("rate", 1, "--score", 5),
    )
    for step in steps:
        ended = opened("issue", *step)
        assert (ended.code, ended.err) == (0, ""), step
        assert ended.out.startswith("Issue 1: "), step
    row = opened("issue", "show", 1, "--json").json
    assert (row["status"], row["survey"]["score"], row["survey"]["agent_id"]) == ("resolved", 5, 1)
    said = [one["text"] for one in row["interactions"] if one["text"]]
    assert said == ["seen before", "Which browser?", "Firefox", "Fixed"]
    assert [event["command"] for event in row["history"]][:3] == ["issue.open", "issue.claim", "issue.note"]
    assert opened("log", "--issue", 1, "--json").json[0]["command"] == "issue.rate"
    shown = opened("issue", "show", 1)
    assert "Ada Byron: Fixed" in shown.out
    assert "Grace Hopper, note: seen before" in shown.out
    assert opened("doctor").code == 0


@pytest.mark.parametrize(
    ("arguments", "code", "error"),
    [
        (["open", "--text", " "], 2, "invalid_text"),
        (["open", "--text", "x", "--tier", "tin"], 2, "invalid_tier"),
        (["open", "--text", "x", "--channel", "pigeon"], 2, "invalid_channel"),
        (["open", "--text", "x", "--booking", "99"], 1, "not_found"),
        (["open", "--text", "x", "--customer", "99"], 1, "not_found"),
        (["open"], 2, "usage"),
        (["show", "99"], 1, "not_found"),
        (["status", "1", "closed"], 1, "status_not_allowed"),
        (["status", "1", "weird"], 2, "invalid_status"),
        (["rate", "1", "--score", "5"], 1, "not_resolved"),
        (["rate", "1", "--score", "7"], 2, "invalid_score"),
        (["list", "--status", "weird"], 2, "invalid_status"),
        (["list", "--priority", "weird"], 2, "invalid_priority"),
        (["list", "--sort", "weird"], 2, "invalid_sort"),
        (["list", "--agent", "99"], 1, "not_found"),
        (["edit", "1"], 2, "invalid_edit"),
        (["claim", "1", "--agent", "1"], 1, "not_the_holder"),
    ],
    ids=words,
)
def test_a_refusal_exits_with_its_code(
    opened: Run, path: Path, arguments: list[str], code: int, error: str
) -> None:
    before = rows_of(path)
    ended = opened("issue", *arguments, "--json")
    assert (ended.code, ended.error["code"], ended.err) == (code, error, "")
    assert rows_of(path) == before


def test_a_request_id_opens_only_one_issue(opened: Run) -> None:
    first = opened("issue", "open", "--text", "help", "--request-id", "i1", "--json").json
    assert opened("issue", "open", "--text", "help", "--request-id", "i1", "--json").json == first
    assert len(opened("issue", "list", "--json").json) == 2


def test_the_list_is_ordered_by_urgency_and_shows_the_time_left(opened: Run) -> None:
    opened("issue", "open", "--text", "When does the office open?")
    head, first, second = opened("issue", "list").out.splitlines()
    assert head.split() == ["Id", "Priority", "Time", "Status", "Agent", "Category", "Customer", "Title"]
    assert "CRITICAL" in first
    assert "▲ answer 5m" in first
    assert "MEDIUM" in second
    assert opened("issue", "list", "--priority", "critical", "--json").json[0]["issue_id"] == 1
    assert opened("issue", "list", "--escalated").err == "no such issues\n"


def test_undo_names_the_issue(opened: Run) -> None:
    opened("issue", "claim", 1, "--agent", 2)
    assert opened("undo").out.startswith("Undone: the claim on issue 1")
    assert opened("issue", "show", 1, "--json").json["status"] == "assigned"


def test_markup_and_control_characters_are_shown_literally(opened: Run) -> None:
    opened("issue", "open", "--text", "[/b] [@click=app.bell]x[/]")
    assert "[/b] [@click=app.bell]x[/]" in opened("issue", "list").out


def test_the_dashboard_lists_the_rows_behind_its_figures(opened: Run) -> None:
    opened("issue", "resolve", 1, "--text", "Fixed")
    opened("issue", "rate", 1, "--score", 4)
    opened("issue", "open", "--text", "When does the office open?")
    row = opened("dashboard", "--json").json
    assert row["active"]["count"] == 1
    assert row["resolution"]["totals"]["mean_satisfaction"] == {"value": 4.0, "count": 1}
    assert row["alerts"].keys() == {"sla_breaches", "escalations", "customers_at_risk"}
    told = opened("dashboard", "--days", 7)
    assert told.code == 0
    assert "active           1: 1 MEDIUM" in told.out
    assert "0 missed deadlines, 0 open escalations, 0 customers at risk" in told.out


def test_an_agents_skills_are_set_and_shown(staffed: Run) -> None:
    ended = staffed(
        "agent", "set", 1, "--level", 4, "--specialisations", "refund_request,billing_dispute", "--json"
    )
    row = ended.json
    assert (row["level"], row["specialisations"]) == (4, ["refund_request", "billing_dispute"])
    assert staffed("agent", "set", 1, "--level", 6, "--json").error["code"] == "invalid_level"
    assert staffed("agent", "set", 1, "--specialisations", "x", "--json").error["code"] == "invalid_category"


def test_a_customers_tier_is_set(booked: Run) -> None:
    booked("customer", "edit", 1, "--tier", "gold")
    row = booked("issue", "open", "--text", "x", "--booking", 1, "--json").json
    assert (row["tier"], row["customer_id"]) == ("gold", 1)
    assert "tier" in booked("customer", "show", 1).out


@pytest.mark.on_file  # a server's own clock goes on as it does
def test_the_sweep_reports_warnings_and_escalations(opened: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    assert opened("sweep", "--json").json["warned"] == []
    late = utc_now() + timedelta(hours=1)
    monkeypatch.setattr("models.engine.utc_now", lambda: late)
    told = opened("sweep", "--json").json
    assert (told["warned"], told["escalated"]) == ([1], [1])
    assert opened("sweep").out == "Nothing was due\n"
