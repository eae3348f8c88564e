"""The service desk's vocabulary: categories, priorities and tiers (docs/rules.md, Triage)."""

from __future__ import annotations

from typing import Final

from dispatch.inputs import validation
from models.issues import CATEGORIES, TIERS
from models.priorities import PRIORITIES

__all__ = ["CATEGORIES", "FALLBACK", "PRIORITIES", "TIERS", "category", "tier"]

FALLBACK: Final = "general_inquiry"
"""A message's category until a person chooses one, where the classifier abstains."""


def category(value: object) -> str:
    """Return a category's name, in any case. Raises InvalidInput, naming them all."""
    return validation.one_of(validation.stripped(value, "category").lower(), "category", CATEGORIES)


def tier(value: object) -> str | None:
    """Return a customer's tier, in any case, or None for an empty text. Raises InvalidInput."""
    text = validation.stripped(value, "tier").lower()
    return validation.one_of(text, "tier", TIERS) if text else None
