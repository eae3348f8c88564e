"""Keys of the booking filter."""

from __future__ import annotations

from typing import Any

from peewee import fn

from dispatch.inputs.filters.fact_kinds import Day, Named
from dispatch.inputs.filters.filter_reader import (
    Amount,
    AnyNumber,
    Choice,
    Fields,
    Key,
    Meaning,
    Moment,
    Number,
    Part,
    Reading,
    Who,
    table,
)
from dispatch.inputs.languages import language
from dispatch.queries.next_steps import Limits, limits_of
from models.agents import is_named
from models.bookings import STATUSES, Booking
from models.customers import Lead
from models.priorities import PRIORITIES

REVENUE = fn.COALESCE(Booking.destination_revenue_cents, 0) + fn.COALESCE(Booking.package_revenue_cents, 0)
EVERY: dict[str, Any] = {
    "status": None,
    "unclaimed": False,
    "claimed": False,
    "waiting": False,
    "unattended": False,
    "overdue": None,
    "rotten": None,
}


def _filling(**fields: Any) -> Meaning:
    return lambda _: fields


def _limits(reading: Reading) -> Limits:
    return limits_of(reading.settings, reading.now)


_STATUSES = {status: _filling(status=status) for status in STATUSES}
_FLAGS = {
    "unclaimed": _filling(unclaimed=True),
    "claimed": _filling(claimed=True),
    "waiting": _filling(waiting=True),
    "due": lambda reading: {"due_until": reading.now},
    "overdue": lambda reading: {"overdue": _limits(reading)},
    "rotten": lambda reading: {"rotten": _limits(reading)},
    "asked": _filling(asked=True),
    "do not contact": _filling(do_not_contact=True),
    "seen by all": _filling(waiting=True, seen_by_all=True),
}


def _due_again(reading: Reading) -> dict[str, Any]:
    return {"due_until": reading.now, "claimed": True}


_SHOWN = {  # further words of the state column and the views
    "unattended": _filling(unattended=True),
    "call again": _due_again,
    "text again": _due_again,
    "follow up": _due_again,
    "still on it?": _filling(asked=True),
    "unreachable": _filling(unreachable=True),
    "by mistake": _filling(voided=True),
    "undone": _filling(voided=True),
    "all": _filling(**EVERY),
}

FACT_KEYS = ("departs", "travellers", "budget", "language")
"""Keys on facts of the trip that have an index; a filter by ``returns`` alone reads them all."""

BOOKING_KEYS = table(
    Key("status", Choice(STATUSES, also=_FLAGS | _SHOWN), "booking status", field="status"),
    Key(
        "is",
        Fields(_FLAGS, also=_STATUSES | _SHOWN),
        "unclaimed; claimed; without an agent; follow-up due; first contact or follow-up overdue; claimed "
        "and left alone; agent asked about the claim; waiting, as all have seen it; with a customer who must "
        "not be contacted",
    ),
    Key("agent", Who(is_named, listed="agent"), "its agent", Booking.agent_id, "agent_id"),
    Key("customer", Who(), "its customer", field="customer"),
    Key("priority", Choice(PRIORITIES, ordered=True), "priority", Booking.priority),
    Key("destination", Choice(listed="destination"), "destination", field="destination", also=("to",)),
    Key("launch", Choice(listed="launch"), "launch location", Booking.launch_location, also=("from",)),
    Key("source", Choice(listed="source"), "lead source", field="source"),
    Key("method", Choice(listed="method"), "contact method", field="method"),
    Key("wishes", Part(), "requests of the customer", Lead.requests, also=("requests",)),
    Key("departs", Day(), "departure, a day", Lead.departs_on, also=("departure",)),
    Key("returns", Day(), "return, a day", Lead.returns_on),
    Key("travellers", Number(), "number of travellers", Lead.travellers),
    Key("budget", Amount(), "budget", Lead.budget_cents),
    Key("language", Named(language), "language of the customer", Lead.language),
    Key("package", Part(), "quoted package", Booking.package),
    Key("revenue", Amount(), "price of trip and package", REVENUE),
    Key("number", AnyNumber(), "booking number", Booking.booking_id, also=("id",)),
    Key("score", Number(), "customer's score, 1 to 5", Booking.score),
    Key("attempts", Number(), "contact attempts", Booking.contact_attempts),
    Key("follow_up", Moment(), "time of the follow-up", Booking.follow_up_at),
    Key("changed", Moment(), "last change", Booking.changed_at),
    Key("created", Moment(Booking.changed_at), "when it came in", Booking.created_at),
    Key("claimed", Moment(Booking.changed_at), "when it was claimed", Booking.claimed_at),
    Key("contacted", Moment(Booking.changed_at), "when the customer was first reached", Booking.contacted_at),
    Key("confirmed", Moment(Booking.changed_at), "when it was confirmed", Booking.completed_at),
    Key("cancelled", Moment(Booking.changed_at), "when it was cancelled", Booking.cancelled_at),
)
