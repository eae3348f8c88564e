"""Quality of triage on labelled messages: accuracy, macro-F1, coverage and confusion table."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Self

from dispatch.triage.categories import CATEGORIES, FALLBACK
from models.base import Json


@dataclass(frozen=True)
class Judged:
    """A labelled message: its category, the best guess, its confidence, and whether it was given."""

    category: str
    guess: str
    confidence: float
    unsure: bool

    @classmethod
    def of(cls, category: str, probabilities: Mapping[str, float], threshold: float) -> Self:
        guess = max(probabilities, key=probabilities.__getitem__)
        confidence = probabilities[guess]
        return cls(category, guess, confidence, confidence < threshold)

    def with_threshold(self, threshold: float) -> Self:
        """Return the same with another threshold."""
        return replace(self, unsure=self.confidence < threshold)

    @property
    def answer(self) -> str:
        """Return the best guess, or the fallback where the model abstains."""
        return FALLBACK if self.unsure else self.guess


def evaluate(judged: Sequence[Judged]) -> Json:
    """Return the figures of the best guesses, of those not abstained from, and of the answers given."""
    covered = [one for one in judged if not one.unsure]
    answered = [replace(one, guess=one.answer) for one in judged]
    return {
        "messages": len(judged),
        "accuracy": round(accuracy(judged), 4),
        "macro_f1": round(macro_f1(judged), 4),
        "coverage": round(len(covered) / len(judged) if judged else 0.0, 4),
        "covered_accuracy": round(accuracy(covered), 4),
        "answered_accuracy": round(accuracy(answered), 4),
        "answered_macro_f1": round(macro_f1(answered), 4),
        "confusion": confusion(judged),
    }


def accuracy(judged: Sequence[Judged]) -> float:
    """Return the share of right guesses; 0 without any."""
    return sum(one.guess == one.category for one in judged) / len(judged) if judged else 0.0


def macro_f1(judged: Sequence[Judged]) -> float:
    """Return the mean F1 of the labelled categories: each counts the same, large or small."""
    labels = {one.category for one in judged}
    return sum(_f1(judged, label) for label in labels) / len(labels) if labels else 0.0


def _f1(judged: Sequence[Judged], label: str) -> float:
    right = sum(one.category == one.guess == label for one in judged)
    guessed = sum(one.guess == label for one in judged)
    wanted = sum(one.category == label for one in judged)
    return 2 * right / (guessed + wanted) if guessed + wanted else 0.0


def confusion(judged: Sequence[Judged]) -> dict[str, dict[str, int]]:
    """Return the best guesses about each category's messages, without zero counts."""
    counts = Counter((one.category, one.guess) for one in judged)
    return {
        category: {guess: counts[category, guess] for guess in CATEGORIES if counts[category, guess]}
        for category in CATEGORIES
        if any(one.category == category for one in judged)
    }
