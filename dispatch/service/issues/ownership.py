"""Ownership of issues: claim and reassign."""

from __future__ import annotations

from dispatch.assignment.agent_checks import check_room, not_the_holder, working_agent
from dispatch.desk.commands import Command, command, put_back
from dispatch.inputs import validation
from dispatch.service.issues import queue
from dispatch.service.issues.command_support import open_issue_at_work, saved
from dispatch.service.issues.state_machine import enter
from dispatch.service.row_types import IssueDetails
from models.agents import Agent
from models.errors import Refused
from models.hints import act
from models.issues import ASSIGNED, IN_PROGRESS, NEW, Issue


@command("issue.claim", past="claimed", undo=put_back, may="issue.work")
def claim(running: Command, issue_id: int, agent_id: int) -> IssueDetails:
    """Start work as the holder, or claim a waiting issue with room to spare. Raises NotFound, Refused."""
    issue = open_issue_at_work(running, issue_id)
    agent = working_agent(agent_id)
    if issue.status == NEW:
        check_room(agent, f"{act('issue.reassign', issue_id, agent_id)} assigns it anyway")
        queue.give(running, issue, agent_id, f"claimed by {agent.name}")
    check_holder(issue, agent)
    if issue.status != ASSIGNED:
        raise Refused("already_claimed", f"{agent.name} is already working on issue {issue_id}")
    enter(running, issue, IN_PROGRESS)
    return saved(running, issue)


def check_holder(issue: Issue, agent: Agent) -> None:
    """Raise Refused unless the agent holds the issue."""
    if issue.agent_id is None:
        raise waiting(issue, agent.agent_id)
    if issue.agent_id != agent.agent_id:
        raise not_the_holder("issue", issue.issue_id, Agent.lock(issue.agent_id), agent)


def waiting(issue: Issue, *claimant: int, then: str = "") -> Refused:
    """Return the refusal of work on an issue that nobody holds, with the command to claim it.

    ``claimant`` is the agent, if known; ``then`` is what to do once it is claimed.
    """
    number = issue.issue_id
    hint = f"{act('issue.claim', number, *claimant)} claims it" + (f", then {then}" if then else "")
    return Refused("waiting", f"issue {number} waits for an agent", hint)


@command("issue.reassign", past="reassigned", undo=put_back, may="issue.manage")
def reassign(running: Command, issue_id: int, to_agent_id: int, reason: str) -> IssueDetails:
    """Give an open issue to another agent; its clocks are unaffected. Raises NotFound, Refused."""
    reason = validation.required_text(reason, "reason")
    issue = open_issue_at_work(running, issue_id)
    agent = working_agent(to_agent_id)
    check_other(issue, agent)
    running.detail = {"reason": reason}
    if agent.held >= agent.capacity:
        running.detail["over_capacity"] = True
    queue.give(running, issue, to_agent_id, f"{running.actor}: {reason}")
    return saved(running, issue)


def check_other(issue: Issue, agent: Agent) -> None:
    """Raise Refused if the agent has the issue already."""
    if issue.agent_id == agent.agent_id:
        raise Refused("same_agent", f"issue {issue.issue_id} is already with {agent.name}")
