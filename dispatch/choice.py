"""Whom a policy chooses among the eligible agents, and who would have come before but for a rule."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from dispatch import returning
from dispatch.eligibility import Pool, Standing, pool_for
from dispatch.policies import POLICIES, Candidate, Policy
from models.agents import Agent
from models.base import CompiledQuery, listed_in
from models.customers import Lead
from models.errors import InvalidInput

if TYPE_CHECKING:
    from dispatch.desk import Desk

RUNNERS_UP = 10
EXCLUDED_KEPT = 50

Row = dict[str, Any]


def policy_named(name: str) -> Policy:
    """The policy of that name. Raises InvalidInput, naming those there are."""
    policy = POLICIES.get(name)
    if policy is None:
        raise InvalidInput("policy", f"there is no policy {name!r}", "accepted: " + ", ".join(POLICIES))
    return policy


@dataclass(frozen=True)
class Choice:
    """Whom a policy chooses: the best agents in its order, and the rules dropped to find any."""

    policy: Policy
    pool: Pool
    ranked: list[Candidate]
    relaxed: tuple[str, ...] = ()
    returning: str | None = None

    @property
    def agent_id(self) -> int | None:
        return self.ranked[0].agent_id if self.ranked else None

    @property
    def reason(self) -> str:
        """Why it is this agent, in words."""
        told = self.returning or self.policy.reason(self.ranked)
        if self.relaxed:
            told += f" (nobody free keeps every rule: {' and '.join(self.relaxed)} dropped)"
        return told


def choose(
    desk: Desk,
    lead: Lead,
    policy: Policy,
    *,
    package: str | None = None,
    without: Mapping[int, str] | None = None,
    limit: int = RUNNERS_UP + 1,
) -> Choice:
    """Let a policy choose among the eligible agents; nothing is written.

    ``without`` maps agents who are kept out of this lead to the rule's words. When nobody who may take work
    keeps all of the other rules, they are dropped in order.
    """
    settings = desk.settings
    strictest = pool_for(desk, lead, package, without or ())
    choice = Choice(policy, strictest, policy.ranked(lead, strictest, limit))
    if not choice.ranked:
        choice = _relaxed(choice, lead, limit)
    return _returning(choice, lead) if settings["returning"] and choice.ranked else choice


def _returning(choice: Choice, lead: Lead) -> Choice:
    """The same with the customer's own agent first, where there is one who can take it."""
    known = returning.favourite(lead, choice.pool, choice.ranked[0])
    if known is None:
        return choice
    first = choice.policy.ranked(lead, choice.pool.only(known.agent_id), 1)
    others = [candidate for candidate in choice.ranked if candidate.agent_id != known.agent_id]
    return replace(choice, ranked=[*first, *others], returning=known.reason)


def _relaxed(strict: Choice, lead: Lead, limit: int) -> Choice:
    if not strict.pool.everybody().first_id():
        return strict
    for pool, dropped in strict.pool.relaxations():
        ranked = strict.policy.ranked(lead, pool, limit) if dropped else []
        if ranked:
            return replace(strict, pool=pool, ranked=ranked, relaxed=dropped)
    return strict


def kept_out(choice: Choice, lead: Lead, excluded: Mapping[int, str]) -> tuple[list[list[Any]], Row]:
    """Those who would have come before the winner, with the rule that kept them out; and a count by rule.

    At most fifty are looked at: whoever is beyond them would not be read about either.
    """
    policy, most = choice.policy, EXCLUDED_KEPT
    unable = policy.ranked(lead, choice.pool.unable(), most) if choice.pool.some_unable else []
    passed_by = bool(excluded) or choice.pool.is_narrow
    if not unable and not passed_by:
        return [], {}
    places = [(policy.place(candidate), candidate.agent_id) for candidate in unable]
    winner = min(map(policy.place, choice.ranked), default=None)
    unfit: set[int] = set()
    if passed_by:
        able = policy.ranked(lead, choice.pool.everybody(), most)
        fit = {candidate.agent_id for candidate in choice.ranked}
        before = [candidate for candidate in able if candidate.agent_id not in fit]
        unfit = {candidate.agent_id for candidate in before}
        places += [(policy.place(candidate), candidate.agent_id) for candidate in before]
    places = [row for row in sorted(places) if winner is None or row[0] < winner][:most]
    if not places:
        return [], {}
    return _ruled([agent_id for _, agent_id in places], unfit, choice.pool, excluded)


def _ruled(
    agent_ids: list[int], unfit: set[int], pool: Pool, excluded: Mapping[int, str]
) -> tuple[list[list[Any]], Row]:
    """The agents with their rule in words, and how many each rule keeps out."""
    standings = standings_of(agent_ids)
    rows: list[list[Any]] = []
    counts: dict[str, int] = {}
    for agent_id in agent_ids:
        if agent_id in excluded:
            word, told = "declined", excluded[agent_id]
        elif agent_id in unfit:
            word, told = standings[agent_id].broken_rule(pool)
        else:
            word, told = standings[agent_id].rule()
        rows.append([agent_id, told])
        counts[word] = counts.get(word, 0) + 1
    return rows, counts


_standings = CompiledQuery(
    lambda: Agent.select(
        Agent.agent_id,
        Agent.presence,
        Agent.presence_until,
        Agent.presence_reason,
        Agent.load,
        Agent.capacity,
        Agent.department,
        Agent.skills,
        Agent.locations,
    ).where(Agent.agent_id.in_(listed_in("agent_ids")))
)


def standings_of(agent_ids: Sequence[int]) -> dict[int, Standing]:
    """What could keep some agents from taking a lead."""
    return {row[0]: Standing(*row[1:]) for row in _standings(agent_ids=json.dumps(agent_ids))}
