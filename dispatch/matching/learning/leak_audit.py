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
    """A feature that reveals the outcome, its AUC alone, and the reason."""

    name: str
    auc: float
    reason: str


def check(samples: Samples, given: Design) -> None:
    """Raise Refused if features leak, naming the worst one and the others."""
    leaks = find(samples, given)
    if not leaks:
        return
    worst, *others = leaks
    why = f": {worst.reason}" if worst.reason else ""
    more = f"; so do {', '.join(leak.name for leak in others)}" if others else ""
    raise Refused(
        "leak",
        f"{worst.name} knows the outcome{why} (AUC {worst.auc:.3f} alone){more}",
        "nothing was learned; use only what was known when the lead arrived",
    )


def find(samples: Samples, given: Design) -> list[Leak]:
    """Return features with an AUC above 0.97 alone, or known only after the outcome; the worst first."""
    found = []
    means = known_means(given.matrix)
    for (kind, name), values, mean in zip(given.columns, given.matrix.T, means, strict=True):
        label = name if kind == FEATURE else f"{kind} {name}"
        alone = auc(np.nan_to_num(values, nan=float(mean)), samples.won)
        alone = max(alone, 1 - alone)
        late = samples.late.get(name, "") if kind == FEATURE else ""
        if late or alone > LARGEST_AUC:
            found.append(Leak(label, alone, late))
    return sorted(found, key=lambda leak: -leak.auc)


def auc(values: Any, won: Any) -> float:
    """Return the chance that of a pair the Confirmed one has the higher value; ties count half."""
    return float(roc_auc_score(won, values)) if 0 < won.sum() < len(won) else 0.5
