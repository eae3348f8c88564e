"""The terms of a lead: typed and checked as at intake, or those of one that was saved."""

from __future__ import annotations

from dispatch.desk.desk import Desk
from dispatch.inputs import validation
from dispatch.matching.features import Terms
from models.customers import Lead


def terms_of(
    desk: Desk, *, method: str, source: str, destination: str, launch: str, requests: str | None = None
) -> Terms:
    """Return the terms a score needs. Raises InvalidInput."""
    values = desk.values
    return Terms(
        method=values.check("method", method),
        source=values.check("source", source),
        destination=values.check("destination", destination),
        launch=values.check("launch", launch),
        requests=validation.optional_text(requests, "requests", limit=validation.TEXT_LENGTH) or "",
    )


def unsaved_lead(terms: Terms | None) -> Lead:
    """Return an unsaved lead with as much of its trip as is known, for a preview."""
    if terms is None:
        return Lead()
    return Lead(
        method=terms.method or None,
        source=terms.source or None,
        destination=terms.destination or None,
        launch_location=terms.launch or None,
        requests=terms.requests or None,
    )


def saved_terms(lead: Lead) -> Terms:
    """Return the terms of a saved lead."""
    return Terms(
        method=lead.method or "",
        source=lead.source or "",
        destination=lead.destination or "",
        launch=lead.launch_location or "",
        requests=lead.requests or "",
    )


def latest_terms() -> Terms | None:
    """Return the terms of the latest lead, inside ``desk.reading()``; None before the first."""
    lead = Lead.select().order_by(Lead.lead_id.desc()).first()
    return saved_terms(lead) if lead else None
