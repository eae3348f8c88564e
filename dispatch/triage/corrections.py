"""Learning from corrections: a message resembling a corrected one probably has the same category.

Nothing is trained: corrected messages are kept as they are, so that a reader can see which one decided.
The caller stores them.
"""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from dispatch.triage.message import Message
from dispatch.triage.model import Model

ALIKE = 0.75
"""The similarity (cosine of the weighted words, 0 to 1) from which a corrected message counts.

Below it, messages share only their frame: "I need help with my account" and "I need help with my luggage"
have 0.71.
"""

REMEMBERED = 1_000
"""The number of corrections kept, the latest, so that judging a message never takes longer."""


@dataclass(frozen=True)
class Correction:
    """A corrected message, and its similarity to another one."""

    text: str
    category: str
    similarity: float


class Corrections:
    """Corrected messages to compare with. ``pairs``: (text, category), oldest first."""

    def __init__(self, model: Model, pairs: Iterable[tuple[str, str]] = ()) -> None:
        self._model = model
        self._pairs: list[tuple[str, str]] = []
        self._weights: dict[str, list[tuple[int, float]]] = {}
        for text, category in list(pairs)[-REMEMBERED:]:
            self.add(text, category)

    def add(self, text: str, category: str) -> None:
        """Add one; correcting the same text again makes it the newest."""
        place = len(self._pairs)
        self._pairs.append((text, category))
        for word, weight in _direction(self._model, Message(text)).items():
            self._weights.setdefault(word, []).append((place, weight))

    def nearest(self, message: Message) -> Correction | None:
        """Return the most similar corrected message if similar enough; the newest among equals."""
        likeness: dict[int, float] = {}
        for word, weight in _direction(self._model, message).items():
            for place, its in self._weights.get(word, ()):
                likeness[place] = likeness.get(place, 0.0) + weight * its
        if not likeness:
            return None
        place = max(likeness, key=lambda place: (round(likeness[place], 6), place))
        if likeness[place] < ALIKE:
            return None
        return Correction(*self._pairs[place], similarity=min(1.0, likeness[place]))

    def weigh(
        self, probabilities: Mapping[str, float], message: Message
    ) -> tuple[dict[str, float], Correction | None]:
        """Return the model's probabilities, moved towards the nearest correction, and that correction."""
        nearest = self.nearest(message)
        if nearest is None:
            return dict(probabilities), None
        share = nearest.similarity
        moved = {category: (1 - share) * likely for category, likely in probabilities.items()}
        moved[nearest.category] = moved.get(nearest.category, 0.0) + share
        return moved, nearest


def _direction(model: Model, message: Message) -> dict[str, float]:
    """Return a message's words weighted by how distinctive they are, as a unit vector."""
    weights = {word: count * model.idf(word) for word, count in Counter(message.words).items()}
    length = math.sqrt(sum(weight * weight for weight in weights.values()))
    return {word: weight / length for word, weight in weights.items()}
