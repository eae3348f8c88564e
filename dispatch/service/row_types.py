"""Row types of the service desk."""

# without "from __future__ import annotations", which would compile every key at start
from typing import NotRequired, TypedDict

from dispatch.desk.row_types import BulkResult, EventRow
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
    """Both clocks of an issue; ``next`` names the one due next."""

    first_response_due: str
    resolution_due: str
    next: str
    first_response: ClockState
    resolution: ClockState


class IssueColumns(TypedDict):
    """Columns of the issue table that a list reads."""

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
    """An issue in a list; ``escalation_level`` is 0 without an open escalation.

    ``escalation_acknowledged``: somebody has acknowledged every open one.
    """

    customer_name: str | None
    agent_name: str | None
    escalation_level: int
    escalation_acknowledged: bool
    sla: IssueTimes


class WarningRow(TypedDict):
    """A warning: the clock, and the percentage of its time used up."""

    clock: str
    percent: int
    at: str


class EscalationRow(TypedDict):
    """An escalation; ``steps`` lists each notification, ``told`` is the last recipient."""

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
    """A predicting model, its number of answers, and its error on answers it had not seen."""

    kind: str
    answers: int | None
    mean_error: float | None
    formula_mean_error: NotRequired[float]
    accuracy: NotRequired[float]
    trained_at: NotRequired[str]


class Prediction(TypedDict):
    """The score a customer is expected to give, the factors behind it, and recommendations."""

    predicted: float
    risk: str
    churn_probability: float
    factors: dict[str, float]
    recommendations: list[str]
    model: ModelRow


class ScoreSummary(TypedDict):
    """Summary of expected scores: mean, shares, and counts of low ones."""

    count: int
    mean: float | None
    share_from_4_5: float | None
    share_below_3: float | None
    below_3_5: int
    below_2_5: int


class SatisfactionForecast(ScoreSummary):
    """The expected scores of open issues, and the model behind them."""

    by_channel: dict[str, ScoreSummary]
    by_category: dict[str, ScoreSummary]
    model: ModelRow


class Progress(TypedDict):
    """Progress of an issue (docs/rules.md, Progress); ``share`` is elapsed / estimate, at most 1."""

    hours_elapsed: float
    sla_met: bool
    hours_left: float | None
    interactions: int
    status_changes: int
    share: float


class SurveyRow(TypedDict):
    """A survey: the rated agent, and the customer's answer."""

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
    """An issue with everything but its conversation and history.

    ``actual_resolution_minutes`` is the desk's own time, once it is resolved; ``customer_minutes`` were the
    customer's.
    """

    description: str
    routing_reason: str
    queue_position: int | None
    expected_wait_minutes: float | None
    expected_response_minutes: float | None
    estimated_resolution_minutes: float
    actual_resolution_minutes: float | None
    customer_minutes: float
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
    """An issue with everything."""

    interactions: list[InteractionRow]
    history: list[EventRow]


class IssueNews(TypedDict):
    """News of an issue: ``kind``, and for an alarm its level, or its clock and percentage."""

    kind: str
    issue_id: int
    level: int
    clock: str
    percent: int


class IssueAlarm(TypedDict):
    """A warning, with ``clock`` and ``percent`` used, or an escalation; ``told`` is its last recipient."""

    issue_id: int
    clock: NotRequired[str]
    percent: NotRequired[int]
    escalation_id: NotRequired[int]
    trigger: NotRequired[str]
    level: NotRequired[int]
    urgency: NotRequired[str]
    told: NotRequired[str]


class IssueSweep(TypedDict):
    """Everything a sweep raised, and the number of issues it examined."""

    examined: int
    warnings: list[IssueAlarm]
    escalations: list[IssueAlarm]


class IssueBatchLine(TypedDict):
    """The result for one of several issues: the issue afterwards, or the reason for refusing it."""

    issue_id: int
    ok: bool
    issue: IssueRow | None
    error: dict[str, str] | None


IssueBatch = BulkResult[IssueBatchLine]
