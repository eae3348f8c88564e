"""Figures of the service desk over a period, every one from rows and with its count (mission.md C6).

A figure is ``{"value", "count"}``: the count says how many rows it is the mean or share of, and a figure
of no rows has the value None. Trends compare the period with the one of the same length before it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING, Any

from dispatch.service import facts
from models.base import listed, tuples
from models.clock import from_text, to_text
from models.issues import PRIORITIES, Issue, Survey

if TYPE_CHECKING:
    pass

Row = dict[str, Any]
Figure = dict[str, Any]

USUAL_DAYS = 30
FIRST_CONTACT_INTERACTIONS = 1
OPENED, RESOLVED = "opened", "resolved"
RESOLUTION_HOURS = "mean_resolution_hours"
SATISFACTION = "mean_satisfaction"
FIRST_CONTACT = "first_contact_resolution"
FIGURES = (OPENED, RESOLVED, RESOLUTION_HOURS, SATISFACTION, FIRST_CONTACT)
DIMENSIONS = ("category", "priority", "channel")


@dataclass(frozen=True)
class Period:
    """From a stored time to another; the first is in, the second out."""

    since: str
    until: str

    @classmethod
    def last(cls, days: int, now: str) -> Period:
        """The days up to now, now itself included."""
        end = from_text(now) + timedelta(seconds=1)
        return cls(to_text(end - timedelta(days=days)), to_text(end))

    def before(self) -> Period:
        """The one of the same length that ended when this one began."""
        since, until = from_text(self.since), from_text(self.until)
        return Period(to_text(since - (until - since)), self.since)

    def has(self, moment: str | None) -> bool:
        return moment is not None and self.since <= moment < self.until


@dataclass(frozen=True)
class Told:
    """One issue as far as the figures ask; ``score`` is the answer given in the period."""

    issue_id: int
    category: str
    priority: str
    channel: str
    opened: bool
    resolved: bool
    hours: float
    interactions: int
    score: int | None


def report(period: Period) -> Row:
    """Every figure of a period in all and by each dimension, with the trend in all."""
    told = _told(period)
    totals = figures(told)
    return {
        "since": period.since,
        "until": period.until,
        "totals": totals,
        **{f"by_{dimension}": _by(dimension, told) for dimension in DIMENSIONS},
        "trends": trends(totals, figures(_told(period.before()))),
    }


def figures(told: Sequence[Told]) -> dict[str, Figure]:
    """The five figures of some issues."""
    resolved = [one for one in told if one.resolved]
    rated = [one.score for one in told if one.score is not None]
    at_once = [float(one.interactions <= FIRST_CONTACT_INTERACTIONS) for one in resolved]
    opened = sum(one.opened for one in told)
    return {
        OPENED: {"value": opened, "count": opened},
        RESOLVED: {"value": len(resolved), "count": len(resolved)},
        RESOLUTION_HOURS: _mean([one.hours for one in resolved]),
        SATISFACTION: _mean(rated),
        FIRST_CONTACT: _mean(at_once),
    }


def _mean(values: Sequence[float]) -> Figure:
    return {"value": round(sum(values) / len(values), 4) if values else None, "count": len(values)}


def _by(dimension: str, told: Sequence[Told]) -> dict[str, dict[str, Figure]]:
    groups: dict[str, list[Told]] = {}
    for one in told:
        groups.setdefault(getattr(one, dimension), []).append(one)
    names = PRIORITIES[::-1] if dimension == "priority" else sorted(groups)
    return {name: figures(groups[name]) for name in names if name in groups}


def trends(now: dict[str, Figure], before: dict[str, Figure]) -> dict[str, Row]:
    """Each figure beside the one before, and what it has changed by; None where one of them is missing."""
    told = {}
    for name in FIGURES:
        value, earlier = now[name]["value"], before[name]["value"]
        known = value is not None and earlier is not None
        told[name] = {
            "value": value,
            "before": earlier,
            "change": round(value - earlier, 4) if known else None,
            "counts": [now[name]["count"], before[name]["count"]],
        }
    return told


def ids_behind(
    period: Period, figure: str, dimension: str | None = None, name: str | None = None
) -> list[int]:
    """The issues that a figure is made of; of one value of a dimension, or all."""
    told = [one for one in _told(period) if dimension is None or getattr(one, dimension) == name]
    belongs: dict[str, Callable[[Told], bool]] = {
        OPENED: lambda one: one.opened,
        SATISFACTION: lambda one: one.score is not None,
    }
    return [one.issue_id for one in filter(belongs.get(figure, lambda one: one.resolved), told)]


def _told(period: Period) -> list[Told]:
    """The issues that were opened, resolved or rated in a period, by id."""
    since, until = period.since, period.until
    rated = Survey.select(Survey.issue_id, Survey.score).where(
        Survey.answered_at >= since, Survey.answered_at < until
    )
    scores: dict[int, int] = dict(tuples(rated))
    ids = set(scores)
    for column in (Issue.opened_at, Issue.resolved_at):
        query = Issue.select(Issue.issue_id).where(column >= since, column < until)
        ids |= {issue_id for (issue_id,) in tuples(query)}
    return list(_read(period, sorted(ids), scores))


def _read(period: Period, ids: list[int], scores: dict[int, int]) -> Iterator[Told]:
    columns = (Issue.issue_id, Issue.category, Issue.priority, Issue.channel, Issue.opened_at)
    query = (
        Issue.select(*columns, Issue.resolved_at)
        .where(Issue.issue_id.in_(listed(ids)), ~Issue.voided)
        .order_by(Issue.issue_id)
    )
    talk = facts.talk_of(ids)
    for issue_id, category, priority, channel, opened_at, resolved_at in tuples(query):
        span = from_text(resolved_at or opened_at) - from_text(opened_at)
        yield Told(
            issue_id,
            category,
            PRIORITIES[priority - 1],
            channel,
            period.has(opened_at),
            period.has(resolved_at),
            max(0.0, span.total_seconds() / 3600),
            talk.get(issue_id, facts.Talk()).interactions,
            scores.get(issue_id),
        )
