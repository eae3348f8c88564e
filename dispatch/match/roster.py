"""What the history says of the agents of a list: their rates, and their scores for a lead."""

from __future__ import annotations

from collections.abc import Sequence, Set
from dataclasses import asdict
from typing import Any

from dispatch.match.evidence import verdict
from dispatch.match.features import Terms, one_moment
from dispatch.match.rates import rates
from dispatch.match.score import score
from dispatch.match.weights import in_use

Row = dict[str, Any]
SCORE, RATES = "match_score", ("confirmed", "decided", "rate", "low", "high")


def with_scores(rows: Sequence[Row], lead: Terms | None, wanted: Set[str]) -> list[Row]:
    """Rows of agents with what is ``wanted`` of match_score and the parts of a Rate, in ``desk.reading()``.

    A score needs a lead; ``steers`` tells whether it decides anything. Who left has neither.
    """
    added: dict[int, Row] = {row["agent_id"]: {} for row in rows}
    with one_moment():
        if lead is not None and SCORE in wanted:
            used = in_use()
            steers = verdict(used).steers
            for agent in score(lead, used.weights).agents:
                added.setdefault(agent.agent_id, {}).update(match_score=agent.match_score, steers=steers)
        if not wanted.isdisjoint(RATES):
            for rate in rates():
                told = {name: value for name, value in asdict(rate).items() if name in RATES}
                added.setdefault(rate.agent_id, {}).update(told)
    return [row | added[row["agent_id"]] for row in rows]
