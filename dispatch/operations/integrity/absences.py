"""Planned absences that overlap, substitutes who cannot stand in, cover that may come back, and holidays."""

from __future__ import annotations

from datetime import timedelta

from dispatch.agents import cover, holidays
from dispatch.desk.desk import Desk
from dispatch.operations.integrity.findings import Finding, finding, named
from models.agents import Agent
from models.base import tuples
from models.clock import from_text
from models.hints import act
from models.holidays import DESK
from models.planned_absences import PlannedAbsence

YEAR = timedelta(days=366)


def check(desk: Desk) -> list[Finding]:
    """Look at absences that are not over, at what is covered, and at how far the holidays go."""
    return [_planned(desk.now()), _cover(), _holidays(desk.now())]


def _planned(now: str) -> Finding:
    sound = "absences do not overlap, and their substitutes are here"
    problems = [
        named("absences that overlap", _overlapping(now)),
        named("absences whose substitute has left or is absent, too", _without_substitute(now)),
    ]
    hint = f"{act('absence.list')} shows them; add the absence again with another substitute"
    return finding("absences", sound, "; ".join(filter(None, problems)), hint, warning=True)


def _overlapping(now: str) -> list[int]:
    other = PlannedAbsence.alias()
    query = PlannedAbsence.select(PlannedAbsence.absence_id).join(
        other, on=(other.agent_id == PlannedAbsence.agent_id)
    )
    query = query.where(
        ~PlannedAbsence.removed,
        ~other.removed,
        PlannedAbsence.until_at > now,
        other.absence_id != PlannedAbsence.absence_id,
        other.from_at < PlannedAbsence.until_at,
        other.until_at > PlannedAbsence.from_at,
    )
    return [number for (number,) in tuples(query.distinct().order_by(PlannedAbsence.absence_id))]


def _without_substitute(now: str) -> list[int]:
    other = PlannedAbsence.alias()
    left = Agent.select(Agent.agent_id).where(Agent.left_at.is_null(False))
    theirs = other.select(other.agent_id).where(
        ~other.removed, other.from_at < PlannedAbsence.until_at, other.until_at > PlannedAbsence.from_at
    )
    query = PlannedAbsence.select(PlannedAbsence.absence_id).where(
        ~PlannedAbsence.removed,
        PlannedAbsence.until_at > now,
        PlannedAbsence.substitute_id.in_(left) | PlannedAbsence.substitute_id.in_(theirs),
    )
    return [number for (number,) in tuples(query.order_by(PlannedAbsence.absence_id))]


def _cover() -> Finding:
    back = cover.owners_back()
    problem = named("others still cover bookings of agents who are back", back)
    hint = f"{act('absence.return', *back[:1])} gives them back"
    return finding("cover", "nobody who is at work is covered by others", problem, hint, warning=True)


def _holidays(now: str) -> Finding:
    regions = (
        Agent.select(Agent.region).where(Agent.region.is_null(False), Agent.left_at.is_null()).distinct()
    )
    last = holidays.last_days([DESK, *(region for (region,) in tuples(regions))])
    soon = f"{from_text(now) + YEAR:%Y-%m-%d}"
    ending = [f"{calendar or 'the desk'} ({day})" for calendar, day in last.items() if day < soon]
    problem = named("holidays are known for less than a year", ending)
    hint = f"{act('holiday.set')} adds later years"
    return finding("holidays", "holidays are known for a year at least", problem, hint, warning=True)
