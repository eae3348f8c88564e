"""The forms of a booking's life: confirm, cancel, reassign, decline, contact, note, score, edit, ..."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress
from functools import partial

from rich.text import Text

from dispatch import bookings, queries
from dispatch.bookings import bulk_actions, dispositions, editing, follow_ups
from dispatch.bookings.contact import NO_FOLLOW_UP
from dispatch.desk.accepted_values import AcceptedValues
from dispatch.desk.desk import Desk
from dispatch.inputs import amounts, validation
from dispatch.inputs.times import due_times
from dispatch.inputs.trip_facts import FACTS
from dispatch.queries.row_types import BookingRow
from dispatch.queries.wording import day_and_moment, due_word, moment, money
from dispatch.service.wording import priority_words
from models.bookings import PENDING
from models.calendars import terminal
from models.dispositions import REACHED
from models.errors import InvalidInput
from screens.base.keys import sentence
from screens.dialogs.form import Field, FormModal, Values, reason_field
from screens.dialogs.row_forms import RowForms
from screens.fields.field_line import CUSTOMER_NAME
from screens.fields.preview import Preview
from screens.fields.values import as_typed
from screens.wording.consequences import overrides
from screens.wording.contacts import ways
from screens.wording.outcomes import outcome_label, what_follows
from screens.wording.priorities import NAMES

MOMENT_HINT = "tomorrow 09:00, in 2 hours, fri 09:00, in 3 days"
REVENUES = ("destination_revenue", "package_revenue")
CHECKS: dict[str, Callable[[str], object]] = {
    "name": partial(validation.name, field="customer_name"),
    "phone": validation.phone,
    "email": validation.email,
    "requests": validation.wishes,
    "destination_revenue": partial(amounts.money_cents, field="destination_revenue"),
    "package_revenue": partial(amounts.money_cents, field="package_revenue"),
}
LABELS = {
    "name": "Customer",
    "phone": "Phone",
    "email": "E-mail",
    "method": "Contact",
    "source": "Source",
    "requests": "Wishes",
    "destination": "To",
    "launch": "From",
    "priority": "Priority",
    "departs": "Departure",
    "returns": "Return",
    "travellers": "Travellers",
    "budget": "Budget",
    "language": "Language",
    "package": "Package",
    "destination_revenue": "Trip revenue",
    "package_revenue": "Package revenue",
}
ROW_KEYS = {
    "name": "customer_name",
    "launch": "launch_location",
    "departs": "departs_on",
    "returns": "returns_on",
}
OF_A_PENDING_ONE = ("destination", "launch", "priority", *FACTS, "package", *REVENUES)
"""Fields that can be edited only while the booking is open."""


def _about(booking: BookingRow) -> str:
    trip = f"{booking['destination']} from {booking['launch_location']}"
    holder = f"with {booking['agent_name']}" if booking["agent_name"] else "waiting for an agent"
    return f"{booking['customer_name']}: {trip}, {holder}"


FORMS = RowForms("booking", _about)
note_form = FORMS.asking(
    "Note on",
    [reason_field("what the next person should know", "text", "Note")],
    bookings.note,
    submit="Save note",
)
cancel_form = FORMS.asking(
    "Cancel",
    [reason_field("what the customer said")],
    bookings.cancel,
    submit="Cancel booking",
)
decline_form = FORMS.asking(
    "Decline",
    [reason_field("why somebody else should take it")],
    bookings.decline,
    submit="Decline booking",
)


def _effect_of_reassigning(desk: Desk, booking_id: int, to: int) -> Text:
    """Say who gets a booking, and what that overrides. Raises as a reassignment does."""
    result, agent = bulk_actions.preview_reassign(desk, [booking_id], to), queries.agent(to)
    (line,) = result["results"]
    if line["error"]:
        return Text(f"✗ {sentence(line['error']['message'])}", "bold")
    held = agent["load"] + agent["issue_load"] + 1
    text = Text(f"Goes to {agent['name']}, unclaimed: {held} of {agent['capacity']} then", overflow="fold")
    over = overrides(result, agent, held)
    return Text("\n").join([text, over]) if over else text


reassign_form = FORMS.reassigning(bookings.reassign, _effect_of_reassigning)


def confirm_form(booking: BookingRow, values: AcceptedValues) -> FormModal[BookingRow]:
    packages = values.packages(booking["destination"], booking["package"])
    hints = (f"the trip to {booking['destination']} alone, as 150,000", "the package alone, as 25,000")
    revenues = (
        Field(name, LABELS[name], as_typed(booking.get(name)), hint=hint, required=True, check=CHECKS[name])
        for name, hint in zip(REVENUES, hints, strict=True)
    )

    def command(desk: Desk, number: int, **given: str) -> BookingRow:
        return bookings.confirm(desk, number, **{name: text or None for name, text in given.items()})

    fields = [
        Field("package", LABELS["package"], booking["package"] or "", packages, required=True),
        *revenues,
    ]
    total = Preview(_total, only=REVENUES)
    return FORMS.form(booking, "Confirm", fields, command, submit="Confirm booking", preview=total)


def _total(desk: Desk, values: Values) -> Text:
    """Add up trip and package, in the desk's currency: whoever has swapped them sees it."""
    trip, package = (_cents(values[name], name, desk.settings["currency"]) for name in REVENUES)
    whole = None if trip is None or package is None else trip + package
    parts = f" = trip {_money(trip)} + package {_money(package)}"
    return Text.assemble(("Total ", "dim"), (_money(whole), "bold"), (parts, "dim"), overflow="fold")


