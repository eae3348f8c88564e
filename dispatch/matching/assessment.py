"""The score preview of a lead being typed: scores, their parts, and the verdict on them."""

from __future__ import annotations

from dataclasses import dataclass

from dispatch.matching.conversion import Chance, chance
from dispatch.matching.evidence import Verdict, verdict
from dispatch.matching.features import Terms, one_moment
from dispatch.matching.importance import Importance, importance
from dispatch.matching.score import Scores, score
from dispatch.matching.weights import WeightSet, in_use


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
