"""The pane beside a list: a booking's facts, its history, and why it was assigned there."""

from __future__ import annotations

from rich.text import Text

from dispatch import queries
from dispatch.assignment import explanations
from dispatch.desk import event_log
from dispatch.queries.row_types import BookingRow
from dispatch.queries.wording import day_and_moment, holder, moment, money, with_next_step
from screens.bookings.why_panels import notes
from screens.widgets.detail_pane import Detail, add_facts
from screens.wording.bookings import STEPS, state
from screens.wording.contacts import ways
from screens.wording.events import event_line

HISTORY_LINES = 30


def booking_detail(booking_id: int, now: str) -> Detail:
    """Describe a booking in full at a time of the desk. Reads the database."""
    booking = with_next_step(queries.booking(booking_id), now)
    events, why = event_log.events(booking_id=booking_id, limit=HISTORY_LINES), explanations.why(booking_id)
    text = Text.assemble((booking["customer_name"], "bold"), "  ", state(booking), overflow="fold")
    add_facts(text, _facts(booking))
    text.append("\n\nWhy\n", "bold").append(why["reason"])
    for note, style in notes(why):
        text.append(f"\n{note}", style)
    text.append("\n\nHistory\n", "bold")
    text.append("\n".join(map(event_line, events)) or "imported, nothing done here yet")
    return f"Booking {booking_id}", text


def _facts(booking: BookingRow) -> list[tuple[str, str]]:
    trip, whole = booking["destination_revenue"], booking["total_revenue"]
    quote = f"{money(trip)} + {money(booking['package_revenue'])} = {money(whole)}"
    return [
        ("Agent", holder(booking, "nobody yet")),
        ("Next step", _next_step(booking)),
        ("Follow-up", day_and_moment(booking["follow_up_at"]) if booking["follow_up_at"] else ""),
        ("Reach by", ways(booking)),
        ("Trip", f"{booking['destination']} from {booking['launch_location']}"),
        ("Wishes", booking["requests"] or ""),
        ("Source", booking["source"]),
        ("Package", booking["package"] or ""),
        ("Quote", quote if whole is not None else ""),
        ("Came in", moment(booking["created_at"])),
        ("Claimed", moment(booking["claimed_at"])),
        ("Tries", _tries(booking)),
        ("Reached", moment(booking["contacted_at"])),
        ("Confirmed", moment(booking["completed_at"])),
        ("Cancelled", moment(booking["cancelled_at"])),
        ("Reason", booking["cancel_reason"] or ""),
        ("Score", str(booking["score"] or "")),
        ("Flagged", booking["date_fault"] or ""),
    ]


def _next_step(booking: BookingRow) -> str:
    if booking["due"] and booking["next"] == "contact":
        return f"get back, {booking['due']}"
    return STEPS[booking["next"]][1] if booking["next"] else ""


def _tries(booking: BookingRow) -> str:
    if not booking["contact_attempts"]:
        return ""
    return f"{booking['contact_attempts']}, the last: {(booking['last_outcome'] or '').replace('_', ' ')}"
