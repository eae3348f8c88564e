"""``balanced``: the lowest load for the capacity, then the longest wait for a booking."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, ClassVar

from peewee import fn

from dispatch.assignment.eligibility import Order, Pool
from dispatch.assignment.policies.base import Candidate, Forgetful, reason_for
from models.agents import Taker
from models.customers import Lead

PHRASES = ("lowest load ratio ({:.2f})", "longest without a new booking (since {})", "lowest agent id ({})")

_SINCE = fn.COALESCE(Taker.last_given_at, "ever")
_evenly = Order(
    lambda: Taker.select(Taker.agent_id, Taker.load_ratio, _SINCE).order_by(
        Taker.load_ratio, Taker.last_given_at.asc(nulls="FIRST"), Taker.agent_id
    )
)


class BalancedPolicy(Forgetful):
    """Fill all agents evenly; at equal loads, the one longest without a new booking comes first.

    Years of service as a tie-break starve people (docs/rules.md, Policies); idleness does not.
    """

    name: ClassVar[str] = "balanced"
    help: ClassVar[str] = "lowest load for the capacity, then longest without a new booking"
    key_names: ClassVar[tuple[str, ...]] = ("load_ratio", "last_given_at")

    def ranked(self, lead: Lead, pool: Pool, limit: int) -> list[Candidate]:
        return [Candidate(row[0], row[1:3]) for row in pool.first(_evenly, limit)]

    def place(self, candidate: Candidate) -> tuple[Any, ...]:
        ratio, since = candidate.keys
        return ratio, "" if since == "ever" else since, candidate.agent_id

    def reason(self, ranked: Sequence[Candidate]) -> str:
        return reason_for(PHRASES, ranked)
