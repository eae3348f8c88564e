"""``share``: the leads in proportion to the agents' weights (docs/rules.md, Shares)."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from functools import lru_cache
from typing import Any

from dispatch.assignment.eligibility import EVERY, WEIGHT, Order, Pool
from dispatch.assignment.policies.base import Candidate, Policy
from models import shares
from models.agents import Taker
from models.base import parameter
from models.customers import Lead

DECIMALS = 6  # of a lead, so that equal shares compare as equal

_COLUMNS = (Taker.agent_id, Taker.weight, Taker.share_due, Taker.share_lag)
_everybody = Order(lambda: Taker.select(*_COLUMNS), by_id=True)
_members = Order(
    lambda: (
        Taker.select(*_COLUMNS)
        .where(Taker.weight == parameter("of"), Taker.share_due.is_null(False))
        .order_by(Taker.share_due, Taker.agent_id)
    ),
    by_id=True,
)
_others = Order(
    lambda: (
        Taker.select(*_COLUMNS)
        .where(Taker.weight == parameter("of"), Taker.share_due.is_null())
        .order_by(Taker.share_lag.desc(), Taker.agent_id)
    ),
    by_id=True,
)


class SharePolicy(Policy):
    """Among those whom the lead would leave behind their share, the one whose next lead is due first.

    Due is the moment at which an agent is entitled to one lead more than received. Going by it alone would
    let agents of great weight run ahead, so those who are not behind wait; this keeps everybody less than one
    lead from their share as long as agents and weights stay the same. If nobody is behind, it is the one who
    will be first.
    """

    name = shares.SHARE
    help = "leads in proportion to the agents' weights, whoever is due first for their share"
    key_names = ("is_behind", "due_in", "behind", "weight")
    is_steady, by_weight, shares_out = False, True, True

    def ranked(self, lead: Lead, pool: Pool, limit: int) -> list[Candidate]:
        state = shares.state()
        total = state.total if state.in_force else shares.total_of_takers()
        rows = _first(pool, state, limit) if state.in_force else pool.first(_everybody, EVERY)
        compared = ((_compared(row, state.moment, total), row[0]) for row in rows)
        found = sorted((_turn(keys), agent_id, keys) for keys, agent_id in compared)
        best = found if limit == EVERY else found[:limit]
        return [Candidate(agent_id, keys) for _, agent_id, keys in best]

    def place(self, candidate: Candidate) -> tuple[Any, ...]:
        return *_turn(candidate.keys), candidate.agent_id

    def preference(self, first: Candidate, second: Candidate) -> str:
        is_behind, _, behind, weight = first.keys
        why = (
            f"due first for its share ({behind:.2f} leads behind, weight {weight:g})"
            if is_behind
            else f"the first to be behind its share ({-behind:.2f} leads ahead, weight {weight:g})"
        )
        is_tied = self.place(first)[:-1] == self.place(second)[:-1]
        return f"{why}, then lowest agent number ({first.agent_id})" if is_tied else why

    def chosen(self, lead: Lead, winner: Candidate) -> None:
        shares.receive(winner.agent_id)

    def give_back(self, lead: Lead, agent_id: int) -> bool:
        return shares.give_back(agent_id)

    def take_again(self, lead: Lead, agent_id: int) -> bool:
        return shares.give_back(agent_id, -1)


def _first(pool: Pool, state: shares.State, limit: int) -> Iterator[tuple[Any, ...]]:
    """The first of each weight, which is enough: within one, the order is the same by any measure."""
    if pool.takes_work:
        for tenths in state.counts:
            yield from pool.first(_members, limit, of=tenths / shares.TENTHS)
        if WEIGHT not in pool.rules:  # otherwise they are not eligible
            yield from pool.first(_others, limit, of=0.0)
    else:
        for weight in shares.weights_of_others():
            yield from pool.first(_others, limit, of=weight)


def _compared(row: Sequence[Any], moment: float, total: float) -> tuple[Any, ...]:
    """An agent's keys: what the next lead would leave them behind (leads), and in how many they are due."""
    _, weight, due, lag, *_ = row
    if not weight:
        return False, None, round(lag, DECIMALS), weight
    return _keys(weight, due, lag, moment, total or weight)


@lru_cache(maxsize=64)
def _turn(keys: tuple[Any, ...]) -> tuple[int, float]:
    """When agents with these keys have their turn, lower is sooner; cached, as many are level."""
    is_behind, due_in, behind, weight = keys
    if is_behind:
        return 0, due_in
    return (1, -behind / weight) if weight else (2, 0.0)


@lru_cache(maxsize=64)
def _keys(weight: float, due: float | None, lag: float, moment: float, total: float) -> tuple[Any, ...]:
    if due is not None:
        lag = 1 - weight * (due - moment)
    behind = round(lag + weight / total, DECIMALS)
    return behind > 0, round((1 - lag) / weight * total, DECIMALS), behind, weight
