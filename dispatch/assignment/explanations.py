"""Explanations: why a booking is with its agent, and which agents could get the next lead."""

from __future__ import annotations

import json
from itertools import chain
from typing import TYPE_CHECKING

from dispatch import queries
from dispatch.assignment.decisions import reason_for_waiting
from dispatch.assignment.eligibility import kept_out_counts
from dispatch.assignment.policies import POLICIES
from dispatch.assignment.selection import choose, kept_out, policy_named
from dispatch.queries.agents import names_of
from models.audit import Decision
from models.bookings import Booking
from models.customers import Lead
from models.errors import NotFound

if TYPE_CHECKING:
    from dispatch.assignment.row_types import DecisionRow, Preview
    from dispatch.desk.desk import Desk


def preview(desk: Desk, limit: int = 20, lead: Lead | None = None, policy: str | None = None) -> Preview:
    """Preview the candidates for an unsaved ``lead``, using what is known of its trip."""
    lead = lead or Lead()
    choice = choose(desk, lead, policy_named(policy or desk.settings["policy"]), limit=limit)
    ranked, counts = choice.ranked, {} if choice.ranked else kept_out(choice, lead, {})[1]
    rows = {row["agent_id"]: row for row in queries.agents_by_id(each.agent_id for each in ranked)}
    return {
        "policy": choice.policy.name,
        "reason": choice.reason if ranked else reason_for_waiting(counts, choice.capped_until),
        "candidates": [rows[each.agent_id] for each in ranked if each.agent_id in rows],
        "kept_out": kept_out_counts(choice.pool),
    }


def why(booking_id: int) -> DecisionRow:
    """The decision in effect for a booking, with the runners-up. Raises NotFound.

    That is the last one, unless it was undone.
    """
    booking = Booking.get_or_none(Booking.booking_id == booking_id)
    if booking is None:
        raise NotFound("booking", booking_id)
    standing, decisions = standing_decision(booking)
    if standing is None:
        return {
            "booking_id": booking_id,
            "decisions": 0,
            "policy": None,
            "agent_id": booking.agent_id,
            "agent_name": names_of([booking.agent_id]).get(booking.agent_id),
            "reason": "Imported; Astra did not assign it",
        }
    row = _explain(standing, booking_id, decisions)
    chosen = row["winner"]
    if standing.policy == "match" and chosen and chosen.get("match_score") is not None:
        from dispatch.matching.policy_scores import parts_for

        # by today's figures
        row["match"] = parts_for(Lead.get_by_id(booking.lead_id), chosen["agent_id"])
    return row


def standing_decision(booking: Booking) -> tuple[Decision | None, int]:
    """The decision in effect for a booking, None for an imported one, and the number of all there were."""
    query = Decision.select().where(Decision.lead_id == booking.lead_id)
    decisions = list(query.order_by(Decision.decision_id.desc()))
    standing = (decision for decision in decisions if decision.agent_id == booking.agent_id)
    return next(standing, decisions[0] if decisions else None), len(decisions)


def _explain(decision: Decision, booking_id: int, decisions: int) -> DecisionRow:
    candidates = json.loads(decision.candidates)
    excluded = json.loads(decision.excluded)
    names = names_of(chain((row[0] for row in candidates), *excluded.values()))
    policy = POLICIES.get(decision.policy)
    keys = policy.key_names if policy else ()
    compared = [
        {"agent_id": row[0], "agent_name": names.get(row[0]), **dict(zip(keys, row[1:], strict=False))}
        for row in candidates
    ]
    notes = json.loads(decision.notes)
    return {
        "booking_id": booking_id,
        "decisions": decisions,
        "decision_id": decision.decision_id,
        "decided_at": decision.decided_at,
        "policy": decision.policy,
        "settings_version": decision.settings_version,
        "agent_id": decision.agent_id,
        "agent_name": names.get(decision.agent_id),
        "reason": decision.reason,
        "relaxed": notes.get("relaxed", []),
        "excluded_by_rule": notes.get("counts", {}),
        "over_capacity": notes.get("over_capacity", False),
        "over_cap": notes.get("over_cap"),
        "winner": compared[0] if compared else None,
        "next": compared[1:],
        "excluded": [
            {"agent_id": number, "agent_name": names.get(number), "rule": rule}
            for rule, numbers in excluded.items()
            for number in numbers
        ],
    }
