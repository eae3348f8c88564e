"""A trained satisfaction model, and its predicted scores."""

from __future__ import annotations

import json
import math
from functools import lru_cache
from typing import NamedTuple

from dispatch.service.satisfaction.case import Case
from models.issues import CATEGORIES, CHANNELS

Vector = list[float]


class Learned(NamedTuple):
    """A model's contents; ``high`` and ``low`` are the mean scores of satisfied and other customers.

    The first weight is the constant.
    """

    means: Vector
    spreads: Vector
    weights: Vector
    high: float
    low: float

    def chance(self, case: Case) -> float:
        """Return the probability that the customer is satisfied."""
        constant, *weights = self.weights
        columns = zip(weights, features(case), self.means, self.spreads, strict=True)
        log_odds = constant + sum(weight * (value - mean) / spread for weight, value, mean, spread in columns)
        return (1 + math.tanh(log_odds / 2)) / 2

    def score(self, case: Case) -> float:
        """Return the predicted score, 1 to 5."""
        chance = self.chance(case)
        return chance * self.high + (1 - chance) * self.low


def features(case: Case) -> Vector:
    """Return hours, level, interactions, sentiment, priority, category and channel as numbers."""
    known = case.facts
    numbers = [
        math.log1p(max(0.0, known.hours)),
        float(known.level),
        float(known.interactions),
        known.sentiment,
        float(case.priority),
    ]
    numbers += [float(case.category == one) for one in CATEGORIES[1:]]
    return numbers + [float(case.channel == one) for one in CHANNELS[1:]]


@lru_cache(maxsize=4)
def stored(weights: str) -> Learned:
    """Return a stored model by its weights."""
    return Learned(**json.loads(weights))
