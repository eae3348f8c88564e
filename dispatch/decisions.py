"""The record of who got a lead, and why."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from functools import lru_cache
from typing import TYPE_CHECKING, Any

from dispatch import views
from dispatch.choice import EXCLUDED_KEPT, choose, kept_out, policy_named
from dispatch.commands import Command, running_command
from dispatch.eligibility import kept_out_counts
from dispatch.policies import POLICIES, Candidate
from models.agents import Agent
from models.audit import Decision
from models.base import tuples
from models.bookings import Booking
from models.customers import Lead
from models.errors import NotFound

if TYPE_CHECKING:
    from dispatch.desk import Desk

BY_HAND = "by hand"
NOBODY = "no agent can take it yet"

Row = dict[str, Any]

_dump = json.JSONEncoder(ensure_ascii=False, separators=(",", ":"), check_circular=False).encode


def choose_for_new_lead(lead: Lead) -> int | None:
    """What the first trigger asks: the agent for a lead that has just been saved, or None."""
    return decide(running_command(), lead).agent_id


def decide(
    running: Command,
    lead: Lead,
    excluded: Mapping[int, str] | None = None,
    package: str | None = None,
    *,
    because: str = "",
) -> Decision:
    """Choose for a lead, and keep the decision. ``because`` says what made it necessary once more."""
    policy = policy_named(running.policy or running.desk.settings["policy"])
    excluded = excluded or {}
    choice = choose(running.desk, lead, policy, package=package, without=excluded)
    passed_over, counts = kept_out(choice, lead, excluded)
    reason = choice.reason if choice.ranked else _nobody(counts)
    decision = Decision(
        lead_id=lead.lead_id,
        agent_id=choice.agent_id,
        decided_at=running.now,
        policy=policy.name,
        settings_version=running.desk.settings.version,
        reason=f"{because}: {reason}" if because else reason,
        candidates=f"[{','.join([_told(policy.name, candidate) for candidate in choice.ranked])}]",
    )
    notes: Row = {"relaxed": choice.relaxed} if choice.relaxed else {}
    if passed_over:
        decision.excluded = _dump(passed_over)
        notes["counts"] = counts
    if notes:
        decision.notes = _dump(notes)
    decision.save()
    if choice.ranked:
        policy.chosen(lead, choice.ranked[0])
    running.decision = decision
    return decision


@lru_cache(maxsize=4096)
def _told(_policy: str, candidate: Candidate) -> str:
    """A candidate as a decision keeps it: remembered, as ten of eleven stand as they stood for the last lead.

    The policy belongs to what is remembered, because its keys may equal another's (1 is True).
    """
    return _dump(candidate)


def decide_by_hand(
    running: Command, lead_id: int, agent: Agent, reason: str, policy: str = BY_HAND
) -> Decision:
    """Keep the decision of a person who named the agent; above the agent's capacity it is an override."""
    over = agent.held >= agent.capacity
    decision = Decision(
        lead_id=lead_id,
        agent_id=agent.agent_id,
        decided_at=running.now,
        policy=policy,
        settings_version=running.desk.settings.version,
        reason=f"{running.desk.actor}: {reason}" if policy == BY_HAND else reason,
        candidates=_dump([[agent.agent_id]]),
    )
    if over:
        decision.notes = _dump({"over_capacity": True})
        running.detail["over_capacity"] = True
    decision.save()
    return decision


def _nobody(counts: Row) -> str:
    """Why a lead waits: what keeps out those who are here."""
    if not counts:
        return NOBODY
    most = sum(counts.values()) >= EXCLUDED_KEPT
    told = ", ".join(f"{number} {word}" for word, number in sorted(counts.items()))
    return f"{NOBODY}: {told}{' and more' if most else ''}"


def preview(desk: Desk, limit: int = 20, lead: Lead | None = None, policy: str | None = None) -> Row:
    """Who would get a lead now: ``candidates`` are agents as in ``agent list``, best first.

    ``lead`` is one that is not saved, with as much of its trip as is known by now. ``kept_out`` counts
    those who are here and cannot get it, by rule.
    """
    lead = lead or Lead()
    choice = choose(desk, lead, policy_named(policy or desk.settings["policy"]), limit=limit)
    ranked = choice.ranked
    rows = {row["agent_id"]: row for row in views.agents_by_id([candidate.agent_id for candidate in ranked])}
    return {
        "policy": choice.policy.name,
        "reason": choice.reason if ranked else _nobody(kept_out(choice, lead, {})[1]),
        "candidates": [rows[candidate.agent_id] for candidate in ranked if candidate.agent_id in rows],
        "kept_out": kept_out_counts(choice.pool),
    }


def why(booking_id: int) -> Row:
    """The decision by which a booking is where it is, with the runners-up. Raises NotFound.

    That is the last one, unless it was undone.
    """
    booking = Booking.get_or_none(Booking.booking_id == booking_id)
    if booking is None:
        raise NotFound("booking", booking_id)
    decisions = _decisions_of(booking)
    row: Row = {"booking_id": booking_id, "decisions": len(decisions)}
    standing = standing_decision(booking)
    if standing is None:
        return row | {
            "policy": None,
            "agent_id": booking.agent_id,
            "agent_name": _names([booking.agent_id]).get(booking.agent_id),
            "reason": "imported with its agent: this desk did not decide it",
        }
    return row | _explain(standing) | _scored(booking, standing)


def _scored(booking: Booking, decision: Decision) -> Row:
    """What the score of an agent that the score chose is made of, by the figures of now."""
    chosen = json.loads(decision.candidates)[:1]
    if decision.policy != "match" or not chosen or chosen[0][1:2] in ([], [None]):
        return {}
    from dispatch.match.steering import parts_for

    return {"match": parts_for(Lead.get_by_id(booking.lead_id), chosen[0][0])}


def standing_decision(booking: Booking) -> Decision | None:
    """The decision by which a booking is where it is; None for one that was imported."""
    decisions = _decisions_of(booking)
    standing = (decision for decision in decisions if decision.agent_id == booking.agent_id)
    return next(standing, decisions[0] if decisions else None)


def _decisions_of(booking: Booking) -> list[Decision]:
    query = Decision.select().where(Decision.lead_id == booking.lead_id)
    return list(query.order_by(Decision.decision_id.desc()))


def _explain(decision: Decision) -> Row:
    candidates = json.loads(decision.candidates)
    excluded = json.loads(decision.excluded)
    names = _names(
        [row[0] for row in candidates] + [number for numbers in excluded.values() for number in numbers]
    )
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
        **_notes(decision),
        "winner": told[0] if told else None,
        "next": told[1:],
        "excluded": [
            {"agent_id": number, "agent_name": names.get(number), "rule": rule}
            for rule, numbers in excluded.items()
            for number in numbers
        ],
    }


def _notes(decision: Decision) -> Row:
    """The rules that were relaxed, agents kept out by rule, and whether it was above the capacity."""
    notes = json.loads(decision.notes)
    return {
        "relaxed": notes.get("relaxed", []),
        "excluded_by_rule": notes.get("counts", {}),
        "over_capacity": notes.get("over_capacity", False),
    }


def _names(agent_ids: Sequence[int | None]) -> dict[int | None, str]:
    query = Agent.select(Agent.agent_id, Agent.first_name, Agent.last_name).where(
        Agent.agent_id.in_(agent_ids)
    )
    return {agent_id: f"{first} {last}" for agent_id, first, last in tuples(query)}
