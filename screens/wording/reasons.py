"""Reasons for the choice of an agent, as people read them."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from typing import Any

from dispatch.assignment.decisions import BY_HAND
from dispatch.queries.wording import exact, short_moment

STORED_TIME = re.compile(r"\d{4}-\d\d-\d\d \d\d:\d\d:\d\d")
LONG_FRACTION = re.compile(r"(?<![\d.])(?<!p = )\d+\.\d{3,}")
POLICIES: Mapping[str, str] = {
    "rank": "Rank",
    "rank+contact": "Rank, contact rate",
    "round_robin": "In turn",
    "skill": "Skill",
    "balanced": "Balanced load",
    "share": "Share by weight",
    "match": "Match score",
}
"""The policies in words; a decision may have other origins, such as a person's choice."""

Figures = tuple[str, Callable[[Any], str]]
FIGURES: Mapping[str, Figures] = {
    "load": ("Bookings", str),
    "years_of_service": ("Years", str),
    "rating": ("Rating", lambda value: f"{value:.2f}"),
    "contact_rate": ("Reached", lambda value: f"{value:.0%}"),
    "load_ratio": ("Load", lambda value: f"{value:.0%}"),
    "last_given_at": ("Last given", lambda value: "never" if value == "ever" else short_moment(value)),
    "score": ("Score", lambda value: f"{value:.2f}"),
    "specialised": ("Expert", lambda value: "yes" if value else "no"),
    "level": ("Level", str),
    "free": ("Free", lambda value: f"{value:.0%}"),
    "performance": ("Rating", lambda value: f"{value * 5:.1f}"),
    "match_score": ("Match", lambda value: "–" if value is None else f"{value:.1f}"),
    "is_behind": ("Behind", lambda value: "yes" if value else "no"),
    "due_in": ("Due in", lambda value: "–" if value is None else f"{value:.1f}"),
    "behind": ("Leads", lambda value: f"{value:+z.2f}"),
    "weight": ("Weight", lambda value: f"{value:g}"),
    "after": ("After", lambda value: str(value or "–")),
}
"""What the policies compare: the column's label, and how a value reads."""


def policy_word(name: str) -> str:
    """Name a policy, or another origin of a decision, in words."""
    return POLICIES.get(name, name.replace("_", " "))


def plain_reason(text: str) -> str:
    """Return a reason with times to the minute, in the terminal's zone, and scores to two places."""
    text = STORED_TIME.sub(lambda found: exact(found[0]), text)
    return LONG_FRACTION.sub(lambda found: f"{float(found[0]):.2f}", text)


def who_decided(decided: str, holder: str | None) -> str:
    """Say what a decision by a person or the desk was: ``Kim chose Ada Byron by hand: asked for her``."""
    chosen = decided.removeprefix(f"{BY_HAND}: ")
    actor, _, reason = chosen.partition(": ")
    if chosen == decided or not reason:
        return f"Decided {plain_reason(decided)}"
    return f"{actor[:1].upper()}{actor[1:]} chose {holder or 'the agent'} {BY_HAND}: {plain_reason(reason)}"
