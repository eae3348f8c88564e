"""A policy's choice among the eligible agents, and the agents kept out of it by a rule."""

from __future__ import annotations

from bisect import bisect_left, insort
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from dispatch.assignment.customer_owner import owner_for
from dispatch.assignment.eligibility import PROFILE, Pool, Profile, pool_for, unable_rule
from dispatch.assignment.policies import POLICIES, Candidate, Policy
from dispatch.queries.caps import CAP, at_cap
from models.customers import Lead
from models.errors import InvalidInput

if TYPE_CHECKING:
    from dispatch.desk.desk import Desk

RUNNERS_UP = 10
EXCLUDED_KEPT = 50
DECLINED_RULE = "declined"  # or let lapse, or handed over
FIRST_LOOK = 16  # usually enough to see that nobody, or few, ranked before the winner


def policy_named(name: str) -> Policy:
    """Return the policy of that name. Raises InvalidInput that lists the accepted ones."""
    policy = POLICIES.get(name)
    if policy is None:
        raise InvalidInput("policy", f"no policy {name!r}", "accepted: " + ", ".join(POLICIES))
    return policy


@dataclass(slots=True)
class Choice:
    """A policy's choice: the best agents in its order, and the rules dropped to find any."""

    policy: Policy
    pool: Pool
    ranked: list[Candidate]
    relaxed: tuple[str, ...] = ()
    owned: str = ""
    """Why the customer's owner is the first, where that is so."""
    passed_over: str = ""
    """Why an owner is not."""
    capped_until: str = ""
    """When the first of the agents who were kept out by a cap is below it again."""

    @property
    def agent_id(self) -> int | None:
        return self.ranked[0].agent_id if self.ranked else None

    @property
    def reason(self) -> str:
        """Why this agent was chosen, in words."""
        reason = self.owned or self.policy.reason(self.ranked)
        if self.relaxed:
            reason += f" (nobody free keeps every rule: {' and '.join(self.relaxed)} dropped)"
        return f"{reason}; {self.passed_over}" if self.passed_over else reason


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

    ``without`` maps agents kept out of this lead to the reason in words. If nobody who may take work meets
    all of the other rules, they are dropped in order.
    """
    settings = desk.settings
    if not desk.in_transaction:
        settings.begin()
    strictest = pool_for(desk, lead, package, without or (), by_weight=policy.by_weight)
    choice = Choice(policy, strictest, policy.ranked(lead, strictest, limit))
    if not choice.ranked:
        choice = _relaxed(choice, lead, limit)
    return _owned(choice, lead, settings["owner"], without or {}) if choice.ranked else choice


def _owned(choice: Choice, lead: Lead, setting: str, without: Mapping[int, str]) -> Choice:
    """The same choice with the customer's owner first, if there is one who can take it."""
    found = owner_for(lead, setting, choice.pool, choice.ranked[0], without)
    if found is None:
        return choice
    if found.agent_id is None:
        return replace(choice, passed_over=found.passed_over)
    first = choice.policy.ranked(lead, choice.pool.only(found.agent_id), 1)
    others = [candidate for candidate in choice.ranked if candidate.agent_id != found.agent_id]
    return replace(choice, ranked=[*first, *others], owned=found.reason, passed_over=found.passed_over)


def _relaxed(strict: Choice, lead: Lead, limit: int) -> Choice:
    if not strict.pool.everybody().first_id():
        return strict
    for pool, dropped in strict.pool.relaxations(strict.policy.relaxed_first):
        if ranked := strict.policy.ranked(lead, pool, limit):
            return replace(strict, pool=pool, ranked=ranked, relaxed=dropped)
    return strict


def kept_out(
    choice: Choice, lead: Lead, excluded: Mapping[int, str]
) -> tuple[dict[str, list[int]], dict[str, int]]:
    """The agents who would have ranked before the winner, by what kept them out, and their count by rule.

    For the example in eligibility.py: ``{"does not cover Mars": [Ada], "away": [Bob]}`` and ``{"skill": 1,
    "away": 1}``. At most fifty are examined: nobody would read about more.
    """
    policy, pool = choice.policy, choice.pool
    passed_by = bool(excluded) or pool.is_narrow or (policy.by_weight and not choice.ranked)
    if not pool.some_unable and not passed_by:
        return {}, {}
    best = choice.ranked if choice.owned else choice.ranked[:1]  # an owner may not be the first
    winner = min(map(policy.place, best), default=None)
    unable, able = pool.unable(), pool.everybody(profile=len(PROFILE))
    found = _before(policy, lead, unable, winner, EXCLUDED_KEPT)
    if passed_by:
        fit = {candidate.agent_id for candidate in choice.ranked}
        for candidate in _before(policy, lead, able, winner, FIRST_LOOK):  # few enough for insort
            if candidate.agent_id not in fit:
                insort(found, candidate, key=policy.place)
    capped = at_cap((row[0] for row in found[:EXCLUDED_KEPT]), lead.source, lead.destination)
    kept: dict[str, list[int]] = {}
    counts: dict[str, int] = {}
    ends: set[str] = set()
    for agent_id, *_ in found[:EXCLUDED_KEPT]:
        if agent_id in excluded:
            word, why = DECLINED_RULE, excluded[agent_id]
        elif agent_id in unable.profiles:
            word, why = unable_rule(*unable.profiles[agent_id])
        else:
            word, why = Profile(*able.profiles[agent_id]).broken_rule(pool, is_capped=agent_id in capped)
        if word == CAP and agent_id in capped:
            why = capped[agent_id].words
            ends.add(capped[agent_id].until)
        kept.setdefault(why, []).append(agent_id)
        counts[word] = counts.get(word, 0) + 1
    choice.capped_until = min(ends, default="")
    return kept, counts


def _before(policy: Policy, lead: Lead, pool: Pool, winner: Any, look: int) -> list[Candidate]:
    """The first agents of a pool who rank before the winner.

    ``look`` is how many are read first; if all of them rank before the winner, fifty are.
    """
    ranked = policy.ranked(lead, pool, look)
    if look < EXCLUDED_KEPT and len(ranked) == look and (winner is None or policy.place(ranked[-1]) < winner):
        ranked = policy.ranked(lead, pool, EXCLUDED_KEPT)
    return ranked if winner is None else ranked[: bisect_left(ranked, winner, key=policy.place)]
