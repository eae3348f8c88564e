"""The nine features of every agent for a lead, from tallies and open work (docs/rules.md, Match score).

History is never read: a score costs the same with a hundred bookings and with a million.
"""

from __future__ import annotations

from bisect import bisect_left
from collections import Counter
from collections.abc import Sequence
from contextlib import AbstractContextManager
from datetime import timedelta
from typing import NamedTuple

from peewee import JOIN, fn

from models.agents import Agent
from models.base import CompiledQuery, parameter
from models.bookings import PENDING, Assignment, Booking
from models.clock import from_text, to_text
from models.database import current_database
from models.sql import count_if
from models.tallies import ALL, DAY, DESTINATION, METHOD, SOURCE, Tally

FEATURES = (
    "rating_score",
    "experience_score",
    "revenue_score",
    "dest_expertise_score",
    "lead_conversion_score",
    "communication_score",
    "requirements_score",
    "recency_score",
    "availability_score",
)
REQUIREMENTS = FEATURES.index("requirements_score")
RECENT = timedelta(hours=30 * 24)
LUXURY_DEPARTMENT, LUXURY_WORD = "Luxury Voyages", "luxury"

Values = tuple[float, ...]
"""One value for each of FEATURES, in their order."""


IN_WORDS = {
    "rating_score": "average rating",
    "experience_score": "years of service",
    "revenue_score": "confirmed revenue",
    "dest_expertise_score": "this destination",
    "lead_conversion_score": "success by source",
    "communication_score": "success by method",
    "requirements_score": "luxury wishes",
    "recency_score": "recently confirmed",
    "availability_score": "free capacity",
}
"""What each feature measures, in less than twenty letters."""


def feature_name(feature: str) -> str:
    """Return a feature's name for people: ``this destination``."""
    return IN_WORDS.get(feature, feature.removesuffix("_score").replace("_", " "))


class Terms(NamedTuple):
    """The terms of a lead on which its score depends."""

    method: str
    source: str
    destination: str
    launch: str = ""
    requests: str = ""


class AgentFeatures(NamedTuple):
    """An agent with the nine raw features, before any ranking."""

    agent_id: int
    name: str
    values: Values


_agents = CompiledQuery(
    lambda: (
        Agent.select(
            Agent.agent_id,
            Agent.first_name,
            Agent.last_name,
            Agent.department,
            Agent.rating,
            Agent.years_of_service,
            Agent.load,
            Agent.capacity,
        )
        .where(Agent.left_at.is_null())
        .order_by(Agent.agent_id)
    )
)
_tallies = CompiledQuery(
    lambda: Tally.select(Tally.agent_id, Tally.closed, Tally.confirmed, Tally.revenue_cents).where(
        Tally.kind == parameter("kind"), Tally.value == parameter("value")
    )
)
_latest_completion = CompiledQuery(
    lambda: Booking.select(fn.MAX(Booking.completed_at)).where(Booking.completed_at.is_null(False))
)
_on_later_days = CompiledQuery(
    lambda: (
        Tally.select(Tally.agent_id, fn.SUM(Tally.confirmed))
        .where(Tally.kind == DAY, Tally.value > parameter("day"))
        .group_by(Tally.agent_id)
    )
)
_on_cut_day = CompiledQuery(
    lambda: (
        Booking.select(Booking.agent_id, fn.COUNT(Booking.agent_id))
        .where(Booking.completed_at >= parameter("cut"), Booking.completed_at < parameter("midnight"))
        .group_by(Booking.agent_id)
    )
)
# Outer joins, though every row exists: SQLite then goes from agents to their work. Otherwise it may read
# everything that is Pending, waiting leads included, or every booking.
_open_alike = CompiledQuery(
    lambda: (
        Agent.select(
            Agent.agent_id,
            count_if(Assignment.method == parameter("method")),
            count_if(Assignment.source == parameter("source")),
        )
        .join(
            Booking,
            JOIN.LEFT_OUTER,
            on=((Booking.agent_id == Agent.agent_id) & (Booking.status == PENDING)),
        )
        .join(Assignment, JOIN.LEFT_OUTER, on=(Booking.assignment_id == Assignment.assignment_id))
        .where(Agent.load > 0)
        .group_by(Agent.agent_id)
    )
)


