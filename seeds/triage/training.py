"""Training: TF-IDF and a linear support vector machine, evaluated by held-out sub-intents, as a plain table.

Only this module needs scikit-learn and its dependencies SciPy, NumPy and threadpoolctl. A linear model over
the seven categories did better on held-out sub-intents than one over all sub-intents with summed
probabilities (docs/decisions/0014-triage.md).
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from operator import itemgetter
from pathlib import Path
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_matrix, hstack
from scipy.special import log_softmax, softmax
from sklearn.feature_extraction.text import CountVectorizer, TfidfTransformer
from sklearn.svm import LinearSVC
from threadpoolctl import threadpool_limits

from dispatch.triage.categories import CATEGORIES
from dispatch.triage.evaluation import Judged, accuracy, evaluate
from dispatch.triage.message import Message
from dispatch.triage.model import BLOCKS, MODEL_FILE, SCALE, Features, features
from models.base import Json
from seeds.triage.corpus import Example, folds

RAREST: Final = (2, 6, 2)
"""The least number of messages that must contain a feature, per block."""

SHARES: Final = (1.3, 0.7, 1.0)
"""The weight of each block."""

STRENGTH: Final = 0.3
"""The inverse of the regularisation strength."""

STRETCHES: Final = tuple(tenth / 10 for tenth in range(10, 61))
"""The factors to try for scaling margins to log-odds."""

WANTED_ACCURACY: Final = 0.96
"""The accuracy to reach on held-out messages that the model answers; sets the abstention threshold.

One point above the promised 0.95, because cues and corpus have the same author. Not more: the corpus is
harder than everyday messages, and each abstention is work for a person.
"""

Scores = NDArray[np.float64]
"""One row per message, one column per category, in the order of CATEGORIES."""


class FeatureCounts:
    """Feature counts of messages: one matrix per block, one row per message, one column per feature."""

    def __init__(self, messages: Sequence[Features]) -> None:
        self._counters = [CountVectorizer(analyzer=itemgetter(place)) for place in range(len(BLOCKS))]
        self.blocks: list[csr_matrix] = [counter.fit_transform(messages) for counter in self._counters]
        self.names = [counter.get_feature_names_out() for counter in self._counters]

    def blocks_of(self, messages: Sequence[Features]) -> list[csr_matrix]:
        """Count the same features in other messages."""
        return [counter.transform(messages) for counter in self._counters]


class FittedModel:
    def __init__(self, blocks: Sequence[csr_matrix], categories: Sequence[str]) -> None:
        """Fit ``blocks`` (as in FeatureCounts) of the training messages, ignoring rare features."""
        self._kept = [
            np.flatnonzero(block.getnnz(axis=0) >= rarest)
            for block, rarest in zip(blocks, RAREST, strict=True)
        ]
        self._transformers = [
            TfidfTransformer(sublinear_tf=True).fit(block[:, kept])
            for block, kept in zip(blocks, self._kept, strict=True)
        ]
        self._machine = LinearSVC(C=STRENGTH, random_state=0)
        with threadpool_limits(1):  # too little work to share: threads would only wait on a busy machine
            self._machine.fit(self._weighed(blocks), [CATEGORIES.index(category) for category in categories])

    def margins(self, blocks: Sequence[csr_matrix]) -> Scores:
        """Return each message's margin for each category."""
        margins: Scores = self._machine.decision_function(self._weighed(blocks))
        return margins

    def table(self, names: Sequence[Any], stretch: float) -> Json:
        """Build the weights for ``dispatch.triage.model``: scaled by ``stretch``, in thousandths."""
        table: Json = {
            "categories": list(CATEGORIES),
            "intercepts": _thousandths(self._machine.intercept_ * stretch),
        }
        begin = 0
        for place, block in enumerate(BLOCKS):
            kept = self._kept[place]
            weights = self._machine.coef_[:, begin : begin + len(kept)].T * SHARES[place] * stretch
            begin += len(kept)
            table[block] = {
                str(names[place][column]): [*_thousandths([idf]), *_thousandths(row)]
                for column, idf, row in zip(kept, self._transformers[place].idf_, weights, strict=True)
            }
        return table

    def _weighed(self, blocks: Sequence[csr_matrix]) -> csr_matrix:
        parts = zip(blocks, self._kept, self._transformers, SHARES, strict=True)
        weighed = [transformer.transform(block[:, kept]) * share for block, kept, transformer, share in parts]
        return csr_matrix(hstack(weighed))


