"""``rank+contact``: rank, with who reaches the customers between load and years (mission.md A, wishes)."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, ClassVar

from dispatch.contact_rate import rates
from dispatch.eligibility import EVERY, Order, Pool
from dispatch.policies.base import Candidate, Forgetful, told
from models.agents import Taker
from models.base import parameter
from models.customers import Lead

PHRASES = (
    "lowest load ({})",
    "best contact rate ({:.0%})",
    "most years ({})",
    "best rating ({})",
    "lowest agent id ({})",
)
UNKNOWN = 1.0  # whoever has had no chance yet has missed none

_lightest = Order(
    lambda: Taker.select(Taker.agent_id, Taker.load, Taker.years_of_service, Taker.rating).order_by(
        Taker.load, Taker.years_of_service.desc(), Taker.rating.desc(), Taker.agent_id
    )
)
_as_light = Order(
    lambda: (
        Taker.select(Taker.agent_id, Taker.load, Taker.years_of_service, Taker.rating)
        .where(Taker.load <= parameter("most"))
        .order_by(Taker.load, Taker.years_of_service.desc(), Taker.rating.desc(), Taker.agent_id)
    )
)


class RankContactPolicy(Forgetful):
    """As ``rank``, but among agents of the same load the successful contact rate comes before the years."""

    name: ClassVar[str] = "rank+contact"
    help: ClassVar[str] = "lowest load, then best contact rate, then most years, then best rating"
    key_names: ClassVar[tuple[str, ...]] = ("load", "contact_rate", "years_of_service", "rating")

    def ranked(self, lead: Lead, pool: Pool, limit: int) -> list[Candidate]:
        first = pool.first(_lightest, limit)
        if not first or pool.desk is None:
            return []
        # all who are as light as the last of the first ones may come before them
        rows = pool.first(_as_light, EVERY, most=first[-1][1])
        known = rates(pool.desk, [row[0] for row in rows])
        candidates = [
            Candidate(agent_id, (load, _shown(known[agent_id].rate), years, rating))
            for agent_id, load, years, rating, *_ in rows
        ]
        return sorted(candidates, key=self.place)[:limit]

    def place(self, candidate: Candidate) -> tuple[Any, ...]:
        load, rate, years, rating = candidate.keys
        return load, -rate, -years, -rating, candidate.agent_id

    def reason(self, ranked: Sequence[Candidate]) -> str:
        return told(PHRASES, ranked)


def _shown(rate: float | None) -> float:
    return UNKNOWN if rate is None else round(rate, 4)
