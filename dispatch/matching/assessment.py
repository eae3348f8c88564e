"""The score preview of a lead being typed: scores, their parts, and the verdict on them."""

from __future__ import annotations

from dataclasses import dataclass
from statistics import pstdev

from dispatch.matching.conversion import Chance, chance
from dispatch.matching.evidence import Verdict, verdict
from dispatch.matching.features import FEATURES, Terms, one_moment
from dispatch.matching.score import Scores, Weights, score
from dispatch.matching.weights import WeightSet, in_use


@dataclass(frozen=True)
class Importance:
    """A feature's weight, and its share of the differences between agents: |weight| x standard deviation."""

    feature: str
    weight: float
    share: float


@dataclass(frozen=True)
class Glance:
    """A lead's scores with the verdict on them, and its own chance (None until weights are learned).

    Where ``verdict.steers`` is false the score decides nothing and is shown dimmed.
    """

    terms: Terms
    weights: WeightSet
    scores: Scores
    verdict: Verdict
    importance: list[Importance]
    chance: Chance | None


def glance(terms: Terms, weights: WeightSet | None = None) -> Glance:
    """Score a lead as of now, inside ``desk.reading()``; ``weights`` default to those in use.

    Unknown terms may be empty: no agent has sales for an empty destination.
    """
    with one_moment():
        used = weights or in_use()
        scores = score(terms, used.weights)
        return Glance(terms, used, scores, verdict(used), importance(scores, used.weights), chance(terms))


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
