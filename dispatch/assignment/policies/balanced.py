"""``balanced``: the lowest load for the capacity, then who has waited longest for a booking."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, ClassVar

from peewee import fn

from dispatch.assignment.eligibility import Order, Pool
from dispatch.assignment.policies.base import Candidate, Forgetful, told
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
    """Everybody is filled alike; at equal loads a new booking goes round by who had the last longest ago.

    Tenure as a tie-break starves people (docs/rules.md, Policies); idleness does not.
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
        return told(PHRASES, ranked)
