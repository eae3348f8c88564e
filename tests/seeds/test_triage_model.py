"""The training messages of triage, and the shipped model: made from them, and good enough."""

from __future__ import annotations

import json
import re
from collections import Counter, defaultdict
from itertools import combinations
from random import Random
from typing import Any

import pytest

from dispatch.triage.categories import CATEGORIES
from dispatch.triage.evaluation import Judged, evaluate
from dispatch.triage.message import Message, words
from dispatch.triage.model import Model, features
from seeds.triage.corpus import FOLDS, Example, corpus, folds


@pytest.fixture(scope="module")
def examples() -> list[Example]:
    return corpus()


@pytest.fixture(scope="module")
def shipped() -> dict[str, Any]:
    from seeds.triage.training import model_path

    table: dict[str, Any] = json.loads(model_path().read_text("utf-8"))
    return table


def test_every_category_has_many_messages_about_many_subjects(examples: list[Example]) -> None:
    for category in CATEGORIES:
        intents = Counter(example.intent for example in examples if example.category == category)
        assert sum(intents.values()) >= 60
        assert len(intents) >= 6
        assert min(intents.values()) >= 5


def test_messages_are_of_all_lengths_and_registers(examples: list[Example]) -> None:
    texts = [example.text for example in examples]
    lengths = sorted(len(text) for text in texts)
    assert lengths[len(lengths) // 20] < 40
    assert sum(length > 200 for length in lengths) >= 40
    assert sum(length > 300 for length in lengths) >= 20
    assert sum(text == text.lower() for text in texts) > 100
    assert sum(not text.isascii() for text in texts) > 5
    assert sum("!" in text for text in texts) > 40


def test_no_two_messages_are_nearly_equal(examples: list[Example]) -> None:
    """No two messages share two thirds of their words, except very short ones."""
    by_word: dict[str, list[int]] = defaultdict(list)
    bags = [frozenset(words(Message(example.text).plain)) for example in examples]
    for place, bag in enumerate(bags):
        for word in bag:
            by_word[word].append(place)
    shared = Counter(
        pair for places in by_word.values() if len(places) < 200 for pair in combinations(places, 2)
    )
    near = [
        (examples[one].text, examples[other].text)
        for (one, other), _ in shared.most_common(2000)
        if min(len(bags[one]), len(bags[other])) > 4
        and len(bags[one] & bags[other]) / len(bags[one] | bags[other]) > 2 / 3
    ]
    assert near == []


def test_the_external_messages_are_not_in_the_corpus(
    examples: list[Example], request: pytest.FixtureRequest
) -> None:
    bags = [set(words(Message(example.text).plain)) for example in examples]
    folder = request.config.rootpath / "tests" / "dispatch" / "triage"
    for name in ("outside", "unseen", "plain"):
        for line in (folder / f"{name}.jsonl").read_text("utf-8").splitlines():
            bag = set(words(Message(json.loads(line)["text"]).plain))
            assert len(bag) <= 4 or max(len(bag & other) / len(bag | other) for other in bags) <= 2 / 3, line


def test_whole_sub_intents_are_held_out(examples: list[Example]) -> None:
    fold_of = folds(examples)
    seen: dict[tuple[str, str], set[int]] = defaultdict(set)
    for example, fold in zip(examples, fold_of, strict=True):
        seen[example.category, example.intent].add(fold)
    assert all(len(found) == 1 for found in seen.values())
    for fold in range(FOLDS):
        its = {example.category for example, where in zip(examples, fold_of, strict=True) if where == fold}
        assert its == set(CATEGORIES)


def test_held_out_sub_intents_are_recognised_and_the_shipped_model_is_current(
    shipped: dict[str, Any], examples: list[Example]
) -> None:
    """Both in one test, because both need the training, which takes seconds."""
    from seeds.triage.training import train

    trained = train(examples)
    measured = trained["measured"]
    assert measured["macro_f1"] >= 0.85
    assert measured["covered_accuracy"] >= 0.95
    assert measured["coverage"] >= 0.85
    assert measured["answered_macro_f1"] >= 0.88
    assert abs(trained["threshold"] - shipped["threshold"]) <= 0.03
    for figure, value in shipped["measured"].items():
        assert trained["measured"][figure] == pytest.approx(value, abs=0.02)
    here, there = Model(trained), Model(shipped)
    for example in examples[::10]:
        message = Message(example.text)
        assert here.probabilities(message) == pytest.approx(there.probabilities(message), abs=0.01)


def test_the_plain_table_agrees_with_scikit_learn(examples: list[Example], shipped: dict[str, Any]) -> None:
    from seeds.triage.training import FeatureCounts, FittedModel, likelihoods

    counts = FeatureCounts([features(Message(example.text)) for example in examples])
    fitted = FittedModel(counts.blocks, [example.category for example in examples])
    asked = [
        "where is my refund",
        "zzz",
        "crash crash crash crash",
        *(example.text for example in examples[::50]),
    ]
    model = Model(shipped)
    margins = fitted.margins(counts.blocks_of([features(Message(text)) for text in asked]))
    for text, wanted in zip(asked, likelihoods(margins, shipped["stretch"]), strict=True):
        assert model.probabilities(Message(text)) == pytest.approx(wanted, abs=0.01)


def test_the_model_file_is_small_and_readable_in_a_diff(shipped: dict[str, Any]) -> None:
    from seeds.triage.training import model_path

    text = model_path().read_text("utf-8")
    assert len(text.encode()) < 2_000_000
    assert sum(len(shipped[block]) for block in ("words", "pieces", "cues")) < text.count("\n")
    assert not re.search(r"\d\.\d{6}", text)


@pytest.mark.stress
@pytest.mark.parametrize("seed", range(5))
def test_the_figures_do_not_depend_on_the_split_of_sub_intents(
    examples: list[Example], shipped: dict[str, Any], seed: int
) -> None:
    from seeds.triage.training import FeatureCounts, held_out, likelihoods

    counts = FeatureCounts([features(Message(example.text)) for example in examples])
    categories = [example.category for example in examples]
    intents = sorted({(example.category, example.intent) for example in examples})
    Random(seed).shuffle(intents)
    fold_of = {intent: place % 6 for place, intent in enumerate(intents)}
    margins = held_out(counts, categories, [fold_of[one.category, one.intent] for one in examples])
    figures = evaluate(
        [
            Judged.of(category, likely, shipped["threshold"])
            for category, likely in zip(categories, likelihoods(margins, shipped["stretch"]), strict=True)
        ]
    )
    assert figures["macro_f1"] >= 0.85
    assert figures["covered_accuracy"] >= 0.95
