"""Escalation triggers, with names and reasons, from rows alone (docs/rules.md, SLA and escalation)."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime

from dispatch.service.sla import clocks
from dispatch.service.sla.clocks import ClockRow
from models.clock import from_text
from models.issues import NEW, RESOLUTION, Escalation, Issue
from models.priorities import PRIORITIES

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
# in minutes, from CRITICAL to LOW
UNASSIGNED_MINUTES = (15, 60, 240, 1440, 2880)
UNRESOLVED_MINUTES = (30, 120, 480, 2880, 5760)
HIGH, MEDIUM = "high", "medium"


@dataclass
class Watched:
    """An issue with everything its triggers depend on.

    ``warned`` holds clocks and percents, ``progress`` the time of the desk's last action on the issue, and
    ``compounds`` the sentiments of the last scored interactions, newest last.
    """

    issue: Issue
    clocks: dict[str, ClockRow]
    warned: set[tuple[str, int]]
    escalations: dict[int, Escalation]
    interactions: int
    progress: str
    compounds: tuple[float, ...]

    @property
    def opened(self) -> str:
        return str(self.issue.reopened_at or self.issue.opened_at)

    @property
    def is_our_turn(self) -> bool:
        """Return whether an agent holds the issue and no customer answer is pending."""
        return self.issue.status != NEW and self.clocks[RESOLUTION].paused_at is None

    @property
    def idle_since(self) -> str | None:
        """Return when work last stopped; None while the customer has to answer."""
        if self.issue.status == NEW:
            return self.issue.waiting_since
        return self.progress if self.is_our_turn else None

    @property
    def occasions(self) -> set[tuple[str, str]]:
        """Return the occasions already raised: each trigger with the time its condition began."""
        return {(row.trigger, row.since) for row in self.escalations.values()}


@dataclass(frozen=True)
class Fired:
    """A trigger whose condition holds; ``since`` is when the current occasion began."""

    trigger: str
    reason: str
    since: str


def unassigned_s(priority: int) -> int:
    """Return the working seconds an issue may wait for an agent, or an agent may leave it untouched."""
    return 60 * UNASSIGNED_MINUTES[len(PRIORITIES) - priority]


def unresolved_s(priority: int) -> int:
    """Return the allowed working seconds on the resolution clock, customer pauses excluded."""
    return 60 * UNRESOLVED_MINUTES[len(PRIORITIES) - priority]


def fired(watched: Watched, now: datetime) -> Iterator[Fired]:
    """Yield every trigger whose condition holds."""
    issue, clock = watched.issue, watched.clocks[RESOLUTION]
    hours, limit = clocks.hours_of(clock), unassigned_s(issue.priority)
    if issue.waiting_since and hours.between(from_text(issue.waiting_since), now) >= limit:
        yield Fired(UNASSIGNED, f"no agent for {_span(limit)}", issue.waiting_since)
    if clocks.used_s(clock, now) >= (longest := unresolved_s(issue.priority)):
        yield Fired(UNRESOLVED, f"unresolved after {_span(longest)}", watched.opened)
    if watched.interactions >= MANY_INTERACTIONS:
        yield Fired(INTERACTIONS, f"{watched.interactions} interactions", watched.opened)
    last = watched.compounds[-LAST_INTERACTIONS:]
    mean = sum(last) / LAST_INTERACTIONS
    if len(last) == LAST_INTERACTIONS and mean < BAD_SENTIMENT:
        yield Fired(SENTIMENT, f"mean sentiment of the last three is {mean:.2f}", watched.opened)
    if watched.is_our_turn and hours.between(from_text(watched.progress), now) >= limit:
        yield Fired(NO_PROGRESS, f"idle for {_span(limit)}", watched.progress)


def urgency(found: Sequence[Fired]) -> str:
    """Return ``high`` if one of the two time limits was exceeded, else ``medium``."""
    return HIGH if {UNASSIGNED, UNRESOLVED} & {one.trigger for one in found} else MEDIUM


def _span(seconds: int) -> str:
    """Format a span: ``15 min``, ``2 h``, ``48 h``."""
    return f"{seconds // 3600} h" if seconds % 3600 == 0 else f"{seconds // 60} min"
