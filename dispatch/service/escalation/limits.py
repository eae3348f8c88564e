"""Limits on waiting unassigned and on staying unresolved (docs/rules.md, SLA and escalation)."""

from __future__ import annotations

from models.issues import PRIORITIES

# in minutes, from CRITICAL to LOW
UNASSIGNED_MINUTES = (15, 60, 240, 1440, 2880)
UNRESOLVED_MINUTES = (30, 120, 480, 2880, 5760)


def unassigned_s(priority: int) -> int:
    """Return the working seconds an issue may wait for an agent, or an agent may leave it untouched."""
    return 60 * UNASSIGNED_MINUTES[len(PRIORITIES) - priority]


def unresolved_s(priority: int) -> int:
    """Return the allowed working seconds on the resolution clock, customer pauses excluded."""
    return 60 * UNRESOLVED_MINUTES[len(PRIORITIES) - priority]
