"""Keywords of a message: its nouns and adjectives, found by a small tagger.

It knows words that are neither (``keywords.toml``), the endings of verbs and adverbs, and word order: a
verb follows a pronoun, "to" or a modal, a noun or adjective follows an article or a possessive.
"""

from __future__ import annotations

import re
import tomllib
from collections import Counter
from functools import lru_cache
from importlib.resources import files

from dispatch.triage.message import Message

MOST = 10
SHORTEST = 4

_TOKEN = re.compile(r"[^\W\d_]+(?:['-][^\W\d_]+)*|[.,;:!?()\n]")
_BEGINNING = frozenset(["", *".,;:!?()\n", "and", "or", "then"])


def keywords(message: Message) -> list[str]:
    """Return up to ten nouns and adjectives over three letters, lower case, in order of appearance.

    If there are more, the most frequent are taken.
    """
    found: Counter[str] = Counter()
    before = ""
    for token in _TOKEN.findall(message.plain):
        word = token.removesuffix("'s")
        if len(word) >= SHORTEST and _is_keyword(word, before):
            found[word] += 1
        before = token
    chosen = {word for word, _ in found.most_common(MOST)}
    return [word for word in found if word in chosen]


def _is_keyword(word: str, before: str) -> bool:
    known = _lists()
    if word in known["never"] or "'" in word or word == "address":  # every e-mail address reads so
        return False
    if word.endswith("ly") and word not in known["not_adverbs"]:
        return False
    if before in known["before_noun"]:
        return True
    if before in known["before_verb"] or word in known["verbs"]:
        return False
    if word in known["either"]:
        return before not in _BEGINNING
    return not word.endswith(("ing", "ed")) or word in known["nouns_like_verbs"]


@lru_cache(maxsize=1)
def _lists() -> dict[str, frozenset[str]]:
    listed: dict[str, str] = tomllib.loads(
        files("dispatch.triage").joinpath("keywords.toml").read_text("utf-8")
    )
    return {name: frozenset(words.split()) for name, words in listed.items()}
