"""The terms of a lead that is not there yet, checked as intake would check them."""

from __future__ import annotations

from dispatch import checks
from dispatch.desk import Desk
from dispatch.match.features import Terms


def terms_of(
    desk: Desk, *, method: str, source: str, destination: str, launch: str, requests: str | None = None
) -> Terms:
    """What a score needs to know of a lead. Raises InvalidInput."""
    values = desk.values
    return Terms(
        method=values.check("method", method),
        source=values.check("source", source),
        destination=values.check("destination", destination),
        launch=values.check("launch", launch),
        requests=checks.optional_text(requests, "requests", limit=checks.TEXT_LENGTH) or "",
    )
