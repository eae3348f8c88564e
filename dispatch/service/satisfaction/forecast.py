"""Predicted satisfaction of open issues: overall, by channel and category (docs/rules.md, Satisfaction)."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import NamedTuple

from dispatch.service.row_types import SatisfactionForecast, ScoreSummary
from dispatch.service.satisfaction import cases as facts
from dispatch.service.satisfaction import formula, prediction
from dispatch.service.satisfaction.case import Case


class Expectation(NamedTuple):
    """The predicted score of an open issue."""

    issue_id: int
    case: Case
    score: float


def expectations(now: datetime) -> list[Expectation]:
    """Return one for each open issue, by the current model."""
    model = prediction.current_model()
    cases = facts.open_cases(now)
    return [Expectation(number, case, prediction.predicted(case, model)) for number, case in cases.items()]


def overview(expected: Sequence[Expectation]) -> SatisfactionForecast:
    """Return mean, shares and counts of the predicted scores, and the model behind them."""
    return {
        **_summary([one.score for one in expected]),
        "by_channel": _by((one.case.channel, one.score) for one in expected),
        "by_category": _by((one.case.category, one.score) for one in expected),
        "model": prediction.describe_model(prediction.current_model()),
    }


def _by(named: Iterable[tuple[str, float]]) -> dict[str, ScoreSummary]:
    scores: dict[str, list[float]] = {}
    for name, score in named:
        scores.setdefault(name, []).append(score)
    return {name: _summary(scores[name]) for name in sorted(scores)}


def _summary(scores: Sequence[float]) -> ScoreSummary:
    number = len(scores)
    delighted = sum(score >= formula.DELIGHTED for score in scores)
    disappointed = sum(score < formula.DISAPPOINTED for score in scores)
    return {
        "count": number,
        "mean": round(sum(scores) / number, 4) if number else None,
        "share_from_4_5": round(delighted / number, 4) if number else None,
        "share_below_3": round(disappointed / number, 4) if number else None,
        "below_3_5": sum(score < formula.MEDIUM_RISK for score in scores),
        "below_2_5": sum(score < formula.AT_RISK for score in scores),
    }
