"""Match issues and agents: assign, wait, and serve next.

An agent who becomes available gets waiting issues, most urgent first, then oldest first. The desk checks
at the end of each command that freed an agent, in the same transaction.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace
from typing import Any

from dispatch.desk.commands import Command, command, never
from dispatch.desk.desk import Desk
from dispatch.queries import agent_levels
from dispatch.queries.row_types import IssueMoveRow
from dispatch.service.escalation import escalations, monitor
from dispatch.service.escalation.triggers import UNASSIGNED
from dispatch.service.issues import routing
from dispatch.service.issues.command_support import moment, save
from dispatch.service.issues.routing import Helper
from dispatch.service.issues.state_machine import enter
from models.agents import AVAILABLE, GONE, Agent
from models.base import CompiledQuery, tuples
from models.hints import act
from models.issues import ASSIGNED, HELD, NEW, PENDING_CUSTOMER, Issue

BY_DESK = never(f"the desk did it; {act('issue.reassign')} moves an issue")
AGENTS = f"{Agent._meta.table_name}:"

_helpers = CompiledQuery(
    lambda: Agent.select(
        Agent.agent_id,
        Agent.first_name.concat(" ").concat(Agent.last_name),
        Agent.specialisations,
        Agent.level,
        Agent.years_of_service,
        Agent.load + Agent.issue_load,
        Agent.capacity,
        Agent.rating,
    ).where(
        Agent.left_at.is_null(),
        Agent.presence == AVAILABLE,
        Agent.load + Agent.issue_load < Agent.capacity,
    )
)


def helpers() -> list[Helper]:
    """Return available agents below the capacity that bookings and issues share."""
    return [
        Helper(
            agent_id,
            name,
            tuple(json.loads(specialisations)),
            agent_levels.level_of(level, years),
            load,
            capacity,
            agent_levels.performance_of(rating),
        )
        for agent_id, name, specialisations, level, years, load, capacity, rating in _helpers()
    ]


def give(running: Command, issue: Issue, agent_id: int, reason: str) -> None:
    """Assign an issue to an agent, clocks unaffected; the caller saves the issue.

    One that waits for the customer keeps waiting.
    """
    issue.agent_id = agent_id
    issue.routing_reason = reason
    issue.assigned_at = moment(running, issue)
    if issue.status != PENDING_CUSTOMER:
        enter(running, issue, ASSIGNED)
    for row in escalations.still_open(issue.issue_id):
        if row.trigger == UNASSIGNED:
            escalations.close(running.now, running.actor, row.escalation_id, f"assigned: {reason}")


def route(running: Command, issue: Issue, able: Iterable[Helper], *, because: str = "") -> None:
    """Assign an issue to the best of these agents, or queue it, keeping its age; the caller saves it.

    ``because`` says why it moves, and precedes the reason of the choice.
    """
    why = f"{because}: " if because else ""
    helper = routing.choose(issue.category, able)
    if helper is not None:
        give(running, issue, helper.agent_id, why + routing.reason(issue.category, helper))
        return
    issue.agent_id = None
    issue.routing_reason = why + routing.NOBODY
    enter(running, issue, NEW)


_waiting = CompiledQuery(
    lambda: (
        Issue.select(Issue.issue_id, Issue.category)
        .where(Issue.status == NEW)
        .order_by(Issue.priority.desc(), Issue.opened_at, Issue.issue_id)
    )
)


def settle(running: Command, *, is_any_waiting: bool = True) -> list[IssueMoveRow]:
    """Rehome the unstarted issues of agents who are away, all of those who left; assign waiting issues.

    Returns the moves of the first two. ``is_any_waiting`` is False if no issue waits so far.
    """
    statuses = {
        int(key.removeprefix(AGENTS)): HELD if changed.get("left_at") else (ASSIGNED,)
        for key, changed in running.after.items()
        if key.startswith(AGENTS) and (changed.get("presence") in GONE or changed.get("left_at"))
    }
    return pass_on(running.desk, statuses) if statuses or is_any_waiting else []


def pass_on(desk: Desk, statuses: Mapping[int, tuple[str, ...]]) -> list[IssueMoveRow]:
    """Rehome the issues in these statuses, by the agent who holds them, then assign waiting ones.

    Returns the moves of the former.
    """
    moves: list[IssueMoveRow] = []
    for giver, which in statuses.items():
        if held := _held(giver, which):
            moves += _find_others(desk, giver, held)
    drain(desk)
    return moves


def hand_over(running: Command, giver: Agent, to_agent_id: int | None) -> list[IssueMoveRow]:
    """Move an agent's open issues to another agent, or each to its best match; return the moves.

    Issues that nobody else can take stay with an agent who may take work, else wait.
    """
    moves: list[IssueMoveRow] = []
    for issue_id in _held(giver.agent_id, HELD):
        issue, others = Issue.lock(issue_id), [one for one in helpers() if one.agent_id != giver.agent_id]
        if to_agent_id is not None:
            give(running, issue, to_agent_id, f"{giver.name} handed it over")
        elif giver.presence != AVAILABLE or routing.choose(issue.category, others):
            route(running, issue, others)
        else:
            continue
        save(running, issue)
        moves.append({"issue_id": issue_id, "from_agent_id": giver.agent_id, "to_agent_id": issue.agent_id})
    if moves:
        monitor.examine(running.desk, running.now, [move["issue_id"] for move in moves])
    return moves


def _held(agent_id: int, statuses: tuple[str, ...]) -> list[int]:
    """Return an agent's issues, most urgent first."""
    query = Issue.select(Issue.issue_id).where(Issue.agent_id == agent_id, Issue.status.in_(statuses))
    return [issue_id for (issue_id,) in tuples(query.order_by(Issue.priority.desc(), Issue.issue_id))]


