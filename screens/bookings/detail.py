"""The pane beside a list: everything about one booking, its history, and why it went where it is."""

from __future__ import annotations

from typing import Any

from rich.text import Text

from dispatch import queries
from dispatch.assignment import explanations
from dispatch.desk import event_log
from screens.bookings.why_panels import notes
from screens.widgets.detail_pane import Detail, DetailPane, add_facts
from screens.wording.bookings import state
from screens.wording.contacts import ways
from screens.wording.events import event_line
from screens.wording.next_step import STEPS, with_next_step
from screens.wording.text import day_and_moment, moment, money

Row = dict[str, Any]
HISTORY_LINES = 30


class BookingDetail(DetailPane):
    """One booking in full."""

    NOTHING = "Choose a booking to see it here"


def booking_detail(booking_id: int, now: str) -> Detail:
    """All about a booking at a time of the desk. Reads the database."""
    booking = with_next_step(queries.booking(booking_id), now)
    events, why = event_log.events(booking_id=booking_id, limit=HISTORY_LINES), explanations.why(booking_id)
    text = Text(overflow="fold")
    text.append(booking["customer_name"], "bold")
    text.append("  ")
    text.append_text(state(booking))
    add_facts(text, _facts(booking))
    text.append("\n\nWhy\n", "bold")
    text.append(why["reason"])
    for note, style in notes(why):
        text.append(f"\n{note}", style)
    text.append("\n\nHistory\n", "bold")
    text.append("\n".join(map(event_line, events)) or "imported, nothing done here yet")
    return f"Booking {booking_id}", text


def _facts(booking: Row) -> list[tuple[str, str]]:
    holder = f"{booking['agent_name']} ({booking['agent_id']})" if booking["agent_id"] else "nobody yet"
    parts, whole = ("destination_revenue", "package_revenue"), booking["total_revenue"]
    quote = f"{' + '.join(money(booking[part]) for part in parts)} = {money(whole)}"
    return [
        ("Agent", holder),
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


def _next_step(booking: Row) -> str:
    if booking["due"] and booking["next"] == "contact":
        return f"get back, {booking['due']}"
    return STEPS[booking["next"]][1] if booking["next"] else ""


def _tries(booking: Row) -> str:
    if not booking["contact_attempts"]:
        return ""
    return f"{booking['contact_attempts']}, the last: {(booking['last_outcome'] or '').replace('_', ' ')}"
