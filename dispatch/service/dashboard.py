"""The service desk at a glance: what is active, who has how much to do, how it goes, and what is wrong.

Every figure is counted from the rows as of one moment, and comes with its count (mission.md C8).
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from datetime import datetime
from typing import TYPE_CHECKING, Any

from dispatch.service import analytics, clocks, facts, outlook, satisfaction
from models.agents import Agent
from models.base import read_rows, tuples
from models.clock import from_text
from models.database import current_database
from models.issues import NEW, OPEN, PRIORITIES, Escalation, Issue, SlaClock

if TYPE_CHECKING:
    from dispatch.desk import Desk

Row = dict[str, Any]
Timed = dict[int, dict[str, SlaClock]]


def dashboard(desk: Desk, days: int = analytics.USUAL_DAYS) -> Row:
    """The whole dashboard; resolution figures and trends are of the last ``days``."""
    now = desk.now()
    moment = from_text(now)
    with current_database.atomic("DEFERRED"):  # all as of one moment
        active = read_rows(Issue, Issue.select().where(Issue.status.in_(OPEN)).order_by(Issue.issue_id))
        timed = facts.clocks_of([issue.issue_id for issue in active])
        expected = outlook.predictions(active, moment, timed)
        return {
            "at": now,
            "days": days,
            "active": _active(active, moment),
            "agents": agents(),
            "resolution": analytics.report(analytics.Period.last(days, now)),
            "satisfaction": outlook.overview(active, expected),
            "alerts": alerts(timed, expected, moment),
        }


def _active(active: Sequence[Issue], now: datetime) -> Row:
    priorities = Counter(issue.priority for issue in active)
    statuses = Counter(issue.status for issue in active)
    ages = [facts.elapsed_hours(issue, now) for issue in active]
    return {
        "count": len(active),
        "by_priority": {name: priorities[PRIORITIES.index(name) + 1] for name in PRIORITIES[::-1]},
        "by_status": {status: statuses[status] for status in OPEN},
        "waiting": statuses[NEW],
        "mean_age_hours": {"value": round(sum(ages) / len(ages), 2) if ages else None, "count": len(ages)},
    }


def agents() -> list[Row]:
    """Every agent who is here, the busiest first; utilisation is all work held by the capacity."""
    names = ("agent_id", "name", "presence", "load", "issue_load", "capacity")
    columns = (
        Agent.agent_id,
        Agent.first_name.concat(" ").concat(Agent.last_name),
        Agent.presence,
        Agent.load,
        Agent.issue_load,
        Agent.capacity,
    )
    rows = []
    for values in tuples(Agent.select(*columns).where(Agent.left_at.is_null())):
        row = dict(zip(names, values, strict=True))
        held = row["load"] + row["issue_load"]
        row["utilisation"] = round(held / row["capacity"], 4) if row["capacity"] else None
        rows.append(row)
    return sorted(rows, key=lambda row: (-(row["utilisation"] or 0), row["agent_id"]))


def alerts(timed: Timed, expected: dict[int, float], now: datetime) -> Row:
    """What is wrong: broken promises, open escalations, and customers who may leave; each with its issue."""
    risky = [
        {"issue_id": number, "predicted": round(score, 4)}
        for number, score in expected.items()
        if satisfaction.risk(score) == "high"
    ]
    breaches, raised = _breaches(timed, now), _escalations()
    return {
        "sla_breaches": {"count": len(breaches), "rows": breaches},
        "escalations": {"count": len(raised), "rows": raised},
        "customers_at_risk": {"count": len(risky), "rows": risky},
    }


def _breaches(timed: Timed, now: datetime) -> list[Row]:
    """Running clocks whose time is used up, and first answers that came late."""
    return [
        {
            "issue_id": number,
            "clock": kind,
            "due": clock.due_at,
            "late_minutes": -clocks.shown(clock, now)["left_minutes"],
            "met_at": clock.met_at,
        }
        for number, mine in timed.items()
        for kind, clock in mine.items()
        if clocks.is_breached(clock, now)
    ]


def _escalations() -> list[Row]:
    names = ("issue_id", "trigger", "level", "urgency", "opened_at", "acknowledged_at")
    columns = [getattr(Escalation, name) for name in names]
    query = Escalation.select(*columns).where(Escalation.closed_at.is_null())
    ordered = query.order_by(Escalation.level.desc(), Escalation.escalation_id)
    return [dict(zip(names, values, strict=True)) for values in tuples(ordered)]
