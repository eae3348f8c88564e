"""The match score: weights x features, scaled over the agents to 0-100 (docs/rules.md, Match score)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from dispatch.matching.features import FEATURES, Terms, Values, features, ranked_features
from dispatch.matching.row_types import AgentScore

Weights = Mapping[str, float]

NOBODY_HERE = "no agents to score"
ALL_EQUAL = "all agents score the same for this lead"


@dataclass(frozen=True)
class Scored:
    """An agent's score and its parts."""

    agent_id: int
    agent_name: str
    match_score: float
    contributions: dict[str, float]
    values: dict[str, float]
    """The features as weighted: percent ranks, and 0 or 1 for the requirements."""

    def row(self) -> AgentScore:
        return {
            "agent_id": self.agent_id,
            "agent_name": self.agent_name,
            "match_score": self.match_score,
            "contributions": self.contributions,
        }


@dataclass(frozen=True)
class Scores:
    """Every agent's score, best first, ties by id; ``note`` warns when they mean nothing."""

    agents: tuple[Scored, ...]
    note: str = ""


def score(terms: Terms, weights: Weights) -> Scores:
    """Score current agents for a lead, inside ``desk.reading()`` or a command.

    An agent's score before scaling is the sum of the contributions (weight x feature).
    """
    agents = features(terms)
    ranked = ranked_features(agents)
    contributions = [_contributions(values, weights) for values in ranked]
    scaled = scale([sum(parts.values()) for parts in contributions])
    scored = [
        Scored(agent.agent_id, agent.name, points, parts, dict(zip(FEATURES, values, strict=True)))
        for agent, points, parts, values in zip(agents, scaled, contributions, ranked, strict=True)
    ]
    scored.sort(key=lambda each: (-each.match_score, -sum(each.contributions.values()), each.agent_id))
    return Scores(tuple(scored), _note(scaled))


def _contributions(values: Values, weights: Weights) -> dict[str, float]:
    # + 0.0: a negative weight times zero is -0.0, which nobody wants to read
    return {name: weights[name] * value + 0.0 for name, value in zip(FEATURES, values, strict=True)}


def scale(sums: list[float]) -> list[float]:
    """Scale min-max to 0-100 with one decimal; 0 for everybody if all are equal."""
    if not sums:
        return []
    low, high = min(sums), max(sums)
    spread = high - low
    # sums of the same parts may differ in their last bits
    if spread <= 1e-12 * max(abs(low), abs(high)):
        return [0.0] * len(sums)
    return [round(100 * (value - low) / spread, 1) for value in sums]


def _note(scaled: list[float]) -> str:
    if not scaled:
        return NOBODY_HERE
    return "" if any(scaled) else ALL_EQUAL
