"""How much work a message looks like (docs/rules.md, Triage)."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Final

from dispatch.triage.entities import Entity
from dispatch.triage.message import Message

COUNTED: Final = {"package": "PRODUCT", "launch_location": "ORG", "money": "MONEY", "date": "DATE"}
"""The types of entity that count (docs/rules.md, Triage), and what each is elsewhere.

A package is what the desk sells (PRODUCT), a launch location a company's complex (ORG). A destination
is a place, an agent a person, and numbers and addresses only name things: they do not count.
"""

_HARD = re.compile(r"\b(?:integration|api|database|configuration|customi[sz]ation)s?\b")


def complexity(message: Message, entities: Sequence[Entity]) -> str:
    """``high`` from 4 points, ``medium`` from 2, else ``low``.

    Over 200 characters 1 point, over 500 instead 2; each entity of COUNTED 1; hard words 2, once.
    """
    length = len(message.text)
    points = 2 if length > 500 else 1 if length > 200 else 0
    points += sum(entity["type"] in COUNTED for entity in entities)
    points += 2 if _HARD.search(message.plain) else 0
    return "high" if points >= 4 else "medium" if points >= 2 else "low"
