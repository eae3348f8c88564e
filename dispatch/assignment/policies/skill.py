"""``skill``: specialists first, weighted by level, free capacity and rating (docs/rules.md, Policies)."""

from __future__ import annotations

from typing import Any

from peewee import fn

from dispatch.assignment.eligibility import EVERY, SKILL, Order, Pool, listed_word
from dispatch.assignment.policies.base import Candidate, Policy
from dispatch.queries.agent_levels import BEST_LEVEL, BEST_RATING, YEARS_A_LEVEL
from models.agents import Taker
from models.base import parameter
from models.customers import Lead
from models.sql import least, position

SPECIALISED = 0.4
DECIMALS = 9  # of the score, so that equal sums compare as equal

_LEVEL = fn.COALESCE(Taker.level, least(BEST_LEVEL, 1 + Taker.years_of_service / YEARS_A_LEVEL))
_COLUMNS = (Taker.agent_id, Taker.skill_base, _LEVEL, Taker.load_ratio, Taker.rating)


def _best_of(*which: Any) -> Order:
    return Order(
        lambda: Taker.select(*_COLUMNS).where(*which).order_by(Taker.skill_base.desc(), Taker.agent_id)
    )


_IS_LISTED = position(Taker.skills, parameter("wanted"))
_specialists = _best_of(Taker.skills.is_null(False), _IS_LISTED > 0)
# An agent without a list matches every destination, but is a specialist of none.
_of_every = _best_of(Taker.skills.is_null())
_of_others = _best_of(Taker.skills.is_null(False), _IS_LISTED == 0)


class SkillPolicy(Policy):
    """0.4 if specialised + 0.2 x level/5 + 0.2 x (1 - load/capacity) + 0.2 x performance.

    Specialised means that the agent lists the destination as a skill. A level that is not set grows from 1
    to 5, one every five years of service; performance is rating/5. Ties go to the lowest id.
    """

    name = "skill"
    help = "specialists in the destination, weighted by level, free capacity and rating"
    key_names = ("score", "specialised", "level", "free", "performance")

    def ranked(self, lead: Lead, pool: Pool, limit: int) -> list[Candidate]:
        wanted = listed_word(lead.destination or "")
        found = [_candidate(row, True) for row in pool.first(_specialists, limit, wanted=wanted)]
        found += [_candidate(row, False) for row in pool.first(_of_every, limit)]
        if SKILL not in pool.rules:  # otherwise they are not eligible
            found += [_candidate(row, False) for row in pool.first(_of_others, limit, wanted=wanted)]
        found.sort(key=self.place)
        return found if limit == EVERY else found[:limit]

    def place(self, candidate: Candidate) -> tuple[Any, ...]:
        return -candidate.keys[0], candidate.agent_id

    def preference(self, first: Candidate, second: Candidate) -> str:
        score, specialised, level, free, performance = first.keys
        made = f"level {level}, {free:.0%} free, rating {performance * BEST_RATING:.1f}"
        return f"highest score ({score:.3f}: {'specialised, ' if specialised else ''}{made})"


def _candidate(row: tuple[Any, ...], specialised: bool) -> Candidate:
    agent_id, base, level, ratio, rating, *_ = row
    score = round(base + SPECIALISED, DECIMALS) if specialised else base
    return Candidate(
        agent_id, (score, specialised, level, round(1 - ratio, 6), round(rating / BEST_RATING, 6))
    )
