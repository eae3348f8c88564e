"""Issues read the same on every screen and from every command."""

from __future__ import annotations

from typing import Any

import pytest

from dispatch.desk.desk import DESK_ACTOR
from dispatch.service.wording import (
    category,
    clock_words,
    counted,
    describe_escalation,
    describe_interaction,
    ladder,
    state,
    time_left,
)
from dispatch.triage.priority import priority_steps

CLOCK: Any = {
    "left_minutes": 4.0,
    "used_percent": 20.0,
    "paused_at": None,
    "met_at": None,
    "breached": False,
}
LATE: Any = CLOCK | {"left_minutes": -125.0, "breached": True}
ROW: Any = {
    "status": "new",
    "escalation_level": 0,
    "escalation_acknowledged": False,
    "voided": False,
    "category": "billing_dispute",
}


def test_the_clock_that_counts_next_is_told() -> None:
    sla: Any = {"next": "first_response", "first_response": CLOCK, "resolution": LATE}
    assert time_left(ROW | {"sla": sla}) == "▲ answer 4m"
    assert time_left(ROW | {"sla": sla | {"next": "resolution"}}) == "! overdue 2h 05"


@pytest.mark.parametrize(
    ("clock", "told"),
    [
        ({"used_percent": 80.0}, ("▲", "due 4m")),
        ({"used_percent": 20.0}, ("▲", "due 4m")),
        ({"used_percent": 20.0, "left_minutes": 15.0}, (" ", "due 15m")),
        ({"used_percent": 75.0, "left_minutes": 150.0}, ("▲", "due 2h 30")),
        ({"paused_at": "x"}, ("‖", "paused 4m")),
        ({"met_at": "x"}, ("✓", "done in time")),
        ({"met_at": "x", "breached": True}, ("!", "done late")),
    ],
)
def test_a_clock_has_a_sign_and_words(clock: dict[str, Any], told: tuple[str, str]) -> None:
    assert clock_words(CLOCK | clock, "due") == told


def test_a_state_begins_with_the_escalation() -> None:
    assert state(ROW) == "waiting"
    assert (
        state(ROW | {"status": "pending_customer", "escalation_level": 2})
        == "Escalated 2 · waiting for customer"
    )
    assert state(ROW | {"status": "closed", "voided": True}) == "undone"


def test_a_category_may_be_unsure() -> None:
    assert category(ROW | {"unsure": False}) == "billing dispute"
    assert category(ROW | {"unsure": True}) == "billing dispute, unsure"


@pytest.mark.parametrize(
    ("changes", "told"),
    [
        ({}, ("Ada", "Which card?")),
        ({"kind": "note"}, ("Ada, note", "Which card?")),
        ({"author": "customer"}, ("customer", "Which card?")),
        (
            {"kind": "status", "status_from": "in_progress", "status_to": "resolved"},
            ("Ada", "in progress → resolved"),
        ),
        ({"kind": "status", "status_to": "assigned"}, ("", "→ given to Ada")),
    ],
)
def test_a_conversation_says_who_and_what(changes: dict[str, Any], told: tuple[str, str]) -> None:
    one: Any = {"author": "desk", "agent_name": "Ada", "kind": "message", "status_to": None}
    assert describe_interaction(one | {"text": "Which card?"} | changes) == told


def test_what_became_of_an_escalation() -> None:
    row: Any = {"closed_at": None, "acknowledged_at": None, "told": "the dispatchers"}
    row["steps"] = [{"level": 1, "at": "2082-11-22 09:30:00", "told": "the dispatchers"}]
    assert describe_escalation(row) == "the dispatchers to be told since 22 Nov 09:30"
    acknowledged = row | {"acknowledged_at": "x", "acknowledged_by": "kim"}
    assert describe_escalation(acknowledged) == "acknowledged by kim"
    assert describe_escalation(
        acknowledged | {"closed_at": "x", "closed_by": "lee", "close_reason": "calm"}
    ) == ("closed by lee: calm")
    by_itself = {"closed_at": "x", "closed_by": DESK_ACTOR, "close_reason": "work resumed"}
    assert describe_escalation(row | by_itself) == "closed: work resumed"


def test_a_ladder_names_the_reason_of_each_rise_only() -> None:
    steps = priority_steps("technical_support", -0.72, "enterprise", ["urgent"])
    assert ladder(steps) == (
        "Medium → High (technical support) → Urgent (upset customer) → Critical (enterprise customer)"
    )
    by_hand: Any = {"step": "by hand", "why": "set by kim", "add": -1, "priority": "MEDIUM"}
    assert ladder([*priority_steps("billing_dispute", 0.0, None, []), by_hand]) == (
        "Medium → High (billing dispute) → Medium (set by kim)"
    )
    assert ladder(priority_steps("general_inquiry", 0.0, None, [])) == "Medium"


def test_only_steps_that_count_are_told() -> None:
    steps = priority_steps("technical_support", -0.72, "gold", ["urgent"])
    assert [(one.priority, one.rises) for one in counted(steps)] == [
        ("HIGH", True),
        ("URGENT", True),
        ("CRITICAL", True),
        ("CRITICAL", False),
    ]
    assert counted(priority_steps("general_inquiry", 0.0, "silver", [])) == []
    by_hand: Any = {"step": "by hand", "why": "set by kim", "add": 0, "priority": "CRITICAL"}
    assert counted([*steps, by_hand])[-1].why == "set by kim"
