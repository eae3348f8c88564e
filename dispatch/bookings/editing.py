"""Editing a booking: the customer's contact details, the request, the trip and the quote."""

from __future__ import annotations

from dispatch.bookings.lifecycle import booking_at_work, described, set_quote
from dispatch.bookings.suitability import misfits, pass_on_unsuited
from dispatch.customers.records import refuse_erased, rename_leads, set_contacts
from dispatch.desk.commands import Command, command, put_back
from dispatch.inputs import trip_facts, validation
from dispatch.queries.row_types import BookingRow
from models.bookings import PENDING, Assignment, Booking
from models.customers import Customer, Lead
from models.errors import InvalidInput, Refused


@command("booking.edit", past="edited", undo=put_back, may="booking.manage")
def edit(
    running: Command,
    /,
    booking_id: int,
    *,
    name: str | None = None,
    phone: str | None = None,
    email: str | None = None,
    method: str | None = None,
    source: str | None = None,
    destination: str | None = None,
    launch: str | None = None,
    requests: str | None = None,
    priority: str | None = None,
    package: str | None = None,
    destination_revenue: str | float | None = None,
    package_revenue: str | float | None = None,
    **facts: str | int | None,
) -> BookingRow:
    """Change only what is given; the trip, its ``facts``, the quote and the priority only while Pending.

    A new name replaces the old one on the customer and their leads that have it. Empty text clears phone,
    email, requests, facts. If its agent does not suit the new trip, the result says why (``unsuited``), and
    unclaimed work that nobody keeps goes on to one who does. Raises NotFound, Refused, InvalidInput.
    """
    booking = booking_at_work(running, booking_id)
    lead = Lead.lock(booking.lead_id)
    refuse_erased(lead.customer_id)
    customer = Customer.lock(lead.customer_id)
    quote = package, destination_revenue, package_revenue
    _check_pending(booking, destination, launch, *quote, priority, *facts.values())
    misfits_before = misfits(running, booking, lead)
    if name is not None:
        customer.name = lead.customer_name = validation.name(name, "customer_name")
    set_contacts(customer, phone, email)
    _edit_request(running, lead, method, source, requests)
    _edit_trip(running, booking, lead, destination, launch, package)
    trip_facts.put(lead, facts, running.now, running.desk.settings["currency"])
    if priority is not None:
        booking.priority = validation.priority(priority)
    set_quote(running, booking, *quote)
    _save_all(running, booking, lead, customer)
    reason = pass_on_unsuited(running, booking, misfits(running, booking, lead) - misfits_before)
    row = described(running, booking_id)
    return row | {"unsuited": reason} if reason else row


def _check_pending(booking: Booking, *given: object) -> None:
    """Refuse what is fixed once a booking is closed."""
    if booking.status != PENDING and any(value is not None for value in given):
        raise Refused(
            "not_pending",
            f"booking {booking.booking_id} is {booking.status}: trip, quote and priority are fixed",
            "reopen it first",
        )


def _edit_request(
    running: Command, lead: Lead, method: str | None, source: str | None, requests: str | None
) -> None:
    if method is not None:
        lead.method = running.desk.values.check("method", method)
    if source is not None:
        lead.source = running.desk.values.check("source", source)
    if requests is not None:
        lead.requests = validation.wishes(requests)


def _edit_trip(
    running: Command,
    booking: Booking,
    lead: Lead,
    destination: str | None,
    launch: str | None,
    package: str | None,
) -> None:
    values = running.desk.values
    if destination is not None:
        booking.destination = lead.destination = values.check("destination", destination)
        accepted = values.packages(booking.destination)
        if package is None and booking.package and booking.package not in accepted:
            raise InvalidInput(
                "package",
                f"{booking.package!r} is not a package of {booking.destination}",
                "choose a package too: " + ", ".join(accepted),
            )
    if launch is not None:
        booking.launch_location = lead.launch_location = values.check("launch", launch)


def _save_all(running: Command, booking: Booking, lead: Lead, customer: Customer) -> None:
    """Save what changed, the booking last and always, so that every edit changes its version."""
    if not (customer.differs() or lead.differs() or booking.differs()):
        raise InvalidInput("edit", "nothing to change", "give at least one new value")
    wrong = [customer.was("name"), lead.was("customer_name")]
    is_renamed = wrong != [customer.name, lead.customer_name]
    customer.save()
    if lead.save() and booking.assignment_id is not None:
        assignment = Assignment.lock(booking.assignment_id)
        assignment.customer_name = lead.customer_name
        assignment.method = lead.method
        assignment.source = lead.source
        assignment.save()
    if is_renamed:  # the customer's other leads have the same mistake
        rename_leads(customer.customer_id, wrong, customer.name)
    booking.changed_at = running.now
    booking.save()
