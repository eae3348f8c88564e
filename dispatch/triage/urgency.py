"""Urgency indicators, matched as whole words: "down" is in "it is down", but not in "download"."""

from __future__ import annotations

import re

from dispatch.triage.message import Message

INDICATORS = (
    "urgent",
    "emergency",
    "critical",
    "asap",
    "immediately",
    "not working",
    "broken",
    "down",
    "crashed",
    "stuck",
    "can't access",
    "unable to",
    "deadline",
    "time sensitive",
)
"""Indicators of urgency in a message (docs/rules.md, Triage)."""

RAISING = frozenset(
    {"urgent", "critical", "emergency", "immediately", "asap", "broken", "down", "not working"}
)
"""Indicators that raise the priority (docs/rules.md, Priority)."""

# Variants: "isn't working", "cannot access", "time-sensitive".
_SAID = {
    "not working": r"(?:not|\w+n't|isnt|arent) working",
    "can't access": r"(?:can't|cannot|cant|can not) access",
    "time sensitive": r"time[ -]sensitive",
}
_PATTERNS = {
    word: re.compile(rf"(?<![\w'])(?:{_SAID.get(word, re.escape(word))})(?!\w)") for word in INDICATORS
}


def urgency_indicators(message: Message) -> list[str]:
    """Return the indicators in a message, each once, in the order of INDICATORS."""
    simple = " ".join(message.plain.split())
    return [word for word in INDICATORS if _PATTERNS[word].search(simple)]
