"""Word matching, and the contents of a customer's search document."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from models.customer_index import document, name_needle, needle, words_in
from models.folding import fold
from models.text_index import document as text_document
from tests.steady import STEADY, examples


@pytest.mark.parametrize(
    ("text", "folded"),
    [
        ("Kate", "kate"),
        ("ÉLODIE Ångström", "elodie angstrom"),
        ("e\u0301lodie", "elodie"),
        ("Straße", "strasse"),
        ("İpek", "ipek"),
        ("\ufb01n", "fin"),
        ("李小龍", "李小龍"),
        ("a\tb\x00c", "a b c"),
        ("x\udcff", "x"),
        ("Łukasz Żak", "lukasz zak"),
        ("Øyvind Ås", "oyvind as"),
        ("Đặng Văn", "dang van"),
        ("ISPARTA ıspİ", "isparta ispi"),
        ("Æsir Œuvre Þór Ħ ŧ", "aesir oeuvre thor h t"),
        ("O\u2019Brien O`Brien O\u00b4Brien O\u02bcBrien", "o'brien o'brien o'brien o'brien"),
        ("がんば", "かんは"),
    ],
)
def test_case_and_accents_are_ignored(text: str, folded: str) -> None:
    assert fold(text) == folded


@pytest.mark.parametrize(
    ("text", "words"),
    [
        (" Nguyen  KATE ", ("nguyen", "kate")),
        ("+49 (711) 12-34", ("497111234",)),
        ("kate 0711", ("kate", "0711")),
        ("", ()),
        ("\u0301", ()),
        ("+", ("+",)),
    ],
)
def test_a_phone_number_is_one_word_in_any_format(text: str, words: tuple[str, ...]) -> None:
    assert words_in(text) == words


@pytest.mark.parametrize(
    ("word", "found"),
    [
        ("kate", True),
        ("ate", True),
        ("o'br", True),
        ("te@exa", True),
        ("4971", True),
        ("1234", True),
        ("ka", True),
        ("o'", True),
        ("br", True),
        ("'", True),
        ("ex", True),
        ("49", True),
        ("at", False),
        ("ri", False),
        ("12", False),
        ("katen", False),
    ],
)
def test_long_words_match_anywhere_and_short_ones_at_the_start_of_a_word(word: str, found: bool) -> None:
    text = document(["Kate O'Brien"], "+497111234", "kate@example.com")
    assert (needle(word) in text) is found


def test_the_start_of_a_name_is_distinguished_from_its_other_words() -> None:
    text = document(["Kate O'Brien", "Ann Lee"])
    assert all(name_needle(words) in text for words in (["kate"], ["k"], ["kate", "o'b"], ["ann", "lee"]))
    assert name_needle(["lee"]) not in text
    assert name_needle(["kate", "lee"]) not in text


def test_an_empty_list_of_names_gives_an_empty_document() -> None:
    assert document([]) == ""


@pytest.mark.parametrize("word", ["太郎", "中太", "郎", "田中太郎", "김민", "민수", "수"])
def test_unspaced_scripts_are_found_by_any_part(word: str) -> None:
    assert needle(fold(word)) in document(["田中太郎", "김민수"])
    assert needle(fold(word)) in text_document("窓 田中太郎 김민수")


@pytest.mark.parametrize("word", ["o'brien", "o\u2019brien", "obrien", "brien", "o'", "ob"])
def test_an_apostrophe_may_be_of_any_kind_or_left_out(word: str) -> None:
    assert needle(fold(word)) in document(["Ann O\u2019Brien"])
    assert needle(fold(word)) in text_document("for O`Brien")


@settings(STEADY, max_examples=examples(200))
@given(st.text(max_size=20))
def test_folding_twice_changes_nothing(text: str) -> None:
    assert fold(fold(text)) == fold(text)
    assert fold(text.upper()) == fold(text.lower()) or not text.isascii()
