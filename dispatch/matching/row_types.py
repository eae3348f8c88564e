"""Scores, weights and what was learned of them, key by key."""

# no "from __future__ import annotations" here: as text, each key would be compiled at start
from typing import NotRequired, TypedDict

from models.base import Json


class RateRow(TypedDict):
    """What an agent sold of the decided assignments, as a Rate has it."""

    confirmed: int
    decided: int
    rate: float
    low: float
    high: float


class AgentScore(TypedDict):
    """An agent's score; a booking's has the name of the ``weights``, one of a list the ``rate`` of sales."""

    agent_id: int
    agent_name: str
    match_score: float
    contributions: dict[str, float]
    weights: NotRequired[str]
    rate: NotRequired[RateRow]


class LessonRow(TypedDict):
    """What was learned; ``version`` is None while it is not kept. The last two say what to think of it."""

    version: int | None
    recipe: str
    outcomes: int
    confirmed: int
    first_at: str
    last_at: str
    gate_open: bool
    weights: dict[str, float]
    coefficients: list[Json]
    evaluation: Json
    sentence: NotRequired[str]
    p_values: NotRequired[dict[str, float]]


class WeightsRow(TypedDict):
    """Weights by their name; what was not learned has no outcomes, and no gate was asked."""

    name: str
    version: NotRequired[int | None]
    origin: NotRequired[str]
    learned_at: NotRequired[str | None]
    outcomes: NotRequired[int | None]
    first_at: NotRequired[str | None]
    last_at: NotRequired[str | None]
    gate_open: NotRequired[bool | None]
    in_use: NotRequired[bool]
    weights: NotRequired[dict[str, float]]
    evaluation: NotRequired[Json]


class Evidence(TypedDict):
    """The verdict on weights with all the figures behind it."""

    weights: str
    policy: str
    sentence: str
    believed: bool
    steers: bool
    assignments: int
    decided: int
    was_learned: bool
    p_values: dict[str, float]
