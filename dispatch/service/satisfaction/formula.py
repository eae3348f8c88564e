"""Customer satisfaction by formula, with recommendations (docs/rules.md, Satisfaction)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

MOST_RECOMMENDED = 5
AT_RISK, MEDIUM_RISK, DELIGHTED, DISAPPOINTED = 2.5, 3.5, 4.5, 3.0

FOLLOW_UP = "call the customer back within 24 hours"
SENIOR = "give the issue to a senior agent"
COMPENSATION = "offer compensation"
EXPEDITE = "expedite the solution"
EMPATHY = "answer with empathy: the customer is upset"
SURVEY = "ask for the customer's opinion in a survey"
UPDATES = "send updates before the customer asks"


@dataclass(frozen=True)
class Facts:
    """Inputs of a prediction: hours to resolve, the agent's level, interactions, sentiment -1 to 1."""

    hours: float
    level: int
    interactions: int
    sentiment: float


def factors(facts: Facts) -> dict[str, float]:
    """Return the four factors, each from 0 to 1."""
    return {
        "resolution_time": _step(facts.hours, ((1, 0.8), (4, 0.6), (24, 0.4)), 0.2),
        "agent_level": facts.level / 5,
        "interactions": _step(facts.interactions, ((2, 0.8), (4, 0.6)), 0.3),
        "sentiment": (facts.sentiment + 1) / 2,
    }


def _step(value: float, steps: tuple[tuple[float, float], ...], beyond: float) -> float:
    return next((factor for most, factor in steps if value <= most), beyond)


def predict(parts: Mapping[str, float]) -> float:
    """Return mean x 5: from 0.875 to 4.5."""
    return sum(parts.values()) / len(parts) * 5


def risk(predicted: float) -> str:
    """Return ``high``, ``medium`` or ``low``."""
    return "high" if predicted < AT_RISK else "medium" if predicted < MEDIUM_RISK else "low"


def churn_probability(predicted: float) -> float:
    """Return (2.5 - p) / 2.5, at least 0."""
    return max(0.0, (AT_RISK - predicted) / AT_RISK)


def recommendations(predicted: float, facts: Facts) -> list[str]:
    """Return up to five recommendations, most helpful first."""
    if predicted >= DELIGHTED:
        return []
    if predicted >= MEDIUM_RISK:
        return [SURVEY, UPDATES]
    advice = [FOLLOW_UP, SENIOR]
    advice += [COMPENSATION] if facts.interactions > 3 else []
    advice += [EXPEDITE] if facts.hours > 24 else []
    advice += [EMPATHY] if facts.sentiment < -0.3 else []
    return advice[:MOST_RECOMMENDED]