def one_moment() -> AbstractContextManager[object]:
    """Give all queries inside one snapshot; a transaction has one anyway."""
    snapshot: AbstractContextManager[object] = current_database.obj.snapshot()
    return snapshot


def features(terms: Terms) -> list[AgentFeatures]:
    """Return current agents, in order of id, with the features for a lead of these terms."""
    with one_moment():
        agents = _agents()
        history = _History(terms)
    return [
        AgentFeatures(
            agent_id,
            f"{first} {last}",
            (
                float(rating),
                float(years),
                *history.of(agent_id),
                meets_requirements(department, terms.requests),
                history.recent_share(agent_id),
                availability(load, capacity),
            ),
        )
        for agent_id, first, last, department, rating, years, load, capacity in agents
    ]


class _History:
    """Agents' tallies and open work, for one lead."""

    def __init__(self, terms: Terms) -> None:
        self._total = _counts(ALL, "")
        self._by_kind = (
            _counts(DESTINATION, terms.destination),
            _counts(SOURCE, terms.source),
            _counts(METHOD, terms.method),
        )
        open_alike = _open_alike(method=terms.method, source=terms.source)
        self._open_of_method = {agent: number or 0 for agent, number, _ in open_alike}
        self._open_of_source = {agent: number or 0 for agent, _, number in open_alike}
        self._recent = _recent_completions()

    def of(self, agent_id: int) -> Values:
        """Return revenue, expertise, conversion by source and by method, in FEATURES' order."""
        _, confirmed, cents = self._total.get(agent_id, (0, 0, 0))
        destination, source, method = (by.get(agent_id, (0, 0, 0)) for by in self._by_kind)
        return (
            cents / 100,
            share(destination[1], confirmed),
            share(source[1], source[0] + self._open_of_source.get(agent_id, 0)),
            share(method[1], method[0] + self._open_of_method.get(agent_id, 0)),
        )

    def recent_share(self, agent_id: int) -> float:
        """Return the share of the agent's Confirmed bookings completed recently."""
        return share(self._recent.get(agent_id, 0), self._total.get(agent_id, (0, 0))[1])


def _counts(kind: str, value: str) -> dict[int, list[int]]:
    """Return closed, confirmed and cents of one tally by agent."""
    return {agent: counts for agent, *counts in _tallies(kind=kind, value=value)}


def _recent_completions() -> dict[int, int]:
    """Return completions by agent in the last 30 x 24 h before the latest of all, to the second."""
    latest = _latest_completion()[0][0]
    if latest is None:
        return {}
    cut = to_text(from_text(latest) - RECENT)
    day = cut[:10]
    # ":" sorts after every digit: the end of that day
    counts = Counter(dict(_on_cut_day(cut=cut, midnight=f"{day} :")))
    counts.update(dict(_on_later_days(day=day)))
    return counts


def share(part: int, whole: int) -> float:
    """Return the part of a whole; 0 of nothing."""
    return part / whole if whole else 0.0


def meets_requirements(department: str, requests: str) -> float:
    """Return 1 for an agent of Luxury Voyages if luxury is requested, in any case; else 0."""
    return float(department == LUXURY_DEPARTMENT and LUXURY_WORD in requests.lower())


def availability(load: int, capacity: int) -> float:
    """Return the free share of the capacity; 0 without any capacity."""
    return 1 - load / capacity if capacity else 0.0


def percent_ranks(values: Sequence[float]) -> list[float]:
    """Return (rank - 1) / (n - 1) for each value, ties sharing the lowest rank; 0 for a single one."""
    if len(values) < 2:
        return [0.0] * len(values)
    ordered = sorted(values)
    return [bisect_left(ordered, value) / (len(values) - 1) for value in values]


def ranked_features(agents: Sequence[AgentFeatures]) -> list[Values]:
    """Return the features as scored: all but the requirements replaced by percent ranks."""
    columns = [
        list(column) if place == REQUIREMENTS else percent_ranks(column)
        for place, column in enumerate(zip(*(agent.values for agent in agents), strict=True))
    ]
    return list(zip(*columns, strict=True))
