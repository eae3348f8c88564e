"""Row types of triage."""

# without "from __future__ import annotations", which would compile every key at start
from typing import TypedDict


class Step(TypedDict):
    """The points a rule adds (maybe 0), the reason, and the ``priority`` so far, at most CRITICAL."""

    step: str
    why: str
    add: int
    priority: str


class Entity(TypedDict):
    """A named thing: its ``text`` in the message, with ``start`` and ``end`` in characters."""

    type: str
    text: str
    start: int
    end: int


class Alternative(TypedDict):
    """A category the message may belong to."""

    category: str
    probability: float


class Analysis(TypedDict):
    """The findings about a message that do not depend on its category."""

    priority_steps: list[Step]
    sentiment: dict[str, float]
    entities: list[Entity]
    keywords: list[str]
    urgency_indicators: list[str]
    complexity: str


class Triage(Analysis):
    """The full triage of a message: the keys of ``astra triage --json``."""

    category: str
    confidence: float
    unsure: bool
    priority: str
    alternatives: list[Alternative]
