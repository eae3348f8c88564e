"""Everything that triage returns for one message, by docs/rules.md, Triage and Priority."""

from __future__ import annotations

import time
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from dispatch.triage.categories import CATEGORIES, PRIORITIES
from dispatch.triage.complexity import complexity
from dispatch.triage.entities import KnownNames, entities
from dispatch.triage.keywords import keywords
from dispatch.triage.message import Message
from dispatch.triage.pipeline import triage
from dispatch.triage.priority import priority_steps
from dispatch.triage.sentiment import sentiment
from dispatch.triage.urgency import INDICATORS, urgency_indicators
from models.errors import InvalidInput

EXAMPLE = (
    "I'm unable to access my account after the recent update. "
    "This is urgent as I need to complete a transaction today."
)
KNOWN = KnownNames(
    {
        "destination": ["Mars", "Titan"],
        "package": ["Luxury Dome Stay", "Luxury Dome Stay Plus"],
        "launch_location": ["Tokyo Spaceport Terminal", "Dallas-Fort Worth Launch Complex"],
        "agent": ["Soren Baker", "Mars Venus", "İrem O'Neil"],
    }
)


def found_in(text: str) -> list[tuple[str, str]]:
    return [(found["type"], found["text"]) for found in entities(Message(text), KNOWN)]


def test_the_worked_example() -> None:
    row = triage(EXAMPLE, customer_tier="gold")
    assert (row["category"], row["priority"], row["unsure"]) == ("account_access", "CRITICAL", False)
    assert [step["step"] for step in row["priority_steps"]] == ["category", "sentiment", "tier", "urgency"]
    assert row["priority_steps"][-1]["priority"] == "CRITICAL"
    assert row["sentiment"]["compound"] < 0
    assert row["urgency_indicators"] == ["urgent", "unable to"]
    assert row["entities"] == [{"type": "date", "text": "today", "start": 108, "end": 113}]
    assert row["keywords"] == ["account", "recent", "update", "urgent", "transaction"]
    assert row["complexity"] == "low"


def test_the_documented_keys() -> None:
    assert list(triage(EXAMPLE)) == [
        "category",
        "confidence",
        "unsure",
        "priority",
        "priority_steps",
        "sentiment",
        "entities",
        "keywords",
        "urgency_indicators",
        "complexity",
        "alternatives",
    ]


def test_an_unknown_category_is_refused() -> None:
    with pytest.raises(InvalidInput, match="'nonsense' is not a category"):
        triage("hello there", category="nonsense")


def test_a_manual_choice_sets_the_category_and_its_priority() -> None:
    row = triage("😀", category="billing_dispute")
    assert (row["category"], row["priority"], row["unsure"]) == ("billing_dispute", "HIGH", False)


# ------------------------------------------------------------------------------------------- priority


@pytest.mark.parametrize(
    ("given", "adds", "ends"),
    [
        (("general_inquiry", 0.0, None, []), [0, 0, 0, 0], "MEDIUM"),
        (("technical_support", 0.0, "bronze", []), [1, 0, 0, 0], "HIGH"),
        (("billing_dispute", -0.49, "silver", []), [1, 0, 0, 0], "HIGH"),
        (("account_access", -0.5, None, []), [1, 1, 0, 0], "URGENT"),
        (("refund_request", 0.0, "gold", []), [0, 0, 1, 0], "HIGH"),
        (("refund_request", 0.0, "platinum", ["down"]), [0, 0, 1, 1], "URGENT"),
        (("feature_request", 0.0, "enterprise", []), [0, 0, 2, 0], "URGENT"),
        (("product_complaint", 0.0, None, ["stuck", "unable to", "deadline"]), [0, 0, 0, 0], "MEDIUM"),
        (("product_complaint", 0.0, None, ["broken", "down", "asap"]), [0, 0, 0, 1], "HIGH"),
        (("account_access", -0.9, "enterprise", ["urgent"]), [1, 1, 2, 1], "CRITICAL"),
    ],
)
def test_each_step_of_the_priority_is_given(given: tuple[Any, ...], adds: list[int], ends: str) -> None:
    steps = priority_steps(*given)
    assert [step["add"] for step in steps] == adds
    assert steps[-1]["priority"] == ends
    assert all(step["why"] and step["priority"] in PRIORITIES for step in steps)


