"""What bookings are filtered by."""

from __future__ import annotations

from peewee import fn

from dispatch.inputs.filter_keys import Choice, Fields, Key, Moment, Number, Part, Who, table
from models.agents import is_named
from models.bookings import STATUSES, Booking
from models.customers import Lead

REVENUE = fn.COALESCE(Booking.destination_revenue_cents, 0) + fn.COALESCE(Booking.package_revenue_cents, 0)
CENTS = 100

BOOKING_KEYS = table(
    Key("status", Choice(STATUSES), "what has become of it", field="status"),
    Key(
        "is",
        Fields(
            {
                "unclaimed": lambda _: {"unclaimed": True},
                "waiting": lambda _: {"waiting": True},
                "due": lambda reading: {"due_until": reading.now},
                "asked": lambda _: {"asked": True},
            }
        ),
        "not claimed; without an agent; with a follow-up that is due; with an agent who was asked about it",
    ),
    Key("agent", Who(is_named), "who has it", Booking.agent_id, "agent_id"),
    Key("customer", Who(), "who travels", field="customer"),
    Key("destination", Choice(listed="destination"), "where to", field="destination", also=("to",)),
    Key("launch", Choice(listed="launch"), "where from", Booking.launch_location, also=("from",)),
    Key("source", Choice(listed="source"), "how the lead came", field="source"),
    Key("method", Choice(listed="method"), "how to reach the customer", field="method"),
    Key("package", Part(), "what was quoted", Booking.package),
    Key("requests", Part(), "what the customer asked for", Lead.requests),
    Key("revenue", Number(CENTS), "destination and package together", REVENUE),
    Key("number", Number(), "its own", Booking.booking_id, also=("id",)),
    Key("score", Number(), "the customer's, 1 to 5", Booking.score),
    Key("attempts", Number(), "how often it was tried to reach the customer", Booking.contact_attempts),
    Key("follow_up", Moment(), "when to get back to the customer", Booking.follow_up_at),
    Key("changed", Moment(), "when it was last changed", Booking.changed_at),
    *(
        Key(name, Moment(Booking.changed_at), f"when {what}", getattr(Booking, column))
        for name, what, column in (
            ("created", "it came in", "created_at"),
            ("claimed", "its agent claimed it", "claimed_at"),
            ("contacted", "the customer was first reached", "contacted_at"),
            ("confirmed", "it was confirmed", "completed_at"),
            ("cancelled", "it was cancelled", "cancelled_at"),
        )
    ),
)
