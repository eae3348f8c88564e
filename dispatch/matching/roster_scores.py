"""Scores of listed agents for a lead."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from dispatch.matching.evidence import verdict
from dispatch.matching.features import Terms, one_moment
from dispatch.matching.lead_terms import latest_terms
from dispatch.matching.score import score
from dispatch.matching.weights import in_use


@dataclass(frozen=True)
class RosterScores:
    """``match_score`` by agent, for ``whose`` lead, whether it ``steers`` and whether it is ``believed``."""

    by_agent: Mapping[int, float] = field(default_factory=dict)
    steers: bool = False
    whose: str = ""
    believed: bool = False


def roster_scores(lead: Terms | None) -> RosterScores:
    """Return the scores for a lead, by default the latest, inside ``desk.reading()``."""
    with one_moment():
        terms = lead or latest_terms()
        if terms is None:
            return RosterScores()
        used = in_use()
        seen = verdict(used)
        found = {agent.agent_id: agent.match_score for agent in score(terms, used.weights).agents}
    whose = "the latest lead" if lead is None else "the lead in the form"
    return RosterScores(found, seen.steers, whose, seen.believed)
