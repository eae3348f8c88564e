"""The order in which bookings are served, by priority and age in one (docs/rules.md, Order of work)."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import NamedTuple

from models.clock import from_text, to_text
from models.priorities import PRIORITIES

TARGET_MINUTES = "5 15 60 240 480"
"""CRITICAL to LOW, as the desk setting ``lead_target_minutes``."""
PATIENCE = 2
"""After so many times its target, nothing that comes in later is served before a booking."""


class Turn(NamedTuple):
    """A booking's place: by when it has waited long enough, then the higher priority, then its number."""

    at: str
    lower: int
    booking_id: int


def turns(targets: str) -> Callable[[int, str, int], Turn]:
    """Return what gives the turn of a booking: by its priority, the time it has waited since, and its number.

    ``targets`` are minutes, CRITICAL to LOW.
    """
    patience: dict[int, timedelta] = {}

    def turn(priority: int, since: str, booking_id: int) -> Turn:
        if priority not in patience:
            patience[priority] = PATIENCE * timedelta(minutes=minutes_of(targets, priority))
        try:
            at = to_text(from_text(since) + patience[priority])
        except (ValueError, OverflowError):  # a damaged row must not stop the others
            at = since
        return Turn(at, -priority, booking_id)

    return turn


def minutes_of(figures: str, priority: int) -> int:
    """Return the figure for a priority (1 to 5) from a list running from CRITICAL to LOW."""
    return int(figures.split()[len(PRIORITIES) - priority])


def parse_minutes(text: str) -> str:
    """Parse five priorities' minutes, most urgent first, each at least the one before. Raises ValueError."""
    listed = [int(one) for one in text.replace(",", " ").split()]
    if len(listed) != len(PRIORITIES) or listed != sorted(listed) or not 0 < listed[0] <= listed[-1] <= 10**6:
        raise ValueError(text)
    return " ".join(map(str, listed))
