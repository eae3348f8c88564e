"""The forms of a booking's life: confirm, cancel, reassign, decline, contact, note, score, edit, ..."""

from __future__ import annotations

from collections.abc import Callable

from dispatch import bookings
from dispatch.bookings import editing, follow_ups
from dispatch.bookings.lifecycle import OUTCOMES
from dispatch.desk.accepted_values import AcceptedValues
from dispatch.desk.desk import Desk
from dispatch.inputs import due_times
from dispatch.queries.row_types import BookingRow
from dispatch.queries.wording import day_and_moment, due_word, moment
from models.bookings import PENDING
from models.clock import local_offset
from models.errors import InvalidInput
from screens.dialogs.form import Field, FormModal, RowForms, as_typed
from screens.wording.contacts import ways

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
ROW_KEYS = {"name": "customer_name", "launch": "launch_location"}
OF_A_PENDING_ONE = ("destination", "launch", "package", *EXAMPLES)
"""Fields that can be edited only while the booking is open."""


def _about(booking: BookingRow) -> str:
    trip = f"{booking['destination']} from {booking['launch_location']}"
    return f"{booking['customer_name']}: {trip}, with {booking['agent_name'] or 'nobody yet'}"


FORMS = RowForms("booking", _about)
note_form = FORMS.asking(
    "Note on",
    [Field("text", "Note", hint="what the next person should know")],
    bookings.note,
    submit="Write",
)
cancel_form = FORMS.asking(
    "Cancel",
    [Field("reason", "Reason", hint="what the customer said")],
    bookings.cancel,
    submit="Cancel the booking",
)
decline_form = FORMS.asking(
    "Decline",
    [Field("reason", "Reason", hint="why somebody else should take it")],
    bookings.decline,
    submit="Decline",
)
reassign_form = FORMS.reassigning(bookings.reassign)


def confirm_form(booking: BookingRow, values: AcceptedValues) -> FormModal[BookingRow]:
    packages = values.packages(booking["destination"])
    chosen = booking["package"] or (packages[0] if len(packages) == 1 else "")
    amounts = (
        Field(name, LABELS[name], as_typed(booking.get(name)), hint=f"for example {example}")
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
            raise InvalidInput(missing[0], f"Enter the {words} to confirm") from None

    fields = [Field("package", LABELS["package"], chosen, packages), *amounts]
    return FORMS.form(booking, "Confirm", fields, command, submit="Confirm")


def contact_form(booking: BookingRow) -> FormModal[BookingRow]:
    """Log an attempt to reach the customer: success, notes, and when to try again."""
    words = dict(zip(("Reached", "No answer"), OUTCOMES, strict=True))
    fields = [
        Field("outcome", "Outcome", "Reached", tuple(words)),
        Field("text", "Notes"),
        Field("follow_up", "Follow-up", hint=MOMENT_HINT, note=moment_reader()),
    ]

    def command(desk: Desk, number: int, outcome: str, text: str, follow_up: str) -> BookingRow:
        return bookings.contact(desk, number, words.get(outcome, outcome), text, follow_up)

    about = f"{_about(booking)}\n{ways(booking)}"
    return FORMS.form(booking, "Contact for", fields, command, submit="Save call", about=about)


def follow_up_form(booking: BookingRow) -> FormModal[BookingRow]:
    """Set the time of the follow-up; an empty field removes it."""
    at = booking["follow_up_at"]
    field = Field("at", "Follow-up", moment(at), hint=MOMENT_HINT, note=moment_reader(at))
    about = f"{_about(booking)}\n{ways(booking)}"
    return FORMS.form(
        booking, "Follow-up of", [field], follow_ups.follow_up, submit="Save", about=about, changes_only=True
    )


def moment_reader(before: str | None = None) -> Callable[[str, str], str]:
    """Return a function that describes a typed moment at the desk's time; ``before`` is the stored one."""

    def describe(typed: str, now: str) -> str:
        if not typed.strip():
            return "empty: removes the follow-up" if before else ""
        if typed == moment(before):
            return f"as it is: {due_word(before, now) or 'not due yet'}"
        return f"= {day_and_moment(due_times.understand(typed, now, local_offset()))}"

    return describe


def rate_form(booking: BookingRow) -> FormModal[BookingRow]:
    field = Field("score", "Score 1 to 5", str(booking["score"] or ""), hint="5 is best")
    return FORMS.form(booking, "Score of", [field], bookings.rate, submit="Score")


def edit_form(booking: BookingRow, values: AcceptedValues) -> FormModal[BookingRow]:
    is_pending = booking["status"] == PENDING
    fields = [
        Field(name, label, as_typed(booking.get(ROW_KEYS.get(name, name))), _options(name, values))
        for name, label in LABELS.items()
        if is_pending or name not in OF_A_PENDING_ONE
    ]
    why_so_few = "" if is_pending else ": its trip and quote stay as they are"
    about = f"Booking {booking['booking_id']} is {booking['status']}{why_so_few}"
    return FORMS.form(booking, "Edit", fields, editing.edit, submit="Save", about=about, changes_only=True)


def _options(name: str, values: AcceptedValues) -> tuple[str, ...]:
    if name in ("method", "source", "destination", "launch"):
        return values.of(name)
    if name == "package":
        # the destination may change in the same form, so the packages of all of them are offered
        return tuple(package for place in values.of("destination") for package in values.packages(place))
    return ()
