"""Figures of the service desk for a period (docs/rules.md, Issue analytics).

A figure is ``{"value", "count"}``: ``count`` is the number of rows behind it, and without rows the value
is None. Trends compare the period with the one of the same length before it.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from peewee import ModelSelect, fn

from dispatch.reporting.row_types import Figure, Figures, IssueReport, Trend
from dispatch.service.satisfaction.cases import NUMBER_OF_INTERACTIONS
from dispatch.service.sla import customer_time
from models.base import tuples
from models.clock import from_text, to_text
from models.issues import Issue, Survey
from models.priorities import PRIORITIES
from models.sql import count_if, greatest, listed, seconds_of

USUAL_DAYS = 30
FIRST_CONTACT_INTERACTIONS = 1
OPENED, RESOLVED = "opened", "resolved"
RESOLUTION_S, CUSTOMER_S, AT_FIRST_CONTACT = "resolution_s", "customer_s", "at_first_contact"
RATED, SCORES = "rated", "scores"
RESOLUTION_HOURS = "mean_resolution_hours"
CUSTOMER_HOURS = "mean_customer_hours"
SATISFACTION = "mean_satisfaction"
FIRST_CONTACT = "first_contact_resolution"
FIGURES = (OPENED, RESOLVED, RESOLUTION_HOURS, CUSTOMER_HOURS, SATISFACTION, FIRST_CONTACT)
DIMENSIONS = ("category", "priority", "channel")


@dataclass(frozen=True)
class Period:
    """A span between two stored times, the first included and the second not."""

    since: str
    until: str

    @classmethod
    def last(cls, days: int, now: str) -> Period:
        """The last ``days`` days, up to and including now."""
        end = from_text(now) + timedelta(seconds=1)
        return cls(to_text(end - timedelta(days=days)), to_text(end))

    def before(self) -> Period:
        """The period of the same length that ended when this one began."""
        since, until = from_text(self.since), from_text(self.until)
        return Period(to_text(since - (until - since)), self.since)


Tally = Counter[str]
"""Numbers of issues OPENED, RESOLVED, AT_FIRST_CONTACT and RATED, and sums.

Of SCORES, of RESOLUTION_S from opening to resolution, and of CUSTOMER_S, the part of it with the customer."""
Tallies = dict[tuple[str, str, str], Tally]
"""Tallies by category, priority and channel."""


def report(period: Period) -> IssueReport:
    """Every figure of a period, overall and by each dimension, with the overall trends."""
    tallies = _tallies(period)
    totals = figures(tallies.values())
    return {
        "since": period.since,
        "until": period.until,
        "totals": totals,
        "by_category": _by(0, tallies),
        "by_priority": _by(1, tallies),
        "by_channel": _by(2, tallies),
        "trends": trends(totals, figures(_tallies(period.before()).values())),
    }


def figures(tallies: Iterable[Tally]) -> Figures:
    """The figures of some issues."""
    sums = sum(tallies, Tally())
    return {
        OPENED: {"value": sums[OPENED], "count": sums[OPENED]},
        RESOLVED: {"value": sums[RESOLVED], "count": sums[RESOLVED]},
        RESOLUTION_HOURS: _mean((sums[RESOLUTION_S] - sums[CUSTOMER_S]) / 3600, sums[RESOLVED]),
        CUSTOMER_HOURS: _mean(sums[CUSTOMER_S] / 3600, sums[RESOLVED]),
        SATISFACTION: _mean(sums[SCORES], sums[RATED]),
        FIRST_CONTACT: _mean(sums[AT_FIRST_CONTACT], sums[RESOLVED]),
    }


def _mean(total: float, count: int) -> Figure:
    return {"value": round(total / count, 4) if count else None, "count": count}


def _by(place: int, tallies: Tallies) -> dict[str, Figures]:
    """The figures for each value of one dimension, given by its place in the key."""
    groups: dict[str, list[Tally]] = defaultdict(list)
    for key, tally in tallies.items():
        groups[key[place]].append(tally)
    names = PRIORITIES[::-1] if DIMENSIONS[place] == "priority" else sorted(groups)
    return {name: figures(groups[name]) for name in names if name in groups}


def trends(now: Figures, before: Figures) -> dict[str, Trend]:
    """Each figure with the previous period's and the change, which is None if either is missing."""
    changes: dict[str, Trend] = {}
    for name in FIGURES:
        value, earlier = now[name]["value"], before[name]["value"]
        changes[name] = {
            "value": value,
            "before": earlier,
            "change": None if value is None or earlier is None else round(value - earlier, 4),
            "counts": [now[name]["count"], before[name]["count"]],
        }
    return changes


def ids_behind(
    period: Period, figure: str, dimension: str | None = None, name: str | None = None
) -> list[int]:
    """The ids of the issues behind a figure, optionally for one value of a dimension."""
    when = {OPENED: Issue.opened_at, SATISFACTION: Survey.answered_at}.get(figure, Issue.resolved_at)
    query = _in_period(period, when, Issue.issue_id)
    if dimension is not None:
        value = PRIORITIES.index(name) + 1 if dimension == "priority" and name else name
        query = query.where(getattr(Issue, dimension) == value)
    return [issue_id for (issue_id,) in tuples(query.order_by(Issue.issue_id))]


def _tallies(period: Period) -> Tallies:
    """Tallies of what was opened, resolved and rated in a period, with one query each."""
    tallies: Tallies = defaultdict(Tally)
    number = fn.COUNT(Issue.issue_id)
    spent = fn.SUM(greatest(0, seconds_of(Issue.resolved_at) - seconds_of(Issue.opened_at)))
    is_first_contact = fn.COALESCE(NUMBER_OF_INTERACTIONS, 0) <= FIRST_CONTACT_INTERACTIONS
    at_first_contact = count_if(is_first_contact)
    counted = (
        (Issue.opened_at, {OPENED: number}),
        (
            Issue.resolved_at,
            {RESOLVED: number, RESOLUTION_S: spent, AT_FIRST_CONTACT: at_first_contact},
        ),
        (Survey.answered_at, {RATED: number, SCORES: fn.SUM(Survey.score)}),
    )
    kind = (Issue.category, Issue.priority, Issue.channel)
    for when, sums in counted:
        query = _in_period(period, when, *kind, *sums.values()).group_by(*kind)
        for category, priority, channel, *values in tuples(query):
            tally = tallies[category, PRIORITIES[priority - 1], channel]
            tally.update(dict(zip(sums, values, strict=True)))
    waits = customer_time.with_customer_s(ids_behind(period, RESOLVED))
    those = Issue.select(Issue.issue_id, *kind).where(Issue.issue_id.in_(listed(list(waits))))
    for issue_id, category, priority, channel in tuples(those):
        tallies[category, PRIORITIES[priority - 1], channel][CUSTOMER_S] += waits[issue_id]
    return tallies


def _in_period(period: Period, when: Any, *columns: Any) -> ModelSelect[Any]:
    """Issues for which ``when``, a time of the issue or its survey, is within a period."""
    query = Issue.select(*columns).where(~Issue.voided, when >= period.since, when < period.until)
    return query.join(Survey, on=(Survey.issue_id == Issue.issue_id)) if when.model is Survey else query
