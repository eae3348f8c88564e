"""Usual spelling of words: chat abbreviations, and misspellings of service desk vocabulary.

Only everyday words of a desk are corrected, and only single slips: a dictionary of all English words would
cost more than it helps, and a word mistaken for another misleads.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterator
from functools import lru_cache
from importlib.resources import files
from typing import NamedTuple

from dispatch.triage.word_classes import kinds_of

SHORTEST = 5
"""A shorter word is one slip away from too many others."""

LONGEST = 16

_WORD = re.compile(r"[^\W\d_]+(?:'[^\W\d_]+)*")
_LETTERS = "abcdefghijklmnopqrstuvwxyz"


class _Spellings(NamedTuple):
    short: dict[str, str]
    corrected: frozenset[str]
    right: frozenset[str]


def spelled(text: str) -> str:
    """Return a plain text with abbreviations written out and misspelled words corrected."""
    return _WORD.sub(lambda found: usual(found.group()), text)


@lru_cache(maxsize=20_000)
def usual(word: str) -> str:
    """Return the usual form of a lower-case word, or the word itself."""
    known = _spellings()
    if word in known.short:
        return known.short[word]
    if not SHORTEST <= len(word) <= LONGEST or "'" in word or word in known.right or kinds_of(word):
        return word
    return next((slip for slip in _slips(word) if slip in known.corrected), word)


def _slips(word: str) -> Iterator[str]:
    """Yield every word one slip away with the same first letter: swapped, missing, wrong or extra letters."""
    splits = [(word[:place], word[place:]) for place in range(1, len(word) + 1)]
    yield from (left + right[1] + right[0] + right[2:] for left, right in splits if len(right) > 1)
    yield from (left + letter + right for left, right in splits for letter in _LETTERS)
    yield from (left + letter + right[1:] for left, right in splits if right for letter in _LETTERS)
    yield from (left + right[1:] for left, right in splits if right)


@lru_cache(maxsize=1)
def _spellings() -> _Spellings:
    listed = tomllib.loads(files("dispatch.triage").joinpath("spelling.toml").read_text("utf-8"))
    words, known = (listed["misspelled"][name].split() for name in ("words", "known"))
    return _Spellings(listed["short"], frozenset(words), frozenset([*words, *known]))
