"""``skill``: specialised agents first, weighed with level, free capacity and rating (mission.md C3)."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, ClassVar

from peewee import Case, fn

from dispatch.eligibility import Order, Pool, listed_word
from dispatch.policies.base import ONLY_ONE, Candidate, Forgetful
from models.agents import Taker
from models.base import parameter
from models.customers import Lead

YEARS_A_LEVEL = 5
HIGHEST_LEVEL = 5
BEST_RATING = 5.0

# An agent without a list matches every destination, but is a specialist of none.
_SPECIALISED = Case(None, [(fn.INSTR(fn.COALESCE(Taker.skills, ""), parameter("wanted")) > 0, 1)], 0)
_LEVEL = fn.COALESCE(Taker.level, fn.MIN(HIGHEST_LEVEL, 1 + Taker.years_of_service / YEARS_A_LEVEL))
_FREE = fn.ROUND(1.0 - (Taker.load + Taker.issue_load).cast("REAL") / fn.MAX(Taker.capacity, 1), 6)
_PERFORMANCE = fn.ROUND(Taker.rating / BEST_RATING, 6)
_SCORE = fn.ROUND(_SPECIALISED * 0.4 + _LEVEL * 0.2 / HIGHEST_LEVEL + _FREE * 0.2 + _PERFORMANCE * 0.2, 9)
_by_score = Order(
    lambda: Taker.select(Taker.agent_id, _SCORE, _SPECIALISED, _LEVEL, _FREE, _PERFORMANCE).order_by(
        _SCORE.desc(), Taker.agent_id
    )
)


class SkillPolicy(Forgetful):
    """0.4 if specialised + 0.2 x level/5 + 0.2 x (1 - load/capacity) + 0.2 x performance.

    Specialised is who lists the destination as a skill, the level, where none is set, grows by one every
    five years of service from 1 to 5, and performance is the rating from 0 to 1. Ties go to the lowest id.
    """

    name: ClassVar[str] = "skill"
    help: ClassVar[str] = "specialists of the destination, weighed with level, free capacity and rating"
    key_names: ClassVar[tuple[str, ...]] = ("score", "specialised", "level", "free", "performance")

    def ranked(self, lead: Lead, pool: Pool, limit: int) -> list[Candidate]:
        wanted = listed_word(lead.destination or "")
        rows = pool.first(_by_score, limit, wanted=wanted)
        return [
            Candidate(agent_id, (score, bool(specialised), level, free, performance))
            for agent_id, score, specialised, level, free, performance, *_ in rows
        ]

    def place(self, candidate: Candidate) -> tuple[Any, ...]:
        return -candidate.keys[0], candidate.agent_id

    def reason(self, ranked: Sequence[Candidate]) -> str:
        if len(ranked) == 1:
            return ONLY_ONE
        score, specialised, level, free, performance = ranked[0].keys
        made = f"level {level}, {free:.0%} free, rating {performance * BEST_RATING:.1f}"
        return f"highest score ({score:.3f}: {'specialised, ' if specialised else ''}{made})"
