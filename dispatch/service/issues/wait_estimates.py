"""Estimates for a waiting issue: place in the queue and waiting time (docs/rules.md, Routing)."""

from __future__ import annotations

from models.base import tuples
from models.clock import from_text
from models.issues import NEW, Issue

MINUTES_AHEAD = 30
"""Minutes per issue ahead, until there are measured handling times."""
MEASURED_OVER = 100


def position(issue: Issue) -> int:
    """Return a waiting issue's place in the queue; 1 is served next (docs/rules.md, Routing)."""
    older = (Issue.opened_at < issue.opened_at) | (
        (Issue.opened_at == issue.opened_at) & (Issue.issue_id < issue.issue_id)
    )
    before = (Issue.priority > issue.priority) | ((Issue.priority == issue.priority) & older)
    return 1 + int(Issue.select().where(Issue.status == NEW, before).count())


def expected_wait_minutes(place: int) -> float:
    """Return the expected wait at a place: one handling time for each issue ahead."""
    return round((place - 1) * minutes_ahead(), 1)


def minutes_ahead() -> float:
    """Return the mean of the last hundred handling times, assigned to resolved; 30 minutes without any."""
    query = (
        Issue.select(Issue.assigned_at, Issue.resolved_at)
        .where(Issue.resolved_at.is_null(False), Issue.assigned_at.is_null(False), ~Issue.voided)
        .order_by(Issue.resolved_at.desc())
        .limit(MEASURED_OVER)
    )
    spans = [
        max(0.0, (from_text(resolved) - from_text(assigned)).total_seconds()) / 60
        for assigned, resolved in tuples(query)
    ]
    return sum(spans) / len(spans) if spans else float(MINUTES_AHEAD)
