"""The category of a message: the shipped model, abstaining, corrections, and evaluation."""

from __future__ import annotations

import json
import time
from pathlib import Path

import pytest

from dispatch.triage.categories import CATEGORIES
from dispatch.triage.corrections import Corrections
from dispatch.triage.evaluation import Judged, evaluate
from dispatch.triage.message import Message
from dispatch.triage.model import Model, features, shipped_model
from dispatch.triage.pipeline import classify

HERE = Path(__file__).parent


@pytest.fixture(scope="module")
def model() -> Model:
    return shipped_model()


@pytest.mark.parametrize(
    ("text", "category"),
    [
        ("The app crashes whenever I open my itinerary.", "technical_support"),
        ("I was charged twice for booking 413.", "billing_dispute"),
        ("Our cabin was filthy and the steward was rude.", "product_complaint"),
        ("Please add a dark mode.", "feature_request"),
        ("I forgot my password and cannot log in.", "account_access"),
        ("I'd like my money back for the cancelled cruise.", "refund_request"),
        ("What are your opening hours?", "general_inquiry"),
    ],
)
def test_plain_messages_are_understood(text: str, category: str) -> None:
    found = classify(Message(text))
    assert (found.category, found.unsure) == (category, False)
    assert found.alternatives()[0] == {"category": category, "probability": found.confidence}


def test_probabilities_of_all_categories_add_up_to_one(model: Model) -> None:
    found = model.probabilities(Message("Mars?"))
    assert set(found) == set(CATEGORIES)
    assert sum(found.values()) == pytest.approx(1)


@pytest.mark.parametrize(
    "text",
    [
        "Hola, no puedo entrar en mi cuenta desde ayer, necesito ayuda por favor",
        "Ich kann mich nicht anmelden und brauche mein Geld zurück",
        "请帮我取消预订",
        "😀😀🚀",
        "???",
        "12345",
        "qwrt zxcv plmk",
    ],
)
def test_an_unclear_message_is_left_to_a_person(text: str) -> None:
    found = classify(Message(text))
    assert (found.category, found.unsure) == ("general_inquiry", True)
    assert len(found.alternatives()) == 3


def test_case_apostrophes_accents_and_markup_change_nothing() -> None:
    marked_up = Message("I CAN’T log in to my <b>account</b>".replace("</b>", ""))
    assert features(Message("I can't log in to my account")) == features(marked_up)
    assert Message("Café \x1b[31mrouge\x1b[0m").plain.split() == ["cafe", "rouge"]


@pytest.mark.parametrize(("name", "messages"), [("outside", 70), ("unseen", 70), ("plain", 49)])
def test_messages_from_outside_the_corpus(name: str, messages: int) -> None:
    rows = [json.loads(line) for line in (HERE / f"{name}.jsonl").read_text("utf-8").splitlines()]
    judged = []
    for row in rows:
        found = classify(Message(row["text"]))
        guess = found.alternatives()[0]["category"]
        judged.append(Judged(row["category"], guess, found.confidence, found.unsure))
    figures = evaluate(judged)
    assert figures["messages"] == messages
    assert figures["macro_f1"] >= 0.9
    assert figures["answered_macro_f1"] >= 0.9
    assert figures["covered_accuracy"] >= 0.95
    assert figures["coverage"] >= 0.9


def test_a_correction_applies_to_similar_messages(model: Model) -> None:
    text = "The gravity belt on deck nine hums in B flat"
    before = classify(Message(text))
    corrections = Corrections(model, [("The gravity belt on deck four hums in B flat", "feature_request")])
    after = classify(Message(text), corrections=corrections)
    assert before.category != "feature_request"
    assert (after.category, after.unsure) == ("feature_request", False)
    assert after.like is not None
    assert after.like.text == "The gravity belt on deck four hums in B flat"
    assert sum(after.probabilities.values()) == pytest.approx(1)


def test_a_correction_leaves_other_messages_alone(model: Model) -> None:
    corrections = Corrections(model, [("The gravity belt on deck four hums in B flat", "feature_request")])
    for text in ("I was charged twice for booking 413.", "hums", "the the the", "😀"):
        assert classify(Message(text), corrections=corrections) == classify(Message(text))


@pytest.mark.parametrize(
    ("corrected", "text"),
    [
        ("I need help with my account", "I need help with my luggage"),
        ("Please refund my order", "Please ship my order"),
        ("The app is not working", "The elevator is not working"),
    ],
)
def test_messages_that_share_only_their_frame_are_not_similar(
    model: Model, corrected: str, text: str
) -> None:
    assert Corrections(model, [(corrected, "feature_request")]).nearest(Message(text)) is None


def test_the_newest_correction_of_a_message_counts(model: Model) -> None:
    corrections = Corrections(model, [("belt hums", "feature_request")])
    corrections.add("belt hums", "product_complaint")
    assert classify(Message("belt hums"), corrections=corrections).category == "product_complaint"


def test_a_thousand_corrections_are_fast(model: Model) -> None:
    pairs = [
        (f"the cabin of booking {number} was number {number} again", "refund_request")
        for number in range(3000)
    ]
    corrections, asked = Corrections(model, pairs), Message("the cabin of booking 7 was number 7 again")
    begin = time.process_time()
    assert corrections.nearest(asked) is not None
    assert time.process_time() - begin < 0.2


def test_figures_of_labelled_messages() -> None:
    judged = [
        Judged("refund_request", "refund_request", 0.9, unsure=False),
        Judged("refund_request", "billing_dispute", 0.3, unsure=True),
        Judged("billing_dispute", "billing_dispute", 0.8, unsure=False),
        Judged("general_inquiry", "feature_request", 0.2, unsure=True),
    ]
    figures = evaluate(judged)
    assert figures["accuracy"] == 0.5
    # F1: refund 2*1/(1+2), billing 2*1/(2+1), inquiry 0; the guessed feature_request is not a label
    assert figures["macro_f1"] == pytest.approx(4 / 9, abs=1e-4)
    assert (figures["coverage"], figures["covered_accuracy"]) == (0.5, 1.0)
    # answered: refund 2*1/(1+2), billing 1, inquiry 2*1/(2+1)
    assert figures["answered_accuracy"] == 0.75
    assert figures["answered_macro_f1"] == pytest.approx(7 / 9, abs=1e-4)
    assert figures["confusion"]["refund_request"] == {"refund_request": 1, "billing_dispute": 1}


def test_figures_of_nothing_are_zero() -> None:
    figures = evaluate([])
    assert (figures["messages"], figures["accuracy"], figures["macro_f1"], figures["coverage"]) == (
        0,
        0,
        0,
        0,
    )
