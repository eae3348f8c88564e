"""The forms of a booking's life: confirm, cancel, reassign, decline, contact, note, score, edit, ..."""

from __future__ import annotations

from collections.abc import Callable

from dispatch import bookings
from dispatch.bookings import editing, follow_ups
from dispatch.bookings.lifecycle import OUTCOMES
from dispatch.desk.accepted_values import AcceptedValues
from dispatch.desk.desk import Desk
from dispatch.inputs import due_times
from dispatch.queries.row_types import AgentRow, BookingRow
from dispatch.queries.wording import due_word
from models.base import Json
from models.clock import local_offset
from models.errors import InvalidInput
from screens.dialogs.form import Field, FormModal, Values
from screens.wording.contacts import ways
from screens.wording.text import day_and_moment, moment

Verb = Callable[[Desk, int, str], BookingRow]


def _about(booking: BookingRow) -> str:
    holder = booking["agent_name"] or "nobody yet"
    trip = f"{booking['destination']} from {booking['launch_location']}"
    return f"{booking['customer_name']}: {trip}, with {holder}"


def _amount(units: float | None) -> str:
    return "" if units is None else f"{units:.2f}"


def confirm_form(booking: BookingRow, values: AcceptedValues) -> FormModal[BookingRow]:
    """The customer booked: which package, and what it brings."""
    packages = values.packages(booking["destination"])
    chosen = booking["package"] or (packages[0] if len(packages) == 1 else "")
    fields = [
        Field("package", "Package", chosen, packages),
        Field(
            "destination_revenue",
            "Destination rev.",
            _amount(booking["destination_revenue"]),
            hint="for example 150000.00",
        ),
        Field(
            "package_revenue",
            "Package revenue",
            _amount(booking["package_revenue"]),
            hint="for example 25000.00",
        ),
    ]
    number = booking["booking_id"]

    def command(desk: Desk, given: Values) -> BookingRow:
        try:
            return bookings.confirm(desk, number, **{name: text or None for name, text in given.items()})
        except InvalidInput as error:
            missing = [name for name, text in given.items() if not text.strip()]
            if error.code != "invalid_quote" or not missing:
                raise
            words = " and the ".join(name.replace("_", " ") for name in missing)
            verb = "is" if len(missing) == 1 else "are"
            raise InvalidInput(missing[0], f"the {words} {verb} missing", "needed to confirm") from None

    return FormModal(
        f"Confirm booking {number}",
        fields,
        command,
        submit="Confirm",
        about=_about(booking),
    )


def cancel_form(booking: BookingRow) -> FormModal[BookingRow]:
    """The customer does not book: why."""
    field = Field("reason", "Reason", hint="what the customer said")
    return _one_field(booking, "Cancel booking", field, bookings.cancel, "Cancel the booking")


def decline_form(booking: BookingRow) -> FormModal[BookingRow]:
    """The agent passes it on: why."""
    field = Field("reason", "Reason", hint="why somebody else should take it")
    return _one_field(booking, "Decline booking", field, bookings.decline, "Decline")


def reassign_form(booking: BookingRow, agents: list[AgentRow]) -> FormModal[BookingRow]:
    """Another agent takes it over: who, and why."""
    number = booking["booking_id"]
    others = tuple(agent for agent in agents if agent["agent_id"] != booking["agent_id"])

    def command(desk: Desk, given: Values) -> BookingRow:
        if not given["to"]:
            raise InvalidInput("agent", "no agent is chosen", "type a part of the name, or the id")
        return bookings.reassign(desk, number, int(given["to"]), given["reason"])

    return FormModal(
        f"Reassign booking {number}",
        [Field("to", "To", agents=others), Field("reason", "Reason", hint="why it changes hands")],
        command,
        submit="Reassign",
        about=_about(booking),
    )


