"""``share``: the leads in proportion to the agents' weights (docs/rules.md, Shares)."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from itertools import groupby
from operator import itemgetter
from typing import Any

from peewee import SQL

from dispatch.assignment.eligibility import EVERY, WEIGHT, Order, Pool
from dispatch.assignment.policies.base import Candidate, Policy
from models import shares
from models.agents import Taker
from models.base import parameter
from models.customers import Lead

DECIMALS = 6  # of a lead, so that equal shares compare as equal

_COLUMNS = (Taker.agent_id, Taker.weight, Taker.share_due, Taker.share_lag)
_everybody = Order(lambda: Taker.select(*_COLUMNS), by_id=True)
# Who has a share_due is a member, and may take work; the lag follows from it.
_members = Order(
    lambda: (
        Taker.select(Taker.agent_id, Taker.weight, Taker.share_due, SQL("0.0"))
        .where(Taker.weight == parameter("of"), Taker.share_due.is_null(False))
        .order_by(Taker.share_due, Taker.agent_id)
    ),
    all_able=True,
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
    lead from their share as long as agents and weights stay the same. Where they do not, as caps let winners
    leave, several may be a whole lead behind: all of them are due now, and whoever is furthest behind is
    first. If nobody is behind, it is the one who will be first.
    """

    name = shares.SHARE
    help = "leads in proportion to the agents' weights, whoever is due first for their share"
    key_names = ("is_behind", "due_in", "behind", "weight")
    is_steady, by_weight, shares_out = False, True, True

    def ranked(self, lead: Lead, pool: Pool, limit: int) -> list[Candidate]:
        state = pool.read = shares.state()
        total = state.total if state.in_force else shares.total_of_takers()
        rows = _first(pool, state, limit) if state.in_force else pool.first(_everybody, EVERY)
        found = _in_turn(rows, state.moment, total, limit)
        return Candidate.of_rows(found, len(self.key_names))

    def place(self, candidate: Candidate) -> tuple[Any, ...]:
        return *_turn(*candidate.keys), candidate.agent_id

    def preference(self, first: Candidate, second: Candidate) -> str:
        is_behind, _, behind, weight = first.keys
        why = (
            f"due first for its share ({behind:.2f} leads behind, weight {weight:g})"
            if is_behind
            else f"the first to be behind its share ({-behind:.2f} leads ahead, weight {weight:g})"
        )
        mine, theirs = self.place(first), self.place(second)
        if mine[:-1] == theirs[:-1]:
            return f"{why}, then lowest agent number ({first.agent_id})"
        return f"{why}, then furthest behind" if is_behind and mine[:2] == theirs[:2] else why

    def chosen(self, lead: Lead, winner: Candidate, pool: Pool) -> None:
        shares.receive(winner.agent_id, pool.read)

    def give_back(self, lead: Lead, agent_id: int) -> bool:
        return shares.give_back(agent_id)

    def take_again(self, lead: Lead, agent_id: int) -> bool:
        return shares.give_back(agent_id, -1)


def _first(pool: Pool, state: shares.State, limit: int) -> list[tuple[Any, ...]]:
    """The first of each weight, which is enough: within one, the order is the same by any measure."""
    if not pool.takes_work:
        return pool.first_of_each(_others, limit, of=shares.weights_of_others())
    rows = pool.first_of_each(_members, limit, of=[tenths / shares.TENTHS for tenths in state.counts])
    if WEIGHT not in pool.rules:  # otherwise they are not eligible
        rows += pool.first(_others, limit, of=0.0)
    return rows


def _in_turn(rows: Iterable[Sequence[Any]], moment: float, total: float, limit: int) -> list[tuple[Any, ...]]:
    """The ids of the first in turn, with their keys: worked out once for those who are level."""
    levels = [
        (*_standing(weight, due, lag, moment, total or weight), [row[0] for row in level])
        for (weight, due, lag), level in groupby(rows, itemgetter(1, 2, 3))
    ]
    levels.sort(key=itemgetter(0))
    found: list[tuple[Any, ...]] = []
    for _, same in groupby(levels, itemgetter(0)):
        found += sorted((agent_id, *keys) for _, keys, ids in same for agent_id in ids)
        if limit != EVERY and len(found) >= limit:
            return found[:limit]
    return found


def _standing(weight: float, due: float | None, lag: float, moment: float, total: float) -> tuple[Any, Any]:
    """An agent's turn, and keys: what the next lead would leave them behind, and in how many they are due."""
    if due is not None:
        lag = 1 - weight * (due - moment)
    behind = round(lag + weight / total if weight else lag, DECIMALS)
    due_in = max(0.0, round((1 - lag) / weight * total, DECIMALS)) if weight else None
    keys = bool(weight) and behind > 0, due_in, behind, weight
    return _turn(*keys), keys


def _turn(is_behind: bool, due_in: float | None, behind: float, weight: float) -> tuple[float, ...]:
    """When agents with these keys have their turn: lower is sooner."""
    if is_behind and due_in is not None:
        return 0, due_in, -behind
    return (1, -behind / weight) if weight else (2, 0.0)