def test_an_unknown_tier_is_refused_by_name() -> None:
    with pytest.raises(InvalidInput, match="'diamond' is not a tier") as caught:
        triage("hello there", customer_tier="diamond")
    assert caught.value.hint == "accepted: bronze, silver, gold, platinum, enterprise"


# -------------------------------------------------------------------------------------------- urgency


@pytest.mark.parametrize("word", INDICATORS)
def test_every_indicator_is_found_as_a_word(word: str) -> None:
    assert word in urgency_indicators(Message(f"Well, {word.upper()}!"))
    assert word not in urgency_indicators(Message(f"x{word}")) + urgency_indicators(Message(f"{word}x"))


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("please download the broken-down list", ["broken", "down"]),
        ("a breakdown, countdown and downtown", []),
        ("I can’t  access it, I can't access it, and cannot\naccess it", ["can't access"]),
        ("it isn't working and it is time-sensitive", ["not working", "time sensitive"]),
        ("uncritical, critically", []),
    ],
)
def test_urgent_words_match_only_whole_words(text: str, words: list[str]) -> None:
    assert urgency_indicators(Message(text)) == words


# ------------------------------------------------------------------------------------------ sentiment


@pytest.mark.parametrize(
    "text",
    [
        EXAMPLE,
        "It did not work.",
        "The parcel never arrived.",
        "My case is still not resolved.",
        "I am locked out of my account",
        "Nobody answers the phone.",
        "Refund me now!",
        "The page doesn’t load again",
        "I cannot open the door",
        "unacceptable",
    ],
)
def test_trouble_is_negative(text: str) -> None:
    assert sentiment(Message(text))["compound"] < -0.1


@pytest.mark.parametrize(
    "text", ["Thank you, the crew was wonderful!", "It works great now, thanks", "I love it 😍"]
)
def test_praise_is_positive(text: str) -> None:
    assert sentiment(Message(text))["compound"] > 0.3


def test_the_shares_of_a_sentiment_add_up() -> None:
    feeling = sentiment(Message("The room was dirty but the guide was lovely."))
    assert feeling["positive"] + feeling["negative"] + feeling["neutral"] == pytest.approx(1, abs=0.01)


# ------------------------------------------------------------------------------------------- entities


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("I paid $1,250.00, not 1.250,00 EUR", [("money", "$1,250.00"), ("money", "1.250,00 EUR")]),
        ("£ 30 or 45 euros or EUR 12", [("money", "£ 30"), ("money", "45 euros"), ("money", "EUR 12")]),
        ("tomorrow or next Friday", [("date", "tomorrow"), ("date", "next Friday")]),
        ("2082-11-22, 22.11.2082", [("date", "2082-11-22"), ("date", "22.11.2082")]),
        ("on 3 May, May 3rd and the 14th", [("date", "3 May"), ("date", "May 3rd"), ("date", "the 14th")]),
        ("in 2 hours, three weeks ago", [("date", "in 2 hours"), ("date", "three weeks ago")]),
        ("may I march on?", []),
        ("Booking 413 and #414", [("booking", "Booking 413"), ("booking", "#414")]),
        ("booking no. 415 on 3/5/82", [("booking", "booking no. 415"), ("date", "3/5/82")]),
        ("assignment 452 of booking #9", [("assignment", "assignment 452"), ("booking", "booking #9")]),
        ("mail a.b+c@mars.example.org.", [("email", "a.b+c@mars.example.org")]),
        ("call +49 711 123456 or 555-123-4567", [("phone", "+49 711 123456"), ("phone", "555-123-4567")]),
        ("MARS and marsh, mars's", [("destination", "MARS"), ("destination", "mars")]),
        ("luxury dome stay plus, Titan", [("package", "luxury dome stay plus"), ("destination", "Titan")]),
        ("from Tokyo Spaceport Terminal", [("launch_location", "Tokyo Spaceport Terminal")]),
        ("Soren Baker’s reply; Sorens Baker", [("agent", "Soren Baker")]),
        ("Mars Venus called", [("agent", "Mars Venus")]),
        ("Dallas-Fort Worth Launch Complex", [("launch_location", "Dallas-Fort Worth Launch Complex")]),
        ("code 12345 and version 4.2.1", []),
    ],
)  # fmt: skip
def test_entities(text: str, found: list[tuple[str, str]]) -> None:
    assert found_in(text) == found


