"""Issue queries for screens and commands: one issue, or the list by urgency, as JSON-ready dicts."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any, cast

from peewee import JOIN, Expression, fn

from dispatch.desk.desk import Desk
from dispatch.inputs.filters.filter_language import Node
from dispatch.inputs.filters.filter_reader import condition
from dispatch.service.escalation import escalations
from dispatch.service.issues import wait_estimates
from dispatch.service.issues.issue_filter_keys import ISSUE_KEYS, Due
from dispatch.service.row_types import (
    InteractionRow,
    IssueColumns,
    IssueDetails,
    IssueRow,
    SurveyRow,
    WarningRow,
)
from dispatch.service.satisfaction import cases, prediction
from dispatch.service.sla import clock_rows, clocks, customer_time, targets
from dispatch.service.sla.clocks import ClockRow
from dispatch.triage.row_types import Analysis
from models.agents import Agent
from models.base import CompiledQuery, Json, parameter, tuples
from models.clock import from_text
from models.customers import Customer
from models.errors import NotFound
from models.hints import act
from models.issues import (
    FIRST_RESPONSE,
    HELD,
    NEW,
    OPEN,
    RESOLUTION,
    Escalation,
    Interaction,
    Issue,
    SlaWarning,
    Survey,
)
from models.priorities import PRIORITIES
from models.sql import caseless, in_small_letters, listed

URGENCY, CHANGED = "urgency", "changed"
AT_ONCE = 500
AGENT_NAME = Agent.first_name.concat(" ").concat(Agent.last_name)
_NUMBER = (Issue.issue_id, False)
_ORDERS: dict[str, list[tuple[Any, bool]]] = {  # columns, and whether each is descending
    URGENCY: [(Issue.priority, True), (Due.due_at, False), _NUMBER],
    CHANGED: [(Issue.changed_at, True), (Issue.issue_id, True)],
    "id": [(Issue.issue_id, True)],
    "due": [(Due.due_at, False), _NUMBER],
    "status": [(Issue.status, False), _NUMBER],
    "category": [(Issue.category, False), _NUMBER],
    "agent": [(caseless(fn.COALESCE(AGENT_NAME, "")), False), _NUMBER],
    "customer": [(caseless(fn.COALESCE(Customer.name, "")), False), _NUMBER],
    "opened": [(Issue.opened_at, True), (Issue.issue_id, True)],
    "title": [(caseless(Issue.title), False), _NUMBER],
    "tier": [(fn.COALESCE(Issue.tier, ""), False), _NUMBER],
    "channel": [(Issue.channel, False), _NUMBER],
    "booking": [(fn.COALESCE(Issue.booking_id, 0), True), _NUMBER],
}
_OF_ROW: dict[str, Callable[[IssueRow], list[Any]]] = {
    URGENCY: lambda row: [PRIORITIES.index(row["priority"]) + 1, row["sla"]["resolution_due"]],
    CHANGED: lambda row: [row["changed_at"]],
    "id": lambda _: [],
    "due": lambda row: [row["sla"]["resolution_due"]],
    "status": lambda row: [row["status"]],
    "category": lambda row: [row["category"]],
    "agent": lambda row: [in_small_letters(row["agent_name"] or "")],
    "customer": lambda row: [in_small_letters(row["customer_name"] or "")],
    "opened": lambda row: [row["opened_at"]],
    "title": lambda row: [in_small_letters(row["title"])],
    "tier": lambda row: [row["tier"] or ""],
    "channel": lambda row: [row["channel"]],
    "booking": lambda row: [row["booking_id"] or 0],
}
SORTS = tuple(_ORDERS)


@dataclass(frozen=True)
class IssueFilter:
    """A selection of issues. Empty ``statuses`` means all; ``text`` is sought in customer, title and talk.

    ``since`` and ``until`` are stored opening times, from and before. ``reverse`` turns the order of ``sort``
    round. ``ids`` limits the list to the issues behind a figure. ``where`` is the rest of a filter text.
    """

    statuses: tuple[str, ...] = OPEN
    priority: int | None = None
    category: str | None = None
    channel: str | None = None
    agent_id: int | None = None
    customer_id: int | None = None
    escalated: bool = False
    unsure: bool = False
    text: str = ""
    since: str | None = None
    until: str | None = None
    sort: str = URGENCY
    reverse: bool = False
    ids: tuple[int, ...] | None = None
    where: Node | None = None


def issues(
    desk: Desk,
    which: IssueFilter,
    limit: int | None = None,
    after: IssueRow | None = None,
    *,
    upwards: bool = False,
) -> list[IssueRow]:
    """Return issues in one of the SORTS; ``after`` is the last row of the previous page.

    ``upwards`` reverses the order, to read the rows above ``after``.
    """
    return rows_of(desk, issue_ids(which, limit, after, upwards=upwards))


def each_issue(desk: Desk, which: IssueFilter, limit: int | None = None) -> Iterator[IssueRow]:
    """Yield the same issues, of which only some are held together."""
    ids = issue_ids(which, limit)
    for start in range(0, len(ids), AT_ONCE):
        yield from rows_of(desk, ids[start : start + AT_ONCE])


def issue_ids(
    which: IssueFilter, limit: int | None, after: IssueRow | None = None, *, upwards: bool = False
) -> list[int]:
    """Return the ids of the same issues."""
    order = [(column, descending != (upwards != which.reverse)) for column, descending in _ORDERS[which.sort]]
    query, conditions = _matching(which, Issue.issue_id), _all_conditions(which)
    if which.sort == "agent":
        query = query.join_from(Issue, Agent, JOIN.LEFT_OUTER, on=(Issue.agent_id == Agent.agent_id))
    if after is not None:
        conditions.append(_beyond(order, [*_OF_ROW[which.sort](after), after["issue_id"]]))
    ordered = [column.desc() if descending else column.asc() for column, descending in order]
    return [issue_id for (issue_id,) in tuples(query.where(*conditions).order_by(*ordered).limit(limit))]


def is_newest_first(which: IssueFilter) -> bool:
    """Return whether of two issues alike in the order the one with the higher number comes first."""
    return _ORDERS[which.sort][-1][1] != which.reverse


def count_issues(which: IssueFilter) -> int:
    """Count the issues that match a filter."""
    return int(_matching(which, fn.COUNT(Issue.issue_id)).where(*_all_conditions(which)).scalar())


def _matching(which: IssueFilter, *columns: Any) -> Any:
    """Return a query of issues with all that conditions and order may look at."""
    query = Issue.select(*columns).join(Due, on=(Due.issue_id == Issue.issue_id) & (Due.kind == RESOLUTION))
    if which.text or which.where is not None or which.sort == "customer":
        on = Issue.customer_id == Customer.customer_id
        query = query.join_from(Issue, Customer, JOIN.LEFT_OUTER, on=on)
    return query


def _all_conditions(which: IssueFilter) -> list[Any]:
    conditions = _conditions(which)
    if which.where is not None:
        conditions.append(condition(which.where, ISSUE_KEYS, _of_words, _of_fields))
    return conditions


def _beyond(order: list[tuple[Any, bool]], place: list[Any]) -> Expression:
    """Match rows after a place: later by the first column, or equal there and later by the next."""
    (column, descending), value = order[0], place[0]
    later: Expression = column < value if descending else column > value
    return later if len(order) == 1 else later | ((column == value) & _beyond(order[1:], place[1:]))


def _conditions(which: IssueFilter) -> list[Any]:
    conditions: list[Any] = [~Issue.voided]
    if which.statuses:
        conditions.append(Issue.status.in_(which.statuses))
    for column, wanted in (
        (Issue.priority, which.priority),
        (Issue.category, which.category),
        (Issue.channel, which.channel),
        (Issue.agent_id, which.agent_id),
        (Issue.customer_id, which.customer_id),
    ):
        if wanted is not None:
            conditions.append(column == wanted)
    if which.ids is not None:
        conditions.append(Issue.issue_id.in_(listed(which.ids)))
    if which.unsure:
        conditions.append(Issue.unsure)
    if which.escalated:
        raised = Escalation.select(Escalation.issue_id).where(Escalation.closed_at.is_null())
        conditions.append(Issue.issue_id.in_(raised))
    if which.since is not None:
        conditions.append(Issue.opened_at >= which.since)
    if which.until is not None:
        conditions.append(Issue.opened_at < which.until)
    if which.text.strip():
        conditions += _of_words(which.text.strip())
    return conditions


def _of_words(text: str) -> list[Any]:
    spoken = Interaction.select(Interaction.interaction_id).where(
        Interaction.issue_id == Issue.issue_id, Interaction.text.contains(text)
    )
    said = Issue.title.contains(text) | Issue.description.contains(text) | fn.EXISTS(spoken)
    return [Customer.name.contains(text) | said]


def _of_fields(fields: dict[str, Any]) -> list[Any]:
    """Return the conditions for these fields of a filter."""
    every = IssueFilter(statuses=())
    return _conditions(replace(every, **fields))[1:] or _conditions(every)  # is:all


_LISTED = (*IssueColumns.__annotations__, "customer_name", "agent_name")
_listed = CompiledQuery(
    lambda: (
        Issue.select(
            *(getattr(Issue, name) for name in IssueColumns.__annotations__), Customer.name, AGENT_NAME
        )
        .join(Customer, JOIN.LEFT_OUTER, on=(Issue.customer_id == Customer.customer_id))
        .join(Agent, JOIN.LEFT_OUTER, on=(Issue.agent_id == Agent.agent_id))
        .where(Issue.issue_id.in_(listed(parameter("ids"))))
    )
)


def rows_of(desk: Desk, issue_ids: Sequence[int]) -> list[IssueRow]:
    """Return the rows of a list, in the order of the ids."""
    now = from_text(desk.now())
    timed, levels = clock_rows.clocks_of(issue_ids), escalation_levels(issue_ids)
    made = {}
    for values in _listed(ids=json.dumps(list(issue_ids))):
        row: Json = dict(zip(_LISTED, values, strict=True))
        number = row["issue_id"]
        made[number] = _row(row, timed[number], *levels.get(number, (0, False)), now)
    return [made[issue_id] for issue_id in issue_ids if issue_id in made]


def _row(
    found: Json, timed: dict[str, ClockRow], level: int, is_acknowledged: bool, now: datetime
) -> IssueRow:
    first, resolution = timed[FIRST_RESPONSE], timed[RESOLUTION]
    next_clock = resolution if first.met_at is not None else first
    made = found | {
        "escalation_level": level,
        "escalation_acknowledged": is_acknowledged,
        "unsure": bool(found["unsure"]),
        "priority": PRIORITIES[found["priority"] - 1],
        "sla": {
            "first_response_due": first.due_at,
            "resolution_due": resolution.due_at,
            "next": next_clock.kind,
            "first_response": clocks.describe(first, now),
            "resolution": clocks.describe(resolution, now),
        },
        "voided": bool(found["voided"]),
    }
    return cast(IssueRow, made)


_levels = CompiledQuery(
    lambda: (
        Escalation.select(
            Escalation.issue_id,
            fn.MAX(Escalation.level),
            fn.COUNT(Escalation.escalation_id) - fn.COUNT(Escalation.acknowledged_at),
        )
        .where(Escalation.issue_id.in_(listed(parameter("ids"))), Escalation.closed_at.is_null())
        .group_by(Escalation.issue_id)
    )
)


def escalation_levels(issue_ids: Sequence[int]) -> dict[int, tuple[int, bool]]:
    """Return of each escalated issue the highest open level, and whether all that is open is acknowledged."""
    found = _levels(ids=json.dumps(list(issue_ids)))
    return {number: (level, not waiting) for number, level, waiting in found}


def issue(desk: Desk, issue_id: int) -> IssueDetails:
    """Return everything about one issue except the conversation. Raises NotFound."""
    rows = rows_of(desk, [issue_id])
    if not rows:
        raise NotFound("issue", issue_id, f"{act('place.service')} shows them")
    found = Issue.get(Issue.issue_id == issue_id)
    talk = cases.talk_of([issue_id]).get(issue_id, cases.Talk())
    resolution = clock_rows.clocks_of([issue_id])[issue_id][RESOLUTION]
    level = cases.levels_of([found.agent_id]).get(found.agent_id or 0)
    estimate = targets.estimated_resolution_minutes(resolution.allowed_s // 60, level)
    now = from_text(desk.now())
    with_customer = customer_time.with_customer_s([issue_id], now).get(issue_id, 0) / 60
    case = cases.case_of(found, talk, resolution, level, now)
    place = wait_estimates.position(found) if found.status == NEW else None
    return {
        **rows[0],
        "description": found.description,
        **_analysis(found),
        "routing_reason": found.routing_reason,
        "queue_position": place,
        "expected_wait_minutes": None if place is None else wait_estimates.expected_wait_minutes(place),
        "expected_response_minutes": expected_response_minutes(desk, found),
        "estimated_resolution_minutes": round(estimate, 1),
        "actual_resolution_minutes": (
            round(cases.elapsed_hours(found, now) * 60 - with_customer, 1) if found.resolved_at else None
        ),
        "customer_minutes": round(with_customer, 1),
        "satisfaction": prediction.describe_case(case, prediction.current_model()),
        "progress": cases.progress(found, talk, resolution, estimate, now),
        "escalations": [escalations.describe(one) for one in escalations.of_issues([issue_id])],
        "warnings": warnings_of(issue_id),
        "survey": survey_of(issue_id),
        "last_interaction_id": talk.last_interaction_id,
        "waiting_since": found.waiting_since,
        "assigned_at": found.assigned_at,
        "closed_at": found.closed_at,
        "reopened_at": found.reopened_at,
    }


def _analysis(found: Issue) -> Analysis:
    return {
        "priority_steps": json.loads(found.priority_steps),
        "sentiment": json.loads(found.sentiment),
        "entities": json.loads(found.entities),
        "keywords": json.loads(found.tags),
        "urgency_indicators": json.loads(found.urgency_indicators),
        "complexity": found.complexity,
    }


def expected_response_minutes(desk: Desk, found: Issue) -> float | None:
    """Return the expected response time of a held issue, which the agent's load already includes."""
    if found.status not in HELD:
        return None
    columns = (Agent.load + Agent.issue_load, Agent.capacity)
    ((load, capacity),) = tuples(Agent.select(*columns).where(Agent.agent_id == found.agent_id))
    allowed_s = clocks.allowance_s(FIRST_RESPONSE, found.priority, desk.settings)
    return targets.expected_response_minutes(allowed_s // 60, load, capacity)


def warnings_of(issue_id: int) -> list[WarningRow]:
    """Return the warnings its clocks have given, oldest first."""
    query = SlaWarning.select(SlaWarning.kind, SlaWarning.percent, SlaWarning.at)
    given = query.where(SlaWarning.issue_id == issue_id).order_by(SlaWarning.warning_id)
    return [{"clock": kind, "percent": percent, "at": at} for kind, percent, at in tuples(given)]


def survey_of(issue_id: int) -> SurveyRow | None:
    """Return the survey of the agent, with the customer's answer."""
    columns = (getattr(Survey, name) for name in SurveyRow.__annotations__)
    for values in tuples(Survey.select(*columns).where(Survey.issue_id == issue_id)):
        return cast(SurveyRow, dict(zip(SurveyRow.__annotations__, values, strict=True)))
    return None


def interactions(issue_id: int) -> list[InteractionRow]:
    """Return the conversation, oldest first: messages, notes and changes of status."""
    *columns, _ = InteractionRow.__annotations__
    query = (
        Interaction.select(*(getattr(Interaction, name) for name in columns), AGENT_NAME)
        .join(Agent, JOIN.LEFT_OUTER, on=(Interaction.agent_id == Agent.agent_id))
        .where(Interaction.issue_id == issue_id)
        .order_by(Interaction.interaction_id)
    )
    names = InteractionRow.__annotations__
    return [cast(InteractionRow, dict(zip(names, values, strict=True))) for values in tuples(query)]


def customers_of(numbers: Sequence[int]) -> dict[int, str]:
    """Return the customers' names of some issues by number; of one without a customer its title."""
    query = Issue.select(Issue.issue_id, fn.COALESCE(Customer.name, Issue.title))
    query = query.join(Customer, JOIN.LEFT_OUTER, on=(Issue.customer_id == Customer.customer_id))
    return dict(tuples(query.where(Issue.issue_id.in_(listed(numbers)))))
