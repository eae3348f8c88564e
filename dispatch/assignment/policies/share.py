"""``share``: the leads in proportion to the agents' weights (docs/rules.md, Shares)."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from itertools import groupby
from operator import itemgetter
from typing import Any

from peewee import SQL

from dispatch.assignment.eligibility import EVERY, WEIGHT, Order, Pool, Tuple
from dispatch.assignment.policies.base import Candidate, Policy
from models import shares
from models.agents import Taker
from models.base import parameter
from models.customers import Lead

DECIMALS = 6  # of a lead, so that equal shares compare as equal
SPARE = 2  # one for a change since the last lead, and one to see that nobody further is among the first
_weight = itemgetter(-1)

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

    def __init__(self) -> None:
        self.needed: dict[tuple[int, float], int] = {}  # of a weight, for so many agents, the last time

    def ranked(self, lead: Lead, pool: Pool, limit: int) -> list[Candidate]:
        state = pool.read = shares.state()
        if not state.in_force:
            found = _in_turn(pool.first(_everybody, EVERY), state.moment, shares.total_of_takers(), limit)
        elif not pool.takes_work:
            rows = pool.first_of_each(_others, "of", dict.fromkeys(shares.weights_of_others(), limit))
            found = _in_turn(rows, state.moment, state.total, limit)
        else:
            found = self._first(pool, state, limit)
        return Candidate.of_rows(found if limit == EVERY else found[:limit], len(self.key_names))

    def _first(self, pool: Pool, state: shares.State, limit: int) -> list[Tuple]:
        """The first of each weight, which is enough: within one, the order is the same by any measure.

        How many of a weight are among them hardly changes from lead to lead. So where there are many, a few
        more than the last time are read at first, and ``limit`` if further ones may be among them.
        """
        sizes = {tenths / shares.TENTHS: number for tenths, number in state.counts.items()}
        large = [of for of, number in sizes.items() if number > limit != EVERY]
        looks = dict.fromkeys(sizes, limit)
        for of in large:
            looks[of] = min(limit, self.needed.get((limit, of), limit) + SPARE)
        rows = pool.first_of_each(_members, "of", looks)
        if WEIGHT not in pool.rules:  # otherwise they are not eligible
            rows += pool.first(_others, limit, of=0.0)
        found = _in_turn(rows, state.moment, state.total, limit)
        among = list(map(_weight, found)) if large else []
        if short := {of: limit for of in large if among.count(of) >= looks[of] < limit}:
            rows = [row for row in rows if row[1] not in short] + pool.first_of_each(_members, "of", short)
            found = _in_turn(rows, state.moment, state.total, limit)
            among = list(map(_weight, found))
        self.needed |= {(limit, of): among.count(of) for of in large}
        return found

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


def _in_turn(rows: Iterable[Sequence[Any]], moment: float, total: float, limit: int) -> list[Tuple]:
    """The ids of the first in turn with their keys, and of all who are level with the last of them."""
    levels = [
        (*_standing(weight, due, lag, moment, total or weight), [row[0] for row in level])
        for (weight, due, lag), level in groupby(rows, itemgetter(1, 2, 3))
    ]
    levels.sort(key=itemgetter(0))
    found: list[Tuple] = []
    for _, same in groupby(levels, itemgetter(0)):
        found += sorted((agent_id, *keys) for _, keys, ids in same for agent_id in ids)
        if limit != EVERY and len(found) >= limit:
            break
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
