"""Row types of decisions, previews and policy trials."""

# without "from __future__ import annotations", which would compile every key at start
from typing import NotRequired, TypedDict

from dispatch.matching.row_types import AgentScore
from dispatch.queries.row_types import AgentRow, HeldRow, MoveRow
from models.base import Json


class Preview(TypedDict):
    """The agents who could get a lead now, best first; ``kept_out`` counts the excluded ones by rule."""

    policy: str
    reason: str
    candidates: list[AgentRow]
    kept_out: dict[str, int]


class DecisionRow(HeldRow):
    """Why an agent has a booking; an imported booking has only the first few keys.

    ``winner`` and ``next`` hold the agent's id and name with the policy's keys, ``excluded`` the rule.
    ``over_cap`` names the cap that the agent was at when a person gave it to them.
    """

    booking_id: int
    decisions: int
    policy: str | None
    reason: str
    decision_id: NotRequired[int]
    decided_at: NotRequired[str]
    settings_version: NotRequired[int]
    relaxed: NotRequired[list[str]]
    excluded_by_rule: NotRequired[dict[str, int]]
    over_capacity: NotRequired[bool]
    over_cap: NotRequired[str | None]
    winner: NotRequired[Json | None]
    next: NotRequired[list[Json]]
    excluded: NotRequired[list[Json]]
    match: NotRequired[AgentScore | None]


class PolicyChoice(HeldRow):
    """The agent a policy would choose, and why."""

    policy: str
    reason: str


class Answer(TypedDict):
    """Why an agent did not win: ``kind`` is rule, key or chosen; for a key both values are given.

    ``decided`` is the reason when no policy decided.
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
    """A lead with its agent, and the agents that the tried policy and the one in force would choose now."""

    lead_id: int
    booking_id: int
    customer_name: str
    agent_id: int | None
    would_get: int | None
    in_force_gets: NotRequired[int | None]
    agent_name: NotRequired[str | None]
    would_name: NotRequired[str | None]
    in_force_name: NotRequired[str | None]


class TriedAgent(TypedDict):
    """The number of leads an agent got, and would get by the policy in force and by the tried one."""

    agent_id: int | None
    agent_name: str | None
    got: int
    in_force_gets: int
    would_get: int


class PolicyTrial(TypedDict):
    """The result of a policy trial; ``moved`` leads go to another agent than by the policy ``in_force``."""

    policy: str
    in_force: str
    moved: int
    leads: list[TriedLead]
    agents: list[TriedAgent]


class ContactRate(TypedDict):
    """The share of an agent's leads reached in time, with its interval; None before the first lead."""

    contact_rate: float | None
    contact_low: float | None
    contact_high: float | None
    contact_assigned: int


class Shuffled(TypedDict):
    """The moves of a run; ``pinned`` would have moved as well, but a person's decision keeps them."""

    moves: list[MoveRow]
    pinned: list[int]
