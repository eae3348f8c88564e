"""Text normalisation: the part that is read, in plain letters, with its sentences and words."""

from __future__ import annotations

import re
import unicodedata

READ_CHARACTERS = 10_000
"""The beginning of a message is enough: a forwarded log of 100 kB must not hold up the desk."""

_APOSTROPHES = str.maketrans("’‘ʼ`´", "'''''")
_MARKUP = re.compile(r"<[^<>]{1,200}>|\x1b\[[0-9;?]{0,20}[a-z]|&[a-z]{2,6};", re.IGNORECASE)
_ADDRESS = re.compile(r"[^\s@]{1,100}@[^\s@]{1,100}|https?://\S+|www\.\S+", re.IGNORECASE)
_WORD = re.compile(r"[^\W\d_]+(?:'[^\W\d_]+)*|\d+")
_SENTENCE_END = re.compile(r"[.!?;:]+(?=\s|$)|\n+")

# Contractions, and their two words.
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


def readable(text: str) -> str:
    """Return the part that is read, without markup and escape sequences, apostrophes straight."""
    return _MARKUP.sub(" ", text[:READ_CHARACTERS].translate(_APOSTROPHES))


def plain(readable: str) -> str:
    """Return a readable text in lower case, without accents; an address becomes one word."""
    text = _ADDRESS.sub(" address ", readable).lower()
    if text.isascii():
        return text
    decomposed = unicodedata.normalize("NFKD", text)
    return "".join(letter for letter in decomposed if not unicodedata.combining(letter))


def sentences(text: str) -> list[list[str]]:
    """Return the words of each sentence of a plain text."""
    return [words(sentence) for sentence in _SENTENCE_END.split(text)]


def words(text: str) -> list[str]:
    """Return the words of a plain text, "can't" as two; every number becomes the same word."""
    if "'" in text:
        for joined, apart in _JOINED:
            text = joined.sub(apart, text)
    return ["0" if word.isdigit() else word for word in _WORD.findall(text)]
