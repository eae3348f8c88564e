"""The service desk's vocabulary: categories, priorities and tiers (mission.md C)."""

from __future__ import annotations

from typing import Final

from dispatch import checks
from models.errors import InvalidInput

CATEGORIES: Final = (
    "technical_support",
    "billing_dispute",
    "product_complaint",
    "feature_request",
    "account_access",
    "refund_request",
    "general_inquiry",
)
FALLBACK: Final = "general_inquiry"
"""What a message is until somebody says so, where the classifier abstains."""

PRIORITIES: Final = ("LOW", "MEDIUM", "HIGH", "URGENT", "CRITICAL")
"""From 1 to 5."""

TIERS: Final = ("bronze", "silver", "gold", "platinum", "enterprise")


def category(value: object) -> str:
    """A category's name, in any case. Raises InvalidInput, naming all of them."""
    return _one_of(CATEGORIES, value, "category")


def tier(value: object) -> str | None:
    """A customer's tier, in any case; None and an empty text are none. Raises InvalidInput."""
    return _one_of(TIERS, value, "tier") if checks.stripped(value, "tier") else None


def _one_of(accepted: tuple[str, ...], value: object, field: str) -> str:
    text = checks.stripped(value, field).lower()
    if text not in accepted:
        problem = f"{checks.excerpt(text)} is not a {field}" if text else f"the {field} is missing"
        raise InvalidInput(field, problem, "accepted: " + ", ".join(accepted))
    return text
