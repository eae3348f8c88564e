"""Load balancing: which unclaimed bookings move to which agent (docs/rules.md, Round robin and shuffle).

A booking moves only if load_from x capacity_to - load_to x capacity_from >= capacity_from + capacity_to:
the loads, weighted by capacity, differ by at least one booking on both sides. Each such move lowers
the sum of load^2 / capacity, so a run ends, and the next one finds nothing to do.

A stalled booking may move once to an agent who is not more loaded (0 instead of the capacities): nobody works
on it where it is. It is not stalled afterwards, so that each move lowers the number of stalled bookings, or
else leaves it and lowers the sum.
"""

from __future__ import annotations

import heapq
from collections import defaultdict, deque
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from typing import NamedTuple

Needs = tuple[str | None, ...]


class Loose(NamedTuple):
    """An unclaimed booking, its agent and what it needs; ``stalled``: it has lain there, and never moved."""

    booking_id: int
    agent_id: int
    needs: Needs
    stalled: bool = False


@dataclass
class Bearer:
    """An agent with a load; ``may_take`` is whether the agent may get more, ``left`` how many by the caps."""

    agent_id: int
    load: int
    capacity: int
    may_take: bool
    covers: tuple[frozenset[str] | None, ...] = field(default=())
    left: int | None = None

    def suits(self, needs: Needs) -> bool:
        """Whether the agent covers a booking's needs; None covers everything, or needs nothing."""
        return all(
            need is None or covered is None or need in covered
            for need, covered in zip(needs, self.covers, strict=True)
        )

    def has_room(self) -> bool:
        return self.may_take and self.load < self.capacity and (self.left is None or self.left > 0)

    def take(self) -> None:
        """Get one more booking."""
        self.load += 1
        if self.left is not None:
            self.left -= 1


class Move(NamedTuple):
    """A booking from one agent to another, ``stalled`` if the loads alone would have left it."""

    booking_id: int
    from_agent_id: int
    to_agent_id: int
    stalled: bool = False


Optimiser = Callable[[Iterable[Bearer], Iterable[Loose]], list[Move]]
"""``even_out`` or a replacement: the moves in order; a booking rarely moves more than once."""


def may_move(giver: Bearer, taker: Bearer) -> bool:
    """The rule for a move, in integers."""
    return taker.has_room() and _gap(giver, taker) >= giver.capacity + taker.capacity


def may_take_stalled(giver: Bearer, taker: Bearer) -> bool:
    """The rule for the move of a stalled booking."""
    return taker.has_room() and _gap(giver, taker) >= 0


def _gap(giver: Bearer, taker: Bearer) -> int:
    return giver.load * taker.capacity - taker.load * giver.capacity


def even_out(bearers: Iterable[Bearer], loose: Iterable[Loose]) -> list[Move]:
    """Move from the heaviest to the lightest, oldest bookings first, then stalled ones, till none may."""
    return list(_Evening(bearers, loose).moves())


class _Evening:
    """One run, with a heap of the lightest agents for each kind of need and one of the heaviest."""

    def __init__(self, bearers: Iterable[Bearer], loose: Iterable[Loose]) -> None:
        self.bearers = {bearer.agent_id: bearer for bearer in bearers}
        self.held: dict[int, dict[Needs, deque[int]]] = defaultdict(lambda: defaultdict(deque))
        self.stalled: dict[int, Loose] = {}
        for one in loose:
            self.held[one.agent_id][one.needs].append(one.booking_id)
            if one.stalled:
                self.stalled[one.booking_id] = one

    def moves(self) -> Iterator[Move]:
        """Repeat passes until one makes no move: a giver may have become light enough to take work."""
        while moved := list(self._pass()) or list(self._pass_of_stalled()):
            yield from moved

    def _pass(self) -> Iterator[Move]:
        self.light: dict[Needs, list[tuple[float, int]]] = {}
        heavy = [(-_weight(self.bearers[agent_id], -1), agent_id) for agent_id in self.held]
        heapq.heapify(heavy)
        while heavy:
            giver = self.bearers[heapq.heappop(heavy)[1]]
            found = self._best_for(giver)
            if found is not None:
                yield self._move(giver, *found)
                heapq.heappush(heavy, (-_weight(giver, -1), giver.agent_id))

    def _pass_of_stalled(self) -> Iterator[Move]:
        """Move each stalled booking, oldest first, to the lightest agent who is not more loaded than its own.

        None of them moves again in this run: it might go back.
        """
        for booking_id, agent_id, needs, _ in list(self.stalled.values()):
            giver = self.bearers[agent_id]
            able = (
                bearer
                for bearer in self.bearers.values()
                if bearer is not giver and may_take_stalled(giver, bearer) and bearer.suits(needs)
            )
            taker = min(able, key=lambda one: (_weight(one, 1), one.agent_id), default=None)
            if taker is not None:
                self._take(giver, needs, booking_id)
                taker.take()
                yield Move(booking_id, agent_id, taker.agent_id, stalled=True)

    def _take(self, giver: Bearer, needs: Needs, booking_id: int) -> None:
        held = self.held[giver.agent_id]
        held[needs].remove(booking_id)
        if not held[needs]:
            del held[needs]
        self.stalled.pop(booking_id, None)
        giver.load -= 1

    def _move(self, giver: Bearer, needs: Needs, taker: Bearer) -> Move:
        booking_id = self.held[giver.agent_id][needs][0]
        self._take(giver, needs, booking_id)
        taker.take()
        # behind the taker's own bookings, so that it is the last to move on
        self.held[taker.agent_id][needs].append(booking_id)
        return Move(booking_id, giver.agent_id, taker.agent_id)

    def _best_for(self, giver: Bearer) -> tuple[Needs, Bearer] | None:
        """The lightest agent who may get one of the giver's bookings, with the booking's needs."""
        best: tuple[float, Needs, Bearer] | None = None
        for needs in self.held[giver.agent_id]:
            taker = self._lightest(needs)
            if taker is not None and (best is None or _weight(taker, 1) < best[0]):
                best = _weight(taker, 1), needs, taker
        return best[1:] if best is not None and may_move(giver, best[2]) else None

    def _lightest(self, needs: Needs) -> Bearer | None:
        heap = self.light.get(needs)
        if heap is None:
            heap = [
                (_weight(bearer, 1), agent_id)
                for agent_id, bearer in self.bearers.items()
                if bearer.has_room() and bearer.suits(needs)
            ]
            heapq.heapify(heap)
            self.light[needs] = heap
        while heap:
            weight, agent_id = heap[0]
            bearer = self.bearers[agent_id]
            if not bearer.has_room():
                heapq.heappop(heap)
            elif weight < _weight(bearer, 1):  # it has been given a booking since
                heapq.heapreplace(heap, (_weight(bearer, 1), agent_id))
            else:
                return bearer
        return None


def _weight(bearer: Bearer, more: int) -> float:
    """The load ratio with ``more`` bookings; infinite for an agent without capacity.

    Equal ratios of integers are the same double, so the order is exact.
    """
    return (bearer.load + more) / bearer.capacity if bearer.capacity else float("inf")
