"""A message as the classifier sees it: plain text, its words, and the features counted in it."""

from __future__ import annotations

import re
import unicodedata
from functools import lru_cache
from itertools import pairwise

from dispatch.triage.phrases import cues_in
from dispatch.triage.spelling import spelled
from dispatch.triage.word_classes import kinds_in

READ_CHARACTERS = 10_000
"""A message is judged by its beginning: a forwarded log of 100 kB must not hold up the desk."""

GRAM_LENGTHS = (3, 4, 5)

_APOSTROPHES = str.maketrans("’‘ʼ`´", "'''''")
_MARKUP = re.compile(r"<[^<>]{1,200}>|\x1b\[[0-9;?]{0,20}[a-z]|&[a-z]{2,6};", re.IGNORECASE)
_ADDRESS = re.compile(r"[^\s@]{1,100}@[^\s@]{1,100}|https?://\S+|www\.\S+", re.IGNORECASE)
_WORD = re.compile(r"[^\W\d_]+(?:'[^\W\d_]+)*|\d+")
_DASHED_WORD = re.compile(r"[^\W_]+(?:['-][^\W_]+)*")
_SENTENCE_END = re.compile(r"[.!?;:]+(?=\s|$)|\n+")
_BEGINNING = "<s>"

# Two words written as one, and the two.
_JOINED = (
    (re.compile(r"\bcan't\b"), "can not"),
    (re.compile(r"\bwon't\b"), "will not"),
    (re.compile(r"n't\b"), " not"),
    (re.compile(r"'m\b"), " am"),
    (re.compile(r"'re\b"), " are"),
    (re.compile(r"'ve\b"), " have"),
    (re.compile(r"'ll\b"), " will"),
    (re.compile(r"'d\b"), " would"),
    (re.compile(r"\b(it|that|there|what|where|who|how|when|he|she)'s\b"), r"\1 is"),
)

Features = tuple[list[str], list[str], list[str]]
"""What is counted, in three blocks: words and pairs of words, pieces of words, cues and kinds of words."""


def readable(text: str) -> str:
    """The part of a message that is read, without markup and escape sequences, apostrophes straight."""
    return _MARKUP.sub(" ", text[:READ_CHARACTERS].translate(_APOSTROPHES))


@lru_cache(maxsize=16)  # every part of triage asks for the same text
def plain(text: str) -> str:
    """The same in lower case, without accents; addresses are one word."""
    text = _ADDRESS.sub(" address ", readable(text)).lower()
    if text.isascii():
        return text
    decomposed = unicodedata.normalize("NFKD", text)
    return "".join(letter for letter in decomposed if not unicodedata.combining(letter))


@lru_cache(maxsize=16)
def told(text: str) -> str:
    """The same as the classifier reads it: in the usual spelling."""
    return spelled(plain(text))


def words(text: str) -> list[str]:
    """The words of a plain text, "can't" being two of them; every number is the same word."""
    if "'" in text:
        for joined, apart in _JOINED:
            text = joined.sub(apart, text)
    return ["0" if word.isdigit() else word for word in _WORD.findall(text)]


@lru_cache(maxsize=20_000)
def grams(word: str) -> tuple[str, ...]:
    """The pieces of three to five letters of one word, its ends marked by a space; none of a short one."""
    marked = f" {word[:40]} "
    if len(marked) < GRAM_LENGTHS[-1]:
        return ()
    return tuple(
        marked[start : start + length] for length in GRAM_LENGTHS for start in range(len(marked) - length + 1)
    )


def features(text: str) -> Features:
    """What the classifier counts in a message."""
    simple = told(text)
    sentences = [words(sentence) for sentence in _SENTENCE_END.split(simple)]
    found = [word for sentence in sentences for word in sentence]
    pairs = [f"{one} {other}" for sentence in sentences for one, other in pairwise([_BEGINNING, *sentence])]
    pieces = [gram for word in found for gram in grams(word)]
    return found + pairs, pieces, cues_in(simple) + kinds_in(_DASHED_WORD.findall(simple))
