"""The record of who got a lead, and why."""

from __future__ import annotations

import json
from collections.abc import Collection, Mapping
from functools import lru_cache, partial
from hashlib import blake2b

from dispatch.assignment.policies import Candidate, Policy
from dispatch.assignment.selection import (
    DECLINED_RULE,
    EXCLUDED_KEPT,
    Choice,
    choose,
    kept_out,
    policy_named,
)
from dispatch.desk.commands import Command, running_command
from dispatch.queries.caps import CAP, at_cap_for, kept_from, until_words
from dispatch.queries.offer_rounds import NO_ROUND, Round, free_agents
from models.agents import Agent
from models.audit import Decision
from models.base import Json
from models.bookings import PENDING
from models.customers import Lead
from models.steps import DECIDED

BY_HAND = "by hand"
NOBODY = "no agent can take it yet"
DIGEST_BYTES = 32

_dump = json.JSONEncoder(ensure_ascii=False, separators=(",", ":"), check_circular=False).encode


def choose_for_new_lead(lead: Lead) -> int | None:
    """The agent for a lead that has just been saved, or None; the first trigger calls it."""
    return decide(running_command(), lead).agent_id


def decide(
    running: Command,
    lead: Lead,
    excluded: Mapping[int, str] | None = None,
    package: str | None = None,
    *,
    because: str = "",
    current: Round = NO_ROUND,
    barred: Collection[int] = (),
) -> Decision:
    """Choose an agent for a lead, and save the decision; ``because`` is the reason for choosing again.

    ``current`` is the round of offers of a lead that agents have seen. ``barred`` are those of the excluded
    whom the running command keeps from it.
    """
    policy = policy_named(running.policy or running.desk.settings["policy"])
    excluded = excluded or {}
    choice = choose(running.desk, lead, policy, package=package, without=excluded)
    passed_over, counts = kept_out(choice, lead, excluded)
    reason = choice.reason if choice.ranked else _reason_for_waiting(lead, choice, counts, current)
    decision = Decision(
        lead_id=lead.lead_id,
        agent_id=choice.agent_id,
        decided_at=running.now,
        policy=policy.name,
        settings_version=running.desk.settings.version,
        reason=f"{because}: {reason}" if because else reason,
        candidates=_candidates(policy, choice.ranked),
    )
    notes: Json = {"relaxed": choice.relaxed} if choice.relaxed else {}
    if passed_over:
        decision.excluded = _dump(passed_over)
        notes["counts"] = counts
    if barred:
        notes["barred"] = list(barred)
    if notes:
        decision.notes = _dump(notes)
    put_on_record(running, decision)
    if choice.ranked:
        policy.chosen(lead, choice.ranked[0], choice.pool)
        if choice.pool.holders:
            lead.holder = choice.pool.holder(choice.ranked[0].agent_id)
    decision.by_owner = bool(choice.owned)
    running.decision = decision
    return decision


def _candidates(policy: Policy, ranked: list[Candidate]) -> str:
    if not policy.is_steady:
        return _dump(ranked)
    return f"[{','.join(map(partial(_dumped, policy.name), ranked))}]"


@lru_cache(maxsize=4096)
def _dumped(_policy: str, candidate: Candidate) -> str:
    """A candidate as JSON, cached: most are the same as for the last lead.

    The policy is part of the cache key, because its values may equal another's (1 is True).
    """
    return _dump(candidate)


def decide_by_hand(
    running: Command, lead_id: int, agent: Agent, reason: str, policy: str = BY_HAND
) -> Decision:
    """Save the decision of a person who named the agent; above the capacity or a cap it is an override."""
    why = f"{running.desk.actor}: {reason}" if policy == BY_HAND else reason
    decision = for_one_agent(running, lead_id, agent.agent_id, policy, why)
    notes: Json = {"over_capacity": True} if agent.held >= agent.capacity else {}
    if capped := at_cap_for(lead_id, agent.agent_id):
        notes["over_cap"] = capped
    if notes:
        decision.notes = _dump(notes)
        running.detail |= notes
    put_on_record(running, decision)
    return decision


def for_one_agent(running: Command, lead_id: int, agent_id: int, policy: str, reason: str) -> Decision:
    """Return the decision, not on record yet, for an agent who was compared with nobody."""
    return Decision(
        lead_id=lead_id,
        agent_id=agent_id,
        decided_at=running.now,
        policy=policy,
        settings_version=running.desk.settings.version,
        reason=reason,
        candidates=f"[[{agent_id}]]",
    )


def put_on_record(running: Command, decision: Decision) -> None:
    """Save a decision with the last event before it, and the digest of what it saw.

    ``astra verify`` works both out again. The digest covers the JSON list of lead, agent, time, policy,
    version of the settings, last event, candidates with their keys, and notes with the counts by rule. It is
    BLAKE2b, as in the chain of events: OpenSSL's SHA-256 alone would make a lead five percent slower.
    """
    row = decision.__data__  # its columns by name, read faster
    lead_id, agent_id, after = row["lead_id"], row["agent_id"], running.desk.last_event
    seen = (
        f'[{lead_id},{"null" if agent_id is None else agent_id},"{row["decided_at"]}","{row["policy"]}",'
        f"{row['settings_version']},{after},{row['candidates']},{row['notes']}]"
    )
    row["after_event"], row["seen"] = after, blake2b(seen.encode(), digest_size=DIGEST_BYTES).hexdigest()
    decision.save()
    running.steps.append((DECIDED, PENDING, agent_id, lead_id))


def _reason_for_waiting(lead: Lead, choice: Choice, counts: Mapping[str, int], current: Round) -> str:
    """Why a lead waits: every agent who could take it has seen it, or the rules keep all out."""
    free = free_agents() - kept_from(lead.source, lead.destination) if current.seen else None
    if not free or free - current.seen.keys():
        return reason_for_waiting(counts, choice.capped_until)
    others = {word: number for word, number in counts.items() if word != DECLINED_RULE}
    told = _counted(others, choice.capped_until)
    return f"{current.words}; {told}" if told else current.words


def reason_for_waiting(counts: Mapping[str, int], capped_until: str = "") -> str:
    """Why a lead waits: the rules that keep out the current agents, and until when a cap does."""
    if not counts:
        return NOBODY
    most = sum(counts.values()) >= EXCLUDED_KEPT
    return f"{NOBODY}: {_counted(counts, capped_until)}{' and more' if most else ''}"


def _counted(counts: Mapping[str, int], capped_until: str) -> str:
    words = {CAP: f"at a cap until {until_words(capped_until)}"} if capped_until else {}
    return ", ".join(f"{number} {words.get(word, word)}" for word, number in sorted(counts.items()))
