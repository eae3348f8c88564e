"""Raise the warnings and escalations that are due, found through an index, in small batches.

``sweep_issues`` may run in several terminals at once and as often as needed: each batch rereads what is due
under the write lock, so nothing is announced twice.
"""

from __future__ import annotations

from dispatch.desk.commands import Command, command, never
from dispatch.desk.desk import Desk
from dispatch.service.escalation import monitor
from dispatch.service.escalation.monitor import Outcome
from dispatch.service.row_types import IssueSweep
from models.base import CompiledQuery, parameter
from models.issues import Issue, Watch

AT_ONCE = 100  # issues per commit: other terminals wait about 30 ms even if everything is due

_due = CompiledQuery(
    lambda: (
        Watch.select(Watch.issue_id)
        .where(Watch.next_check_at <= parameter("now"))
        .order_by(Watch.next_check_at, Watch.issue_id)
        .limit(parameter("limit"))
    )
)


def sweep_issues(desk: Desk) -> IssueSweep:
    """Raise the warnings and escalations that are due; return them and the number of issues examined.

    When nothing is due, it writes nothing and takes no lock.
    """
    now = desk.now()
    done: IssueSweep = {"examined": 0, "warnings": [], "escalations": []}
    while due(desk, now, limit=1):
        with desk.transaction():
            outcome = monitor.examine(desk, now, due(desk, now))
            if outcome:
                _note(desk, outcome)
        done["examined"] += outcome.examined
        done["warnings"] += outcome.warnings
        done["escalations"] += outcome.escalations
    return done


def due(desk: Desk, now: str, *, limit: int = AT_ONCE) -> list[int]:
    """Return issues whose clocks are due to be looked at, longest due first."""
    with desk.reading():
        return [issue_id for (issue_id,) in _due(now=now, limit=limit)]


@command("issue.sweep", past="clock", undo=never("the clock did it"), by_desk=True, may="clock.act")
def _note(running: Command, outcome: Outcome) -> None:
    running.detail = {"warnings": outcome.warnings, "escalations": outcome.escalations}
    issues = {row["issue_id"] for row in (*outcome.warnings, *outcome.escalations)}
    if len(issues) == 1:
        running.issue_id = issues.pop()
        running.agent_id = Issue.get_by_id(running.issue_id).agent_id
