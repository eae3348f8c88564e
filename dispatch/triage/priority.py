"""The priority of an issue, with every step (docs/rules.md, Priority)."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from dispatch.triage.categories import PRIORITIES
from dispatch.triage.row_types import Step
from dispatch.triage.urgency import RAISING

MEDIUM: Final = 2
HIGH_CATEGORIES: Final = frozenset({"technical_support", "billing_dispute", "account_access"})
ANGRY: Final = -0.5
TIER_BOOST: Final = {"gold": 1, "platinum": 1, "enterprise": 2}


def priority_steps(category: str, compound: float, tier: str | None, indicators: Sequence[str]) -> list[Step]:
    """Return the four steps from MEDIUM: category, sentiment, tier, urgency; the last has the priority."""
    raising = [word for word in indicators if word in RAISING]
    rules = (
        ("category", *_category(category)),
        ("sentiment", *_sentiment(compound)),
        ("tier", *_tier(tier)),
        ("urgency", f"says {', '.join(raising)}" if raising else "no urgent word", int(bool(raising))),
    )
    level = MEDIUM
    steps: list[Step] = []
    for step, why, add in rules:
        level = min(level + add, len(PRIORITIES))
        steps.append({"step": step, "why": why, "add": add, "priority": PRIORITIES[level - 1]})
    return steps


def priority(steps: Sequence[Step]) -> str:
    """Return the priority after the last step."""
    return steps[-1]["priority"]


def _category(category: str) -> tuple[str, int]:
    if category in HIGH_CATEGORIES:
        return f"{category} starts at HIGH", 1
    return f"{category} starts at MEDIUM", 0


def _sentiment(compound: float) -> tuple[str, int]:
    if compound <= ANGRY:
        return f"sentiment {compound:+.2f} is {ANGRY} or below", 1
    return f"sentiment {compound:+.2f} is above {ANGRY}", 0


def _tier(tier: str | None) -> tuple[str, int]:
    return f"{tier} customer" if tier else "no tier", TIER_BOOST.get(tier or "", 0)
