"""Actions on several issues at once: one command, a result for each, and one undo for all of them.

The issues given by number, or by a filter that the command itself runs.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

from dispatch.assignment.agent_checks import working_agent
from dispatch.customers.records import refuse_erased
from dispatch.desk.commands import Command, command, put_back
from dispatch.inputs import validation
from dispatch.service.escalation import monitor
from dispatch.service.issues import command_support, queries, queue
from dispatch.service.issues.command_support import issue_at_work, open_issue_at_work
from dispatch.service.issues.editing import set_priority
from dispatch.service.issues.ownership import check_other
from dispatch.service.issues.queries import IssueFilter
from dispatch.service.issues.state_machine import check_step, enter
from dispatch.service.row_types import IssueBatch, IssueBatchLine
from dispatch.service.sla import clocks
from models.agents import Agent
from models.errors import DeskError, InvalidInput, Refused
from models.issues import CLOSED, PRIORITIES, Issue

MOST = 10_000

Which = Sequence[int] | IssueFilter
"""Issue numbers, or a filter that finds them."""


@command("issue.reassign_all", past="several reassigned", undo=put_back)
def reassign(running: Command, which: Which, to_agent_id: int, reason: str) -> IssueBatch:
    """Give open issues to an agent, even above the capacity; their clocks are unaffected.

    Raises as for a single issue if the agent or reason is wrong.
    """
    reason = validation.required_text(reason, "reason")
    agent = working_agent(to_agent_id)

    def check(number: int) -> Issue:
        issue = open_issue_at_work(running, number)
        check_other(issue, agent)
        return issue

    why = f"{running.actor}: {reason}"
    result = _all(running, which, check, lambda issue: queue.give(running, issue, to_agent_id, why))
    over = Agent.lock(to_agent_id)
    running.detail |= {"reason": reason} | ({"over_capacity": True} if over.held > over.capacity else {})
    return result


@command("issue.prioritise_all", past="several prioritised", undo=put_back)
def prioritise(running: Command, which: Which, priority: str) -> IssueBatch:
    """Set the priority of open issues; their clocks follow. Raises InvalidInput for an unknown one."""
    number = command_support.priority(priority)
    name = PRIORITIES[number - 1]

    def check(issue_id: int) -> Issue:
        issue = open_issue_at_work(running, issue_id)
        refuse_erased(issue.customer_id)
        if issue.priority == number:
            raise Refused("same_priority", f"issue {issue_id} is already {name}")
        return issue

    def act(issue: Issue) -> None:
        set_priority(running, issue, number)
        clocks.follow_priority(issue, running.desk.settings)

    result = _all(running, which, check, act)
    running.detail["priority"] = name
    return result


@command("issue.close_all", past="several closed", undo=put_back)
def close(running: Command, which: Which) -> IssueBatch:
    """Close resolved issues."""

    def check(number: int) -> Issue:
        issue = issue_at_work(running, number)
        check_step(issue, CLOSED)
        return issue

    return _all(running, which, check, lambda issue: enter(running, issue, CLOSED))


def _all(
    running: Command, which: Which, check: Callable[[int], Issue], act: Callable[[Issue], object]
) -> IssueBatch:
    """Act on every issue that passes the check; refused ones do not affect the others."""
    verdicts: dict[int, Issue | DeskError] = {}
    for number in _numbers(which):
        try:
            verdicts[number] = check(number)
        except DeskError as error:
            verdicts[number] = error
    fit = [each for each in verdicts.values() if isinstance(each, Issue)]
    for issue in fit:
        act(issue)
        command_support.save(running, issue)
    ids = [issue.issue_id for issue in fit]
    monitor.examine(running.desk, running.now, ids)
    running.issue_id = running.booking_id = running.agent_id = running.customer_id = None
    running.detail = {"issues": len(ids)}
    return _answer(running, verdicts, ids)


def _numbers(which: Which) -> list[int]:
    """Return the issue numbers, each once. Raises InvalidInput for none or too many."""
    if isinstance(which, IssueFilter):
        wanted = queries.issue_ids(which, MOST + 1)
    else:
        wanted = list(dict.fromkeys(which))
    if len(wanted) > MOST or not (wanted or isinstance(which, IssueFilter)):
        raise InvalidInput("issues", f"{len(wanted)} issues given", f"1 to {MOST} at once")
    return wanted


def _answer(running: Command, verdicts: dict[int, Issue | DeskError], ids: list[int]) -> IssueBatch:
    rows = {row["issue_id"]: row for row in queries.rows_of(running.desk, ids)}
    results: list[IssueBatchLine] = [
        {
            "issue_id": number,
            "ok": number in rows,
            "issue": rows.get(number),
            "error": verdict.as_json() if isinstance(verdict, DeskError) else None,
        }
        for number, verdict in verdicts.items()
    ]
    return {"done": len(rows), "refused": len(results) - len(rows), "results": results}
