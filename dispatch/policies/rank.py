"""``rank``: the lowest load, then the most years of service, then the best rating (mission.md A)."""

from __future__ import annotations

from collections.abc import Collection
from typing import ClassVar

from dispatch.policies.base import Candidate
from models.agents import Agent
from models.base import CompiledQuery, parameter
from models.customers import Lead

PHRASES = ("lowest load ({})", "most years ({})", "best rating ({})", "lowest agent id ({})")

_best_first = CompiledQuery(
    lambda: (
        Agent.select(Agent.agent_id, Agent.load, Agent.years_of_service, Agent.rating)
        .where(Agent.left_at.is_null())
        .order_by(Agent.load, Agent.years_of_service.desc(), Agent.rating.desc(), Agent.agent_id)
        .limit(parameter("limit"))
    )
)


class RankPolicy:
    """The published order: the agent with rank 1 gets the lead, ties go to the lowest id."""

    name: ClassVar[str] = "rank"
    help: ClassVar[str] = "lowest load, then most years of service, then best rating"
    key_names: ClassVar[tuple[str, ...]] = ("load", "years_of_service", "rating")

    def ranked(self, lead: Lead, limit: int, excluded: Collection[int]) -> list[Candidate]:
        rows = _best_first(limit=limit + len(excluded))
        return [
            Candidate(agent_id, (load, years, rating))
            for agent_id, load, years, rating in rows
            if agent_id not in excluded
        ][:limit]

    def reason(self, ranked: list[Candidate]) -> str:
        first = ranked[0]
        if len(ranked) == 1:
            return "the only agent who can take it"
        second = ranked[1]
        words = []
        for phrase, mine, theirs in zip(
            PHRASES, (*first.keys, first.agent_id), (*second.keys, second.agent_id), strict=True
        ):
            words.append(phrase.format(mine))
            if mine != theirs:
                break
        return ", then ".join(words)
