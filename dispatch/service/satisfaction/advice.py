"""What to do for a customer at risk, as far as it fits the issue now."""

from __future__ import annotations

from dispatch.service.row_types import IssueDetails
from dispatch.service.satisfaction.formula import FOLLOW_UP, SENIOR

LATE_FOLLOW_UP = "call the customer back now: the issue is overdue"


def advice(issue: IssueDetails) -> list[str]:
    """Return the recommendations: no senior agent above the best level, no 24 hours when it is late."""
    guess, clocks = issue["satisfaction"], (issue["sla"]["first_response"], issue["sla"]["resolution"])
    is_late = any(clock["breached"] and not clock["met_at"] for clock in clocks)
    has_best = guess["factors"]["agent_level"] >= 1
    fitting = {FOLLOW_UP: LATE_FOLLOW_UP} if is_late else {}
    return [fitting.get(one, one) for one in guess["recommendations"] if not (has_best and one == SENIOR)]
