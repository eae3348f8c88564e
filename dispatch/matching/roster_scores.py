"""What the history says of the agents of a list: their rates, and their scores for a lead."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field
from typing import Any

from dispatch.matching.conversion_rates import rates
from dispatch.matching.evidence import verdict
from dispatch.matching.features import Terms, one_moment
from dispatch.matching.lead_terms import latest_terms
from dispatch.matching.score import score
from dispatch.matching.weights import in_use

Row = dict[str, Any]
RATES = ("confirmed", "decided", "rate", "low", "high")


@dataclass(frozen=True)
class RosterScores:
    """``match_score`` by agent, and whether it ``steers`` anything; ``whose`` tells for which lead."""

    by_agent: Mapping[int, Row] = field(default_factory=dict)
    whose: str = ""


def roster_scores(lead: Terms | None) -> RosterScores:
    """The scores for a lead, or else for the one that came in last, inside ``desk.reading()``."""
    with one_moment():
        terms = lead or latest_terms()
        if terms is None:
            return RosterScores()
        used = in_use()
        steers = verdict(used).steers
        found = {
            agent.agent_id: {"match_score": agent.match_score, "steers": steers}
            for agent in score(terms, used.weights).agents
        }
    return RosterScores(found, "the latest lead" if lead is None else "the lead in the form")


def with_agent_rates(rows: Sequence[Row]) -> list[Row]:
    """Rows of agents with the parts of their Rate, inside ``desk.reading()``; who left has none."""
    known = {rate.agent_id: asdict(rate) for rate in rates()}
    return [
        row | {name: known[row["agent_id"]][name] for name in RATES if row["agent_id"] in known}
        for row in rows
    ]
