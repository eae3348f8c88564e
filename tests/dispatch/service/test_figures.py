"""The service desk's figures in docs/rules.md: times, triggers, routing, satisfaction."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from dispatch.inputs.times.hours import on_calendar
from dispatch.operations.setting_definitions import DEFINITIONS
from dispatch.queries import agent_levels
from dispatch.queries.order_of_work import minutes_of, parse_minutes
from dispatch.service.escalation import levels, triggers
from dispatch.service.escalation.triggers import Watched
from dispatch.service.issues import routing
from dispatch.service.issues.routing import Helper
from dispatch.service.satisfaction import formula
from dispatch.service.satisfaction.formula import Facts
from dispatch.service.sla import targets
from dispatch.service.sla.clocks import ClockRow
from models.clock import to_text
from models.issues import IN_PROGRESS, NEW, RESOLUTION, Escalation, Issue
from models.priorities import PRIORITIES

NOON = datetime(2082, 11, 23, 12, 0, tzinfo=UTC)
FROM_CRITICAL = (5, 4, 3, 2, 1)
DAY_S = 86_400


def by_priority(figures: str) -> list[int]:
    return [minutes_of(figures, priority) for priority in FROM_CRITICAL]


def test_priorities_are_numbered_from_low_to_critical() -> None:
    assert [PRIORITIES[number - 1] for number in FROM_CRITICAL] == [
        "CRITICAL",
        "URGENT",
        "HIGH",
        "MEDIUM",
        "LOW",
    ]


def test_sla_times() -> None:
    assert by_priority(DEFINITIONS["sla_resolution_minutes"].default) == [15, 120, 480, 1440, 4320]
    assert by_priority(DEFINITIONS["sla_first_response_minutes"].default) == [5, 15, 60, 240, 480]


def test_escalation_times() -> None:
    assert triggers.UNASSIGNED_MINUTES == (15, 60, 240, 1440, 2880)
    assert triggers.UNRESOLVED_MINUTES == (30, 120, 480, 2880, 5760)


@pytest.mark.parametrize("text", ["15 120 480 1440", "15 120 90 1440 4320", "0 1 2 3 4", "a b c d e", ""])
def test_five_non_decreasing_numbers_are_needed(text: str) -> None:
    with pytest.raises(ValueError):  # noqa: PT011
        parse_minutes(text)


def test_the_expected_response_grows_with_the_load() -> None:
    assert targets.expected_response_minutes(60, 5, 10) == 90
    assert targets.expected_response_minutes(5, 1, 10) == 5.5
    assert targets.expected_response_minutes(240, 10, 10) == 480


@pytest.mark.parametrize(("level", "minutes"), [(5, 96), (4, 192), (3, 288), (1, 480), (None, 288)])
def test_the_estimate_is_the_sla_scaled_by_the_level(level: int | None, minutes: float) -> None:
    assert targets.estimated_resolution_minutes(480, level) == minutes


def test_a_pause_keeps_the_time_left() -> None:
    hours = on_calendar("24x7", 56)
    ten, eleven = NOON.replace(hour=10), NOON.replace(hour=11)
    assert targets.due(ten, 3 * 3600, [(eleven, NOON)], hours) == NOON.replace(hour=14)
    assert targets.due(ten, 3 * 3600, [(eleven, None)], hours) == NOON.replace(hour=13), "as of the pause"
    assert targets.due(ten, 1800, [(eleven, NOON)], hours) == ten.replace(minute=30), "overdue stays overdue"
    assert targets.after_pause(NOON.replace(hour=13), eleven, NOON, hours) == NOON.replace(hour=14)
    assert targets.after_pause(ten, eleven, NOON, hours) == ten


# -- routing


def helper(number: int = 1, **given: Any) -> Helper:
    usual: dict[str, Any] = {"specialisations": (), "level": 4, "load": 0, "capacity": 10, "performance": 0.8}
    return Helper(number, "Ada", **(usual | given))


def test_the_routing_score() -> None:
    assert routing.score(True, 5, 0, 10, 1.0) == pytest.approx(1.0)
    assert routing.score(False, 4, 5, 10, 0.8) == pytest.approx(0.2 * 0.8 + 0.2 * 0.5 + 0.2 * 0.8)
    assert routing.score(True, 2, 10, 10, 0.0) == pytest.approx(0.4 + 0.08)


def test_only_specialists_and_skilled_agents_are_candidates() -> None:
    assert routing.choose("billing_dispute", [helper(level=3)]) is None
    assert routing.choose("billing_dispute", [helper(level=4)]) is not None
    assert (
        routing.choose("billing_dispute", [helper(level=1, specialisations=("billing_dispute",))]) is not None
    )


def test_no_agent_above_capacity_is_chosen() -> None:
    assert routing.choose("billing_dispute", [helper(load=10)]) is None
    assert routing.choose("billing_dispute", [helper(capacity=0)]) is None


def test_the_specialist_wins_and_ties_go_to_the_lowest_id() -> None:
    specialist = helper(9, level=1, specialisations=("billing_dispute",))
    assert routing.choose("billing_dispute", [helper(1, level=5, performance=0.5), specialist]) == specialist
    assert routing.choose("billing_dispute", [helper(3), helper(2)]) == helper(2)


def test_the_reason_is_given() -> None:
    assert routing.reason("billing_dispute", helper(specialisations=("billing_dispute",))) == (
        "Specialised in billing_dispute"
    )
    assert routing.reason("billing_dispute", helper(level=5)) == "Skill level 5"


@pytest.mark.parametrize(
    ("level", "years", "expected"), [(None, 0, 1), (None, 12, 3), (None, 60, 5), (2, 60, 2)]
)
def test_a_level_that_is_not_set_grows_with_the_years(level: int | None, years: int, expected: int) -> None:
    assert agent_levels.level_of(level, years) == expected


# -- triggers


def fired(
    priority: int = 3,
    waited_s: int | None = None,
    used_s: int = 0,
    idle_s: int | None = 0,
    interactions: int = 0,
    compounds: tuple[float, ...] = (),
) -> list[triggers.Fired]:
    """Triggers at noon; ``idle_s`` is None while waiting for the customer."""

    def ago(seconds: int) -> str:
        return to_text(NOON - timedelta(seconds=seconds))

    paused_at = ago(0) if idle_s is None else None
    clock = ClockRow(1, RESOLUTION, ago(used_s - DAY_S), DAY_S, "24x7", 0, paused_at, None)
    status = IN_PROGRESS if waited_s is None else NEW
    waiting_since = None if waited_s is None else ago(waited_s)
    issue = Issue(
        priority=priority, status=status, waiting_since=waiting_since, opened_at=ago(0), reopened_at=None
    )
    rows = ({RESOLUTION: clock}, set[tuple[str, int]](), dict[int, Escalation]())
    return list(triggers.fired(Watched(issue, *rows, interactions, ago(idle_s or 0), compounds), NOON))


def names(**given: Any) -> list[str]:
    return [one.trigger for one in fired(**given)]


@pytest.mark.parametrize(
    ("priority", "minutes"), list(zip(FROM_CRITICAL, triggers.UNASSIGNED_MINUTES, strict=True))
)
def test_waiting_too_long_escalates(priority: int, minutes: int) -> None:
    assert names(priority=priority, waited_s=minutes * 60 - 1) == []
    assert names(priority=priority, waited_s=minutes * 60) == ["unassigned"]


@pytest.mark.parametrize(
    ("priority", "minutes"), list(zip(FROM_CRITICAL, triggers.UNRESOLVED_MINUTES, strict=True))
)
def test_taking_too_long_escalates(priority: int, minutes: int) -> None:
    assert names(priority=priority, used_s=minutes * 60 - 1) == []
    assert names(priority=priority, used_s=minutes * 60) == ["unresolved"]


def test_five_interactions_escalate() -> None:
    assert names(interactions=4) == []
    assert names(interactions=5) == ["interactions"]


@pytest.mark.parametrize(
    ("compounds", "fires"),
    [
        ((-0.9, -0.9), False),
        ((-0.5, -0.5, -0.5), False),
        ((-0.5, -0.5, -0.51), True),
        ((0.9, -0.6, -0.6, -0.6), True),
        ((-0.9, -0.9, -0.9, 0.5), False),
    ],
)
def test_the_mean_of_the_last_three_sentiments_escalates(compounds: tuple[float, ...], fires: bool) -> None:
    assert names(compounds=compounds) == (["sentiment"] if fires else [])


def test_no_progress_escalates_unless_waiting_for_the_customer() -> None:
    assert names(idle_s=240 * 60) == ["no_progress"]
    assert names(idle_s=240 * 60 - 1) == []
    assert names(idle_s=None) == []


def test_urgency_is_high_when_the_time_was_exceeded() -> None:
    assert triggers.urgency(fired(used_s=480 * 60)) == "high"
    assert triggers.urgency(fired(waited_s=240 * 60)) == "high"
    assert triggers.urgency(fired(interactions=9)) == "medium"


def test_causes_that_start_an_escalation_higher() -> None:
    assert levels.first_level([]) == 1
    assert levels.first_level(["high_tier"]) == 2
    assert levels.first_level(["high_tier", "repeated_issue"]) == 3


# -- satisfaction


def predicted(hours: float = 0, level: int = 5, interactions: int = 0, sentiment: float = 1.0) -> float:
    return formula.predict(formula.factors(Facts(hours, level, interactions, sentiment)))


def test_the_prediction_stays_within_its_bounds() -> None:
    assert predicted() == pytest.approx(4.5)
    assert predicted(25, 1, 5, -1.0) == pytest.approx(0.875)


@pytest.mark.parametrize(
    ("hours", "factor"), [(1, 0.8), (1.1, 0.6), (4, 0.6), (4.1, 0.4), (24, 0.4), (24.1, 0.2)]
)
def test_the_resolution_time_has_four_steps(hours: float, factor: float) -> None:
    assert formula.factors(Facts(hours, 3, 0, 0.0))["resolution_time"] == factor


@pytest.mark.parametrize(("number", "factor"), [(2, 0.8), (3, 0.6), (4, 0.6), (5, 0.3)])
def test_interactions_have_three_steps(number: int, factor: float) -> None:
    assert formula.factors(Facts(0, 3, number, 0.0))["interactions"] == factor


def test_level_and_sentiment_are_shares() -> None:
    parts = formula.factors(Facts(0, 3, 0, -0.4))
    assert parts["agent_level"] == 0.6
    assert parts["sentiment"] == pytest.approx(0.3)


@pytest.mark.parametrize(
    ("score", "risk", "churn"),
    [
        (2.49, "high", 0.004),
        (2.5, "medium", 0.0),
        (3.49, "medium", 0.0),
        (3.5, "low", 0.0),
        (1.25, "high", 0.5),
    ],
)
def test_risk_and_churn_follow_the_prediction(score: float, risk: str, churn: float) -> None:
    assert formula.risk(score) == risk
    assert formula.churn_probability(score) == pytest.approx(churn)


def test_recommendations_for_a_customer_at_risk() -> None:
    worst = Facts(25, 1, 4, -0.31)
    assert formula.recommendations(3.49, worst) == [
        formula.FOLLOW_UP,
        formula.SENIOR,
        formula.COMPENSATION,
        formula.EXPEDITE,
        formula.EMPATHY,
    ]
    mild = Facts(24, 3, 3, -0.3)
    assert formula.recommendations(3.49, mild) == [formula.FOLLOW_UP, formula.SENIOR]


def test_recommendations_for_others() -> None:
    worst = Facts(25, 1, 4, -0.31)
    assert formula.recommendations(3.5, worst) == [formula.SURVEY, formula.UPDATES]
    assert formula.recommendations(4.49, worst) == [formula.SURVEY, formula.UPDATES]
    assert formula.recommendations(4.5, worst) == []
