"""Routing of an issue (docs/rules.md, Routing): score, choice and reason, without rows."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from dispatch.queries.agent_levels import BEST_LEVEL

SKILLED_LEVEL = 4
NOBODY = "no suitable agent has room"


@dataclass(frozen=True)
class Helper:
    """An agent's routing data; ``load`` is bookings and issues together."""

    agent_id: int
    name: str
    specialisations: tuple[str, ...]
    level: int
    load: int
    capacity: int
    performance: float

    def can_help(self, category: str) -> bool:
        return category in self.specialisations or self.level >= SKILLED_LEVEL


def score(specialised: bool, level: int, load: int, capacity: int, performance: float) -> float:
    """Return 0.4 if specialised + 0.2 x level/5 + 0.2 x (1 - load/capacity) + 0.2 x performance."""
    room = 1 - load / capacity if capacity else 0.0
    return (0.4 if specialised else 0.0) + 0.2 * level / BEST_LEVEL + 0.2 * room + 0.2 * performance


def score_of(helper: Helper, category: str) -> float:
    specialised = category in helper.specialisations
    return score(specialised, helper.level, helper.load, helper.capacity, helper.performance)


def choose(category: str, helpers: Iterable[Helper]) -> Helper | None:
    """Return the best suitable agent with room, the lowest id among equals; None if nobody fits."""
    candidates = [one for one in helpers if one.load < one.capacity and one.can_help(category)]
    return min(candidates, key=lambda one: (-score_of(one, category), one.agent_id), default=None)


def reason(category: str, helper: Helper) -> str:
    """Return the reason for choosing this agent."""
    if category in helper.specialisations:
        return f"Specialised in {category}"
    return f"Skill level {helper.level}"
