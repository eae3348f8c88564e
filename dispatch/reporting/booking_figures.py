"""Booking figures: totals by status, destination, source and method, and by agent."""

from __future__ import annotations

from collections import Counter
from typing import cast

from peewee import fn

from dispatch import queries
from dispatch.assignment import contact_rate
from dispatch.desk.desk import Desk
from dispatch.matching.conversion_rates import rates, shrink
from dispatch.matching.features import one_moment
from dispatch.queries.agents import names_of
from dispatch.reporting.daily_figures import midnights
from dispatch.reporting.row_types import AgentFigures, FigureRow
from models.base import tuples
from models.bookings import CANCELLED, CONFIRMED, PENDING, STATUSES, Booking
from models.customers import Lead
from models.sql import count_if

ALL, STATUS, DESTINATION, SOURCE, METHOD = "all", "status", "destination", "source", "method"
KINDS = (ALL, STATUS, DESTINATION, SOURCE, METHOD)
UNREACHABLE = "Unreachable"  # Cancelled, but not by the customer
REVENUE_CENTS = "revenue_cents"  # of the Confirmed ones, counted beside the statuses


def _row(kind: str, value: str, counts: Counter[str]) -> FigureRow:
    """Return a figure; its share is None if no booking was decided, and for a single status."""
    decided = counts[CONFIRMED] + counts[CANCELLED]
    return {
        "kind": kind,
        "value": value,
        "bookings": counts[PENDING] + decided + counts[UNREACHABLE],
        "pending": counts[PENDING],
        "confirmed": counts[CONFIRMED],
        "cancelled": counts[CANCELLED],
        "unreachable": counts[UNREACHABLE],
        "confirmed_share": counts[CONFIRMED] / decided if decided and kind != STATUS else None,
        "revenue": queries.as_units(counts[REVENUE_CENTS]),
    }


def by_kind(since: str | None = None, until: str | None = None) -> list[FigureRow]:
    """Every figure, kind after kind, most bookings first, without bookings entered by mistake.

    Those whose customer could not be reached count apart from the Cancelled ones.

    ``since`` and ``until`` are stored times: only bookings that came in from then on, and before then.

    Call it inside ``desk.reading()``; it scans all bookings once.
    """
    cents = fn.COALESCE(Booking.destination_revenue_cents, 0) + fn.COALESCE(Booking.package_revenue_cents, 0)
    groups = (Booking.status, Booking.unreachable, Booking.destination, Lead.source, Lead.method)
    query = (
        Booking.select(*groups, fn.COUNT(Booking.booking_id), fn.SUM(cents))
        .join(Lead, on=(Booking.lead_id == Lead.lead_id))
        .where(~Booking.voided)
        .group_by(*groups)
    )
    if since is not None:
        query = query.where(Booking.created_at >= since)
    if until is not None:
        query = query.where(Booking.created_at < until)
    found = {(ALL, ""): Counter[str]()} | {(STATUS, each): Counter[str]() for each in STATUSES}
    for status, unreachable, destination, source, method, number, total in tuples(query):
        status = UNREACHABLE if unreachable else status
        for kind, value in zip(KINDS, ("", status, destination, source, method), strict=True):
            counts = found.setdefault((kind, value or ""), Counter())
            counts[status] += number
            counts[REVENUE_CENTS] += total if status == CONFIRMED else 0
    rows = [_row(kind, value, counts) for (kind, value), counts in found.items()]
    return sorted(rows, key=lambda row: (KINDS.index(row["kind"]), -row["bookings"], row["value"]))


def beginnings(now: str, days: int) -> tuple[str, str]:
    """Return the stored times at which the last ``days`` days began, and as many before them.

    They are days of the terminal's zone, today included, as in the pulse.
    """
    begins = midnights(now, 2 * days)
    return begins[days], begins[0]


def of_period(now: str, days: int) -> list[FigureRow]:
    """Every figure of the last ``days`` days, each with its number of bookings in the days before them."""
    since, before = beginnings(now, days)
    earlier = {(row["kind"], row["value"]): row["bookings"] for row in by_kind(before, since)}
    rows = by_kind(since)
    for row in rows:
        row["before"] = earlier.get((row["kind"], row["value"]), 0)
    return rows


def by_agent(desk: Desk) -> list[AgentFigures]:
    """Every current agent's load, shrunk conversion rate and contact rate, best rate first."""
    with one_moment():
        agents = {row["agent_id"]: row for row in queries.list_agents()}
        reached = contact_rate.rates(desk, list(agents))
        return [
            cast(
                AgentFigures,
                {
                    "agent_id": rate.agent_id,
                    "agent_name": rate.agent_name,
                    "load": agents[rate.agent_id]["load"],
                    "issue_load": agents[rate.agent_id]["issue_load"],
                    "capacity": agents[rate.agent_id]["capacity"],
                    **rate.row(),
                    **reached[rate.agent_id].row(),
                },
            )
            for rate in rates()
            if rate.agent_id in agents
        ]


def by_agent_in(desk: Desk, days: int) -> list[AgentFigures]:
    """The same with what became of the bookings of the last ``days`` days, beside the days before them.

    ``before`` is the number decided of those. It scans all bookings once.
    """
    since, before = beginnings(desk.now(), days)
    with one_moment():
        now, earlier = _decided(since, None), _decided(before, since)
        shrunk = shrink([*now.values()])
        rows = by_agent(desk)
    for row in rows:
        row["confirmed"], row["decided"] = now.get(row["agent_id"], (0, 0))
        row["rate"], row["low"], row["high"] = shrunk.of(row["confirmed"], row["decided"])
        row["before"] = earlier.get(row["agent_id"], (0, 0))[1]
    return sorted(rows, key=lambda row: (-row["rate"], row["agent_id"]))


def most_confirmed(now: str, days: int, most: int) -> list[tuple[str, int, int, int]]:
    """Return the agents with the most Confirmed of the last ``days`` days.

    Of each the name, Confirmed, decided, and Confirmed of the days before them.
    """
    since, before = beginnings(now, days)
    decided, earlier = _decided(since, None), _decided(before, since)
    first = sorted(decided.items(), key=lambda each: (-each[1][0], each[0]))[:most]
    names = names_of({agent_id for agent_id, _ in first})
    return [
        (names.get(agent_id, str(agent_id)), *numbers, earlier.get(agent_id, (0, 0))[0])
        for agent_id, numbers in first
    ]


def _decided(since: str, until: str | None) -> dict[int, tuple[int, int]]:
    """Return each agent's bookings Confirmed and closed, of those that came in within a period."""
    closed = Booking.status.in_((CONFIRMED, CANCELLED))
    confirmed = count_if(Booking.status == CONFIRMED)
    query = (
        Booking.select(Booking.agent_id, confirmed, fn.COUNT(Booking.booking_id))
        .where(closed, ~Booking.voided, Booking.created_at >= since, Booking.agent_id.is_null(False))
        .group_by(Booking.agent_id)
    )
    if until is not None:
        query = query.where(Booking.created_at < until)
    return {agent_id: (won, number) for agent_id, won, number in tuples(query)}
