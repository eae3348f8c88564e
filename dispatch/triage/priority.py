"""The priority of an issue, with every step (docs/rules.md, Priority)."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from dispatch.triage.row_types import Step
from dispatch.triage.urgency import RAISING
from models.priorities import MEDIUM, PRIORITIES

HIGH_CATEGORIES: Final = frozenset({"technical_support", "billing_dispute", "account_access"})
ANGRY: Final = -0.5
TIER_BOOST: Final = {"gold": 1, "platinum": 1, "enterprise": 2}


def priority_steps(category: str, compound: float, tier: str | None, indicators: Sequence[str]) -> list[Step]:
    """Return the four steps from MEDIUM: category, sentiment, tier, urgency; the last has the priority."""
    is_high, is_angry = category in HIGH_CATEGORIES, compound <= ANGRY
    mood = f"{ANGRY} or below" if is_angry else f"above {ANGRY}"
    raising = [word for word in indicators if word in RAISING]
    rules = (
        (
            "category",
            f"{category.replace('_', ' ')} starts at {'HIGH' if is_high else 'MEDIUM'}",
            int(is_high),
        ),
        ("sentiment", f"sentiment {compound:+z.2f} is {mood}", int(is_angry)),
        ("tier", f"{tier} customer" if tier else "no tier", TIER_BOOST.get(tier or "", 0)),
        ("urgency", f"says {', '.join(raising)}" if raising else "no urgent word", int(bool(raising))),
    )
    level = MEDIUM
    steps: list[Step] = []
    for step, why, add in rules:
        level = min(level + add, len(PRIORITIES))
        steps.append({"step": step, "why": why, "add": add, "priority": PRIORITIES[level - 1]})
    return steps
