"""Word classes of ``word_classes.toml``: words that mean much the same to the classifier."""

from __future__ import annotations

import tomllib
from collections.abc import Iterable, Iterator
from functools import lru_cache
from importlib.resources import files

SHORTEST_STEM = 3

# An ending and its replacement in the listed word.
_ENDINGS = (
    ("'s", ""),
    ("s", ""),
    ("es", ""),
    ("ies", "y"),
    ("ed", ""),
    ("d", ""),
    ("ied", "y"),
    ("ing", ""),
    ("ing", "e"),
    ("er", ""),
    ("ly", ""),
)


def kinds_in(words: Iterable[str]) -> list[str]:
    """Return the classes of a plain text's words, each once, in order of appearance."""
    return list(dict.fromkeys(kind for word in words for kind in kinds_of(word)))


@lru_cache(maxsize=20_000)
def kinds_of(word: str) -> tuple[str, ...]:
    """Return the classes of a word in any form; none for an unknown one."""
    known = _kinds()
    for form in _forms(word):
        if form in known:
            return known[form]
    if "-" in word:
        return tuple(kind for part in word.split("-") for kind in kinds_of(part))
    return ()


def _forms(word: str) -> Iterator[str]:
    """Yield the word, then its possible base forms: "stopped" gives "stopp" and "stop"."""
    yield word
    for ending, instead in _ENDINGS:
        if word.endswith(ending) and len(word) - len(ending) >= SHORTEST_STEM:
            stem = word[: -len(ending)] + instead
            yield stem
            if len(stem) > SHORTEST_STEM and stem[-1] == stem[-2]:
                yield stem[:-1]


@lru_cache(maxsize=1)
def _kinds() -> dict[str, tuple[str, ...]]:
    listed: dict[str, str] = tomllib.loads(
        files("dispatch.triage").joinpath("word_classes.toml").read_text("utf-8")
    )
    found: dict[str, tuple[str, ...]] = {}
    for kind, its in listed.items():
        for word in its.split():
            found[word] = (*found.get(word, ()), kind)
    return found