@settings(deadline=None)
@given(
    st.text(max_size=300)
    | st.lists(st.sampled_from(["Mars ", "#4 ", "$5 ", "may ", "İ", "a@b.cd ", "3 ", "May "])).map("".join)
)
def test_entities_are_sorted_slices_that_never_overlap(text: str) -> None:
    end = 0
    for found in entities(Message(text), KNOWN):
        assert found["start"] >= end
        assert text[found["start"] : found["end"]] == found["text"] != ""
        end = found["end"]


# ------------------------------------------------------------------------------- complexity, keywords


@pytest.mark.parametrize(
    ("text", "level"),
    [
        ("x" * 200, "low"),
        ("x" * 201, "low"),
        ("x" * 501, "medium"),
        ("the API", "medium"),
        ("the api and its database integration", "medium"),
        ("rapid capitals", "low"),
        ("$5 tomorrow", "medium"),
        ("Luxury Dome Stay from Tokyo Spaceport Terminal", "medium"),
        ("Soren Baker on Mars, booking 3, a@b.cd", "low"),
        ("$5 tomorrow, configuration", "high"),
        ("customisation " + "x" * 500, "high"),
    ],
)
def test_complexity_adds_up_its_points(text: str, level: str) -> None:
    assert complexity(Message(text), entities(Message(text), KNOWN)) == level


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("The broken printer prints blank pages", ["broken", "printer", "prints", "blank", "pages"]),
        ("I want to access my account quickly", ["account"]),
        ("Please refund me. I was promised a full refund.", ["full", "refund"]),
        ("We were waiting and they cancelled our booking", ["booking"]),
        ("My FAMILY’s luggage", ["family", "luggage"]),
        ("He can go now", []),
        ("write to kate@example.org", []),
    ],
)
def test_keywords_are_nouns_and_adjectives(text: str, words: list[str]) -> None:
    assert keywords(Message(text)) == words


def test_the_ten_most_frequent_keywords_are_kept() -> None:
    nouns = [
        "cabin",
        "dome",
        "shuttle",
        "ticket",
        "luggage",
        "helmet",
        "visor",
        "airlock",
        "orbit",
        "crater",
        "rover",
    ]
    found = keywords(Message(f"The {' and the '.join(nouns)}, and the rover"))
    assert found == [*nouns[:9], "rover"]


# ------------------------------------------------------------------------------------------ bad input


@pytest.mark.parametrize("text", ["", "   \n\t", "\u200b\u200d", "\x1b\x00"])
def test_a_text_without_visible_characters_is_refused(text: str) -> None:
    with pytest.raises(InvalidInput, match="the message is empty"):
        triage(text)


@pytest.mark.parametrize(
    "piece",
    ["my money now, the api is down ", "a", "<", "@", "1,0", "\U0001f600", "bad not ", "but ", "? ", "hi, ",
     "is it late? "],
)  # fmt: skip
def test_100_kilobytes_take_a_bounded_time(piece: str) -> None:
    triage("warm up")
    begin = time.process_time()
    row = triage(piece * (100_000 // len(piece)), known=KNOWN)
    assert time.process_time() - begin < 2
    assert row["complexity"] in ("medium", "high")


@settings(deadline=None, max_examples=50)
@given(st.text(min_size=1, max_size=400))
def test_any_text_is_handled(text: str) -> None:
    try:
        row = triage(text, known=KNOWN)
    except InvalidInput:
        return
    assert row["category"] in CATEGORIES
    assert row["priority"] in PRIORITIES
    assert -1 <= row["sentiment"]["compound"] <= 1
    assert 0 <= row["confidence"] <= 1


def test_markup_and_escape_sequences_are_not_words() -> None:
    row = triage("\x1b[31mPlease refund\x1b[0m <b>my booking</b> [/b] &amp; thanks")
    assert row["category"] == "refund_request"
    assert row["keywords"] == ["booking"]
