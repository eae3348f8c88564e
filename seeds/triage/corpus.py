"""The labelled messages: one JSONL file per category, each message with its sub-intent."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from importlib.resources import files

from dispatch.triage.categories import CATEGORIES

FOLDS = 9


@dataclass(frozen=True)
class Example:
    """A labelled message; ``intent`` is its sub-intent within the category."""

    text: str
    category: str
    intent: str


def corpus() -> list[Example]:
    """Read all labelled messages, category by category."""
    folder = files("seeds.triage").joinpath("corpus")
    return [
        Example(**json.loads(line))
        for category in CATEGORIES
        for line in folder.joinpath(f"{category}.jsonl").read_text("utf-8").splitlines()
    ]


def folds(examples: Sequence[Example]) -> list[int]:
    """Assign each example to a fold: whole sub-intents together, every category in each fold."""
    fold_of: dict[tuple[str, str], int] = {}
    seen: dict[str, int] = dict.fromkeys(CATEGORIES, 0)
    for example in examples:
        key = (example.category, example.intent)
        if key not in fold_of:
            fold_of[key] = seen[example.category] % FOLDS
            seen[example.category] += 1
    return [fold_of[example.category, example.intent] for example in examples]
