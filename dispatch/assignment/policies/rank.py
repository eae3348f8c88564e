"""``rank``: the lowest load, most years of service, best rating (docs/rules.md, Assignment by rank)."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, ClassVar

from dispatch.assignment.eligibility import Order, Pool
from dispatch.assignment.policies.base import Candidate, Forgetful, reason_for
from models.agents import Taker
from models.customers import Lead

PHRASES = ("lowest load ({})", "most years ({})", "best rating ({})", "lowest agent id ({})")

_best_first = Order(
    lambda: Taker.select(Taker.agent_id, Taker.load, Taker.years_of_service, Taker.rating).order_by(
        Taker.load, Taker.years_of_service.desc(), Taker.rating.desc(), Taker.agent_id
    )
)


class RankPolicy(Forgetful):
    """The published order: the agent with rank 1 gets the lead, ties go to the lowest id."""

    name: ClassVar[str] = "rank"
    help: ClassVar[str] = "lowest load, then most years of service, then best rating"
    key_names: ClassVar[tuple[str, ...]] = ("load", "years_of_service", "rating")

    def ranked(self, lead: Lead, pool: Pool, limit: int) -> list[Candidate]:
        return Candidate.of_rows(pool.first(_best_first, limit), len(self.key_names))

    def place(self, candidate: Candidate) -> tuple[Any, ...]:
        agent_id, load, years, rating = candidate
        return load, -years, -rating, agent_id

    def reason(self, ranked: Sequence[Candidate]) -> str:
        return reason_for(PHRASES, ranked)
