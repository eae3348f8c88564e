"""The terms of an open booking under new names, when a value of the desk's lists is renamed."""

from __future__ import annotations

from dispatch.desk.accepted_values import AcceptedValues
from models.bookings import Assignment, Booking
from models.customers import Lead

OF_LEADS = {"destination": "destination", "launch": "launch_location", "method": "method", "source": "source"}
OF_BOOKINGS = {"destination": "destination", "launch": "launch_location", "package": "package"}
OF_ASSIGNMENTS = ("method", "source")


def put_term(booking: Booking, kind: str, name: str) -> None:
    """Give a booking, yet to be saved, its lead and its assignment another destination, method, ..."""
    if kind in OF_LEADS:
        lead = Lead.lock(booking.lead_id)
        setattr(lead, OF_LEADS[kind], name)
        lead.save()
    if kind in OF_ASSIGNMENTS and booking.assignment_id is not None:
        assignment = Assignment.lock(booking.assignment_id)
        setattr(assignment, kind, name)
        assignment.save()
    if kind in OF_BOOKINGS:
        setattr(booking, OF_BOOKINGS[kind], name)


def put_present_names(values: AcceptedValues, booking: Booking) -> None:
    """Give a booking that is about to be open again the names of today, as agents list those."""
    lead = Lead.lock(booking.lead_id)
    for kind, column in OF_LEADS.items():
        name = getattr(lead, column)
        if name is not None and (present := values.present(kind, name)) != name:
            put_term(booking, kind, present)
