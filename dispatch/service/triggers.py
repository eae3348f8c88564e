"""Triggers of an escalation (docs/rules.md), from figures alone: each has a name and a reason."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime

from dispatch.service.escalation import limits

UNASSIGNED, UNRESOLVED = "unassigned", "unresolved"
INTERACTIONS, SENTIMENT, NO_PROGRESS = "interactions", "sentiment", "no_progress"
MANUAL = "manual"
TRIGGERS = (UNASSIGNED, UNRESOLVED, INTERACTIONS, SENTIMENT, NO_PROGRESS, MANUAL)
REPEATED, HIGH_TIER = "repeated_issue", "high_tier"

MANY_INTERACTIONS = 5
LAST_INTERACTIONS = 3
BAD_SENTIMENT = -0.5
HIGH_TIERS = ("platinum", "enterprise")
REPEATED_WITHIN_DAYS = 30
TOP_LEVEL = 3
HIGH, MEDIUM = "high", "medium"


@dataclass(frozen=True)
class Standing:
    """An issue at a moment, as far as the triggers ask.

    ``waited_s`` and ``used_s`` are working seconds, unassigned and of the resolution clock;
    ``idle_s`` since somebody did something, None while it is nobody's turn. ``compounds`` are
    the sentiments of the last interactions that have one, the newest last. The moments tell when
    each condition can have begun.
    """

    priority: int
    waited_s: int | None
    used_s: int
    idle_s: int | None
    interactions: int
    compounds: tuple[float, ...]
    waiting_since: datetime | None
    opened: datetime
    progress: datetime


@dataclass(frozen=True)
class Fired:
    """A trigger whose condition holds; ``since`` is when its present occasion began."""

    trigger: str
    reason: str
    since: datetime


def is_overdue(standing: Standing) -> bool:
    """Has one of the two times been exceeded?"""
    waited = standing.waited_s is not None and standing.waited_s >= limits.unassigned_s(standing.priority)
    return waited or standing.used_s >= limits.unresolved_s(standing.priority)


def urgency(standing: Standing) -> str:
    """``high`` if the time was exceeded, else ``medium``."""
    return HIGH if is_overdue(standing) else MEDIUM


def fired(standing: Standing) -> Iterator[Fired]:
    """Every trigger whose condition holds."""
    limit, priority = limits.unassigned_s(standing.priority), standing.priority
    if standing.waiting_since is not None and (standing.waited_s or 0) >= limit:
        yield Fired(UNASSIGNED, f"nobody has had it for {told(limit)}", standing.waiting_since)
    if standing.used_s >= limits.unresolved_s(priority):
        yield Fired(UNRESOLVED, f"unresolved after {told(limits.unresolved_s(priority))}", standing.opened)
    if standing.interactions >= MANY_INTERACTIONS:
        yield Fired(INTERACTIONS, f"{standing.interactions} interactions", standing.opened)
    mean = mean_sentiment(standing.compounds)
    if mean is not None and mean < BAD_SENTIMENT:
        yield Fired(SENTIMENT, f"mean sentiment of the last three is {mean:.2f}", standing.opened)
    if standing.idle_s is not None and standing.idle_s >= limit:
        yield Fired(NO_PROGRESS, f"nothing was done for {told(limit)}", standing.progress)


def mean_sentiment(compounds: tuple[float, ...]) -> float | None:
    """Of the last three; None while there are fewer."""
    last = compounds[-LAST_INTERACTIONS:]
    return sum(last) / LAST_INTERACTIONS if len(last) == LAST_INTERACTIONS else None


def first_level(raised_by: list[str]) -> int:
    """1, and one more for each thing that raises it."""
    return min(TOP_LEVEL, 1 + len(raised_by))


def told(seconds: int) -> str:
    """``15 min``, ``2 h``, ``48 h``."""
    return f"{seconds // 3600} h" if seconds % 3600 == 0 else f"{seconds // 60} min"
