"""What a screen shows of a lead while it is typed: scores, their parts, and what to think of them."""

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
    """A lead's scores with the verdict on them, and the lead's own chance (None until weights are learned).

    Where ``verdict.steers`` is false the score decides nothing, and is to be shown greyed.
    """

    terms: Terms
    weights: WeightSet
    scores: Scores
    verdict: Verdict
    importance: list[Importance]
    chance: Chance | None


def glance(terms: Terms, weights: WeightSet | None = None) -> Glance:
    """Look at a lead as of one moment, inside ``desk.reading()``; ``weights`` None are those in use.

    What is not known of the lead yet may be empty: nobody has sold to an empty destination.
    """
    with one_moment():
        used = weights or in_use()
        scores = score(terms, used.weights)
        return Glance(terms, used, scores, verdict(used), importance(scores, used.weights), chance(terms))
