"""``balanced``: the lowest load for the capacity, then the longest wait for a booking."""

from __future__ import annotations

from typing import Any

from peewee import fn

from dispatch.assignment.eligibility import Order
from dispatch.assignment.policies.base import Candidate, OrderedPolicy
from models.agents import Taker

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
        lambda: Taker.select(Taker.agent_id, Taker.load_ratio, _SINCE).order_by(
            Taker.load_ratio, Taker.last_given_at.asc(nulls="FIRST"), Taker.agent_id
        )
    )

    def place(self, candidate: Candidate) -> tuple[Any, ...]:
        ratio, since = candidate.keys
        return ratio, "" if since == "ever" else since, candidate.agent_id
