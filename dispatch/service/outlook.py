"""How satisfied the customers of some issues will be, in all, by channel and by category (mission.md C7)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from dispatch.service import facts, prediction, satisfaction
from models.issues import Issue, SlaClock

Row = dict[str, Any]


def predictions(
    issues: Sequence[Issue], now: datetime, timed: Mapping[int, Mapping[str, SlaClock]]
) -> dict[int, float]:
    """The score to expect of every issue; ``timed`` are their clocks."""
    model = prediction.current_model()
    cases = facts.cases_of(issues, now, timed)
    return {issue_id: prediction.predicted(case, model) for issue_id, case in cases.items()}


def overview(issues: Sequence[Issue], expected: dict[int, float]) -> Row:
    """Mean, shares and counts of the expected scores, with the model that they come from."""
    return {
        **_summary([expected[issue.issue_id] for issue in issues]),
        "by_channel": _by("channel", issues, expected),
        "by_category": _by("category", issues, expected),
        "model": prediction.model_told(prediction.current_model()),
    }


def _by(column: str, issues: Sequence[Issue], expected: dict[int, float]) -> dict[str, Row]:
    scores: dict[str, list[float]] = {}
    for issue in issues:
        scores.setdefault(getattr(issue, column), []).append(expected[issue.issue_id])
    return {name: _summary(scores[name]) for name in sorted(scores)}


def _summary(scores: Sequence[float]) -> Row:
    number = len(scores)
    delighted = sum(score >= satisfaction.DELIGHTED for score in scores)
    disappointed = sum(score < satisfaction.DISAPPOINTED for score in scores)
    return {
        "count": number,
        "mean": round(sum(scores) / number, 4) if number else None,
        "share_from_4_5": round(delighted / number, 4) if number else None,
        "share_below_3": round(disappointed / number, 4) if number else None,
        "below_3_5": sum(score < satisfaction.MEDIUM_RISK for score in scores),
        "below_2_5": sum(score < satisfaction.AT_RISK for score in scores),
    }
