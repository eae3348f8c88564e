"""Each agent's rate of Confirmed bookings, shrunk to the desk's mean, with an interval."""

from __future__ import annotations

import math
from dataclasses import dataclass

from dispatch.matching.features import one_moment
from dispatch.matching.row_types import RateRow
from models.agents import Agent
from models.base import tuples
from models.tallies import ALL, Tally

# Possible similarities of agents: the mean counts as so many outcomes of each. All are weighed by how
# well they explain the rows, so an interval reflects that the similarity itself is a guess.
LIKENESS = tuple(4.0 * 2**step for step in range(10))
Z_95 = 1.959964


@dataclass(frozen=True)
class Rate:
    """An agent's sales among decided assignments; ``rate`` is shrunk, low to high its 95 % interval."""

    agent_id: int
    agent_name: str
    confirmed: int
    decided: int
    rate: float
    low: float
    high: float

    def row(self) -> RateRow:
        return RateRow(
            confirmed=self.confirmed, decided=self.decided, rate=self.rate, low=self.low, high=self.high
        )


def rates() -> list[Rate]:
    """Return the rates of current agents, best first, inside ``desk.reading()``."""
    with one_moment():
        counted = Tally.select(Tally.agent_id, Tally.confirmed, Tally.closed).where(
            Tally.kind == ALL, Tally.value == ""
        )
        counts = {agent: (confirmed, closed) for agent, confirmed, closed in tuples(counted)}
        here = tuples(
            Agent.select(Agent.agent_id, Agent.first_name, Agent.last_name).where(Agent.left_at.is_null())
        )
    shrunk = shrink(list(counts.values()))
    found = []
    for agent_id, first, last in here:
        confirmed, decided = counts.get(agent_id, (0, 0))
        found.append(Rate(agent_id, f"{first} {last}", confirmed, decided, *shrunk.of(confirmed, decided)))
    return sorted(found, key=lambda rate: (-rate.rate, rate.agent_id))


@dataclass(frozen=True)
class Shrinkage:
    """Beta-binomial: agents' rates come from a Beta around ``mean``, of unknown concentration."""

    mean: float
    weights: dict[float, float]

    def of(self, confirmed: int, decided: int) -> tuple[float, float, float]:
        """Return the expected rate and its 95 % interval, by the normal approximation."""
        rate = square = 0.0
        for alike, weight in self.weights.items():
            whole = decided + alike
            expected = (confirmed + alike * self.mean) / whole
            rate += weight * expected
            square += weight * (expected**2 + expected * (1 - expected) / (whole + 1))
        error = Z_95 * math.sqrt(max(0.0, square - rate**2))
        return rate, max(0.0, rate - error), min(1.0, rate + error)


def shrink(counts: list[tuple[int, int]]) -> Shrinkage:
    """Estimate the shrinkage from all (confirmed, decided); without any, the mean is one half."""
    confirmed = sum(won for won, _ in counts)
    decided = sum(total for _, total in counts)
    # one extra sale and loss keep the mean off 0 and 1, where nothing can be weighed
    mean = (confirmed + 1) / (decided + 2)
    likely = {alike: sum(_log_likely(*count, mean, alike) for count in counts) for alike in LIKENESS}
    most = max(likely.values())
    weights = {alike: math.exp(value - most) for alike, value in likely.items()}
    whole = sum(weights.values())
    return Shrinkage(mean, {alike: weight / whole for alike, weight in weights.items()})


def _log_likely(won: int, total: int, mean: float, alike: float) -> float:
    """Return the log-likelihood of one agent's outcomes, up to a constant."""
    a, b = alike * mean, alike * (1 - mean)
    return _log_beta(won + a, total - won + b) - _log_beta(a, b)


def _log_beta(a: float, b: float) -> float:
    return math.lgamma(a) + math.lgamma(b) - math.lgamma(a + b)
