"""Row types of agents, bookings and customers, for screens and commands.

Times are as stored, amounts in units. Keys that only some queries or commands give are NotRequired.
"""

# without "from __future__ import annotations", which would compile every key at start
from typing import NotRequired, TypedDict

from dispatch.desk.row_types import EventRow


class MoveRow(TypedDict):
    """A booking moved from one agent to another, or to None to wait."""

    booking_id: int
    from_agent_id: int
    to_agent_id: int | None


class IssueMoveRow(TypedDict):
    """An issue moved from one agent to another, or to None to wait."""

    issue_id: int
    from_agent_id: int
    to_agent_id: int | None


class CapRow(TypedDict):
    """A cap on the leads of each agent it covers, with the agents at it now and when the first is free again.

    After it was set, ``was`` is the number before; None for a new one.
    """

    cap_id: int
    leads: int
    per: str
    agent_id: int | None
    agent_name: str | None
    department: str | None
    source: str | None
    destination: str | None
    words: str
    agents_at_cap: int
    until: str | None
    was: NotRequired[int | None]


class AgentRow(TypedDict):
    """An agent with load and rank; former agents have no rank. No skills or locations means all of them.

    Optional keys: after a command that moves work, the bookings and issues moved, kept and assigned; on
    request, contact and confirmation rates with their intervals, the match score for a lead, and the number
    of unattended claims.
    """

    agent_id: int
    first_name: str
    last_name: str
    department: str
    job_title: str
    years_of_service: int
    rating: float
    load: int
    capacity: int
    presence: str
    email: str | None
    manager_name: str | None
    license_number: str | None
    left_at: str | None
    presence_until: str | None
    presence_reason: str | None
    hours: str | None
    region: str | None
    skills: list[str]
    locations: list[str]
    issue_load: int
    level: int
    specialisations: list[str]
    languages: list[str]
    weight: float
    owed: int
    rank: int | None
    name: str
    performance: float

    moves: NotRequired[list[MoveRow]]
    issue_moves: NotRequired[list[IssueMoveRow]]
    returned: NotRequired[list[int]]
    kept: NotRequired[list[int]]
    drained: NotRequired[list[int]]
    over_capacity: NotRequired[bool]
    ended_absence: NotRequired[int | None]

    absent_from: NotRequired[str]  # of who is about to be absent, where somebody chooses an agent
    members: NotRequired[int]  # of a department that stands for its agents in a list
    trend: NotRequired[str]
    as_of: NotRequired[str]  # the time for which it is worded

    contact_rate: NotRequired[float | None]
    contact_low: NotRequired[float | None]
    contact_high: NotRequired[float | None]
    contact_assigned: NotRequired[int]

    confirmed: NotRequired[int]
    decided: NotRequired[int]
    rate: NotRequired[float]
    low: NotRequired[float]
    high: NotRequired[float]

    match_score: NotRequired[float]
    steers: NotRequired[bool]
    unattended: NotRequired[int]


class BookingRow(TypedDict):
    """A booking with its lead and customer; it waits while ``agent_id`` is None."""

    booking_id: int
    assignment_id: int | None
    lead_id: int
    customer_name: str
    agent_id: int | None
    agent_name: str | None
    method: str
    source: str
    destination: str
    launch_location: str
    requests: str | None
    status: str
    package: str | None
    destination_revenue: float | None
    package_revenue: float | None
    total_revenue: float | None
    created_at: str
    changed_at: str
    claimed_at: str | None
    contacted_at: str | None
    contact_attempts: int
    attempts_in_row: int
    last_outcome: str | None
    follow_up_at: str | None
    completed_at: str | None
    cancelled_at: str | None
    cancel_reason: str | None
    score: int | None
    date_fault: str | None
    voided: bool
    unreachable: bool
    version: int
    given_at: str | None
    progress_at: str | None
    asked_at: str | None
    pinned_at: str | None
    clock_from: str | None
    priority: str
    unattended: bool
    customer_id: int
    phone: str | None
    email: str | None
    do_not_contact: bool
    departs_on: str | None
    returns_on: str | None
    travellers: int | None
    budget: float | None
    language: str | None
    group: NotRequired[str]  # on an agent's desk
    seen_by_all: NotRequired[bool]  # in Queue: it waits, as every agent who may take work has seen it
    attempt: NotRequired[str]  # after a further contact: ``3rd of 6``
    over_capacity: NotRequired[bool]  # after it was reassigned
    over_cap: NotRequired[str]  # the same, where the agent was at a cap
    unsuited: NotRequired[str]  # after an edit: why the agent who had it does not suit it any more
    due: NotRequired[str]  # as of now: the follow-up's lateness, and the next command
    next: NotRequired[str | None]
    age: NotRequired[str]  # in a list: since it came in, on an agent's desk since its state began
    until: NotRequired[str]
    as_of: NotRequired[str]  # in a list: the time that its ages are counted from
    next_step: NotRequired[str | None]  # one of next_steps.KINDS; None of a closed one
    next_step_at: NotRequired[str | None]
    next_action: NotRequired[str | None]  # of a booking shown by itself
    history: NotRequired[list[EventRow]]


class HeldRow(TypedDict):
    """The holder of a booking, an issue or a decision."""

    agent_id: int | None
    agent_name: str | None


class CustomerRow(TypedDict):
    """A customer with their open bookings and their last one."""

    customer_id: int
    name: str
    phone: str | None
    email: str | None
    created_at: str
    merged_into: int | None
    tier: str | None
    phone_typed: str | None
    email_typed: str | None
    do_not_contact: bool
    open_bookings: int
    last_booking_id: int | None
    last_booking_at: str | None


class AssignmentRow(TypedDict):
    """A lead given to an agent; none while its booking waits for another."""

    assignment_id: int
    lead_id: int
    agent_id: int | None
    agent_name: str | None
    customer_name: str
    method: str
    source: str
    assigned_at: str


class ListedLead(TypedDict):
    """A lead under the name it was entered with, its customer's contact data and its booking's priority."""

    lead_id: int
    customer_id: int
    customer_name: str
    phone: str | None
    email: str | None
    method: str
    source: str
    destination: str | None
    launch_location: str | None
    requests: str | None
    received_at: str
    departs_on: str | None
    returns_on: str | None
    travellers: int | None
    budget: float | None
    language: str | None
    priority: str | None
