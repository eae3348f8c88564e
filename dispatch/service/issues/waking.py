"""Taking an issue up again: it needs a holder who is there, as a booking does.

An issue wakes when it is reopened, when the customer writes or the wait is over, when its escalation is
settled, and by an undo. Work in progress stays with an agent who goes away; only what wakes moves.
"""

from __future__ import annotations

from dispatch.desk.commands import Command
from dispatch.service import wording
from dispatch.service.issues import queue
from dispatch.service.issues.command_support import moment
from dispatch.service.issues.state_machine import enter, reopen_deadline
from models.agents import GONE, Agent
from models.errors import Refused
from models.hints import act
from models.issues import ASSIGNED, DESK, IN_PROGRESS, Issue


def reopen(running: Command, issue: Issue, *, by: str = DESK) -> None:
    """Reopen an ended issue. Raises Refused after the setting's days."""
    days = running.desk.settings["reopen_days"]
    if running.now > reopen_deadline(issue, days):
        raise Refused(
            "too_late",
            f"issue {issue.issue_id} ended more than {days} days ago",
            f"{act('issue.open')} opens a new one",
        )
    issue.reopened_at = moment(running, issue)
    resume(running, issue, by=by)


def resume(running: Command, issue: Issue, *, by: str = DESK) -> None:
    """Go on with an issue: with its holder, or with somebody who is there."""
    enter(running, issue, IN_PROGRESS, by=by)
    if issue.agent_id is None:  # it had ended before it came here
        queue.route(running, issue, queue.helpers())
    find_present(running, issue)


def find_present(running: Command, issue: Issue) -> None:
    """Replace a holder who is away, offline or has left; without anybody else the issue waits.

    Nothing happens while the customer has to answer. The event and the issue name the reason; the caller
    saves the issue.
    """
    if issue.agent_id is None or issue.status not in (ASSIGNED, IN_PROGRESS):
        return
    absent = Agent.lock(issue.agent_id)
    absence = absence_of(absent)
    if absence:
        because = f"{absent.name} {wording.absence(absence)}"
        queue.route(running, issue, queue.helpers(), because=because)
        passed_on = {"issue_id": issue.issue_id, "from": absent.agent_id, "to": issue.agent_id}
        running.detail.setdefault("passed_on", []).append(passed_on | {"presence": absence})


def absence_of(agent: Agent) -> str:
    """Return why an agent attends to nothing: away, offline or left; empty for one who is at work."""
    return wording.LEFT if agent.left_at is not None else agent.presence if agent.presence in GONE else ""
