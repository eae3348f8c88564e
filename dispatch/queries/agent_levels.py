"""Skill level and performance of an agent, from years of service and rating."""

from __future__ import annotations

BEST_LEVEL = 5
YEARS_A_LEVEL = 5
BEST_RATING = 5


def level_of(level: int | None, years_of_service: int) -> int:
    """Return the skill level, 1 to 5: as set, else 1 plus one for every five years of service."""
    return level or min(BEST_LEVEL, 1 + years_of_service // YEARS_A_LEVEL)


def performance_of(rating: float) -> float:
    """Return 0 to 1, from the agent's own ratings."""
    return rating / BEST_RATING
