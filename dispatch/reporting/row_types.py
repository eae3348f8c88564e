"""Row types of reports and the dashboard."""

# without "from __future__ import annotations", which would compile every key at start
from typing import NotRequired, TypedDict

from dispatch.assignment.row_types import ContactRate
from dispatch.matching.row_types import RateRow
from dispatch.service.row_types import SatisfactionForecast
from models.base import Json


class FigureRow(TypedDict):
    """The bookings with one value of one kind, as ``astra report desk --json`` prints them."""

    kind: str
    value: str
    bookings: int
    pending: int
    confirmed: int
    cancelled: int
    unreachable: int
    confirmed_share: float | None
    revenue: float | None
    key: NotRequired[str]  # for lists: the row's key, the kind on its first row, the length of the bar
    of: NotRequired[str]
    part: NotRequired[float]
    before: NotRequired[int]  # bookings in the same number of days before a period


class Funnel(TypedDict):
    """The leads of a period and what became of them until now; Confirmed counts as reached."""

    leads: int
    bookings: int
    reached: int
    confirmed: int


class OpenWork(TypedDict):
    """Pending bookings; the times are when the oldest came in."""

    pending: int
    waiting: int
    to_claim: int
    oldest: str | None
    oldest_to_claim: str | None


class Pulse(TypedDict):
    """The last days of the desk, and the same number of days before them."""

    days: int
    leads_by_day: list[int]
    funnel: Funnel
    funnel_before: Funnel
    open: OpenWork


class AgentFigures(RateRow, ContactRate):
    """An agent's load and rates; of a period, also the number decided in the days before."""

    agent_id: int
    agent_name: str
    load: int
    issue_load: int
    capacity: int
    before: NotRequired[int]


class Figure(TypedDict):
    """A mean or a share, and its number of rows; None for no rows."""

    value: float | None
    count: int


class Trend(TypedDict):
    """A figure, the one before, and the change."""

    value: float | None
    before: float | None
    change: float | None
    counts: list[int]


Figures = dict[str, Figure]
"""Figures by the names in ``issue_analytics.FIGURES``."""


class IssueReport(TypedDict):
    """The figures of a period, overall and by each dimension."""

    since: str
    until: str
    totals: Figures
    by_category: dict[str, Figures]
    by_priority: dict[str, Figures]
    by_channel: dict[str, Figures]
    trends: dict[str, Trend]


class ActiveIssues(TypedDict):
    """The number and age of open issues."""

    count: int
    by_priority: dict[str, int]
    by_status: dict[str, int]
    waiting: int
    mean_age_hours: Figure


class Workload(TypedDict):
    """An agent's open work; ``utilisation`` is None without a capacity."""

    agent_id: int
    name: str
    presence: str
    load: int
    issue_load: int
    capacity: int
    utilisation: float | None


class Alert(TypedDict):
    """A kind of problem and its count; each of ``rows`` has an ``issue_id``."""

    count: int
    rows: list[Json]


class AlertRow(TypedDict):
    """Something that a supervisor has to know: one of alerts.ALERTS, about a booking, an issue or an agent.

    ``who`` is the customer, the agent or the issue's title, ``since`` when it began, if that is known.
    """

    key: str
    kind: str
    subject: str
    number: int
    who: str
    agent_id: int | None
    agent_name: str | None
    since: str | None
    words: str


class Dashboard(TypedDict):
    """The state of the service desk at one moment."""

    at: str
    days: int
    active: ActiveIssues
    agents: list[Workload]
    resolution: IssueReport
    satisfaction: SatisfactionForecast
    alerts: dict[str, Alert]


class FairShare(TypedDict):
    """What an agent got of a window's leads: ``owed`` is what is missing, negative for what is too much."""

    agent_id: int
    agent_name: str
    received: int
    entitled: float
    owed: float


class Fairness(TypedDict):
    """How evenly the leads of a window were given out; ``got_nothing`` are agents entitled to some.

    ``jain`` is 1 if all got the same number, 1/n if one of n got everything; ``busiest_share`` is that of
    the agent with the most.
    """

    window: str
    since: str
    leads: int
    jain: float
    busiest_share: float
    got_nothing: list[int]
    agents: list[FairShare]


class Starvation(TypedDict):
    """The ``agent_ids`` who got none of the last ``leads``, out of ``eligible``.

    ``instead`` is a policy that gives everybody a turn, empty if the present one does: then capacities or
    lists of skills and locations keep them out.
    """

    policy: str
    agent_ids: list[int]
    eligible: int
    leads: int
    instead: str