def likelihoods(margins: Scores, stretch: float) -> list[dict[str, float]]:
    """Return each message's likelihood of each category: the softmax of its scaled margins."""
    rows = softmax(margins * stretch, axis=1)
    return [dict(zip(CATEGORIES, map(float, row), strict=True)) for row in rows]


def best_stretch(margins: Scores, categories: Sequence[str]) -> float:
    """Return the scale with the best calibrated likelihoods: that of the least log loss."""
    expected = [CATEGORIES.index(category) for category in categories]
    places = np.arange(len(expected))

    def loss(stretch: float) -> float:
        return -float(log_softmax(margins * stretch, axis=1)[places, expected].mean())

    return min(STRETCHES, key=loss)


def _thousandths(values: Any) -> list[int]:
    return [round(float(value) * SCALE) for value in values]


def held_out(counts: FeatureCounts, categories: Sequence[str], fold_of: Sequence[int]) -> Scores:
    """Return each message's margins by a model that never saw its sub-intent; ``fold_of``: from ``folds``."""
    margins: Scores = np.zeros((len(categories), len(CATEGORIES)))
    for held in sorted(set(fold_of)):
        known = [place for place, fold in enumerate(fold_of) if fold != held]
        unseen = [place for place, fold in enumerate(fold_of) if fold == held]
        model = FittedModel([block[known] for block in counts.blocks], [categories[place] for place in known])
        margins[unseen] = model.margins([block[unseen] for block in counts.blocks])
    return margins


def threshold_for(judged: Sequence[Judged], wanted: float = WANTED_ACCURACY) -> float:
    """Return the lowest confidence, in hundredths, above which answers reach the wanted accuracy."""
    for hundredth in range(100):
        threshold = hundredth / 100
        covered = [one for one in judged if one.confidence >= threshold]
        if accuracy(covered) >= wanted:
            return threshold
    return 1.0


def train(examples: Sequence[Example]) -> Json:
    """Build the model's file: weights from all messages, everything else from held-out ones."""
    categories = [example.category for example in examples]
    counts = FeatureCounts([features(Message(example.text)) for example in examples])
    margins = held_out(counts, categories, folds(examples))
    stretch = best_stretch(margins, categories)
    rows = [
        Judged.of(category, likely, 0.0)
        for category, likely in zip(categories, likelihoods(margins, stretch), strict=True)
    ]
    threshold = threshold_for(rows)
    figures = evaluate([one.with_threshold(threshold) for one in rows])
    figures.pop("confusion")
    return {
        "threshold": threshold,
        "stretch": stretch,
        "measured": {"how": "held out by sub-intent", **figures},
        **FittedModel(counts.blocks, categories).table(counts.names, stretch),
    }


def write(table: Json, path: Path) -> None:
    """Write the model's file, one line per feature for readable diffs."""
    blocks = [
        f"{json.dumps(key)}: {{\n" + ",\n".join(_line(name, row) for name, row in value.items()) + "\n}"
        if key in BLOCKS
        else f"{json.dumps(key)}: {json.dumps(value)}"
        for key, value in table.items()
    ]
    path.write_text("{\n" + ",\n".join(blocks) + "\n}\n", "utf-8")


def _line(name: str, row: Sequence[int]) -> str:
    return f"{json.dumps(name, ensure_ascii=False)}:{json.dumps(row, separators=(',', ':'))}"


def model_path() -> Path:
    """Return the path of the shipped model in this checkout."""
    return Path(__file__).parents[2] / "dispatch" / "triage" / MODEL_FILE
