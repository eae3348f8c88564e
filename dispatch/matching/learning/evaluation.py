"""Predictive quality of a fit, always on assignments later than those it was fitted on."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import pairwise
from typing import Any

import numpy as np

from dispatch.desk.separate_process import Progress
from dispatch.matching.evidence import LEAST_OUTCOMES
from dispatch.matching.learning.leak_audit import auc
from dispatch.matching.learning.point_in_time import Floats
from dispatch.matching.learning.regression import FEATURE, Design, fit
from dispatch.matching.learning.training_data import COVARIATES, Samples
from models.base import Json

BASE_RATE, LEAD_ONLY, AGENT_ONLY, LEARNED = "base rate", "lead only", "agent only", "lead and agent"
MODELS: dict[str, tuple[str, ...]] = {
    BASE_RATE: (),
    LEAD_ONLY: COVARIATES,
    AGENT_ONLY: (FEATURE,),
    LEARNED: (*COVARIATES, FEATURE),
}
FIRST_SHARE = 0.3  # of the samples, before the first prediction
FOLDS = 7
RESAMPLES, SEED = 2000, 2082
BINS = 5
SMALLEST = 1e-12


def evaluate(samples: Samples, given: Design, progress: Progress) -> Json:
    """Predict fold after fold from what was known before it, and measure.

    ``gain`` is how much the agent's features lower the log loss of the lead alone, with a 95 % bootstrap
    interval. The gate opens if that lies above 0 with at least 300 outcomes.
    """
    chances: dict[str, list[Floats]] = {name: [] for name in MODELS}
    won: list[Any] = []
    for number, (before, fold) in enumerate(_folds(samples)):
        progress(number, FOLDS, "predicting")
        for name, kinds in MODELS.items():
            chances[name].append(_predict(given.only(kinds), samples.won, before, fold))
        won.append(samples.won[fold])
    if not won:
        return {"outcomes": 0, "models": [], "gain": None, "gate_open": False}
    truth = np.concatenate(won)
    pool = {name: np.concatenate(parts) for name, parts in chances.items()}
    gain = _gain(_losses(pool[LEAD_ONLY], truth) - _losses(pool[LEARNED], truth))
    return {
        "outcomes": len(truth),
        "models": [
            {"model": name, "auc": _auc(chances[name], won), **measures(pool[name], truth)} for name in MODELS
        ],
        "gain": gain,
        "gate_open": bool(len(samples) >= LEAST_OUTCOMES and gain["low"] > 0),
    }


def _folds(samples: Samples) -> Iterator[tuple[Any, Any]]:
    """Yield what was known before each fold, and the fold, without those that could teach nothing."""
    edges = np.linspace(int(len(samples) * FIRST_SHARE), len(samples), FOLDS + 1).astype(int)
    for start, end in pairwise(edges):
        if start == end:
            continue
        begun = samples.at[start]
        before = np.flatnonzero((samples.at < begun) & (samples.known_at < begun))
        if len(np.unique(samples.won[before])) == 2:
            yield before, np.arange(start, end)


def _predict(given: Design, won: Any, before: Any, fold: Any) -> Floats:
    if not given.columns:
        return np.full(len(fold), won[before].mean())
    return fit(given.rows(before), won[before]).predict(given.matrix[fold])


def _losses(chances: Floats, won: Any) -> Floats:
    right = np.where(won, chances, 1 - chances)
    losses: Floats = -np.log(np.clip(right, SMALLEST, 1))
    return losses


def _gain(differences: Floats) -> dict[str, float]:
    """Return the mean and its 95 % interval, by bootstrap."""
    draw = np.random.default_rng(SEED)
    number = len(differences)
    means = [differences[draw.integers(0, number, number)].mean() for _ in range(RESAMPLES)]
    low, high = np.percentile(means, [2.5, 97.5])
    return {"mean": float(differences.mean()), "low": float(low), "high": float(high)}


def _auc(chances: list[Floats], won: list[Any]) -> float:
    """Return the mean over the folds: between folds, equal probabilities are not comparable."""
    return float(
        np.average([auc(*fold) for fold in zip(chances, won, strict=True)], weights=[*map(len, won)])
    )


def measures(chances: Floats, won: Any) -> Json:
    """Return Brier score, log loss, and predicted vs actual rates by quintile."""
    return {
        "brier": float(((chances - won) ** 2).mean()),
        "log_loss": float(_losses(chances, won).mean()),
        "calibration": [
            {
                "foretold": float(chances[part].mean()),
                "confirmed": float(won[part].mean()),
                "outcomes": len(part),
            }
            for part in np.array_split(np.argsort(chances, kind="stable"), BINS)
            if len(part)
        ],
    }
