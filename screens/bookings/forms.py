"""The forms of a booking's life: confirm, cancel, reassign, decline, contact, note, score, edit, ..."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from dispatch import bookings, queries
from dispatch.bookings import editing, follow_ups
from dispatch.bookings.lifecycle import OUTCOMES
from dispatch.desk.accepted_values import AcceptedValues
from dispatch.desk.desk import Desk
from dispatch.inputs import due_times
from dispatch.queries.row_types import BookingRow
from dispatch.queries.wording import due_word
from models.bookings import PENDING
from models.clock import local_offset
from models.errors import InvalidInput
from screens.dialogs.form import Field, FormModal, picked, reassign_fields
from screens.wording.bookings import ways
from screens.wording.text import day_and_moment, moment

MOMENT_HINT = "tomorrow 9:00, in 2 hours, fri 9, 23.11. 9:00"
EXAMPLES = {"destination_revenue": "150000.00", "package_revenue": "25000.00"}
LABELS = {
    "name": "Customer",
    "phone": "Phone",
    "email": "E-mail",
    "method": "Contact",
    "source": "Source",
    "requests": "Requirements",
    "destination": "Destination",
    "launch": "Launch",
    "package": "Package",
    "destination_revenue": "Destination rev.",
    "package_revenue": "Package revenue",
}
OF_A_PENDING_ONE = ("destination", "launch", "package", *EXAMPLES)
"""Fields that can be edited only while the booking is open."""


def _about(booking: BookingRow) -> str:
    trip = f"{booking['destination']} from {booking['launch_location']}"
    return f"{booking['customer_name']}: {trip}, with {booking['agent_name'] or 'nobody yet'}"


def _form(
    booking: BookingRow,
    title: str,
    fields: Sequence[Field],
    command: Callable[..., BookingRow],
    submit: str,
    *,
    about: str = "",
    changes_only: bool = False,
) -> FormModal[BookingRow]:
    """Make a form about a booking; its values go to the command under the fields' names."""
    number = booking["booking_id"]
    return FormModal(
        f"{title} {number}",
        fields,
        lambda desk, given: command(desk, number, **given),
        submit=submit,
        about=about or _about(booking),
        changes_only=changes_only,
    )


def confirm_form(booking: BookingRow, values: AcceptedValues) -> FormModal[BookingRow]:
    """Confirm the booking: the package, and its revenue."""
    packages = values.packages(booking["destination"])
    chosen = booking["package"] or (packages[0] if len(packages) == 1 else "")
    amounts = (
        Field(name, LABELS[name], _value(booking, name), hint=f"for example {example}")
        for name, example in EXAMPLES.items()
    )

    def command(desk: Desk, number: int, **given: str) -> BookingRow:
        try:
            return bookings.confirm(desk, number, **{name: text or None for name, text in given.items()})
        except InvalidInput as error:
            missing = [name for name, text in given.items() if not text.strip()]
            if error.code != "invalid_quote" or not missing:
                raise
            words = " and the ".join(name.replace("_", " ") for name in missing)
            verb = "is" if len(missing) == 1 else "are"
            raise InvalidInput(missing[0], f"the {words} {verb} missing", "needed to confirm") from None

    fields = [Field("package", LABELS["package"], chosen, packages), *amounts]
    return _form(booking, "Confirm booking", fields, command, "Confirm")


def cancel_form(booking: BookingRow) -> FormModal[BookingRow]:
    """Cancel the booking: the reason."""
    field = Field("reason", "Reason", hint="what the customer said")
    return _form(booking, "Cancel booking", [field], bookings.cancel, "Cancel the booking")


def decline_form(booking: BookingRow) -> FormModal[BookingRow]:
    """Decline the booking: the agent's reason."""
    field = Field("reason", "Reason", hint="why somebody else should take it")
    return _form(booking, "Decline booking", [field], bookings.decline, "Decline")


