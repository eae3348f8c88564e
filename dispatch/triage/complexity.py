"""Complexity of a message (docs/rules.md, Triage)."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Final

from dispatch.triage.message import Message
from dispatch.triage.row_types import Entity

COUNTED: Final = {"package": "PRODUCT", "launch_location": "ORG", "money": "MONEY", "date": "DATE"}
"""The entity types that count (docs/rules.md, Triage), by their common names.

A package is what the desk sells (PRODUCT), a launch location a company's complex (ORG). Destinations are
places, agents are people, and numbers and addresses are mere identifiers: they do not count.
"""

_HARD = re.compile(r"\b(?:integration|api|database|configuration|customi[sz]ation)s?\b")


def complexity(message: Message, entities: Sequence[Entity]) -> str:
    """Return ``high`` from 4 points, ``medium`` from 2, else ``low``.

    Over 200 characters: 1 point; over 500: 2. Each entity of COUNTED: 1. Hard words: 2, once.
    """
    length = len(message.text)
    points = 2 if length > 500 else 1 if length > 200 else 0
    points += sum(entity["type"] in COUNTED for entity in entities)
    points += 2 if _HARD.search(message.plain) else 0
    return "high" if points >= 4 else "medium" if points >= 2 else "low"
