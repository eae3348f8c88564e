"""``balanced``: the lowest load for the capacity, then the longest wait for a booking."""

from __future__ import annotations

from typing import Any

from peewee import fn

from dispatch.assignment.eligibility import EVERY, Order, Pool
from dispatch.assignment.policies.base import Candidate, OrderedPolicy
from models import absences
from models.agents import Taker
from models.customers import Lead

HELD_BACK = "back from an absence, and has had a lead of this round"
_SINCE = fn.COALESCE(Taker.last_given_at, "ever")


class BalancedPolicy(OrderedPolicy):
    """Fill all agents evenly; at equal loads, the one longest without a new booking comes first.

    Years of service as a tie-break starve people (docs/rules.md, Policies); idleness does not.
    """

    name = "balanced"
    help = "lowest load for the capacity (bookings and issues), then longest without a new booking"
    key_names = ("load_ratio", "last_given_at")
    phrases = (
        "lowest load ratio ({:.2f})",
        "longest without a new booking (since {})",
        "lowest agent number ({})",
    )
    order = Order(
        lambda: Taker.select(Taker.agent_id, Taker.load_ratio, _SINCE).order_by(
            Taker.load_ratio, Taker.last_given_at.asc(nulls="FIRST"), Taker.agent_id
        )
    )

    def ranked(self, lead: Lead, pool: Pool, limit: int) -> list[Candidate]:
        """As by the keys; who is held back (docs/rules.md, Absence) comes last, with a further key."""
        last = absences.held_back() if pool.takes_work else set()
        if not last:
            return super().ranked(lead, pool, limit)
        found = super().ranked(lead, pool, limit if limit == EVERY else limit + len(last))
        found = [_last_of_all(each) if each.agent_id in last else each for each in found]
        found.sort(key=self.place)
        return found if limit == EVERY else found[:limit]

    def place(self, candidate: Candidate) -> tuple[Any, ...]:
        agent_id, ratio, since, *held_back = candidate
        return bool(held_back), ratio, "" if since == "ever" else since, agent_id

    def held_back(self, candidate: Candidate) -> str:
        return HELD_BACK if len(candidate.keys) > len(self.key_names) else ""

    def preference(self, first: Candidate, second: Candidate) -> str:
        if why := self.held_back(second):
            return f"agent {second.agent_id} is {why}"
        return super().preference(first, second)

    def chosen(self, lead: Lead, winner: Candidate) -> None:
        absences.given(winner.agent_id)


def _last_of_all(candidate: Candidate) -> Candidate:
    return Candidate(candidate.agent_id, (*candidate.keys, True))
