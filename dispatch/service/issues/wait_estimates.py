"""What a waiting issue can expect: its place in the queue, and how long (docs/rules.md, Routing)."""

from __future__ import annotations

from models.base import tuples
from models.clock import from_text
from models.issues import NEW, Issue

MINUTES_AHEAD = 30
"""For each issue that is served before, until there are measured handling times."""
MEASURED_OVER = 100


def position(issue: Issue) -> int:
    """The place of a waiting issue among all that wait; 1 is served next (docs/rules.md, Routing)."""
    older = (Issue.opened_at < issue.opened_at) | (
        (Issue.opened_at == issue.opened_at) & (Issue.issue_id < issue.issue_id)
    )
    before = (Issue.priority > issue.priority) | ((Issue.priority == issue.priority) & older)
    return 1 + int(Issue.select().where(Issue.status == NEW, before).count())


def expected_wait_minutes(place: int) -> float:
    """How long the issue at a place will wait: a handling time for each one ahead."""
    return round((place - 1) * minutes_ahead(), 1)


def minutes_ahead() -> float:
    """Mean handling time, assigned to resolved, of the last hundred; 30 minutes before there are any."""
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
