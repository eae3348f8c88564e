"""Regularised logistic regression of outcomes on the lead and the agent; only here is scikit-learn loaded.

Each term of the lead (method, source, destination, launch) becomes a column, except the commonest, which is
the baseline. An unknown term is set to the mean, and so has no effect: a lead never reached has no
destination, and that must not reveal the outcome.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from sklearn.linear_model import LogisticRegression

from dispatch.matching.features import FEATURES
from dispatch.matching.learning.point_in_time import Floats
from dispatch.matching.learning.training_data import COVARIATES, Samples
from models.base import Json

FEATURE = "feature"
# The ridge as a normal prior, its standard deviation in log-odds. Nine overlapping features are held
# tighter than the lead's terms: so the gate opens for agents who differ, and stays closed otherwise.
PRIOR_SD = {FEATURE: 0.3}
USUAL_SD = 1.0
Z_95 = 1.959964

Column = tuple[str, str]
"""A covariate and one of its words, or FEATURE and its name."""


@dataclass(frozen=True)
class Design:
    """Samples as a matrix; unknown values are NaN."""

    columns: tuple[Column, ...]
    matrix: Floats
    usual: dict[str, str]
    """The commonest word of each covariate, which has no column."""

    def only(self, kinds: Sequence[str]) -> Design:
        """Return the columns of some kinds."""
        kept = [place for place, (kind, _) in enumerate(self.columns) if kind in kinds]
        usual = {kind: word for kind, word in self.usual.items() if kind in kinds}
        return Design(tuple(self.columns[place] for place in kept), self.matrix[:, kept], usual)

    def rows(self, places: Any) -> Design:
        """Return some of the samples."""
        return Design(self.columns, self.matrix[places], self.usual)


def design(samples: Samples) -> Design:
    """Return every sample with a column for each word of each covariate and for each feature."""
    columns: list[Column] = []
    values: list[Any] = []
    usual: dict[str, str] = {}
    for name in COVARIATES:
        words = np.array(samples.covariates[name], dtype=object)
        unknown = np.array([word is None for word in words])
        counts = Counter(word for word in samples.covariates[name] if word is not None)
        for level, _ in sorted(counts.items(), key=lambda count: (-count[1], count[0])):
            if usual.setdefault(name, level) == level:
                continue
            columns.append((name, level))
            values.append(np.where(unknown, np.nan, (words == level).astype(np.float64)))
    columns += [(FEATURE, name) for name in FEATURES]
    values += list(samples.features.T)
    return Design(tuple(columns), np.column_stack(values), usual)


@dataclass(frozen=True)
class Fit:
    """A fitted equation: log-odds = intercept + sum of coefficient x (value - mean)."""

    columns: tuple[Column, ...]
    means: Floats
    coefficients: Floats
    intercept: float
    errors: Floats
    """Standard errors of the coefficients, from the curvature at the optimum."""
    usual: dict[str, str]

    def predict(self, matrix: Floats) -> Floats:
        """Return the probability of Confirmed for each row."""
        centred = np.nan_to_num(matrix - self.means)
        chances: Floats = 1 / (1 + np.exp(-(self.intercept + centred @ self.coefficients)))
        return chances

    def as_json(self) -> Json:
        return {
            "intercept": self.intercept,
            "usual": self.usual,
            "terms": [
                {
                    "kind": kind,
                    "name": name,
                    "mean": float(mean),
                    "weight": float(weight),
                    "low": float(weight - Z_95 * error),
                    "high": float(weight + Z_95 * error),
                }
                for (kind, name), mean, weight, error in zip(
                    self.columns, self.means, self.coefficients, self.errors, strict=True
                )
            ],
        }


def known_means(matrix: Floats) -> Floats:
    """Return the mean of the known values in each column; 0 without any."""
    known = ~np.isnan(matrix)
    means: Floats = np.nan_to_num(matrix).sum(axis=0) / np.maximum(known.sum(axis=0), 1)
    return means


def fit(given: Design, won: Any) -> Fit:
    """Fit the equation; ``won`` must hold both outcomes."""
    means = known_means(given.matrix)
    centred = np.nan_to_num(given.matrix - means)
    sds = np.array([PRIOR_SD.get(kind, USUAL_SD) for kind, _ in given.columns])
    # few columns: Newton's steps are exact and fast
    model = LogisticRegression(C=1.0, solver="newton-cholesky", tol=1e-8).fit(centred * sds, won)
    coefficients, intercept = model.coef_[0] * sds, float(model.intercept_[0])
    chances = 1 / (1 + np.exp(-(intercept + centred @ coefficients)))
    with_one = np.column_stack([np.ones(len(centred)), centred])
    curvature = (with_one * (chances * (1 - chances))[:, None]).T @ with_one
    curvature[1:, 1:] += np.diag(1 / sds**2)
    errors = np.sqrt(np.diag(np.linalg.inv(curvature)))[1:]
    return Fit(given.columns, means, coefficients, intercept, errors, given.usual)
