"""The rows of reports and of the dashboard, key by key.

No ``from __future__ import annotations`` here: as text, each key would have to be compiled at start.
"""

from typing import TypedDict

from dispatch.assignment.row_types import ContactRate
from dispatch.service.row_types import SatisfactionForecast


class FigureRow(TypedDict):
    """The bookings with one value of one kind, as ``astra report desk --json`` prints them."""

    kind: str
    value: str
    bookings: int
    pending: int
    confirmed: int
    cancelled: int
    confirmed_share: float | None
    revenue: float | None


class AgentFigures(ContactRate):
    """An agent's load, and the shrunk rate of Confirmed bookings with its interval."""

    agent_id: int
    agent_name: str
    load: int
    capacity: int
    confirmed: int
    decided: int
    rate: float
    low: float
    high: float


class Figure(TypedDict):
    """A mean or a share, and of how many rows; None of no rows."""

    value: float | None
    count: int


class Trend(TypedDict):
    """A figure beside the one before, and what it has changed by."""

    value: float | None
    before: float | None
    change: float | None
    counts: list[int]


Figures = dict[str, Figure]
"""By the names of ``issue_analytics.FIGURES``."""


class IssueReport(TypedDict):
    """The figures of a period, in all and by each dimension."""

    since: str
    until: str
    totals: Figures
    by_category: dict[str, Figures]
    by_priority: dict[str, Figures]
    by_channel: dict[str, Figures]
    trends: dict[str, Trend]


class ActiveIssues(TypedDict):
    """How many issues are open, and how old they are."""

    count: int
    by_priority: dict[str, int]
    by_status: dict[str, int]
    waiting: int
    mean_age_hours: Figure


class Workload(TypedDict):
    """What an agent holds; ``utilisation`` is None without a capacity."""

    agent_id: int
    name: str
    presence: str
    load: int
    issue_load: int
    capacity: int
    utilisation: float | None


class Breach(TypedDict):
    """A clock whose time is used up."""

    issue_id: int
    clock: str
    due: str
    late_minutes: float
    met_at: str | None


class OpenEscalation(TypedDict):
    """An escalation that nobody has closed."""

    issue_id: int
    trigger: str
    level: int
    urgency: str
    opened_at: str
    acknowledged_at: str | None


class Risk(TypedDict):
    """An issue whose customer may leave."""

    issue_id: int
    predicted: float


class Breaches(TypedDict):
    count: int
    rows: list[Breach]


class OpenEscalations(TypedDict):
    count: int
    rows: list[OpenEscalation]


class Risks(TypedDict):
    count: int
    rows: list[Risk]


class Alerts(TypedDict):
    """What is wrong, each kind counted."""

    sla_breaches: Breaches
    escalations: OpenEscalations
    customers_at_risk: Risks


class Dashboard(TypedDict):
    """The service desk at one moment."""

    at: str
    days: int
    active: ActiveIssues
    agents: list[Workload]
    resolution: IssueReport
    satisfaction: SatisfactionForecast
    alerts: Alerts
