"""Names that were typed where letters are commands, known again by a first name (docs/decisions/0026)."""

from __future__ import annotations

import re
from bisect import bisect_left
from functools import cache
from pathlib import Path

from peewee import fn

from dispatch.queries.customer_index import found
from models.agents import Agent
from models.base import tuples
from models.customer_index import name_needle
from models.folding import fold

HERE = Path(__file__).parent
BEGINNING = 3
"""Letters that a name is known by while it is typed: two of them may be two commands."""
MOST_WORDS = 4
"""Of a name: a longer text is a sentence."""


_LETTERS = re.compile(r"[^\W\d_]+")


@cache
def common_names() -> tuple[str, ...]:
    """Return common first names of many languages, folded and in order."""
    return tuple((HERE / "first_names.txt").read_text(encoding="utf-8").split())


@cache
def ordinary_words() -> frozenset[str]:
    """Return words that begin many a reason: that one of them makes a first name is no sign of a name."""
    return frozenset((HERE / "ordinary_words.txt").read_text(encoding="utf-8").split())


def begins_name(letters: str) -> bool:
    """Return whether typed letters, three or more, begin a common first name or are one."""
    sought, names = fold(letters), common_names()
    place = bisect_left(names, sought)
    return len(sought) >= BEGINNING and place < len(names) and names[place].startswith(sought)


def name_meant(letters: str, text: str) -> str:
    """Return the customer's name of which letters pressed in a list are the beginning and a text is the rest.

    "Xena Lee" for ``x`` and "ena lee", and for ``jx`` as well; "" if that makes no first name that is
    common, or known here. Fewer than three letters before an ordinary word must make a whole name known here.
    """
    words = text.split()
    head = _LETTERS.match(text)
    if head is None or len(words) > MOST_WORDS:
        return ""
    is_word = fold(head[0]) in ordinary_words()
    for start in range(len(letters)):
        name = letters[start:] + " ".join(words)
        is_known = _is_customer if is_word and len(letters) - start < BEGINNING else _is_first_name
        if is_known(fold(name)):
            return " ".join(word[:1].upper() + word[1:] for word in name.split())
    return ""


def _is_first_name(name: str) -> bool:
    head = _LETTERS.match(name)
    first = head[0] if head else ""
    of_agents = Agent.select(Agent.agent_id).where(fn.LOWER(Agent.first_name) == first).limit(1)
    return first in common_names() or bool(found([name_needle((first, ""))], 1) or tuples(of_agents))


def _is_customer(name: str) -> bool:
    words = name.split()
    return len(words) > 1 and bool(found([name_needle(words)], 1))
