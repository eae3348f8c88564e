"""The leak audit: a feature that knows the outcome stops the training (docs/rules.md, Match evidence)."""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np
from sklearn.metrics import roc_auc_score

from dispatch.matching.learning.regression import FEATURE, Design, known_means
from dispatch.matching.learning.training_data import Samples
from models.errors import Refused

LARGEST_AUC = 0.97


class Leak(NamedTuple):
    """A feature that tells the outcome, how well it does so alone, and how it comes to know."""

    name: str
    auc: float
    reason: str


def check(samples: Samples, given: Design) -> None:
    """Raises Refused, naming the feature that leaks most and how many others do."""
    leaks = find(samples, given)
    if not leaks:
        return
    worst, *others = leaks
    why = f": {worst.reason}" if worst.reason else ""
    more = f"; so do {', '.join(leak.name for leak in others)}" if others else ""
    raise Refused(
        "leak",
        f"{worst.name} knows the outcome{why} (AUC {worst.auc:.3f} alone){more}",
        "nothing was learned; features may hold only what was known when the lead came in",
    )


def find(samples: Samples, given: Design) -> list[Leak]:
    """Features with an AUC above 0.97 alone, or known only after the outcome; the worst first."""
    found = []
    means = known_means(given.matrix)
    for (kind, name), values, mean in zip(given.columns, given.matrix.T, means, strict=True):
        told = name if kind == FEATURE else f"{kind} {name}"
        alone = auc(np.nan_to_num(values, nan=float(mean)), samples.won)
        alone = max(alone, 1 - alone)
        late = samples.late.get(name, "") if kind == FEATURE else ""
        if late or alone > LARGEST_AUC:
            found.append(Leak(told, alone, late))
    return sorted(found, key=lambda leak: -leak.auc)


def auc(values: Any, won: Any) -> float:
    """The chance that a Confirmed one has the higher value of a pair; ties count half, as no pair does."""
    return float(roc_auc_score(won, values)) if 0 < won.sum() < len(won) else 0.5
