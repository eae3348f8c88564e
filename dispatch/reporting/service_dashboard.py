"""The service dashboard: active issues, workloads, resolution figures and alerts.

All figures are as of one moment, each with its count (docs/rules.md, Service dashboard).
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from datetime import datetime

from peewee import fn

from dispatch.desk.desk import Desk
from dispatch.reporting import issue_analytics
from dispatch.reporting.row_types import ActiveIssues, Alert, Dashboard, Workload
from dispatch.service.satisfaction import forecast, formula
from dispatch.service.satisfaction.forecast import Expectation
from dispatch.service.sla import clocks
from dispatch.service.sla.clocks import ClockRow
from models.agents import Agent
from models.base import CompiledQuery, Json, parameter, tuples
from models.clock import from_text, to_text
from models.database import current_database
from models.issues import NEW, OPEN, Escalation, Issue, SlaClock
from models.priorities import PRIORITIES
from models.sql import greatest, seconds_of


def dashboard(desk: Desk, days: int = issue_analytics.USUAL_DAYS) -> Dashboard:
    """The whole dashboard; resolution figures and trends cover the last ``days`` days."""
    now = desk.now()
    moment = from_text(now)
    with current_database.obj.snapshot():  # all as of one moment
        expected = forecast.expectations(moment)
        return {
            "at": now,
            "days": days,
            "active": active(now),
            "agents": agents(),
            "resolution": issue_analytics.report(issue_analytics.Period.last(days, now)),
            "satisfaction": forecast.overview(expected),
            "alerts": alerts(expected, moment),
        }


def active(now: str) -> ActiveIssues:
    """The number of open issues, overall, by priority and by status, and their mean age."""
    age_s = fn.SUM(greatest(0, seconds_of(now) - seconds_of(Issue.opened_at)))
    query = Issue.select(Issue.priority, Issue.status, fn.COUNT(Issue.issue_id), age_s)
    priorities, statuses, seconds = Counter[int](), Counter[str](), 0
    for priority, status, number, aged in tuples(
        query.where(Issue.status.in_(OPEN)).group_by(Issue.priority, Issue.status)
    ):
        priorities[priority] += number
        statuses[status] += number
        seconds += aged
    count = priorities.total()
    return {
        "count": count,
        "by_priority": {name: priorities[PRIORITIES.index(name) + 1] for name in PRIORITIES[::-1]},
        "by_status": {status: statuses[status] for status in OPEN},
        "waiting": statuses[NEW],
        "mean_age_hours": {"value": round(seconds / 3600 / count, 2) if count else None, "count": count},
    }


def agents() -> list[Workload]:
    """Every current agent, busiest first; utilisation is all work held divided by capacity."""
    full_name = Agent.first_name.concat(" ").concat(Agent.last_name)
    columns = (Agent.agent_id, full_name, Agent.presence, Agent.load, Agent.issue_load, Agent.capacity)
    working = tuples(Agent.select(*columns).where(Agent.left_at.is_null()))
    rows: list[Workload] = [
        {
            "agent_id": agent_id,
            "name": name,
            "presence": presence,
            "load": load,
            "issue_load": issue_load,
            "capacity": capacity,
            "utilisation": round((load + issue_load) / capacity, 4) if capacity else None,
        }
        for agent_id, name, presence, load, issue_load, capacity in working
    ]
    return sorted(rows, key=lambda row: (-(row["utilisation"] or 0), row["agent_id"]))


def alerts(expected: Sequence[Expectation], now: datetime) -> dict[str, Alert]:
    """SLA breaches, open escalations, and customers at risk of leaving, each with its issue."""
    risky: list[Json] = [
        {"issue_id": one.issue_id, "predicted": round(one.score, 4)}
        for one in expected
        if formula.risk(one.score) == "high"
    ]
    found = {"sla_breaches": breaches(now), "escalations": _escalations(), "customers_at_risk": risky}
    return {name: {"count": len(rows), "rows": rows} for name, rows in found.items()}


_overdue = CompiledQuery(
    lambda: (
        SlaClock.select(*clocks.ROW_COLUMNS)
        .join(Issue, on=(Issue.issue_id == SlaClock.issue_id))
        .where(
            Issue.status.in_(OPEN),
            SlaClock.due_at < fn.COALESCE(SlaClock.met_at, SlaClock.paused_at, parameter("now")),
        )
        .order_by(SlaClock.issue_id, SlaClock.clock_id)
    )
)


def breaches(now: datetime) -> list[Json]:
    """Overdue clocks, and first answers that were late."""
    overdue = map(ClockRow._make, _overdue(now=to_text(now)))
    late = ((clock, -clocks.left_s(clock, now)) for clock in overdue)
    return [
        {
            "issue_id": clock.issue_id,
            "clock": clock.kind,
            "due": clock.due_at,
            "late_minutes": round(late_s / 60, 1),
            "met_at": clock.met_at,
        }
        for clock, late_s in late
        if late_s > 0
    ]


_ESCALATED = ("issue_id", "trigger", "level", "urgency", "opened_at", "acknowledged_at")
_raised = CompiledQuery(
    lambda: (
        Escalation.select(*(getattr(Escalation, name) for name in _ESCALATED))
        .where(Escalation.closed_at.is_null())
        .order_by(Escalation.level.desc(), Escalation.escalation_id)
    )
)


def _escalations() -> list[Json]:
    return [dict(zip(_ESCALATED, values, strict=True)) for values in _raised()]