@command("issue.let_go", past="issues passed on", undo=BY_DESK, by_desk=True, may="clock.act")
def _find_others(running: Command, giver: int, held: list[int]) -> list[IssueMoveRow]:
    moves: list[IssueMoveRow] = []
    for issue_id in held:
        issue = Issue.lock(issue_id)
        route(running, issue, helpers())
        save(running, issue)
        moves.append({"issue_id": issue_id, "from_agent_id": giver, "to_agent_id": issue.agent_id})
    running.detail = {"issues": held}
    _look_at(running, held)
    return moves


def drain(desk: Desk) -> None:
    """Assign waiting issues to agents who are free by now, as the desk's own event."""
    waiting = _waiting()
    plan = list(_matched(waiting)) if waiting else []
    if plan:
        _hand_out(desk, plan)


def _matched(waiting: list[tuple[Any, ...]]) -> Iterator[tuple[int, Helper]]:
    """Yield waiting issues with their agents, in order of service."""
    able = {helper.agent_id: helper for helper in helpers()}
    hopeless: set[str] = set()  # loads only grow here: a category nobody can take now stays that way
    for issue_id, category in waiting:
        helper = None if category in hopeless else routing.choose(category, able.values())
        if helper is None:
            hopeless.add(category)
            continue
        yield issue_id, helper
        able[helper.agent_id] = replace(helper, load=helper.load + 1)


@command("issue.drain", past="waiting issues assigned", undo=BY_DESK, by_desk=True, may="clock.act")
def _hand_out(running: Command, plan: list[tuple[int, Helper]]) -> None:
    for issue_id, helper in plan:
        issue = Issue.lock(issue_id)
        give(running, issue, helper.agent_id, routing.reason(issue.category, helper))
        save(running, issue)
    running.detail = {"assigned": [[issue_id, helper.agent_id] for issue_id, helper in plan]}
    _look_at(running, [issue_id for issue_id, _ in plan])


def _look_at(running: Command, issue_ids: list[int]) -> None:
    """Examine issues the desk moved; the event names the issue if there is only one."""
    running.issue_id = issue_ids[0] if len(issue_ids) == 1 else None
    monitor.examine(running.desk, running.now, issue_ids)
