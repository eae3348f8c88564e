"""``round_robin``: the next higher id per launch and destination (docs/rules.md, Round robin and shuffle)."""

from __future__ import annotations

from typing import Any

from dispatch.assignment.eligibility import DEPARTMENT, LANGUAGE, LOCATION, SKILL, Order, Pool
from dispatch.assignment.policies.base import Candidate, Policy
from models.agents import Taker
from models.base import CompiledQuery, parameter
from models.customers import Lead
from models.round_robin_pointers import RoundRobinPointer

_pointer = CompiledQuery(
    lambda: RoundRobinPointer.select(RoundRobinPointer.pointer_id, RoundRobinPointer.agent_id).where(
        RoundRobinPointer.location == parameter("location"), RoundRobinPointer.skill == parameter("skill")
    )
)
_ids = Taker.select(Taker.agent_id).order_by(Taker.agent_id)
_beyond = Order(lambda: _ids.where(Taker.agent_id > parameter("last")), by_id=True)
_again = Order(lambda: _ids.where(Taker.agent_id <= parameter("last")), by_id=True)


WHOLE_DESK = {"location": "", "skill": ""}
"""The pointer that every lead moves: where a pair that has none yet goes on. Trips always have both names."""
CONTINUE, LOWEST = STARTS = ("continue", "lowest")


class RoundRobinPolicy(Policy):
    """Each pair remembers its last agent; the next higher id gets the lead, wrapping round at the end.

    The pointer is a position among the ids, so it stays valid when an agent leaves. A new pair goes on
    behind the agent whom round robin gave a lead last, or begins with the lowest id
    (``round_robin_start``). If nobody matches both places, the search continues without either, from the
    same pointer.
    """

    name = "round_robin"
    help = "the next agent in turn, for each launch location and destination"
    key_names = ("after",)
    shares_out = True
    relaxed_first = ((LOCATION, SKILL), (LANGUAGE,), (DEPARTMENT,))

    def ranked(self, lead: Lead, pool: Pool, limit: int) -> list[Candidate]:
        last = _last(pool, lead)
        following = pool.first(_beyond, limit, last=last)
        if len(following) < limit and last:
            following += pool.first(_again, limit - len(following), last=last)
        return [Candidate(agent_id, (last,)) for agent_id, *_ in following]

    def place(self, candidate: Candidate) -> tuple[Any, ...]:
        return candidate.agent_id <= candidate.keys[0], candidate.agent_id

    def preference(self, first: Candidate, second: Candidate) -> str:
        last = first.keys[0]
        return (
            f"next in turn after agent {last}"
            if last
            else "first in turn: round robin has not given this trip out yet"
        )

    def chosen(self, lead: Lead, winner: Candidate, pool: Pool) -> None:
        for pair in (_pair(lead), WHOLE_DESK):
            rows = _pointer(**pair)
            pointer = RoundRobinPointer.lock(rows[0][0]) if rows else RoundRobinPointer(**pair)
            pointer.previous, pointer.agent_id = pointer.agent_id or 0, winner.agent_id
            pointer.lead_id, pointer.is_back = lead.lead_id, False
            pointer.save()

    def give_back(self, lead: Lead, agent_id: int) -> bool:
        """Let the turn of an undone lead count no more, where no other lead has moved the pointer since."""
        return _exchange(lead, is_back=False)

    def take_again(self, lead: Lead, agent_id: int) -> bool:
        return _exchange(lead, is_back=True)


def _exchange(lead: Lead, *, is_back: bool) -> bool:
    """Put the pointers that a lead moved last where they were before; return whether its pair's was one."""
    moved = False
    for pair in (WHOLE_DESK, _pair(lead)):
        rows = _pointer(**pair)
        pointer = RoundRobinPointer.lock(rows[0][0]) if rows else None
        moved = pointer is not None and pointer.lead_id == lead.lead_id and pointer.is_back == is_back
        if pointer is not None and moved:
            pointer.agent_id, pointer.previous = pointer.previous, pointer.agent_id
            pointer.is_back = not is_back
            pointer.save()
    return moved


def _last(pool: Pool, lead: Lead) -> int:
    """The id behind which a lead's turn begins: of its pair, else as the desk begins new pairs."""
    rows = _pointer(**_pair(lead))
    is_new = not rows or not rows[0][1]
    if is_new and pool.desk is not None and pool.desk.settings["round_robin_start"] == CONTINUE:
        rows = _pointer(**WHOLE_DESK)
    return rows[0][1] if rows else 0


def _pair(lead: Lead) -> dict[str, str]:
    return {"location": lead.launch_location or "", "skill": lead.destination or ""}
