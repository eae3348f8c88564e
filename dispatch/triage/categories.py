"""The service desk's vocabulary: categories, priorities and tiers (docs/rules.md, Triage)."""

from __future__ import annotations

from typing import Final

from dispatch.inputs import validation
from models.errors import InvalidInput
from models.issues import CATEGORIES, PRIORITIES, TIERS

__all__ = ["CATEGORIES", "FALLBACK", "PRIORITIES", "TIERS", "category", "tier"]

FALLBACK: Final = "general_inquiry"
"""A message's category until a person chooses one, where the classifier abstains."""


def category(value: object) -> str:
    """Return a category's name, in any case. Raises InvalidInput, naming them all."""
    return _one_of(CATEGORIES, value, "category")


def tier(value: object) -> str | None:
    """Return a customer's tier, in any case, or None for an empty text. Raises InvalidInput."""
    return _one_of(TIERS, value, "tier") if validation.stripped(value, "tier") else None


def _one_of(accepted: tuple[str, ...], value: object, field: str) -> str:
    text = validation.stripped(value, field).lower()
    if text not in accepted:
        problem = f"{validation.excerpt(text)} is not a {field}" if text else f"the {field} is missing"
        raise InvalidInput(field, problem, "accepted: " + ", ".join(accepted))
    return text
