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
    return Seen(
        terms,
        explanations.preview(desk, lead=unsaved_lead(terms)),
        queries.with_seen(queries.list_bookings(BookingFilter(sort="id"), limit=LATEST)),
        look_for(who),
        queries.count_arrivals(desk.now()),
    )
