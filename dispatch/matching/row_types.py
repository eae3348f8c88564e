"""Row types of match scores and their weights."""

# without "from __future__ import annotations", which would compile every key at start
from typing import NotRequired, TypedDict

from models.base import Json


class RateRow(TypedDict):
    """An agent's sales among decided assignments: the keys of a Rate."""

    confirmed: int
    decided: int
    rate: float
    low: float
    high: float


class AgentScore(TypedDict):
    """An agent's score; a booking's score names its ``weights``, one in a list has the ``rate`` of sales."""

    agent_id: int
    agent_name: str
    match_score: float
    contributions: dict[str, float]
    weights: NotRequired[str]
    rate: NotRequired[RateRow]


class LessonRow(TypedDict):
    """Learned weights; ``version`` is None until they are kept. The last two keys are the verdict."""

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
    """Named weights; ones that were not learned have no outcomes and passed no gate."""

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
    """The verdict on weights, with all figures behind it."""

    weights: str
    policy: str
    sentence: str
    believed: bool
    steers: bool
    assignments: int
    decided: int
    was_learned: bool
    p_values: dict[str, float]
