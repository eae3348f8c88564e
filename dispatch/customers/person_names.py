"""Whether two names can be one person's (docs/rules.md, Customers and duplicates)."""

from __future__ import annotations

import re
from difflib import SequenceMatcher

from models.folding import fold

NEARLY = 0.88  # share of matching letters, in order: a letter or two of an ordinary name may differ
TITLES = frozenset(
    ("mr", "mrs", "ms", "miss", "mx", "sir", "dr", "prof", "professor", "herr", "frau", "mme", "jr", "sr")
)
_WORD = re.compile(r"[^\W_]+")


def agree(one: str, other: str) -> bool:
    """Return whether two names share a word, or differ by a letter or two; titles and order do not count.

    An initial counts only in a name that has nothing else. Names in scripts without spaces agree where one
    begins with the other.
    """
    first, second = _words(one), _words(other)
    if not first or not second or not first.isdisjoint(second):
        return True
    if any(_is_beginning(mine, theirs) for mine in first for theirs in second):
        return True
    return SequenceMatcher(None, " ".join(sorted(first)), " ".join(sorted(second))).ratio() >= NEARLY


def _words(name: str) -> set[str]:
    """The folded words of a name, without titles; initials only if there is nothing else."""
    words = set(_WORD.findall(fold(name).replace("'", ""))) - TITLES
    return {word for word in words if len(word) > 1 or not word.isascii()} or words


def _is_beginning(mine: str, theirs: str) -> bool:
    counts = len(mine) == 1 or len(theirs) == 1 or not mine.isascii()
    return counts and (mine.startswith(theirs) or theirs.startswith(mine))
