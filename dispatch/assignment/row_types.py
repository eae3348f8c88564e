"""What a decision, a preview and a trial of policies tell, key by key."""

# no "from __future__ import annotations" here: as text, each key would be compiled at start
from typing import NotRequired, TypedDict

from dispatch.matching.row_types import AgentScore
from dispatch.queries.row_types import AgentRow
from models.base import Json


class Preview(TypedDict):
    """Who would get a lead now, best first; ``kept_out`` counts who is here and cannot get it, by rule."""

    policy: str
    reason: str
    candidates: list[AgentRow]
    kept_out: dict[str, int]


class DecisionRow(TypedDict):
    """Why a booking is where it is; of one that was imported only the first few are known.

    ``winner`` and ``next`` have the policy's keys beside the agent's id and name, ``excluded`` the rule.
    """

    booking_id: int
    decisions: int
    policy: str | None
    agent_id: int | None
    agent_name: str | None
    reason: str
    decision_id: NotRequired[int]
    decided_at: NotRequired[str]
    settings_version: NotRequired[int]
    relaxed: NotRequired[list[str]]
    excluded_by_rule: NotRequired[dict[str, int]]
    over_capacity: NotRequired[bool]
    winner: NotRequired[Json | None]
    next: NotRequired[list[Json]]
    excluded: NotRequired[list[Json]]
    match: NotRequired[AgentScore | None]


class PolicyChoice(TypedDict):
    """Whom a policy would choose, and why."""

    policy: str
    agent_id: int | None
    agent_name: str | None
    reason: str


class Answer(TypedDict):
    """Why not: ``kind`` is rule, key or chosen; for a key both values are given.

    ``decided`` is the reason given where no policy decided.
    """

    kind: str
    because: str
    policy: NotRequired[str]
    key: NotRequired[str]
    winner_id: NotRequired[int]
    winner_value: NotRequired[object]
    value: NotRequired[object]
    as_of: NotRequired[str]
    decided: NotRequired[str]


class WhyNot(Answer):
    """Why a booking is not with an agent."""

    agent_id: int
    agent_name: str
    booking_id: int


class TriedLead(TypedDict):
    """A lead: who has it, and who would have got it by the other policy."""

    lead_id: int
    booking_id: int
    customer_name: str
    agent_id: int | None
    would_get: int | None
    agent_name: NotRequired[str | None]
    would_name: NotRequired[str | None]


class TriedAgent(TypedDict):
    """How many of the leads an agent got, and would get."""

    agent_id: int | None
    agent_name: str | None
    got: int
    would_get: int


class PolicyTrial(TypedDict):
    """What a trial of a policy finds."""

    policy: str
    leads: list[TriedLead]
    agents: list[TriedAgent]


class ContactRate(TypedDict):
    """The share of those assigned who were reached in time, with its interval; None for nobody yet."""

    contact_rate: float | None
    contact_low: float | None
    contact_high: float | None
    contact_assigned: int
