"""Features as of each assignment's own time, in one pass over the history.

An assignment sees only what was known before it: earlier assignments, and outcomes dated before it. Its
own outcome cannot be in its features. This needs numpy and is for training only.
"""

from __future__ import annotations

import heapq
from collections import defaultdict
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import numpy as np
from numpy.typing import NDArray

from dispatch.matching.features import FEATURES, RECENT, REQUIREMENTS, meets_requirements
from models.agents import RATING_DECIMALS, Agent
from models.base import tuples
from models.bookings import CONFIRMED

Floats = NDArray[np.float64]

Rating = tuple[int, int, int, int]
"""Second, agent, points, answers: a score given, or (negative) withdrawn."""

NEVER = 2**62
EXPERTISE = FEATURES.index("dest_expertise_score")


def seconds(text: str) -> int:
    """Return a stored time as whole seconds, for comparing and subtracting."""
    moment = datetime.fromisoformat(text)
    return moment.toordinal() * 86_400 + moment.hour * 3600 + moment.minute * 60 + moment.second


@dataclass(frozen=True)
class PastAssignment:
    """An assignment of the history, with its outcome."""

    agent_id: int
    method: str
    source: str
    assigned_at: str
    destination: str | None
    launch: str | None
    status: str | None
    closed_at: str | None
    cents: int
    requests: str

    @property
    def won(self) -> bool:
        return self.status == CONFIRMED


class Past:
    """Counts by agent that advance in time; ``ratings`` are in order of time.

    A rating that an agent brought along counts from the beginning, as its date is unknown.
    """

    def __init__(self, ratings: list[Rating]) -> None:
        columns = (Agent.prior_rating, Agent.prior_answers, Agent.years_of_service, Agent.capacity)
        people = tuples(
            Agent.select(Agent.agent_id, Agent.department, Agent.left_at, *columns).order_by(Agent.agent_id)
        )
        self.place = {row[0]: place for place, row in enumerate(people)}
        self._departments = [row[1] for row in people]
        self._left_at = np.array([seconds(row[2]) if row[2] else NEVER for row in people])
        self._anybody_left = bool((self._left_at < NEVER).any())
        self._prior, self._answers, self._years, self._capacity = (
            np.array([row[place] for row in people], dtype=np.float64) for place in range(3, 7)
        )
        self._rating_sum, self._rating_count = self._prior * self._answers, self._answers.copy()
        self._rating = self._prior.copy()
        self._ratings = ratings[::-1]
        self._load, self._confirmed, self._revenue, self._recent = (self._nothing() for _ in range(4))
        self._sold: dict[str, Floats] = defaultdict(self._nothing)
        self._assigned: dict[tuple[str, str], Floats] = defaultdict(self._nothing)
        self._converted: dict[tuple[str, str], Floats] = defaultdict(self._nothing)
        self._to_close: list[tuple[int, int, PastAssignment]] = []
        self._window: list[tuple[int, int]] = []
        self._latest = 0
        self._taken = 0

    def _nothing(self) -> Floats:
        return np.zeros(len(self._departments))

    def go_on_to(self, second: int) -> None:
        """Apply everything known before this second."""
        while self._to_close and self._to_close[0][0] < second:
            closed, _, row = heapq.heappop(self._to_close)
            self._load[self.place[row.agent_id]] -= 1
            if row.won:
                self._confirm(closed, row)
        while self._ratings and self._ratings[-1][0] < second:
            _, agent_id, points, answers = self._ratings.pop()
            self._rate(self.place[agent_id], points, answers)

    def _rate(self, agent: int, points: int, answers: int) -> None:
        self._rating_sum[agent] += points
        self._rating_count[agent] += answers
        if self._rating_count[agent]:
            average = self._rating_sum[agent] / self._rating_count[agent]
            self._rating[agent] = round(float(average), RATING_DECIMALS)

    def _confirm(self, at: int, row: PastAssignment) -> None:
        agent = self.place[row.agent_id]
        self._confirmed[agent] += 1
        self._revenue[agent] += row.cents
        self._sold[row.destination or ""][agent] += 1
        self._converted["method", row.method][agent] += 1
        self._converted["source", row.source][agent] += 1
        heapq.heappush(self._window, (at, agent))
        self._recent[agent] += 1
        self._latest = max(self._latest, at)
        while self._window[0][0] < self._latest - RECENT.total_seconds():
            self._recent[heapq.heappop(self._window)[1]] -= 1

    def assign(self, row: PastAssignment) -> None:
        """Assign a lead to its agent; the outcome is not known before it was closed."""
        agent = self.place[row.agent_id]
        self._assigned["method", row.method][agent] += 1
        self._assigned["source", row.source][agent] += 1
        if row.status is not None:
            self._load[agent] += 1
        if row.closed_at:
            self._taken += 1  # ties of one second are compared no further
            heapq.heappush(self._to_close, (seconds(row.closed_at), self._taken, row))

    def features(self, row: PastAssignment, second: int) -> list[float]:
        """Return the agent's features for the lead as scored, in FEATURES' order.

        Without a destination (nobody was reached) its expertise is NaN: a 0 would reveal the outcome.
        """
        agent, method, source = self.place[row.agent_id], ("method", row.method), ("source", row.source)
        columns = (
            self._rating,
            self._years,
            self._revenue,
            _shares(self._sold[row.destination or ""], self._confirmed),
            _shares(self._converted[source], self._assigned[source]),
            _shares(self._converted[method], self._assigned[method]),
            _shares(self._recent, self._confirmed),
            1 - _shares(self._load, self._capacity) - (self._capacity == 0),
        )
        here: Any = slice(None)
        if self._anybody_left:
            here = self._left_at >= second
            here[agent] = True
        ranks = [_percent_rank(column[agent], column[here]) for column in columns]
        if row.destination is None:
            ranks[EXPERTISE] = np.nan
        ranks.insert(REQUIREMENTS, meets_requirements(self._departments[agent], row.requests))
        return ranks


def _shares(parts: Floats, wholes: Floats) -> Floats:
    return np.divide(parts, wholes, out=np.zeros(len(wholes)), where=wholes > 0)


def _percent_rank(value: float, values: Floats) -> float:
    return float((values < value).sum()) / (len(values) - 1) if len(values) > 1 else 0.0
