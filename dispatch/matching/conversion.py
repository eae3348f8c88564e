"""A lead's chance of confirmation by the equation fitted with the weights, with its reasons."""

from __future__ import annotations

import json
import math
from collections.abc import Mapping
from dataclasses import dataclass

from dispatch.matching.features import Terms
from dispatch.matching.weights import in_use, newest
from models.base import Json
from models.learned_weights import LearnedWeight

COVARIATES = ("method", "source", "destination", "launch")
AGENT = "the agent"
MOST_REASONS = 3  # parts of the reason
LEAST_POINTS = 0.5


@dataclass(frozen=True)
class Chance:
    """The probability that a lead is confirmed, the usual one, and the reasons for the difference.

    ``points`` are the percentage points by which each term of the lead, and the agent, move the usual chance;
    together they equal the difference.
    """

    probability: float
    usual: float
    points: dict[str, float]
    reason: str


def chance(terms: Terms, agent: Mapping[str, float] | None = None) -> Chance | None:
    """Return the lead's own chance, inside ``desk.reading()``; None until weights have been learned.

    ``agent`` has the features of the agent who would get it (Scored.values): they count only where the gate
    is open.
    """
    learned = in_use().learned
    if learned is None or not json.loads(learned.fits):
        learned = newest()
    return None if learned is None else of(learned, terms, agent)


def of(learned: LearnedWeight, terms: Terms, agent: Mapping[str, float] | None) -> Chance:
    """Return the lead's chance by one version's equation; see ``chance``."""
    fits = json.loads(learned.fits)
    with_agent = bool(agent) and bool(learned.gate_open)
    equation: Json = fits["full" if with_agent else "lead"]
    parts = moves(equation, terms, agent if with_agent else None)
    usual = logistic(equation["intercept"])
    whole = sum(parts.values())
    probability = logistic(equation["intercept"] + whole)
    points = {word: 100 * part * _slope(usual, probability, whole) for word, part in parts.items()}
    doubt = (
        "" if _predicts(json.loads(learned.evaluation)) else f"; so far no better a guess than {usual:.0%}"
    )
    reason = f"usually {usual:.0%}{_format_points(points)}; from {learned.outcomes:,} outcomes{doubt}"
    return Chance(probability, usual, points, reason)


def moves(equation: Json, terms: Terms, agent: Mapping[str, float] | None = None) -> dict[str, float]:
    """Return how far each term of the lead, and the agent, move the log-odds of the usual lead.

    A term unknown to the fitted equation moves nothing.
    """
    parts = {}
    for kind in COVARIATES:
        word = getattr(terms, kind)
        of_kind = [term for term in equation["terms"] if term["kind"] == kind]
        if word == equation["usual"].get(kind) or any(term["name"] == word for term in of_kind):
            parts[word] = sum(term["weight"] * ((term["name"] == word) - term["mean"]) for term in of_kind)
    if agent is not None:
        features = [term for term in equation["terms"] if term["kind"] == "feature"]
        parts[AGENT] = sum(term["weight"] * (agent[term["name"]] - term["mean"]) for term in features)
    return parts


def _slope(usual: float, probability: float, log_odds: float) -> float:
    """Return the probability per log-odds on the straight line from the usual chance to this one.

    The shares add up to the difference (the Aumann-Shapley rule); at length zero it is the curve's slope.
    """
    return (probability - usual) / log_odds if abs(log_odds) > 1e-9 else usual * (1 - usual)


def logistic(log_odds: float) -> float:
    """Return the probability of any log-odds."""
    if log_odds >= 0:
        return 1 / (1 + math.exp(-log_odds))
    return math.exp(log_odds) / (1 + math.exp(log_odds))


def _format_points(points: dict[str, float]) -> str:
    strongest = sorted(points.items(), key=lambda part: -abs(part[1]))[:MOST_REASONS]
    reasons = [f"{word} {value:+.0f}" for word, value in strongest if abs(value) >= LEAST_POINTS]
    return f"; {', '.join(reasons)} points" if reasons else ""


def _predicts(evaluation: Json) -> bool:
    """Return whether the lead alone beat the base rate on later data."""
    losses = {row["model"]: row["log_loss"] for row in evaluation.get("models", ())}
    return bool(losses) and losses["lead only"] < losses["base rate"]
