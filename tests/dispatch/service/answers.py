"""Answers of customers, as many as a training needs."""

from __future__ import annotations

from dispatch.desk.desk import Desk
from dispatch.service.sla import clocks
from models.issues import CATEGORIES, CHANNELS, Issue, Survey


def answer_many(desk: Desk, number: int) -> None:
    """Rows of resolved and rated issues, written directly: only their contents matter."""
    with desk.transaction():
        for place in range(number):
            issue = Issue(
                agent_id=1,
                status="resolved",
                category=CATEGORIES[place % 7],
                confidence=1.0,
                priority=1 + place % 5,
                priority_steps="[]",
                channel=CHANNELS[place % 5],
                title="x",
                description="x",
                tags="[]",
                sentiment='{"compound": 0.1}',
                entities="[]",
                urgency_indicators="[]",
                complexity="low",
                routing_reason="x",
                opened_at="2082-02-01 09:00:00",
                changed_at="2082-02-01 09:00:00",
                resolved_at=f"2082-02-01 {10 + place % 10}:00:00",
            )
            issue.save()
            _clocks(desk, issue)
            Survey(
                issue_id=issue.issue_id,
                agent_id=1,
                asked_at="2082-02-02 09:00:00",
                score=5 if place % 10 < 5 else 2,
                answered_at="2082-02-02 09:00:00",
            ).save()


def _clocks(desk: Desk, issue: Issue) -> None:
    for clock in clocks.start(issue, desk.settings):
        clocks.end(clock, str(issue.resolved_at))
