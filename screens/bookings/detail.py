"""The pane beside a list: everything about one booking, its history, and why it went where it is."""

from __future__ import annotations

from collections.abc import Callable
from typing import NamedTuple

from rich.text import Text

from dispatch import queries
from dispatch.assignment import explanations
from dispatch.assignment.row_types import DecisionRow
from dispatch.desk import event_log
from dispatch.desk.row_types import EventRow
from dispatch.queries.row_types import BookingRow
from dispatch.queries.wording import holder, with_next_step
from screens.bookings.why_panels import notes
from screens.widgets.detail_pane import DetailPane
from screens.wording.bookings import STEPS, state
from screens.wording.contacts import ways
from screens.wording.events import event_line
from screens.wording.text import day_and_moment, moment, money

HISTORY_LINES = 30


class BookingStory(NamedTuple):
    """What the pane shows of a booking."""

    booking: BookingRow
    events: list[EventRow]
    why: DecisionRow


def booking_query(booking_id: int | None, now: str) -> Callable[[], BookingStory | None]:
    """A booking's story at a time of the desk; None when there is none."""

    def work() -> BookingStory | None:
        if booking_id is None:
            return None
        return BookingStory(
            with_next_step(queries.booking(booking_id), now),
            event_log.events(booking_id=booking_id, limit=HISTORY_LINES),
            explanations.why(booking_id),
        )

    return work


class BookingDetail(DetailPane):
    """One booking in full."""

    def show(self, data: BookingStory | None) -> None:
        """Show what ``booking_query`` read."""
        if data is None:
            self.tell("", "Choose a booking to see it here")
        else:
            self.tell(f"Booking {data.booking['booking_id']}", _describe(data))


def _describe(data: BookingStory) -> Text:
    booking = data.booking
    text = Text(overflow="fold")
    text.append(booking["customer_name"], "bold")
    text.append("  ")
    text.append_text(state(booking))
    for label, value in _facts(booking):
        if value:
            text.append(f"\n{label:<12}", "dim")
            text.append(value)
    text.append("\n\nWhy\n", "bold")
    text.append(data.why["reason"])
    for note, style in notes(data.why):
        text.append(f"\n{note}", style)
    text.append("\n\nHistory\n", "bold")
    text.append("\n".join(event_line(event) for event in data.events) or "imported, nothing done here yet")
    return text


def _facts(booking: BookingRow) -> list[tuple[str, str]]:
    quote = f"{money(booking['destination_revenue'])} + {money(booking['package_revenue'])}"
    return [
        ("Agent", holder(booking, "nobody yet")),
        ("Next step", _next_step(booking)),
        ("Follow-up", day_and_moment(booking["follow_up_at"]) if booking["follow_up_at"] else ""),
        ("Reach by", ways(booking)),
        ("Trip", f"{booking['destination']} from {booking['launch_location']}"),
        ("Wishes", booking["requests"] or ""),
        ("Source", booking["source"]),
        ("Package", booking["package"] or ""),
        (
            "Quote",
            f"{quote} = {money(booking['total_revenue'])}" if booking["total_revenue"] is not None else "",
        ),
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
