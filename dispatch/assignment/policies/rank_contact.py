"""``rank+contact``: rank, with the contact rate between load and years (docs/rules.md, Policies)."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from dispatch.assignment.contact_rate import rates
from dispatch.assignment.eligibility import EVERY, Pool
from dispatch.assignment.policies.base import Candidate, OrderedPolicy
from dispatch.assignment.policies.rank import RankPolicy
from models.customers import Lead

if TYPE_CHECKING:
    from dispatch.desk.desk import Desk

UNKNOWN = 1.0  # an agent without leads so far has missed none
FIRST_LOOK, STEP = 64, 8  # agents read at first, and the factor to read more if that does not settle it


class RankContactPolicy(OrderedPolicy):
    """As ``rank``, but among agents with as many bookings the contact rate comes before the years."""

    name = "rank+contact"
    help = "fewest bookings, then best contact rate, then most years, then best rating"
    key_names = ("load", "contact_rate", "years_of_service", "rating")
    phrases = (RankPolicy.phrases[0], "best contact rate ({:.0%})", *RankPolicy.phrases[1:])
    order = RankPolicy.order

    def ranked(self, lead: Lead, pool: Pool, limit: int) -> list[Candidate]:
        if pool.desk is None:
            return []
        look = limit if limit == EVERY else max(limit, FIRST_LOOK)
        known: dict[int, Candidate] = {}
        while True:
            rows = pool.first(self.order, look)
            known |= _rated(pool.desk, [row for row in rows if row[0] not in known])
            if look == EVERY or len(rows) < look:
                break
            if _are_settled([known[row[0]] for row in rows], limit):
                break
            look *= STEP
        found = sorted(known.values(), key=self.place)
        return found if limit == EVERY else found[:limit]

    def place(self, candidate: Candidate) -> tuple[Any, ...]:
        load, rate, years, rating = candidate.keys
        return load, -rate, -years, -rating, candidate.agent_id


def _rated(desk: Desk, rows: Sequence[tuple[Any, ...]]) -> dict[int, Candidate]:
    known = rates(desk, [row[0] for row in rows])
    return {
        agent_id: Candidate(agent_id, (load, _comparable(known[agent_id].rate), years, rating))
        for agent_id, load, years, rating, *_ in rows
    }


def _are_settled(walked: Sequence[Candidate], limit: int) -> bool:
    """Whether no agent after these, who are in the order of ``rank``, can be among the first ``limit``.

    Later agents are not lighter than the last one, and at the same load have no more years; a rate of 1
    is the best possible.
    """
    heaviest = walked[-1].keys[0]
    sure = sum(candidate.keys[0] < heaviest or candidate.keys[1] == UNKNOWN for candidate in walked)
    return bool(sure >= limit)


def _comparable(rate: float | None) -> float:
    return UNKNOWN if rate is None else round(rate, 4)
