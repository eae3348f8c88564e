"""Counterfactuals: other policies' choices for a booking, and why an agent did not get it."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from dispatch.assignment.assign import add_to_load, kept_out_of, not_given, present_round
from dispatch.assignment.eligibility import pool_for, profile_of
from dispatch.assignment.explanations import standing_decision
from dispatch.assignment.policies import POLICIES, Candidate, Policy
from dispatch.assignment.selection import choose
from dispatch.desk.commands import Command
from dispatch.queries.agents import names_of
from dispatch.queries.caps import CAP, at_cap_for
from dispatch.queries.wording import key_word, plain_value
from models.agents import Agent
from models.audit import Decision
from models.bookings import PENDING, Booking
from models.customers import Lead
from models.errors import NotFound
from models.hints import act

if TYPE_CHECKING:
    from dispatch.assignment.row_types import Answer, PolicyChoice, WhyNot
    from dispatch.desk.desk import Desk

KEY, RULE, CHOSEN = "key", "rule", "chosen"


def other_policies(desk: Desk, booking_id: int) -> list[PolicyChoice]:
    """The agent each policy would choose if the booking were assigned now. Raises NotFound.

    The booking does not count in its agent's load.
    """
    return desk.rehearse(lambda: _others(desk, booking_id))


def _others(desk: Desk, booking_id: int) -> list[PolicyChoice]:
    booking = Booking.lock(booking_id)
    lead = Lead.lock(booking.lead_id)
    _put_aside(booking)
    without = _kept_out(desk, booking_id)
    choices = [
        choose(desk, lead, policy, package=booking.package, without=without) for policy in POLICIES.values()
    ]
    names = names_of(choice.agent_id for choice in choices)
    return [
        {
            "policy": choice.policy.name,
            "agent_id": choice.agent_id,
            "agent_name": names.get(choice.agent_id),
            "reason": choice.reason if choice.ranked else "nobody could take it",
        }
        for choice in choices
    ]


def why_not(desk: Desk, booking_id: int, agent_id: int) -> WhyNot:
    """Why a booking is not with an agent: the rule that kept them out, or the deciding key.

    The answer comes from the decision if it covers the agent, else from the desk as it is now
    (``as_of``). Raises NotFound.
    """
    return desk.rehearse(lambda: _why_not(desk, booking_id, agent_id))


def _why_not(desk: Desk, booking_id: int, agent_id: int) -> WhyNot:
    agent, booking = Agent.lock_or_none(agent_id), Booking.lock(booking_id)
    if agent is None:
        raise NotFound("agent", agent_id, f"{act('place.roster')} shows them")
    answer = _answer(desk, booking, agent)
    return {"agent_id": agent_id, "agent_name": agent.name, "booking_id": booking_id, **answer}


def _answer(desk: Desk, booking: Booking, agent: Agent) -> Answer:
    if booking.agent_id == agent.agent_id:
        return {"kind": CHOSEN, "because": f"{agent.name} has it"}
    decision, _ = standing_decision(booking)
    if decision is not None and (recorded := _from_decision(decision, agent.agent_id)):
        return recorded | {"as_of": decision.decided_at}
    answer = _as_of_now(desk, booking, agent) | {"as_of": desk.now()}
    if decision is not None and decision.policy not in POLICIES:
        answer["decided"] = f"by {decision.policy.removeprefix('by ')}: {decision.reason}"
    return answer


def _from_decision(decision: Decision, agent_id: int) -> Answer | None:
    """The answer recorded in the decision, if it covers the agent."""
    for rule, kept_out in json.loads(decision.excluded).items():
        if agent_id in kept_out:
            return {"kind": RULE, "because": rule}
    candidates = [Candidate(first, tuple(keys)) for first, *keys in json.loads(decision.candidates)]
    policy = POLICIES.get(decision.policy)
    mine = next((candidate for candidate in candidates if candidate.agent_id == agent_id), None)
    if mine is None or policy is None:
        return None
    if policy.place(mine) < policy.place(candidates[0]):  # the customer's owner went first
        return {"kind": RULE, "because": decision.reason}
    if why := policy.held_back(mine):
        return {"kind": RULE, "because": why}
    return _by_key(policy, candidates[0], mine)


def _as_of_now(desk: Desk, booking: Booking, agent: Agent) -> Answer:
    """The rule that keeps the agent out now, or else the key by which the policy prefers another."""
    lead = Lead.lock(booking.lead_id)
    _put_aside(booking)
    agent = Agent.lock(agent.agent_id)
    if agent.left_at is not None:
        return {"kind": RULE, "because": f"left at {agent.left_at}"}
    declined = _kept_out(desk, booking.booking_id)
    if agent.agent_id in declined:
        return {"kind": RULE, "because": declined[agent.agent_id]}
    pool = pool_for(desk, lead, booking.package)
    profile = profile_of(agent.agent_id)
    if not pool.everybody().only(agent.agent_id).first_id():
        rule, words = profile.unable_rule()
        return {"kind": RULE, "because": at_cap_for(lead.lead_id, agent.agent_id) if rule == CAP else words}
    policy = POLICIES[desk.settings["policy"]]
    choice = choose(desk, lead, policy, package=booking.package, without=declined)
    mine = policy.ranked(lead, choice.pool.only(agent.agent_id), 1)
    if not mine:
        capped = at_cap_for(lead.lead_id, agent.agent_id)
        return {"kind": RULE, "because": capped or profile.broken_rule(choice.pool)[1]}
    if choice.agent_id == agent.agent_id:
        return {"kind": CHOSEN, "because": f"{policy.name} would choose {agent.name} now"}
    if choice.owned and policy.place(mine[0]) < policy.place(choice.ranked[0]):
        return {"kind": RULE, "because": choice.owned}
    if why := policy.held_back(mine[0]):
        return {"kind": RULE, "because": why}
    return _by_key(policy, choice.ranked[0], mine[0])


def _kept_out(desk: Desk, booking_id: int) -> dict[int, str]:
    asking = Command(desk, "why")
    return kept_out_of(asking, booking_id, present_round(asking, booking_id))


def _by_key(policy: Policy, winner: Candidate, other: Candidate) -> Answer:
    """The first key in which two candidates differ, with both values; the id comes last."""
    names = (*policy.key_names, "agent_id")
    theirs, mine = (*winner.keys, winner.agent_id), (*other.keys, other.agent_id)
    for name, won, lost in zip(names, theirs, mine, strict=False):
        if won != lost:
            return {
                "kind": KEY,
                "because": f"{key_word(name)}: {_plain(lost)}, where {_name(winner)} had {_plain(won)}",
                "policy": policy.name,
                "key": name,
                "winner_id": winner.agent_id,
                "winner_value": won,
                "value": lost,
            }
    return {"kind": CHOSEN, "because": "the same agent"}


def _name(candidate: Candidate) -> str:
    return Agent.lock(candidate.agent_id).name


def _plain(value: object) -> object:
    return plain_value(value) if isinstance(value, bool) else value


def _put_aside(booking: Booking) -> None:
    """Remove the booking from its agent's load, and from what caps count, inside a rehearsal."""
    if booking.agent_id is not None and booking.status == PENDING:
        add_to_load(booking.agent_id, -1)
    not_given(booking.booking_id)