def contact_form(booking: BookingRow, now: Callable[[], str]) -> FormModal[BookingRow]:
    """An attempt to reach the customer: did it succeed, what was said, when to try again?

    ``now`` tells the desk's time, from which the moment is understood.
    """
    number = booking["booking_id"]
    words = dict(zip(("Reached", "No answer"), OUTCOMES, strict=True))
    fields = [
        Field("outcome", "Outcome", "Reached", tuple(words)),
        Field("text", "What was said"),
        Field("follow_up", "Follow-up", hint=MOMENT_HINT, told=_moment_teller(now)),
    ]
    return FormModal(
        f"Contact for booking {number}",
        fields,
        lambda desk, given: bookings.contact(
            desk,
            number,
            words.get(given["outcome"], given["outcome"]),
            given["text"] or None,
            given["follow_up"] or None,
        ),
        submit="Note it",
        about=f"{_about(booking)}\n{ways(booking)}",
    )


def follow_up_form(booking: BookingRow, now: Callable[[], str]) -> FormModal[BookingRow]:
    """When to get back to the customer; empty, there is no follow-up any more."""
    number = booking["booking_id"]
    at = booking["follow_up_at"]
    field = Field("at", "Follow-up", moment(at), hint=MOMENT_HINT, told=_moment_teller(now, at))
    return FormModal(
        f"Follow-up of booking {number}",
        [field],
        lambda desk, given: follow_ups.follow_up(desk, number, given["at"]),
        submit="Save",
        changes_only=True,
        about=f"{_about(booking)}\n{ways(booking)}",
    )


MOMENT_HINT = "tomorrow 9:00, in 2 hours, fri 9, 23.11. 9:00"


def _moment_teller(now: Callable[[], str], before: str | None = None) -> Callable[[str], str]:
    """How a typed moment is understood at the desk's time; ``before`` is the stored one."""

    def tell(typed: str) -> str:
        if not typed.strip():
            return "empty: no follow-up any more" if before else ""
        if typed == moment(before):
            return f"as it is: {due_word(before, now()) or 'not due yet'}"
        return f"= {day_and_moment(due_times.understand(typed, now(), local_offset()))}"

    return tell


def note_form(booking: BookingRow) -> FormModal[BookingRow]:
    """A note for the booking's history."""
    field = Field("text", "Note", hint="what the next person should know")
    return _one_field(booking, "Note on booking", field, bookings.note, "Write")


def rate_form(booking: BookingRow) -> FormModal[BookingRow]:
    """The customer's score of a finished booking."""
    before = "" if booking["score"] is None else str(booking["score"])
    field = Field("score", "Score 1 to 5", before, hint="5 is best")
    return _one_field(booking, "Score of booking", field, bookings.rate, "Score")


def _one_field(
    booking: BookingRow, title: str, field: Field, command: Verb, submit: str
) -> FormModal[BookingRow]:
    number = booking["booking_id"]
    return FormModal(
        f"{title} {number}",
        [field],
        lambda desk, given: command(desk, number, given[field.name]),
        submit=submit,
        about=_about(booking),
    )


def edit_form(booking: BookingRow, values: AcceptedValues) -> FormModal[BookingRow]:
    """Mend the customer, what was asked for, and the quote."""
    pending = booking["status"] == "Pending"
    before = {
        "name": booking["customer_name"],
        "phone": booking["phone"] or "",
        "email": booking["email"] or "",
        "method": booking["method"],
        "source": booking["source"],
        "requests": booking["requests"] or "",
    }
    if pending:
        before |= {
            "destination": booking["destination"],
            "launch": booking["launch_location"],
            "package": booking["package"] or "",
            "destination_revenue": _amount(booking["destination_revenue"]),
            "package_revenue": _amount(booking["package_revenue"]),
        }
    number = booking["booking_id"]

    def command(desk: Desk, given: Values) -> BookingRow:
        changed: Json = {name: text for name, text in given.items() if text != before[name]}
        return editing.edit(desk, number, **changed)

    return FormModal(
        f"Edit booking {number}",
        [Field(name, EDIT_LABELS[name], text, _options(name, values)) for name, text in before.items()],
        command,
        submit="Save",
        changes_only=True,
        about=f"Booking {number} is {booking['status']}"
        + ("" if pending else ": its trip and quote stay as they are"),
    )


EDIT_LABELS = {
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


def _options(name: str, values: AcceptedValues) -> tuple[str, ...]:
    if name in ("method", "source", "destination", "launch"):
        return values.of(name)
    if name == "package":
        # the destination may change in the same form, so the packages of all of them are offered
        return tuple(package for place in values.of("destination") for package in values.packages(place))
    return ()
