"""The importance of each feature in a ranking."""

from __future__ import annotations

from dataclasses import dataclass
from statistics import pstdev

from dispatch.matching.features import FEATURES
from dispatch.matching.score import Scores, Weights


@dataclass(frozen=True)
class Importance:
    """A feature's weight, and its share of the differences between agents: |weight| x standard deviation."""

    feature: str
    weight: float
    share: float


def importance(scores: Scores, weights: Weights) -> list[Importance]:
    """Return every feature for the scored agents, most important first; shares add up to 1, or are all 0."""
    spread = {
        name: abs(weights[name])
        * (pstdev(agent.values[name] for agent in scores.agents) if scores.agents else 0)
        for name in FEATURES
    }
    whole = sum(spread.values())
    found = [Importance(name, weights[name], spread[name] / whole if whole else 0.0) for name in FEATURES]
    return sorted(found, key=lambda each: -each.share)
