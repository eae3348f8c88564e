"""How alike the names of two people are (docs/rules.md, Customers and duplicates).

A family shares them, so the first names decide: Kim One and Lea One are two people. A letter at the end of a
first name tells Daniel from Daniela, and any other letter may be a slip.
"""

from __future__ import annotations

import re
from functools import cache
from pathlib import Path

from models.folding import fold

HERE = Path(__file__).parent
TITLES = frozenset(("mr", "mrs", "ms", "miss", "mx", "sir", "dr", "prof", "professor", "herr", "frau", "mme"))
GENERATIONS = frozenset(("jr", "sr", "junior", "senior", "ii", "iii"))
LEAST_FOR_A_SLIP = 4
"""Letters of a word that may have a slip: Kim and Tim are two names."""
SAME, ALIKE, FIRST_ALIKE, OTHERS = 1.0, 0.9, 0.6, 0.0
_WORD = re.compile(r"[^\W_]+")


def likeness(one: str, other: str) -> float:
    """Return SAME, ALIKE, FIRST_ALIKE (a new surname, perhaps), or OTHERS for two people."""
    mine, theirs = _words(one), _words(other)
    if not mine or not theirs or _generations(one) != _generations(other):
        return OTHERS
    if sorted(mine) == sorted(theirs):
        return SAME
    fewer, more = sorted((mine, theirs), key=len)
    if _is_within(fewer, more):
        return ALIKE if len(fewer) > 1 else FIRST_ALIKE
    if _is_first(mine[0], theirs[0]) and len(mine[0]) > 1 and len(theirs[0]) > 1:
        return FIRST_ALIKE
    return OTHERS


def _words(name: str) -> list[str]:
    words = _WORD.findall(fold(name).replace("'", ""))
    return [word for word in words if word not in TITLES | GENERATIONS]


def _generations(name: str) -> frozenset[str]:
    return GENERATIONS.intersection(_WORD.findall(fold(name)))


def _is_within(fewer: list[str], more: list[str]) -> bool:
    """Return whether each word of the shorter name is one of the longer: the first names alike, too."""
    left = list(more)
    for place, word in enumerate(fewer):
        alike = _is_first if place == 0 else _is_alike
        found = next((one for one in left if one == word), None) or next(
            (one for one in left if alike(word, one)), None
        )
        if found is None:
            return False
        left.remove(found)
    return True


def _is_first(one: str, other: str) -> bool:
    """Return whether two first names may be one: by a slip inside, a short form, or an initial."""
    if one == other or _is_initial(one, other) or one in _short_forms(other) or other in _short_forms(one):
        return True
    return one[-1] == other[-1] and _is_slip(one, other)


def _is_alike(one: str, other: str) -> bool:
    return one == other or _is_initial(one, other) or _is_slip(one, other)


def _is_initial(one: str, other: str) -> bool:
    short, whole = sorted((one, other), key=len)
    return len(short) == 1 and whole.startswith(short)


def _is_slip(one: str, other: str) -> bool:
    """Return whether two words differ by one letter, or by two neighbours exchanged; long ones by two."""
    from rapidfuzz.distance import DamerauLevenshtein  # slow to import, seldom needed

    least = min(len(one), len(other))
    most = 1 + (least >= 9)
    return least >= LEAST_FOR_A_SLIP and DamerauLevenshtein.distance(one, other, score_cutoff=most) <= most


@cache
def _short_names() -> dict[str, frozenset[str]]:
    lines = (HERE / "short_names.txt").read_text(encoding="utf-8").splitlines()
    return {name: frozenset(short) for name, *short in map(str.split, lines)}


def _short_forms(name: str) -> frozenset[str]:
    return _short_names().get(name, frozenset())
