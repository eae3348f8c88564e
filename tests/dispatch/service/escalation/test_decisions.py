"""Due warnings and escalations of an issue, against plain rules in minutes, also when checked twice."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from dispatch.service.escalation.decisions import Climb, Close, Raise, Rest, Warn, decide, next_check
from dispatch.service.escalation.triggers import TRIGGERS, Watched
from dispatch.service.sla.clocks import ClockRow
from models.clock import to_text
from models.issues import Escalation, Issue

NOW = datetime(2082, 11, 23, 12, 0, tzinfo=UTC)
UNASSIGNED = {5: 15, 4: 60, 3: 240, 2: 1440, 1: 2880}
UNRESOLVED = {5: 30, 4: 120, 3: 480, 2: 2880, 1: 5760}
HIGH_ANSWER, HIGH_SLA = 60, 480

MINUTES = st.integers(0, 6000) | st.sampled_from([15, 30, 60, 120, 240, 480, 1440, 2880, 5760])
BEFORE = st.fixed_dictionaries(
    {
        "trigger": st.sampled_from(TRIGGERS),
        "is_this_occasion": st.booleans(),
        "is_open": st.booleans(),
        "next_step": st.none() | st.integers(-100, 100),
        "acknowledged": st.none() | MINUTES,
    }
)
ISSUES = st.fixed_dictionaries(
    {
        "priority": st.integers(1, 5),
        "status": st.sampled_from(["new", "assigned", "in_progress", "pending_customer", "resolved"]),
        "answered": st.booleans(),
        "ran": MINUTES,
        "waited": MINUTES,
        "idle": MINUTES,
        "interactions": st.integers(0, 7),
        "compounds": st.just([-0.5] * 3) | st.lists(st.sampled_from([-1.0, -0.5, -0.25, 0.75]), max_size=4),
        "warned": st.sets(st.sampled_from([50, 75, 90, 100])),
        "before": st.lists(BEFORE, max_size=4),
    }
)


def ago(minutes: float) -> str:
    return to_text(NOW - timedelta(minutes=minutes))


def since_of(trigger: str, case: dict[str, Any]) -> float:
    """Minutes since the current occasion of a trigger began."""
    return float({"unassigned": case["waited"], "no_progress": case["idle"]}.get(trigger, 6000))


def rows(case: dict[str, Any]) -> Watched:
    """The rows of an issue that was opened 6000 minutes ago; only the resolution clock has not ended."""
    has_ended, waits = case["status"] == "resolved", case["status"] == "new"
    stood_at = ago(0) if has_ended or (case["status"] == "pending_customer" and case["answered"]) else None
    escalations = {
        number: Escalation(
            escalation_id=number,
            trigger=one["trigger"],
            since=ago(since_of(one["trigger"], case) + (0 if one["is_this_occasion"] else 1)),
            closed_at=None if one["is_open"] else ago(0),
            next_step_at=None if one["next_step"] is None else ago(-one["next_step"]),
            acknowledged_at=None if one["acknowledged"] is None else ago(one["acknowledged"]),
        )
        for number, one in enumerate(case["before"])
    }
    clock = ClockRow(
        issue_id=1,
        kind="resolution",
        due_at=ago(case["ran"] - HIGH_SLA),
        allowed_s=60 * HIGH_SLA,
        hours="24x7",
        late_pause_s=0,
        paused_at=None if has_ended else stood_at,
        met_at=stood_at if has_ended else None,
    )
    answer = clock._replace(
        kind="first_response", due_at=ago(6000 - HIGH_ANSWER), allowed_s=60 * HIGH_ANSWER, met_at=ago(6000)
    )
    issue = Issue(
        issue_id=1,
        status=case["status"],
        priority=case["priority"],
        opened_at=ago(6000),
        reopened_at=None,
        waiting_since=ago(case["waited"]) if waits else None,
    )
    warned = {("resolution", percent) for percent in case["warned"]}
    clocks = {"first_response": answer, "resolution": clock}
    talk = case["interactions"], ago(case["idle"]), tuple(case["compounds"])
    return Watched(issue, clocks, warned, escalations, *talk)


def expected(case: dict[str, Any]) -> list[tuple[Any, ...]]:
    """The rules in minutes: docs/rules.md, SLA and escalation."""
    status, limit, late = case["status"], UNASSIGNED[case["priority"]], UNRESOLVED[case["priority"]]
    passed = [percent for percent in (50, 75, 90, 100) if case["ran"] * 100 >= HIGH_SLA * percent]
    if status == "resolved":
        return [("warn", 100)] if case["ran"] > HIGH_SLA and 100 not in case["warned"] else []
    is_ours = status != "new" and not (status == "pending_customer" and case["answered"])
    last = case["compounds"][-3:]
    holds = {
        "unassigned": status == "new" and case["waited"] >= limit,
        "unresolved": case["ran"] >= late,
        "interactions": case["interactions"] >= 5,
        "sentiment": len(last) == 3 and sum(last) / 3 < -0.5,
        "no_progress": is_ours and case["idle"] >= limit,
    }
    urgency = "high" if holds["unassigned"] or holds["unresolved"] else "medium"
    unclosed = [(number, one) for number, one in enumerate(case["before"]) if one["is_open"]]
    over = [
        number for number, one in unclosed if one["trigger"] == "no_progress" and not one["is_this_occasion"]
    ]
    live = [(number, one) for number, one in unclosed if number not in over]
    known = {one["trigger"] for _, one in live}
    known |= {one["trigger"] for one in case["before"] if one["is_this_occasion"]}
    steps: list[tuple[Any, ...]] = []
    for number, one in live:
        if one["next_step"] is not None and one["next_step"] <= 0:
            idle = case["waited"] if status == "new" else case["idle"] if is_ours else 0
            rests = 0 if one["acknowledged"] is None else limit - min(one["acknowledged"], idle)
            steps.append(("rest", number, ago(-rests)) if rests > 0 else ("climb", number))
    return [
        *(("warn", percent) for percent in passed if percent not in case["warned"]),
        *(("close", number) for number in over),
        *(("raise", name, urgency) for name, is_met in holds.items() if is_met and name not in known),
        *steps,
    ]


def decided(watched: Watched, now: datetime = NOW) -> list[tuple[Any, ...]]:
    plain: list[tuple[Any, ...]] = []
    for action in decide(watched, now):
        match action:
            case Warn(clock, percent):
                assert clock == "resolution", "the first response was in time"
                plain.append(("warn", percent))
            case Close(row):
                plain.append(("close", row.escalation_id))
            case Raise(fired, urgency):
                plain.append(("raise", fired.trigger, urgency))
            case Climb(row):
                plain.append(("climb", row.escalation_id))
            case Rest(row, until):
                plain.append(("rest", row.escalation_id, to_text(until)))
    return plain


@settings(max_examples=300)
@given(ISSUES)
def test_decisions_follow_the_rules(case: dict[str, Any]) -> None:
    assert decided(rows(case)) == expected(case)


@settings(max_examples=300)
@given(ISSUES, st.sampled_from([1, 5, 10]))
def test_nothing_is_due_twice_or_before_the_next_check(case: dict[str, Any], tenths: int) -> None:
    watched = rows(case)
    for action in decide(watched, NOW):
        match action:
            case Warn(clock, percent):
                watched.warned.add((clock, percent))
            case Close(row):
                row.closed_at = ago(0)
            case Raise(fired, _):
                number = len(watched.escalations)
                watched.escalations[number] = Escalation(
                    escalation_id=number, trigger=fired.trigger, since=fired.since, closed_at=ago(0)
                )
            case Climb(row):
                row.next_step_at = None
            case Rest(row, until):
                row.next_step_at = to_text(until)
    assert decide(watched, NOW) == []
    at = next_check(watched, NOW)
    before = (
        NOW + timedelta(days=365) if at is None else NOW + (at - timedelta(seconds=1) - NOW) * tenths / 10
    )
    assert decide(watched, before) == []
