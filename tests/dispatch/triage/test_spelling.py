"""Hurried spelling and unknown words in the classifier."""

from __future__ import annotations

import pytest

from dispatch.triage.message import Message
from dispatch.triage.pipeline import classify
from dispatch.triage.spelling import spelled
from dispatch.triage.word_classes import kinds_in, kinds_of


@pytest.mark.parametrize(
    ("written", "meant"),
    [
        ("pls help, u dont answer", "please help, you don't answer"),
        ("my invioce", "my invoice"),
        ("reciept", "receipt"),
        ("acount loked", "account locked"),
        ("wanna cancell it", "want to cancel it"),
    ],
)
def test_short_forms_and_slips_get_their_usual_spelling(written: str, meant: str) -> None:
    assert spelled(written) == meant


@pytest.mark.parametrize("text", ["the charger changed", "i looked older", "account's", "bill it", "qwrtzx"])
def test_words_that_only_look_like_a_slip_stay_as_they_are(text: str) -> None:
    assert spelled(text) == text


def test_a_word_has_its_kinds_in_every_usual_form() -> None:
    assert kinds_of("crash") == kinds_of("crashes") == kinds_of("crashed") == kinds_of("crashing")
    assert "bad food" in kinds_in(["half-stale"])
    assert kinds_of("zzyzx") == ()


@pytest.mark.parametrize(
    ("text", "category"),
    [
        ("What is your refund policy?", "general_inquiry"),
        ("The food was dreadful, and the waiter threw the bill on our table.", "product_complaint"),
        ("i was chargd twise pls chek", "billing_dispute"),
        ("plz unlok my acount", "account_access"),
        ("Could you add dark mode?", "feature_request"),
    ],
)
def test_the_intent_counts_more_than_the_words(text: str, category: str) -> None:
    assert classify(Message(text)).category == category
