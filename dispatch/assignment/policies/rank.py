"""``rank``: fewest bookings, most years, best rating (docs/rules.md, Assignment by rank)."""

from __future__ import annotations

from typing import Any

from dispatch.assignment.eligibility import Order
from dispatch.assignment.policies.base import Candidate, OrderedPolicy
from models.agents import Taker


class RankPolicy(OrderedPolicy):
    """The published order: the agent with rank 1 gets the lead, ties go to the lowest id."""

    name = "rank"
    help = "fewest bookings, then most years of service, then best rating"
    key_names = ("load", "years_of_service", "rating")
    phrases = ("fewest bookings ({})", "most years ({})", "best rating ({:.2f})", "lowest agent id ({})")
    order = Order(
        lambda: Taker.select(Taker.agent_id, Taker.load, Taker.years_of_service, Taker.rating).order_by(
            Taker.load, Taker.years_of_service.desc(), Taker.rating.desc(), Taker.agent_id
        )
    )

    def place(self, candidate: Candidate) -> tuple[Any, ...]:
        agent_id, load, years, rating = candidate
        return load, -years, -rating, agent_id
