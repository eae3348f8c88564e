"""Close resolved issues automatically once the customer has had time to respond."""

from __future__ import annotations

from datetime import timedelta

from dispatch.desk.desk import Desk
from models.base import CompiledQuery, parameter
from models.clock import from_text, to_text
from models.issues import RESOLVED, Issue

_resolved = CompiledQuery(
    lambda: (
        Issue.select(Issue.issue_id)
        .where(Issue.status == RESOLVED, Issue.resolved_at <= parameter("until"))
        .order_by(Issue.resolved_at, Issue.issue_id)
    )
)


def due(desk: Desk, issue_id: int | None = None) -> list[int]:
    """Return the issues resolved longer ago than the setting's days, or only the given one if it is due."""
    days = desk.settings["close_after_days"]
    if not days:
        return []
    until = to_text(from_text(desk.now()) - timedelta(days=days))
    if issue_id is None:
        return [number for (number,) in _resolved(until=until)]
    issue = Issue.lock(issue_id)
    return [issue_id] if issue.status == RESOLVED and str(issue.resolved_at) <= until else []
