"""``balanced``: the lowest load for the capacity, then the longest wait for a booking."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from peewee import fn

from dispatch.assignment.eligibility import EVERY, Order, Pool
from dispatch.assignment.policies.base import Candidate, OrderedPolicy
from models import absences
from models.agents import Taker
from models.customers import Lead
from models.sql import ONE

HELD_BACK = "back from an absence, and has had a lead of this round"
_SOMEBODY_HELD_BACK = fn.EXISTS(absences.EVERYBODY_HELD_BACK.select(ONE))
_HELD_BACK = 3  # the place of that column
_SINCE = fn.COALESCE(Taker.last_given_at, "ever")


class BalancedPolicy(OrderedPolicy):
    """Fill all agents evenly; at equal loads, the one longest without a new booking comes first.

    Years of service as a tie-break starve people (docs/rules.md, Policies); idleness does not.
    """

    name = "balanced"
    help = "lowest load for the capacity (bookings and issues), then longest without a new booking"
    key_names = ("load_ratio", "last_given_at")
    shares_out = True
    phrases = (
        "lowest load ratio ({:.2f})",
        "longest without a new booking (since {})",
        "lowest agent number ({})",
    )
    order = Order(
        lambda: Taker.select(Taker.agent_id, Taker.load_ratio, _SINCE, _SOMEBODY_HELD_BACK).order_by(
            Taker.load_ratio, Taker.last_given_at.asc(nulls="FIRST"), Taker.agent_id
        )
    )

    def ranked(self, lead: Lead, pool: Pool, limit: int) -> list[Candidate]:
        """As by the keys; who is held back (docs/rules.md, Absence) comes last, with a further key."""
        rows = pool.first(self.order, limit)
        last = absences.held_back() if pool.takes_work and rows and rows[0][_HELD_BACK] else None
        if not last:
            return Candidate.of_rows(rows, len(self.key_names))
        found = super().ranked(lead, pool, limit if limit == EVERY else limit + len(last))
        found = [_last_of_all(each) if each.agent_id in last else each for each in found]
        found.sort(key=self.place)
        return found if limit == EVERY else found[:limit]

    def place(self, candidate: Candidate) -> tuple[Any, ...]:
        agent_id, ratio, since, *held_back = candidate
        return bool(held_back), ratio, "" if since == "ever" else since, agent_id

    def held_back(self, candidate: Candidate) -> str:
        return HELD_BACK if len(candidate.keys) > len(self.key_names) else ""

    def reason(self, ranked: Sequence[Candidate]) -> str:
        """Why the first won, and who was held back instead."""
        held = [f"agent {each.agent_id} is {HELD_BACK}" for each in ranked[1:] if self.held_back(each)]
        fair = [each for each in ranked if not self.held_back(each)] or ranked
        return "; ".join((super().reason(fair), *held))

    def chosen(self, lead: Lead, winner: Candidate, pool: Pool) -> None:
        absences.given(winner.agent_id)


def _last_of_all(candidate: Candidate) -> Candidate:
    return Candidate(candidate.agent_id, (*candidate.keys, True))
