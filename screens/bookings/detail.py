"""The pane beside a list: a booking's facts, its history, and why it was assigned there."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from rich.text import Text

from dispatch import queries
from dispatch.assignment import explanations
from dispatch.assignment.row_types import DecisionRow
from dispatch.desk import event_log
from dispatch.desk.row_types import EventRow
from dispatch.queries.next_steps import FOLLOW_UP, Values, limits_of, with_step
from dispatch.queries.row_types import BookingRow
from dispatch.queries.wording import (
    age,
    day_and_moment,
    exact,
    holder,
    kept,
    money,
    plural,
    step_words,
    trip_words,
    with_next_step,
)
from dispatch.reporting.event_sentences import names_in
from dispatch.service.wording import priority_words
from models.priorities import USUAL
from screens.bookings.why_panels import notes, why_text
from screens.customers.aside import customer_text
from screens.widgets.detail_pane import Detail, add_facts
from screens.widgets.steady_text import NO_BREAK
from screens.wording.bookings import STEPS, state_with_sign
from screens.wording.contacts import method, reach
from screens.wording.events import event_line
from screens.wording.reasons import plain_reason
from screens.wording.text import CARE

HISTORY_LINES = 30


def last_change(booking: BookingRow) -> str:
    """Return when anything about a booking changed last."""
    return booking["changed_at"]


def booking_detail(
    booking_id: int,
    now: str,
    key_of: Callable[[str], str],
    *,
    has_why: bool = True,
    since: Callable[[BookingRow], str] = last_change,
    settings: Values | None = None,
) -> Detail:
    """Describe a booking in full at a time of the desk; ``key_of`` names a verb's key. Reads the database.

    Its age counts ``since`` a moment, the same as in the list beside. Without ``has_why`` it is left out why
    the booking went to its agent: ``booking_aside`` tells it.
    """
    row = with_step(queries.booking(booking_id), limits_of(settings, now))
    (booking,) = queries.with_seen([with_next_step(row, now)])
    events = event_log.events(booking_id=booking_id, limit=HISTORY_LINES)
    text = Text.assemble((booking["customer_name"], "bold"), "  ", _state(booking), overflow="fold")
    text.append(f" {age(since(booking), now)}", "dim")
    for place, way in enumerate(_reached_by(booking)):
        text.append(f"\n{way}", "bold").append("" if place else f"   {key_of('copy')} copy", "dim")
    text.append(f"\n{booking['destination']} from {booking['launch_location']}")
    step = _next_step(booking)
    if step:
        key = key_of(f"booking.{booking['next']}")
        text.append("\nNEXT  ", f"bold {CARE}").append(key, "bold underline").append(f"  {step}", "bold")
    add_facts(text, _facts(booking, events))
    if has_why:
        _add_why(text, explanations.why(booking_id))
    text.append("\n\nHistory\n", "bold")
    names = names_in(events)
    lines = [event_line(event, names, _about(event)) for event in events]
    text.append("\n".join(lines) or "imported; nothing done here yet")
    return f"No. {booking_id}", text


def _add_why(text: Text, why: DecisionRow) -> None:
    text.append("\n\nWhy\n", "bold").append(plain_reason(why["reason"]))
    for note, style in notes(why):
        text.append(f"\n{note}", style)


def _about(event: EventRow) -> str:
    """Name the issue that an event of a booking's history is about; the others are about the booking."""
    return f"issue {event['issue_id']}" if event["issue_id"] is not None else ""


def booking_aside(booking_id: int, now: str) -> Detail:
    """Describe a booking's customer, and why its agent has it. Reads the database."""
    booking, why = queries.booking(booking_id), explanations.why(booking_id)
    text = customer_text(booking["customer_id"], now)
    text.append("\n\nWhy ", "bold").append(why["agent_name"] or "nobody", "bold").append_text(
        why_text(why, is_narrow=True)
    )
    return f"Customer No. {booking['customer_id']}", text


def _state(booking: BookingRow) -> Text:
    """Return the state with its sign, which a line of the pane does not part."""
    state = state_with_sign(booking)
    return Text(state.plain.replace(" ", NO_BREAK), state.style)


def _unbroken(amount: str) -> str:
    """Return an amount that a line of the pane does not part from its currency."""
    return amount.replace(" ", NO_BREAK)


def _reached_by(booking: BookingRow) -> list[str]:
    """Return the ways to reach the customer, the chosen one first."""
    signs = {"phone": "☎", "e-mail": "✉"}
    first = reach(booking)
    ways = [("phone", booking["phone"]), ("e-mail", booking["email"])]
    known = [(kind, way) for kind, way in ways if way]
    known.sort(key=lambda one: one != first)
    return [f"{signs[kind]} {way}" for kind, way in known]


def _facts(booking: BookingRow, events: Sequence[EventRow]) -> list[tuple[str, str]]:
    trip, whole = booking["destination_revenue"], booking["total_revenue"]
    parts = (_unbroken(money(amount)) for amount in (trip, booking["package_revenue"]))
    quote = f"{_unbroken(money(whole))} ({' + '.join(parts)})"
    return [
        ("Step", step_words(booking, day_and_moment)),
        ("Agent", holder(booking, "nobody yet")),
        ("Kept", kept(booking, events)),
        ("Priority", "" if booking["priority"] == USUAL else priority_words(booking["priority"])),
        ("Follow-up", _follow_up(booking)),
        ("Contact", method(booking)),
        ("Wishes", booking["requests"] or ""),
        ("Trip", trip_words(booking)),
        ("Source", booking["source"]),
        ("Package", booking["package"] or ""),
        ("Quote", quote if whole is not None else ""),
        ("Came in", exact(booking["created_at"])),
        ("Claimed", exact(booking["claimed_at"])),
        ("Tried", _tries(booking)),
        ("Reached", exact(booking["contacted_at"])),
        ("Confirmed", exact(booking["completed_at"])),
        ("Cancelled", exact(booking["cancelled_at"])),
        ("Reason", booking["cancel_reason"] or ""),
        ("Score", str(booking["score"] or "")),
        ("Flagged", booking["date_fault"] or ""),
    ]


def _next_step(booking: BookingRow) -> str:
    if booking["due"] and booking["next"] == "contact":
        return f"get back, {booking['due']}"
    return STEPS[booking["next"]][1] if booking["next"] else ""


def _follow_up(booking: BookingRow) -> str:
    """Return when a follow-up is, where it is not the next step."""
    at = booking["follow_up_at"]
    return day_and_moment(at) if at and booking.get("next_step") != FOLLOW_UP else ""


def _tries(booking: BookingRow) -> str:
    if not booking["contact_attempts"]:
        return ""
    outcome = (booking["last_outcome"] or "").replace("_", " ")
    in_row = booking["attempts_in_row"]
    row = f", {in_row} in a row" if 0 < in_row < booking["contact_attempts"] else ""
    return f"{plural(booking['contact_attempts'], 'attempt')}{row}: {outcome}"
