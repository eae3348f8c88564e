"""The triage pipeline: everything found in a message, as one object (docs/rules.md, Triage)."""

from __future__ import annotations

import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass

from dispatch.inputs import validation
from dispatch.triage import categories
from dispatch.triage.categories import CATEGORIES, FALLBACK
from dispatch.triage.complexity import complexity
from dispatch.triage.corrections import Correction, Corrections
from dispatch.triage.entities import NO_NAMES, KnownNames, entities
from dispatch.triage.keywords import keywords
from dispatch.triage.message import Message
from dispatch.triage.model import Model, shipped_model
from dispatch.triage.priority import priority_steps
from dispatch.triage.row_types import Alternative, Triage
from dispatch.triage.sentiment import sentiment
from dispatch.triage.urgency import urgency_indicators
from models.errors import InvalidInput

ALTERNATIVES = 3
FEWEST_KNOWN = 0.4
"""The share of a message's words the model must know to judge it; a foreign language has fewer."""


@dataclass(frozen=True)
class Classification:
    """A message's category. ``confidence``: the probability of the best guess.

    ``unsure``: the guess is too weak, so the category is general_inquiry until a person has chosen; ``like``
    is the corrected message that supported the guess, if any.
    """

    category: str
    confidence: float
    unsure: bool
    probabilities: Mapping[str, float]
    like: Correction | None = None

    def alternatives(self) -> list[Alternative]:
        """Return the three most likely categories, the best guess first."""
        ordered = sorted(CATEGORIES, key=lambda category: -self.probabilities.get(category, 0.0))
        return [
            {"category": category, "probability": round(self.probabilities.get(category, 0.0), 4)}
            for category in ordered[:ALTERNATIVES]
        ]


def classify(message: Message, *, corrections: Corrections | None = None) -> Classification:
    """Classify a message, or abstain; ``corrections`` outweigh the trained model."""
    model = shipped_model()
    probabilities, like = model.probabilities(message), None
    if corrections is not None:
        probabilities, like = corrections.weigh(probabilities, message)
    guess = max(probabilities, key=probabilities.__getitem__)
    confidence = probabilities[guess]
    unsure = confidence < model.threshold or (like is None and not _understood(model, message))
    return Classification(FALLBACK if unsure else guess, round(confidence, 4), unsure, probabilities, like)


def triage(
    text: str,
    *,
    customer_tier: str | None = None,
    known: KnownNames = NO_NAMES,
    corrections: Corrections | None = None,
    category: str | None = None,
) -> Triage:
    """Triage a message.

    ``category``: a person's choice instead of the classifier's, for the priority too. Raises InvalidInput for
    a text without a visible character, and for an unknown tier or category.
    """
    if not is_visible(text):
        raise InvalidInput("text", "the message is empty", "enter the customer's own words")
    customer_tier = categories.tier(customer_tier)
    message = Message(text)
    judged, feeling = classify(message, corrections=corrections), sentiment(message)
    named, urgent = entities(message, known), urgency_indicators(message)
    chosen = judged.category if category is None else categories.category(category)
    steps = priority_steps(chosen, feeling["compound"], customer_tier, urgent)
    return {
        "category": chosen,
        "confidence": judged.confidence,
        "unsure": judged.unsure and category is None,
        "priority": steps[-1]["priority"],
        "priority_steps": steps,
        "sentiment": feeling,
        "entities": named,
        "keywords": keywords(message),
        "urgency_indicators": urgent,
        "complexity": complexity(message, named),
        "alternatives": judged.alternatives(),
    }


def load() -> None:
    """Load the model and the word lists now (about 0.1 s): for a worker, before anybody types."""
    triage("load")


def is_visible(text: str) -> bool:
    """Return whether a text has visible characters: spaces, controls and joiners alone do not count."""
    invisible = validation.INVISIBLE_CATEGORIES | validation.REFUSED_CATEGORIES
    return any(unicodedata.category(character) not in invisible for character in text)


def _understood(model: Model, message: Message) -> bool:
    found = message.words
    return bool(found) and sum(map(model.knows, found)) >= FEWEST_KNOWN * len(found)
