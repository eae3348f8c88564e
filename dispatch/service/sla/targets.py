"""Service targets as figures without rows (docs/rules.md, SLA and escalation)."""

from __future__ import annotations

from datetime import datetime

from dispatch.queries.agent_levels import BEST_LEVEL
from models.hours import WorkingTime
from models.issues import FIRST_RESPONSE, RESOLUTION

RESOLUTION_MINUTES = "15 120 480 1440 4320"
"""CRITICAL to LOW, as the desk setting of that name."""
FIRST_RESPONSE_MINUTES = "5 15 60 240 480"
SETTINGS = {FIRST_RESPONSE: "sla_first_response_minutes", RESOLUTION: "sla_resolution_minutes"}

WARNING_PERCENTS = (50, 75, 90, 100)
USUAL_LEVEL = 3  # of an unknown future holder of a waiting issue

Pause = tuple[datetime, datetime | None]


def passed_percents(used_s: int, allowed_s: int) -> tuple[int, ...]:
    """Return the percentages, of those that warn, that are used up."""
    return tuple(percent for percent in WARNING_PERCENTS if used_s * 100 >= allowed_s * percent)


def due(started: datetime, allowed_s: int, pauses: list[Pause], hours: WorkingTime) -> datetime:
    """Return when the time is used up, excluding the pauses (in order; the last may be open)."""
    begin, left = started, allowed_s
    for pause, resumed in pauses:
        used = hours.between(begin, pause)
        if used >= left:
            break
        left -= used
        begin = pause
        if resumed is None:
            break
        begin = max(pause, resumed)
    return hours.after(begin, left)


def after_pause(due_at: datetime, pause: datetime, resumed: datetime, hours: WorkingTime) -> datetime:
    """Return the due time after a pause: the time left is kept; an overdue one stays as it was."""
    if due_at <= pause or resumed <= pause:
        return due_at
    return hours.after(resumed, hours.between(pause, due_at))


def late_pause_s(due_at: datetime, pauses: list[Pause], hours: WorkingTime) -> int:
    """Return the working seconds of finished pauses that began after the due time."""
    return sum(
        hours.between(pause, resumed) for pause, resumed in pauses if resumed is not None and pause >= due_at
    )


def expected_response_minutes(first_response_minutes: int, load: int, capacity: int) -> float:
    """Return X (1 + load/capacity), the load including this issue (docs/rules.md, Routing)."""
    return round(first_response_minutes * (1 + load / max(1, capacity)), 1)


def estimated_resolution_minutes(resolution_minutes: int, level: int | None) -> float:
    """Return SLA x (6 - level) / 5 (docs/rules.md, Routing)."""
    return resolution_minutes * (BEST_LEVEL + 1 - (level or USUAL_LEVEL)) / 5
