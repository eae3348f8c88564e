"""What triage says of a message, key by key."""

# no "from __future__ import annotations" here: as text, each key would be compiled at start
from typing import TypedDict


class Step(TypedDict):
    """What a rule adds, 0 too, why, and the ``priority`` so far, never above CRITICAL."""

    step: str
    why: str
    add: int
    priority: str


class Entity(TypedDict):
    """What is named: the ``text`` as it is in the message, ``start`` and ``end`` in characters."""

    type: str
    text: str
    start: int
    end: int


class Alternative(TypedDict):
    """A category that a message may belong to."""

    category: str
    probability: float


class Analysis(TypedDict):
    """What is found in a message, whatever it is about."""

    priority_steps: list[Step]
    sentiment: dict[str, float]
    entities: list[Entity]
    keywords: list[str]
    urgency_indicators: list[str]
    complexity: str


class Triage(Analysis):
    """Everything that can be said of a message, with the keys of ``astra triage --json``."""

    category: str
    confidence: float
    unsure: bool
    priority: str
    alternatives: list[Alternative]
