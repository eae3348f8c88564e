"""The fit of the satisfaction model; only here, in a process of its own, is scikit-learn loaded."""

from __future__ import annotations

from typing import Any

from sklearn.linear_model import LogisticRegression
from sklearn.preprocessing import StandardScaler

from dispatch.desk.separate_process import Progress
from models.base import Json

SURE = 15.0  # log-odds where every answer is of one kind


def fit_each(given: Json, progress: Progress) -> Json:
    """Fit each of ``samples``, {"rows": features, "satisfied": outcomes}; equal samples give equal fits."""
    fits: list[Json] = []
    for sample in given["samples"]:
        progress(len(fits), len(given["samples"]), "fitting")
        fits.append(_fit(sample["rows"], sample["satisfied"]))
    return {"fits": fits}


def _fit(rows: list[list[float]], satisfied: list[bool]) -> Json:
    scaler = StandardScaler().fit(rows)
    weights = _weights(scaler.transform(rows), satisfied)
    return {"means": scaler.mean_.tolist(), "spreads": scaler.scale_.tolist(), "weights": weights}


def _weights(scaled: Any, satisfied: list[bool]) -> list[float]:
    """Return the most likely constant and weights, the weights under a ridge of 1."""
    if len(set(satisfied)) == 1:  # nothing to distinguish
        return [SURE if satisfied[0] else -SURE, *[0.0] * len(scaled[0])]
    model = LogisticRegression(C=1.0, solver="newton-cholesky", tol=1e-8).fit(scaled, satisfied)
    return [*model.intercept_.tolist(), *model.coef_[0].tolist()]
