"""Actions on several issues at once: one command, a result for each, and one undo for all of them.

The issues are given by number, or by a filter that the command itself runs.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from functools import partial
from typing import TYPE_CHECKING, cast

from dispatch.assignment.agent_checks import working_agent
from dispatch.customers.records import refuse_erased
from dispatch.desk import bulk
from dispatch.desk.commands import Command, command, put_each_back
from dispatch.inputs import validation
from dispatch.service.escalation import monitor
from dispatch.service.issues import command_support, queries, queue
from dispatch.service.issues.command_support import issue_at_work, open_issue_at_work
from dispatch.service.issues.editing import set_priority
from dispatch.service.issues.ownership import check_other
from dispatch.service.issues.queries import IssueFilter
from dispatch.service.issues.state_machine import check_step, enter
from dispatch.service.row_types import IssueBatch, IssueRow
from dispatch.service.sla import clocks
from models.agents import Agent
from models.errors import DeskError, Refused
from models.issues import CLOSED, Issue
from models.priorities import PRIORITIES

if TYPE_CHECKING:
    from dispatch.desk.desk import Desk

Which = Sequence[int] | IssueFilter
"""Issue numbers, or a filter that finds them."""
Check = Callable[[int], Issue]
"""Returns the issue of a number, fit for the action. Raises DeskError."""
Changes = Mapping[str, object]


@command("issue.reassign_all", past="several reassigned", undo=put_each_back, may="issue.manage")
def reassign(running: Command, which: Which, to_agent_id: int, reason: str) -> IssueBatch:
    """Give open issues to an agent, even above the capacity; their clocks are unaffected.

    Raises as for a single issue if the agent or reason is wrong.
    """
    reason = validation.required_text(reason, "reason")
    check = _reassignable(running, working_agent(to_agent_id))
    why = f"{running.actor}: {reason}"
    result = _all(running, which, check, lambda issue: queue.give(running, issue, to_agent_id, why))
    over = Agent.lock(to_agent_id)
    running.detail |= {"reason": reason} | ({"over_capacity": True} if over.held > over.capacity else {})
    return result


@command("issue.prioritise_all", past="several prioritised", undo=put_each_back, may="issue.manage")
def prioritise(running: Command, which: Which, priority: str) -> IssueBatch:
    """Set the priority of open issues; their clocks follow. Raises InvalidInput for an unknown one."""
    number = validation.priority(priority)

    def act(issue: Issue) -> None:
        set_priority(running, issue, number)
        clocks.follow_priority(issue, running.desk.settings)

    result = _all(running, which, _prioritisable(running, number), act)
    running.detail["priority"] = PRIORITIES[number - 1]
    return result


@command("issue.close_all", past="several closed", undo=put_each_back, may="issue.manage")
def close(running: Command, which: Which) -> IssueBatch:
    """Close resolved issues."""
    return _all(running, which, _closable(running), lambda issue: enter(running, issue, CLOSED))


def preview_reassign(desk: Desk, which: Which, to_agent_id: int) -> IssueBatch:
    """Return the issues as ``reassign`` would leave them; nothing is locked or written."""
    with desk.reading():
        agent, asking = working_agent(to_agent_id), Command(desk, "issue.reassign_all")
        given: Changes = {"agent_id": agent.agent_id, "agent_name": agent.name}
        return _planned(asking, which, _reassignable(asking, agent), given)


def preview_prioritise(desk: Desk, which: Which, priority: str) -> IssueBatch:
    """Return the issues as ``prioritise`` would leave them; nothing is locked or written."""
    number = validation.priority(priority)
    with desk.reading():
        asking = Command(desk, "issue.prioritise_all")
        given: Changes = {"priority": PRIORITIES[number - 1]}
        return _planned(asking, which, _prioritisable(asking, number), given)


def preview_close(desk: Desk, which: Which) -> IssueBatch:
    """Return the issues as ``close`` would leave them; nothing is locked or written."""
    with desk.reading():
        asking = Command(desk, "issue.close_all")
        return _planned(asking, which, _closable(asking), {"status": CLOSED})


def _reassignable(running: Command, agent: Agent) -> Check:
    def check(number: int) -> Issue:
        issue = open_issue_at_work(running, number)
        check_other(issue, agent)
        return issue

    return check


def _prioritisable(running: Command, priority: int) -> Check:
    def check(number: int) -> Issue:
        issue = open_issue_at_work(running, number)
        refuse_erased(issue.customer_id)
        if issue.priority == priority:
            raise Refused("same_priority", f"issue {number} is already {PRIORITIES[priority - 1]}")
        return issue

    return check


def _closable(running: Command) -> Check:
    def check(number: int) -> Issue:
        issue = issue_at_work(running, number)
        check_step(issue, CLOSED)
        return issue

    return check


def _checked(which: Which, check: Check) -> dict[int, Issue | DeskError]:
    chosen = partial(queries.issue_ids, which) if isinstance(which, IssueFilter) else which
    return bulk.checked("issue", chosen, check)


def _planned(asking: Command, which: Which, check: Check, given: Changes) -> IssueBatch:
    verdicts = _checked(which, check)
    result = _answer(asking, verdicts)
    for line in result["results"]:
        if line["issue"]:
            line["issue"] = cast(IssueRow, {**line["issue"], **given})
    return result


def _all(running: Command, which: Which, check: Check, act: Callable[[Issue], object]) -> IssueBatch:
    """Act on every issue that passes the check."""
    verdicts = _checked(which, check)
    fit = bulk.fit(verdicts)
    for issue in fit.values():
        act(issue)
        command_support.save(running, issue)
    monitor.examine(running.desk, running.now, list(fit))
    running.issue_id = running.booking_id = running.agent_id = running.customer_id = None
    running.detail = {"issues": len(fit)}
    return _answer(running, verdicts)


def _answer(running: Command, verdicts: Mapping[int, Issue | DeskError]) -> IssueBatch:
    rows = {row["issue_id"]: row for row in queries.rows_of(running.desk, list(bulk.fit(verdicts)))}
    return bulk.answer("issue", verdicts, rows)
