"""The form of a report on the match score: for which lead, and into which folder."""

from __future__ import annotations

from typing import NamedTuple

from dispatch.desk.accepted_values import AcceptedValues
from dispatch.desk.desk import Desk
from dispatch.matching.features import Terms
from dispatch.matching.lead_terms import terms_of
from models.errors import InvalidInput
from screens.dialogs.form import Field, FormModal


class ReportOrder(NamedTuple):
    """A report on a lead, and where to write it."""

    terms: Terms
    folder: str


def report_form(terms: Terms | None, values: AcceptedValues) -> FormModal[ReportOrder]:
    """Ask for the lead, filled in with ``terms``, and the folder."""
    known = terms or Terms("", "", "")

    def command(desk: Desk, typed: dict[str, str]) -> ReportOrder:
        folder = typed.pop("folder").strip()
        if not folder:
            raise InvalidInput("folder", "no folder given", "type its path; . is the one Astra runs in")
        with desk.reading():
            return ReportOrder(terms_of(desk, **typed), folder)

    return FormModal(
        "Report on the match score",
        (
            Field("folder", "Folder", "astra-report", hint="where to write", required=True),
            Field("method", "Contact", known.method, values.of("method")),
            Field("source", "Source", known.source, values.of("source")),
            Field("destination", "To", known.destination, values.of("destination")),
            Field("launch", "From", known.launch, values.of("launch")),
            Field("requests", "Wishes", known.requests),
        ),
        command,
        submit="Write report",
        about="Writes match.md, match.html and the importance plot as SVG, and as PNG where matplotlib is.",
    )
