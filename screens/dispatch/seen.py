"""What Dispatch shows beside the form, read in one go."""

from __future__ import annotations

from typing import NamedTuple

from dispatch import queries
from dispatch.assignment import explanations
from dispatch.assignment.row_types import Preview
from dispatch.desk.desk import Desk
from dispatch.matching.features import Terms
from dispatch.matching.lead_terms import unsaved_lead
from dispatch.queries.bookings import BookingFilter
from dispatch.queries.row_types import BookingRow
from dispatch.queries.totals import Arrivals
from screens.dispatch.known_card import Identity, Known, look_for

LATEST = 30


class Seen(NamedTuple):
    """What is read for the lead in the form: the candidates, the customer, the last bookings, the counts."""

    terms: Terms | None
    preview: Preview
    latest: list[BookingRow]
    known: Known
    arrivals: Arrivals


def see(desk: Desk, who: Identity, terms: Terms | None) -> Seen:
    """Read it all; runs beside the screen."""
    known = look_for(who)
    return Seen(
        terms,
        preview_for(desk, terms, known.customer_id),
        queries.with_seen(queries.list_bookings(BookingFilter(sort="id"), limit=LATEST)),
        known,
        queries.count_arrivals(desk.now()),
    )


def preview_for(desk: Desk, terms: Terms | None, customer_id: int | None) -> Preview:
    """Say who would get the lead in the form, which may be a known customer's."""
    lead = unsaved_lead(terms)
    if customer_id is not None:
        lead.customer_id = customer_id
    return explanations.preview(desk, lead=lead)