def _cents(text: str, name: str, currency: str) -> int | None:
    """Return a typed amount; None while it is none, which is said below its field."""
    with suppress(InvalidInput):
        return amounts.money_cents(text, name, currency)
    return None


def _money(cents: int | None) -> str:
    return money(None if cents is None else cents / 100)


def contact_form(booking: BookingRow) -> FormModal[BookingRow]:
    """Log an attempt to reach the customer: its outcome, notes, and when to try again. Reads the desk."""
    named = {outcome_label(row["name"]): row["name"] for row in dispositions.listing()}
    fields = [
        Field(
            "outcome",
            "Outcome",
            outcome_label(REACHED),
            tuple(named),
            required=True,
            takes_first=True,
        ),
        Field("text", "Notes"),
        Field("follow_up", "Follow-up", hint=MOMENT_HINT, note=_another),
    ]
    if booking["do_not_contact"]:
        fields.append(Field("anyway", "Contact anyway", "No", ("No", "Yes"), required=True))

    def command(
        desk: Desk, number: int, outcome: str, text: str, follow_up: str, anyway: str = "No"
    ) -> BookingRow:
        name = named.get(outcome, outcome)
        return bookings.contact(desk, number, name, text, follow_up, anyway=anyway == "Yes")

    def look(desk: Desk, given: Values) -> Text:
        outcome = named.get(given["outcome"], given["outcome"])
        return Text(what_follows(desk, booking, outcome, given["follow_up"]), overflow="fold")

    return FORMS.form(
        booking,
        "Contact for",
        fields,
        command,
        submit="Save contact",
        about=f"{_about(booking)}\n{ways(booking)}",
        preview=Preview(look, only=("outcome", "follow_up")),
    )


def _another(typed: str, now: str) -> str:
    """Describe the time typed for a follow-up; the preview has the one that comes by itself."""
    return "" if typed.strip().casefold() in ("", *NO_FOLLOW_UP) else moment_reader()(typed, now)


def follow_up_form(booking: BookingRow) -> FormModal[BookingRow]:
    """Set the time of the follow-up; an empty field removes it."""
    at = booking["follow_up_at"]
    field = Field("at", "Follow-up", moment(at), hint=MOMENT_HINT, note=moment_reader(at))
    about = f"{_about(booking)}\n{ways(booking)}"
    return FORMS.form(
        booking,
        "Follow-up for",
        [field],
        follow_ups.follow_up,
        submit="Save follow-up",
        about=about,
        changes_only=True,
    )


def moment_reader(before: str | None = None) -> Callable[[str, str], str]:
    """Return a function that describes a typed moment at the desk's time; ``before`` is the stored one."""

    def describe(typed: str, now: str) -> str:
        if not typed.strip():
            return "Empty: removes the follow-up" if before else ""
        if typed == moment(before):
            return f"Unchanged: {due_word(before, now) or 'not due yet'}"
        return f"= {day_and_moment(due_times.understand(typed, now, terminal()))}"

    return describe


def rate_form(booking: BookingRow) -> FormModal[BookingRow]:
    check = partial(validation.whole, field="score", low=1, high=5)
    field = Field(
        "score", "Score", str(booking["score"] or ""), hint="1 to 5; 5 is best", required=True, check=check
    )
    return FORMS.form(booking, "Score of", [field], bookings.rate, submit="Save score")


def edit_form(booking: BookingRow, values: AcceptedValues) -> FormModal[BookingRow]:
    is_pending = booking["status"] == PENDING
    fields = [
        Field(
            name,
            label,
            _typed(booking, name),
            _options(name, values, booking),
            required=name == "name",
            check=CHECKS.get(name),
            called=CUSTOMER_NAME if name == "name" else "",
        )
        for name, label in LABELS.items()
        if is_pending or name not in OF_A_PENDING_ONE
    ]
    closed = f"Already {booking['status'].lower()}: its trip, quote and priority stay as they are"
    about = _about(booking) if is_pending else f"{_about(booking)}\n{closed}"
    return FORMS.form(
        booking,
        "Edit",
        fields,
        editing.edit,
        submit="Save changes",
        about=about,
        changes_only=True,
        preview=Preview(_total, only=REVENUES) if is_pending else None,
    )


def _typed(booking: BookingRow, name: str) -> str:
    if name == "priority":
        return priority_words(booking["priority"])
    return as_typed(booking.get(ROW_KEYS.get(name, name)))


def _options(name: str, values: AcceptedValues, booking: BookingRow) -> tuple[str, ...]:
    """Return what a field offers: what is accepted, and what the booking has."""
    if name in ("method", "source", "destination", "launch"):
        return values.offered(name, as_typed(booking.get(ROW_KEYS.get(name, name))))
    if name == "priority":
        return NAMES
    if name == "package":
        # the destination may change in the same form, so the packages of all of them are offered
        places = values.offered("destination", booking["destination"])
        names = dict.fromkeys(package for place in places for package in values.packages(place))
        return tuple(names | dict.fromkeys(filter(None, [booking["package"]])))
    return ()
