"""A customer's message, and the forms of its text that the analysers read."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from functools import cached_property

from dispatch.triage.spelling import spelled

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


@dataclass(frozen=True)
class Message:
    """A text as typed; each other form is made once, when an analyser first asks for it.

    Of ``I CAN’T log in. <b>Pls</b> help!`` the forms are: readable ``I CAN'T log in.  Pls  help!``, plain
    ``i can't log in.  pls  help!``, usual ``i can't log in.  please  help!``, and the sentences
    ``[i, can, not, log, in], [please, help]``.
    """

    text: str

    @cached_property
    def readable(self) -> str:
        """The part that is read, without markup and escape sequences, apostrophes straight."""
        return _MARKUP.sub(" ", self.text[:READ_CHARACTERS].translate(_APOSTROPHES))

    @cached_property
    def plain(self) -> str:
        """The same in lower case without accents, as the word lists are written; an address is one word."""
        text = _ADDRESS.sub(" address ", self.readable).lower()
        if text.isascii():
            return text
        decomposed = unicodedata.normalize("NFKD", text)
        return "".join(letter for letter in decomposed if not unicodedata.combining(letter))

    @cached_property
    def usual(self) -> str:
        """The same in the usual spelling, as the classifier was trained on."""
        return spelled(self.plain)

    @cached_property
    def sentences(self) -> list[list[str]]:
        """The words in their usual spelling, sentence by sentence."""
        return [words(sentence) for sentence in _SENTENCE_END.split(self.usual)]

    @cached_property
    def words(self) -> list[str]:
        return [word for sentence in self.sentences for word in sentence]


def words(text: str) -> list[str]:
    """Return the words of a plain text, "can't" as two; every number becomes the same word."""
    if "'" in text:
        for joined, apart in _JOINED:
            text = joined.sub(apart, text)
    return ["0" if word.isdigit() else word for word in _WORD.findall(text)]
