"""Sentiment of a message: VADER with support vocabulary, and with failed success."""

from __future__ import annotations

import re
from functools import lru_cache
from itertools import count
from typing import TYPE_CHECKING

from dispatch.triage.message import Message

if TYPE_CHECKING:
    from vaderSentiment.vaderSentiment import SentimentIntensityAnalyzer

READ_CHARACTERS = 3_000
MOST_EMOJI = 40
"""VADER's time grows with the square of the words, and it reads an emoji as several: read only so much."""

_SYMBOL = re.compile("[\u2190-\U0010ffff]")
"""Arrows, signs and emoji; East Asian scripts too, which VADER cannot read anyway."""

SUPPORT_WORDS = {
    "unable": -2.0,
    "cannot": -1.2,
    "cant": -1.2,
    "can't": -1.2,
    "urgent": -0.8,
    "urgently": -0.8,
    "still": -0.6,
    "again": -0.7,
    "unacceptable": -3.0,
    "inacceptable": -3.0,
    "crash": -2.0,
    "crashes": -2.0,
    "crashed": -2.0,
    "crashing": -2.0,
    "freezes": -1.6,
    "frozen": -1.4,
    "broken": -2.0,
    "bug": -1.3,
    "bugs": -1.3,
    "down": -0.9,
    "late": -1.1,
    "twice": -0.7,
    "overcharged": -2.2,
    "unauthorised": -1.9,
    "unauthorized": -1.9,
    "hacked": -2.4,
    "expired": -0.9,
    "declined": -1.2,
    "suspended": -1.5,
    "unhelpful": -2.2,
    "incompetent": -2.8,
    "asap": -0.7,
    "overpriced": -1.9,
    "dirty": -1.9,
    "filthy": -2.6,
    "refund": -0.5,
    # "please" and the like show good manners, not a good mood
    "please": 0.3,
    "help": 0.2,
}
"""Valence of single words, from -4 to 4 as in VADER's own lexicon."""

PHRASES = {
    r"locked (?:me |us )?out": ("locked_out", -2.0),
    r"(?:money back|refund(?: me| us)?) (?:now|immediately|at once|today)": ("refund_now", -2.2),
    r"(?:nobody|no one|noone) (?:(?:answer|care|help|call)(?:s|ed|d)?|replie[sd]|told)": (
        "nobody_answers",
        -2.4,
    ),
    r"(?:no|without (?:any|an?)) (?:reply|answer|response|explanation)": ("no_answer", -1.8),
    r"(?:(?:is|are|was|were|did|does|do|has|have|had|will|would|could|ca)n['o]?t|not|never|cannot|cant|wont|"
    r"doesnt|didnt|isnt|no longer)(?: (?:been|be|being|yet|even|really|properly|fully|correctly))?"
    r" (?:work(?:s|ed|ing)?|arriv(?:es?|ed|ing)|resolv(?:e|ed|ing)|solv(?:e|ed|ing)|fix(?:ed|ing)?|"
    r"help(?:s|ed|ful)?|load(?:s|ed|ing)?|receiv(?:e|ed)|respond(?:s|ed|ing)?|answer(?:s|ed|ing)?|"
    r"repl(?:y|ied)|deliver(?:ed)?|connect(?:s|ed)?|open(?:s|ed|ing)?|start(?:s|ed|ing)?|"
    r"call(?:ed)?(?: me)? back|c[ao]me|show(?:s|ed)? up|happen(?:s|ed)?)": ("failed_success", -2.0),
    r"(?:stopped|stops|quit) (?:working|responding|arriving|loading|answering)": ("failed_success", -2.0),
    r"(?:waste of (?:time|money)|rip[- ]?off|step backwards)": ("waste_of_money", -2.5),
    r"never again": ("never_again", -2.6),
    r"on hold": ("on_hold", -0.8),
}
"""Phrases, each with the one word that VADER reads instead, and its valence."""

_PHRASES = tuple(
    (re.compile(rf"\b(?:{pattern})\b", re.IGNORECASE), word) for pattern, (word, _) in PHRASES.items()
)


def sentiment(message: Message) -> dict[str, float]:
    """Return ``compound``, -1 to 1, and the shares ``positive``, ``negative`` and ``neutral``, 1 in all."""
    text = _with_few_emoji(message.readable[:READ_CHARACTERS])
    for pattern, word in _PHRASES:
        text = pattern.sub(word, text)
    scores = _analyzer().polarity_scores(text)
    return {
        "compound": scores["compound"],
        "positive": scores["pos"],
        "negative": scores["neg"],
        "neutral": scores["neu"],
    }


def _with_few_emoji(text: str) -> str:
    """Return the text without the emoji beyond the first forty."""
    seen = count()
    return _SYMBOL.sub(lambda found: found[0] if next(seen) < MOST_EMOJI else "", text)


@lru_cache(maxsize=1)
def _analyzer() -> SentimentIntensityAnalyzer:
    from vaderSentiment.vaderSentiment import SentimentIntensityAnalyzer

    analyzer = SentimentIntensityAnalyzer()
    analyzer.lexicon.update(SUPPORT_WORDS)
    analyzer.lexicon.update(dict(PHRASES.values()))
    return analyzer
