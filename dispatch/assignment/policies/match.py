"""``match``: the best match score if evidence allows it, else as ``rank`` (docs/rules.md, Match evidence).

Scoring is imported when used: a command that assigns nothing does not wait for it.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from dispatch.assignment.eligibility import EVERY, Pool
from dispatch.assignment.policies.base import Candidate, Policy
from dispatch.assignment.policies.rank import RankPolicy
from models.customers import Lead


class MatchPolicy(Policy):
    """The next policy's order, sorted by score; equal scores keep that order.

    The score decides if the gate is open, or if the desk is set to use particular weights; otherwise the
    next policy decides, and the reason says why.
    """

    name = "match"
    help = "best match score, where the desk's history bears it out; else as rank"
    key_names = ("match_score", *RankPolicy.key_names)

    def __init__(self) -> None:
        self._next = RankPolicy()

    def ranked(self, lead: Lead, pool: Pool, limit: int) -> list[Candidate]:
        from dispatch.matching.policy_scores import deciding_scores

        scores = deciding_scores(lead)
        if not scores:
            return [_with(None, each) for each in self._next.ranked(lead, pool, limit)]
        everybody = self._next.ranked(lead, pool, EVERY)
        scored = sorted((_with(scores[each.agent_id], each) for each in everybody), key=self.place)
        return scored if limit == EVERY else scored[:limit]

    def place(self, candidate: Candidate) -> tuple[Any, ...]:
        points = candidate.keys[0]
        return 0.0 if points is None else -points, *self._next.place(_without(candidate))

    def preference(self, first: Candidate, second: Candidate) -> str:
        """The next policy's, which decides between equal scores."""
        return self._next.preference(_without(first), _without(second))

    def reason(self, ranked: Sequence[Candidate]) -> str:
        from dispatch.matching.policy_scores import sentence

        points, evidence = ranked[0].keys[0], sentence()
        rest = super().reason(ranked)
        if points is None:
            return f"{evidence}; {rest}"
        is_tied = len(ranked) > 1 and ranked[1].keys[0] == points
        return f"best match score ({points:.1f}){f', then {rest}' if is_tied else ''}; {evidence}"


def _with(points: float | None, candidate: Candidate) -> Candidate:
    return Candidate(candidate.agent_id, (points, *candidate.keys))


def _without(candidate: Candidate) -> Candidate:
    return Candidate(candidate.agent_id, candidate.keys[1:])
