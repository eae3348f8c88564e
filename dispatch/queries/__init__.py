"""Queries for screens and commands: bookings, agents and totals."""

from dispatch.queries.agents import AGENT_KEYS, agent, agents_by_id, filtered, list_agents
from dispatch.queries.arrivals import each_assignment, each_lead
from dispatch.queries.booking_orders import BOOKING_SORTS, FOLLOW_UP
from dispatch.queries.bookings import (
    BOOKING_ROW,
    BookingFilter,
    as_units,
    booking,
    booking_ids,
    bookings_by_id,
    bookings_of,
    check_sort,
    count_bookings,
    desk_of,
    each_booking,
    list_bookings,
    pending_ids,
    unattended,
)
from dispatch.queries.offer_rounds import seen_by_all, with_seen
from dispatch.queries.totals import (
    Arrivals,
    Totals,
    count_arrivals,
    count_by_view,
    count_totals,
    is_unused,
)

__all__ = [
    "AGENT_KEYS",
    "BOOKING_ROW",
    "BOOKING_SORTS",
    "FOLLOW_UP",
    "Arrivals",
    "BookingFilter",
    "Totals",
    "agent",
    "agents_by_id",
    "as_units",
    "booking",
    "booking_ids",
    "bookings_by_id",
    "bookings_of",
    "check_sort",
    "count_arrivals",
    "count_bookings",
    "count_by_view",
    "count_totals",
    "desk_of",
    "each_assignment",
    "each_booking",
    "each_lead",
    "filtered",
    "is_unused",
    "list_agents",
    "list_bookings",
    "pending_ids",
    "seen_by_all",
    "unattended",
    "with_seen",
]
