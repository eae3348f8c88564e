"""Who gets a lead, and the record of why."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from dispatch import views
from dispatch.commands import Command, running_command
from dispatch.policies import POLICIES, Candidate, Policy
from models.agents import Agent
from models.audit import Decision
from models.base import tuples
from models.bookings import Booking
from models.customers import Lead
from models.errors import InvalidInput, NotFound

if TYPE_CHECKING:
    from dispatch.desk import Desk

RUNNERS_UP = 10
EXCLUDED_KEPT = 50
BY_HAND = "by hand"
NOBODY = "no agent can take it yet"

_dump = json.JSONEncoder(ensure_ascii=False, separators=(",", ":"), check_circular=False).encode


def policy_named(name: str) -> Policy:
    """The policy of that name. Raises InvalidInput, naming those there are."""
    policy = POLICIES.get(name)
    if policy is None:
        raise InvalidInput("policy", f"there is no policy {name!r}", "accepted: " + ", ".join(POLICIES))
    return policy


def choose_for_new_lead(lead: Lead) -> int | None:
    """What the first trigger asks: the agent for a lead that has just been saved, or None."""
    running = running_command()
    return decide(running, lead, {}).agent_id


def decide(running: Command, lead: Lead, excluded: Mapping[int, str]) -> Decision:
    """Let the policy choose among the eligible agents and keep the decision.

    ``excluded`` maps agents that a rule keeps out to the rule's words.
    """
    settings = running.desk.settings
    policy = policy_named(running.policy or settings["policy"])
    ranked = policy.ranked(lead, RUNNERS_UP + 1, excluded)
    decision = Decision(
        lead_id=lead.lead_id,
        agent_id=ranked[0].agent_id if ranked else None,
        decided_at=running.now,
        policy=policy.name,
        settings_version=settings.version,
        reason=policy.reason(ranked) if ranked else NOBODY,
        candidates=_dump([[candidate.agent_id, *candidate.keys] for candidate in ranked]),
    )
    if excluded:
        decision.excluded = _dump(_before_winner(policy, lead, ranked, excluded))
    decision.save()
    running.decision = decision
    return decision


def somebody_for(running: Command, lead: Lead, excluded: Mapping[int, str]) -> bool:
    """Would ``decide`` find an agent? Nothing is kept of the question."""
    policy = policy_named(running.policy or running.desk.settings["policy"])
    return bool(policy.ranked(lead, 1, excluded))


def decide_by_hand(running: Command, lead_id: int, agent_id: int, reason: str) -> Decision:
    """Keep the decision of a person who named the agent."""
    decision = Decision(
        lead_id=lead_id,
        agent_id=agent_id,
        decided_at=running.now,
        policy=BY_HAND,
        settings_version=running.desk.settings.version,
        reason=f"{running.desk.actor}: {reason}",
        candidates=_dump([[agent_id]]),
    )
    decision.save()
    return decision


def _before_winner(
    policy: Policy, lead: Lead, ranked: list[Candidate], excluded: Mapping[int, str]
) -> list[list[Any]]:
    """The excluded agents whom the policy would have put before the winner, with the rule."""
    order = policy.ranked(lead, len(excluded) + 1, ())
    kept: list[list[Any]] = []
    for candidate in order:
        if ranked and candidate.agent_id == ranked[0].agent_id:
            break
        if candidate.agent_id in excluded:
            kept.append([candidate.agent_id, excluded[candidate.agent_id]])
    return kept[:EXCLUDED_KEPT]


def preview(desk: Desk, limit: int = 20) -> dict[str, Any]:
    """Who would get a lead now: ``candidates`` are agents as in ``agent list``, best first."""
    policy = policy_named(desk.settings["policy"])
    ranked = policy.ranked(Lead(), limit, ())
    rows = {row["agent_id"]: row for row in views.agents_by_id([candidate.agent_id for candidate in ranked])}
    return {
        "policy": policy.name,
        "reason": policy.reason(ranked) if ranked else NOBODY,
        "candidates": [rows[candidate.agent_id] for candidate in ranked if candidate.agent_id in rows],
    }


def why(booking_id: int) -> dict[str, Any]:
    """The decision by which a booking is where it is, with the runners-up. Raises NotFound.

    That is the last one, unless it was undone.
    """
    booking = Booking.get_or_none(Booking.booking_id == booking_id)
    if booking is None:
        raise NotFound("booking", booking_id)
    decisions = list(
        Decision.select().where(Decision.lead_id == booking.lead_id).order_by(Decision.decision_id.desc())
    )
    row: dict[str, Any] = {"booking_id": booking_id, "decisions": len(decisions)}
    if not decisions:
        return row | {
            "policy": None,
            "agent_id": booking.agent_id,
            "agent_name": _names([booking.agent_id]).get(booking.agent_id),
            "reason": "imported with its agent: this desk did not decide it",
        }
    standing = (decision for decision in decisions if decision.agent_id == booking.agent_id)
    return row | _explain(next(standing, decisions[0]))


def _explain(decision: Decision) -> dict[str, Any]:
    candidates = json.loads(decision.candidates)
    excluded = json.loads(decision.excluded)
    names = _names([row[0] for row in candidates + excluded])
    policy = POLICIES.get(decision.policy)
    keys = policy.key_names if policy else ()
    told = [
        {"agent_id": row[0], "agent_name": names.get(row[0]), **dict(zip(keys, row[1:], strict=False))}
        for row in candidates
    ]
    return {
        "decision_id": decision.decision_id,
        "decided_at": decision.decided_at,
        "policy": decision.policy,
        "settings_version": decision.settings_version,
        "agent_id": decision.agent_id,
        "agent_name": names.get(decision.agent_id),
        "reason": decision.reason,
        "winner": told[0] if told else None,
        "next": told[1:],
        "excluded": [
            {"agent_id": row[0], "agent_name": names.get(row[0]), "rule": row[1]} for row in excluded
        ],
    }


def _names(agent_ids: Sequence[int | None]) -> dict[int | None, str]:
    query = Agent.select(Agent.agent_id, Agent.first_name, Agent.last_name).where(
        Agent.agent_id.in_(agent_ids)
    )
    return {agent_id: f"{first} {last}" for agent_id, first, last in tuples(query)}
