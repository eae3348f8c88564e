"""The rows of the service desk that screens and commands read, key by key."""

# no "from __future__ import annotations" here: as text, each key would be compiled at start
from typing import NotRequired, TypedDict

from dispatch.desk.row_types import EventRow
from dispatch.triage.row_types import Analysis
from models.base import Json


class ClockState(TypedDict):
    """A clock for people and scripts; ``left_minutes`` is negative when overdue."""

    due: str
    allowed_minutes: int
    left_minutes: float
    used_percent: float
    paused_at: str | None
    met_at: str | None
    breached: bool


class IssueTimes(TypedDict):
    """Both clocks of an issue; ``next`` names the one that counts next."""

    first_response_due: str
    resolution_due: str
    next: str
    first_response: ClockState
    resolution: ClockState


class IssueColumns(TypedDict):
    """What a list reads of the issues' own table."""

    issue_id: int
    title: str
    status: str
    category: str
    confidence: float
    unsure: bool
    priority: str
    tier: str | None
    channel: str
    customer_id: int | None
    booking_id: int | None
    agent_id: int | None
    opened_at: str
    changed_at: str
    resolved_at: str | None
    voided: bool
    version: int


class IssueRow(IssueColumns):
    """An issue in a list; ``escalation_level`` is 0 where nothing is open."""

    customer_name: str | None
    agent_name: str | None
    escalation_level: int
    sla: IssueTimes


class WarningRow(TypedDict):
    """A part of a clock's time that was used up."""

    clock: str
    percent: int
    at: str


class EscalationRow(TypedDict):
    """An escalation for people and scripts; ``steps`` are who was told when, ``told`` who was last."""

    escalation_id: int
    trigger: str
    level: int
    urgency: str
    reason: str
    raised_by: list[str]
    told: str
    steps: list[Json]
    opened_at: str
    next_step_at: str | None
    acknowledged_at: str | None
    acknowledged_by: str | None
    closed_at: str | None
    closed_by: str | None
    close_reason: str | None


class ModelRow(TypedDict):
    """Which model predicts, from how many answers, and how far off it was on answers it had not seen."""

    kind: str
    answers: int | None
    mean_error: float | None
    formula_mean_error: NotRequired[float]
    accuracy: NotRequired[float]
    trained_at: NotRequired[str]


class Prediction(TypedDict):
    """The score to expect of a customer, what it rests on, and what would help."""

    predicted: float
    risk: str
    churn_probability: float
    factors: dict[str, float]
    recommendations: list[str]
    model: ModelRow


class ScoreSummary(TypedDict):
    """Expected scores counted: their mean, shares, and how many are low."""

    count: int
    mean: float | None
    share_from_4_5: float | None
    share_below_3: float | None
    below_3_5: int
    below_2_5: int


class SatisfactionForecast(ScoreSummary):
    """The expected scores of open issues, and the model that they come from."""

    by_channel: dict[str, ScoreSummary]
    by_category: dict[str, ScoreSummary]
    model: ModelRow


class Progress(TypedDict):
    """How far an issue is (docs/rules.md, Progress); ``share`` is elapsed / estimate, at most 1."""

    hours_elapsed: float
    sla_met: bool
    hours_left: float | None
    interactions: int
    status_changes: int
    share: float


class SurveyRow(TypedDict):
    """Whom the customer was asked to rate, and the answer."""

    agent_id: int
    asked_at: str
    score: int | None
    answered_at: str | None
    comment: str | None


class InteractionRow(TypedDict):
    """A message, a note or a change of status."""

    interaction_id: int
    at: str
    kind: str
    author: str
    agent_id: int | None
    channel: str | None
    text: str | None
    compound: float | None
    resolution_attempt: bool
    answer_needed: bool
    status_from: str | None
    status_to: str | None
    agent_name: str | None


class IssueDetails(IssueRow, Analysis):
    """All that is known of an issue, but for the conversation and the history."""

    description: str
    routing_reason: str
    queue_position: int | None
    expected_wait_minutes: float | None
    expected_response_minutes: float | None
    estimated_resolution_minutes: float
    actual_resolution_minutes: float | None
    satisfaction: Prediction
    progress: Progress
    escalations: list[EscalationRow]
    warnings: list[WarningRow]
    survey: SurveyRow | None
    last_interaction_id: int
    waiting_since: str | None
    assigned_at: str | None
    closed_at: str | None
    reopened_at: str | None


class IssueStory(IssueDetails):
    """All of it."""

    interactions: list[InteractionRow]
    history: list[EventRow]


class IssueNews(TypedDict):
    """What has happened to an issue: ``kind``, and of an alarm its level, or its clock and percent."""

    kind: str
    issue_id: int
    level: int
    clock: str
    percent: int


class IssueAlarm(TypedDict):
    """A warning, which has a ``clock`` and the ``percent`` used, or an escalation and who was told."""

    issue_id: int
    clock: NotRequired[str]
    percent: NotRequired[int]
    escalation_id: NotRequired[int]
    trigger: NotRequired[str]
    level: NotRequired[int]
    urgency: NotRequired[str]
    told: NotRequired[str]


class IssueSweep(TypedDict):
    """What the clock brought, how many issues were looked at, and the model if one was trained."""

    examined: int
    warnings: list[IssueAlarm]
    escalations: list[IssueAlarm]
    trained: ModelRow | None