def reassign_form(booking: BookingRow) -> FormModal[BookingRow]:
    """Reassign the booking: the new agent, and the reason."""

    def command(desk: Desk, number: int, to: str, reason: str) -> BookingRow:
        return bookings.reassign(desk, number, picked(to), reason)

    fields = reassign_fields(booking, queries.list_agents())
    return _form(booking, "Reassign booking", fields, command, "Reassign")


def contact_form(booking: BookingRow, now: Callable[[], str]) -> FormModal[BookingRow]:
    """Log an attempt to reach the customer: success, notes, and when to try again.

    ``now`` returns the desk's time, from which the moment is read.
    """
    words = dict(zip(("Reached", "No answer"), OUTCOMES, strict=True))
    fields = [
        Field("outcome", "Outcome", "Reached", tuple(words)),
        Field("text", "Notes"),
        Field("follow_up", "Follow-up", hint=MOMENT_HINT, note=_moment_reader(now)),
    ]

    def command(desk: Desk, number: int, outcome: str, text: str, follow_up: str) -> BookingRow:
        return bookings.contact(desk, number, words.get(outcome, outcome), text, follow_up)

    about = f"{_about(booking)}\n{ways(booking)}"
    return _form(booking, "Contact for booking", fields, command, "Save call", about=about)


def follow_up_form(booking: BookingRow, now: Callable[[], str]) -> FormModal[BookingRow]:
    """Set the time of the follow-up; an empty field removes it."""
    at = booking["follow_up_at"]
    field = Field("at", "Follow-up", moment(at), hint=MOMENT_HINT, note=_moment_reader(now, at))
    about = f"{_about(booking)}\n{ways(booking)}"
    title, command = "Follow-up of booking", follow_ups.follow_up
    return _form(booking, title, [field], command, "Save", about=about, changes_only=True)


def _moment_reader(now: Callable[[], str], before: str | None = None) -> Callable[[str], str]:
    """Return a function that describes a typed moment at the desk's time; ``before`` is the stored one."""

    def describe(typed: str) -> str:
        if not typed.strip():
            return "empty: removes the follow-up" if before else ""
        if typed == moment(before):
            return f"as it is: {due_word(before, now()) or 'not due yet'}"
        return f"= {day_and_moment(due_times.understand(typed, now(), local_offset()))}"

    return describe


def note_form(booking: BookingRow) -> FormModal[BookingRow]:
    """Add a note to the booking's history."""
    field = Field("text", "Note", hint="what the next person should know")
    return _form(booking, "Note on booking", [field], bookings.note, "Write")


def rate_form(booking: BookingRow) -> FormModal[BookingRow]:
    """Record the customer's score of a finished booking."""
    field = Field("score", "Score 1 to 5", str(booking["score"] or ""), hint="5 is best")
    return _form(booking, "Score of booking", [field], bookings.rate, "Score")


def edit_form(booking: BookingRow, values: AcceptedValues) -> FormModal[BookingRow]:
    """Edit the customer, the request, and the quote."""
    is_pending = booking["status"] == PENDING
    fields = [
        Field(name, label, _value(booking, name), _options(name, values))
        for name, label in LABELS.items()
        if is_pending or name not in OF_A_PENDING_ONE
    ]
    why_so_few = "" if is_pending else ": its trip and quote stay as they are"
    about = f"Booking {booking['booking_id']} is {booking['status']}{why_so_few}"
    return _form(booking, "Edit booking", fields, editing.edit, "Save", about=about, changes_only=True)


def _value(booking: Mapping[str, Any], name: str) -> str:
    """Return the booking's present value of a field, as it would be typed."""
    value = booking[{"name": "customer_name", "launch": "launch_location"}.get(name, name)]
    if value is None:
        return ""
    return f"{value:.2f}" if name in EXAMPLES else str(value)


def _options(name: str, values: AcceptedValues) -> tuple[str, ...]:
    if name in ("method", "source", "destination", "launch"):
        return values.of(name)
    if name == "package":
        # the destination may change in the same form, so the packages of all of them are offered
        return tuple(package for place in values.of("destination") for package in values.packages(place))
    return ()
