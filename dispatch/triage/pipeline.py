"""One message read: everything that triage says of it, as one object (docs/rules.md, Triage)."""

from __future__ import annotations

import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from dispatch.inputs import validation
from dispatch.triage import categories
from dispatch.triage.categories import CATEGORIES, FALLBACK
from dispatch.triage.complexity import complexity
from dispatch.triage.corrections import Correction, Corrections
from dispatch.triage.entities import NO_NAMES, KnownNames, entities
from dispatch.triage.keywords import keywords
from dispatch.triage.message import Message
from dispatch.triage.model import Model, shipped_model
from dispatch.triage.priority import priority, priority_steps
from dispatch.triage.sentiment import sentiment
from dispatch.triage.urgency import urgency_indicators
from models.errors import InvalidInput

ALTERNATIVES = 3
FEWEST_KNOWN = 0.4
"""The share of a message's words that the model must know to judge it; a foreign language has fewer."""


@dataclass(frozen=True)
class Classification:
    """What a message is about. ``confidence``: how likely the best guess is.

    ``unsure``: the guess is not good enough, so the category is general_inquiry until a person has chosen;
    ``like`` is the corrected message that spoke for the guess, if one did.
    """

    category: str
    confidence: float
    unsure: bool
    probabilities: Mapping[str, float]
    like: Correction | None = None

    def alternatives(self) -> list[dict[str, Any]]:
        """The three most likely categories, the best guess first."""
        ordered = sorted(CATEGORIES, key=lambda category: -self.probabilities.get(category, 0.0))
        return [
            {"category": category, "probability": round(self.probabilities.get(category, 0.0), 4)}
            for category in ordered[:ALTERNATIVES]
        ]


def classify(message: Message, *, corrections: Corrections | None = None) -> Classification:
    """What a message is about, or that it cannot be told; ``corrections`` outweigh what was trained."""
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
) -> dict[str, Any]:
    """Everything that can be said of a message, with the keys of ``astra triage --json``.

    ``category``: a person's choice instead of the classifier's, for the priority too. Raises InvalidInput for
    a text without a visible character, and for a tier or category that does not exist.
    """
    if not is_visible(text):
        raise InvalidInput("text", "the message is empty", "give the customer's own words")
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
        "priority": priority(steps),
        "priority_steps": steps,
        "sentiment": feeling,
        "entities": named,
        "keywords": keywords(message),
        "urgency_indicators": urgent,
        "complexity": complexity(message, named),
        "alternatives": judged.alternatives(),
    }


def load() -> None:
    """Read the model and the word lists now (some 0.1 s): for a worker, before somebody types."""
    triage("load")


def is_visible(text: str) -> bool:
    """Whether a text has anything to see in it: spaces, controls and joiners alone are nothing."""
    invisible = validation.INVISIBLE_CATEGORIES | validation.REFUSED_CATEGORIES
    return any(unicodedata.category(character) not in invisible for character in text)


def _understood(model: Model, message: Message) -> bool:
    found = message.words
    return bool(found) and sum(map(model.knows, found)) >= FEWEST_KNOWN * len(found)
