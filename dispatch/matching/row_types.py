"""Scores, weights and what was learned of them, key by key.

No ``from __future__ import annotations`` here: as text, each key would have to be compiled at start.
"""

from typing import NotRequired, TypedDict


class AgentScore(TypedDict):
    """An agent's score; a booking's has the name of the ``weights``, one of a list the ``rate`` of sales."""

    agent_id: int
    agent_name: str
    match_score: float
    contributions: dict[str, float]
    weights: NotRequired[str]
    rate: NotRequired[dict[str, float]]


class Term(TypedDict):
    """What a word of the lead, or a feature of the agent, moves in log-odds, with the interval."""

    kind: str
    name: str
    mean: float
    weight: float
    low: float
    high: float


class Equation(TypedDict):
    """A fitted equation; ``usual`` is each covariate's word that has no term."""

    intercept: float
    usual: dict[str, str]
    terms: list[Term]


class Fifth(TypedDict):
    """How often it came true where about so much was foretold."""

    foretold: float
    confirmed: float
    outcomes: int


class Measures(TypedDict):
    """How well chances came true."""

    brier: float
    log_loss: float
    calibration: list[Fifth]


class ModelMeasures(Measures):
    """How well a model foretold."""

    model: str
    auc: float


class Evaluation(TypedDict):
    """Models side by side; ``gain`` is the mean, low and high of what the agent's features add."""

    outcomes: int
    models: list[ModelMeasures]
    gain: dict[str, float] | None
    gate_open: bool


class LessonRow(TypedDict):
    """What was learned; ``version`` is None while it is not kept."""

    version: int | None
    recipe: str
    outcomes: int
    confirmed: int
    first_at: str
    last_at: str
    gate_open: bool
    weights: dict[str, float]
    coefficients: list[Term]
    evaluation: Evaluation
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
    evaluation: NotRequired[Evaluation]


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
