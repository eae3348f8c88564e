"""Booking figures: totals by status, destination, source and method, and by agent."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from peewee import fn

from dispatch import queries
from dispatch.assignment import contact_rate
from dispatch.matching.conversion_rates import rates
from dispatch.matching.features import one_moment
from dispatch.reporting.row_types import AgentFigures, FigureRow
from models.base import tuples
from models.bookings import CANCELLED, CONFIRMED, PENDING, STATUSES, Booking
from models.customers import Lead

if TYPE_CHECKING:
    from dispatch.desk.desk import Desk

ALL, STATUS, DESTINATION, SOURCE, METHOD = "all", "status", "destination", "source", "method"
KINDS = (ALL, STATUS, DESTINATION, SOURCE, METHOD)


@dataclass
class Figure:
    """Counts of the bookings with one value of one kind, and the revenue of the Confirmed ones in cents."""

    kind: str
    value: str
    pending: int = 0
    confirmed: int = 0
    cancelled: int = 0
    revenue_cents: int = 0

    @property
    def bookings(self) -> int:
        return self.pending + self.confirmed + self.cancelled

    @property
    def share(self) -> float | None:
        """The share Confirmed of all closed bookings; None if none is closed, and for a single status."""
        decided = self.confirmed + self.cancelled
        return self.confirmed / decided if decided and self.kind != STATUS else None

    def count(self, status: str, number: int, cents: int) -> None:
        self.pending += number * (status == PENDING)
        self.cancelled += number * (status == CANCELLED)
        if status == CONFIRMED:
            self.confirmed += number
            self.revenue_cents += cents

    def row(self) -> FigureRow:
        return {
            "kind": self.kind,
            "value": self.value,
            "bookings": self.bookings,
            "pending": self.pending,
            "confirmed": self.confirmed,
            "cancelled": self.cancelled,
            "confirmed_share": self.share,
            "revenue": queries.as_units(self.revenue_cents),
        }


def by_kind() -> list[FigureRow]:
    """Every figure, kind after kind, most bookings first, without bookings entered by mistake.

    Call it inside ``desk.reading()``; it scans all bookings once.
    """
    cents = fn.COALESCE(Booking.destination_revenue_cents, 0) + fn.COALESCE(Booking.package_revenue_cents, 0)
    groups = (Booking.status, Booking.destination, Lead.source, Lead.method)
    query = (
        Booking.select(*groups, fn.COUNT(Booking.booking_id), fn.SUM(cents))
        .join(Lead, on=(Booking.lead_id == Lead.lead_id))
        .where(~Booking.voided)
        .group_by(*groups)
    )
    found = {(ALL, ""): Figure(ALL, "")} | {(STATUS, each): Figure(STATUS, each) for each in STATUSES}
    for status, destination, source, method, number, total in tuples(query):
        values = ("", status, destination, source, method)
        for kind, value in zip(KINDS, values, strict=True):
            figure = found.setdefault((kind, value or ""), Figure(kind, value or ""))
            figure.count(status, number, total)
    ordered = sorted(found.values(), key=lambda each: (KINDS.index(each.kind), -each.bookings, each.value))
    return [figure.row() for figure in ordered]


def by_agent(desk: Desk) -> list[AgentFigures]:
    """Every current agent's load, shrunk conversion rate and contact rate, best rate first."""
    with one_moment():
        agents = {row["agent_id"]: row for row in queries.list_agents()}
        reached = contact_rate.rates(desk, list(agents))
        return [
            {
                "agent_id": rate.agent_id,
                "agent_name": rate.agent_name,
                "load": agents[rate.agent_id]["load"],
                "capacity": agents[rate.agent_id]["capacity"],
                **rate.row(),
                **reached[rate.agent_id].row(),
            }
            for rate in rates()
            if rate.agent_id in agents
        ]
