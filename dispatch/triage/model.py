"""The classifier at run time: a table of weights in a plain file, added up without any library.

TF-IDF in three unit-length blocks (words and word pairs, pieces of words, cues and kinds of words), under a
linear model: ``seeds/triage`` trains it with scikit-learn, this module only reads it.
"""

from __future__ import annotations

import json
import math
import re
from collections import Counter
from collections.abc import Mapping, Sequence
from functools import lru_cache
from importlib.resources import files
from itertools import pairwise
from typing import Any, Final

from dispatch.triage.message import Message
from dispatch.triage.phrases import cues_in
from dispatch.triage.word_classes import kinds_in
from models.base import Json

MODEL_FILE: Final = "model.json"
SCALE: Final = 1000
"""Weights are stored as whole thousandths."""

BLOCKS: Final = ("words", "pieces", "cues")

Row = list[int]
"""A feature's idf, then its weight for each category, in thousandths."""

Features = tuple[list[str], list[str], list[str]]
"""Features in three blocks: words and word pairs, pieces of words, cues and kinds of words."""

GRAM_LENGTHS = (3, 4, 5)

_DASHED_WORD = re.compile(r"[^\W_]+(?:['-][^\W_]+)*")
_BEGINNING = "<s>"


class Model:
    """A trained model: it abstains below ``threshold``; ``measured`` is its quality on held-out messages."""

    def __init__(self, data: Mapping[str, Any]) -> None:
        self.categories: list[str] = data["categories"]
        self.threshold: float = data["threshold"]
        self.measured: Json = data["measured"]
        self._intercepts: Row = data["intercepts"]
        self._blocks: list[dict[str, Row]] = [data[block] for block in BLOCKS]

    def probabilities(self, message: Message) -> dict[str, float]:
        """Return the probability of each category; they add up to 1."""
        scores = [intercept / SCALE for intercept in self._intercepts]
        for rows, found in zip(self._blocks, features(message), strict=True):
            for place, score in enumerate(_block_scores(rows, found, len(scores))):
                scores[place] += score
        return dict(zip(self.categories, _softmax(scores), strict=True))

    def idf(self, word: str) -> float:
        """Return how distinctive a word is: the rarer, the more; an unknown word is the most."""
        row = self._blocks[0].get(word)
        return row[0] / SCALE if row else 1 + math.log((1 + self.measured["messages"]) / 2)

    def knows(self, word: str) -> bool:
        """Return whether the word occurred in the training messages."""
        return word in self._blocks[0]


def features(message: Message) -> Features:
    """Return the features of a message."""
    pairs = [
        f"{one} {other}" for sentence in message.sentences for one, other in pairwise([_BEGINNING, *sentence])
    ]
    pieces = [gram for word in message.words for gram in _grams(word)]
    cues = cues_in(message.usual) + kinds_in(_DASHED_WORD.findall(message.usual))
    return message.words + pairs, pieces, cues


@lru_cache(maxsize=20_000)
def _grams(word: str) -> tuple[str, ...]:
    """Return a word's pieces of three to five letters, its ends marked by a space; none for a short word."""
    marked = f" {word[:40]} "
    if len(marked) < GRAM_LENGTHS[-1]:
        return ()
    return tuple(
        marked[start : start + length] for length in GRAM_LENGTHS for start in range(len(marked) - length + 1)
    )


def _block_scores(rows: Mapping[str, Row], found: Sequence[str], categories: int) -> list[float]:
    """Return the weights of a block's features, scaled as if the block were a unit vector."""
    sums, squares = [0.0] * categories, 0.0
    for feature, count in Counter(found).items():
        row = rows.get(feature)
        if row is None:
            continue
        value = row[0] * (1 + math.log(count)) if count > 1 else row[0]
        squares += value * value
        for place in range(categories):
            sums[place] += value * row[place + 1]
    length = math.sqrt(squares) * SCALE
    return [total / length for total in sums] if length else sums


def _softmax(scores: Sequence[float]) -> list[float]:
    largest = max(scores)
    powers = [math.exp(score - largest) for score in scores]
    total = sum(powers)
    return [power / total for power in powers]


@lru_cache(maxsize=1)
def shipped_model() -> Model:
    """Return Astra's own model, read once (about 20 ms: call it from a worker, never on a key press)."""
    return Model(json.loads(files("dispatch.triage").joinpath(MODEL_FILE).read_text("utf-8")))
