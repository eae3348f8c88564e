"""The sections of Insights: how each is read, its text when empty, and its tab."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from dispatch.desk.desk import Desk
from dispatch.matching import weights
from dispatch.matching.row_types import Evidence, WeightsRow
from dispatch.reporting import alerts, booking_figures, pulse
from dispatch.reporting.row_types import FigureRow, Pulse
from models.bookings import Booking
from screens.base import keys
from screens.insights.columns import with_headings, with_shares
from screens.insights.pulse import Breakdown, Part
from screens.widgets.movable import Reading

if TYPE_CHECKING:
    from dispatch.matching.assessment import Glance
    from dispatch.matching.features import Terms

Found = Any
"""The contents of a section: rows, or for the match score the evidence and a look at a lead."""

MOST_HELD, MOST_AGENTS, MOST_OF_A_KIND = 500, 40, 100
Felt = tuple[Pulse, str, list[Breakdown]]
"""A pulse, the time it was felt at, and what it is made of."""
TEXTS = ("pulse", "match")
OF_A_PERIOD = ("bookings", "agents")
"""The sections that can be narrowed to the last days."""
VERBS = {
    "open_row": (*OF_A_PERIOD, "alerts", "weights"),
    "period": OF_A_PERIOD,
    "train": ("match", "weights"),
    "use_weights": ("weights",),
}
"""The sections to which a verb belongs; other verbs belong to all."""
SECTIONS = {
    "pulse": "Pulse",
    "bookings": "Bookings",
    "agents": "Agents",
    "match": "Match score",
    "weights": "Weights",
    "alerts": "Alerts",
}


def _pulse(now: str) -> Felt | None:
    """Return the pulse, when it was felt, and what it is made of; nothing for a desk without bookings."""
    if not Booking.select().exists():
        return None
    kinds = {booking_figures.DESTINATION: "By destination", booking_figures.SOURCE: "By source"}
    rows = booking_figures.of_period(now, pulse.DAYS)
    made_of = [
        Breakdown(
            title,
            [
                Part(row["value"], row["bookings"], row["confirmed_share"], row.get("before"))
                for row in rows
                if row["kind"] == kind
            ],
        )
        for kind, title in kinds.items()
    ]
    best = booking_figures.most_confirmed(now, pulse.DAYS, MOST_AGENTS)
    agents = [Part(name, won, won / decided, before) for name, won, decided, before in best]
    return pulse.pulse(now), now, [*made_of, Breakdown("By agent", agents, "Confirmed")]


def _weights() -> tuple[list[WeightsRow], int]:
    """Return the weights to choose from, and how many outcomes there are to learn from."""
    from dispatch.matching import evidence

    return weights.listing(), evidence.decided()


def _bookings() -> list[FigureRow]:
    rows = booking_figures.by_kind()
    return with_shares(rows) if rows[0]["bookings"] else []


def of_period(section: str, desk: Desk, days: int) -> Found:
    """Return a section's figures of the last days, each compared with the days before."""
    if section == "agents":
        return booking_figures.by_agent_in(desk, days)[:MOST_HELD]
    return with_shares(booking_figures.of_period(desk.now(), days))


def _match(desk: Desk, lead: Terms | None) -> tuple[Evidence, Glance | None, bool]:
    from dispatch.matching import evidence
    from dispatch.matching.assessment import glance
    from dispatch.matching.features import one_moment
    from dispatch.matching.lead_terms import latest_terms

    with one_moment():
        terms = lead or latest_terms()
        summary = evidence.summary(weights.in_use(), desk.settings["policy"])
        return summary, glance(terms) if terms else None, lead is None


READ: dict[str, Callable[[Desk, Any], Found]] = {
    "pulse": lambda desk, _lead: _pulse(desk.now()),
    "alerts": lambda desk, _lead: with_headings(alerts.alerts(desk, MOST_OF_A_KIND)),
    "bookings": lambda _desk, _lead: _bookings(),
    "agents": lambda desk, _lead: booking_figures.by_agent(desk)[:MOST_HELD],
    "match": _match,
    "weights": lambda _desk, _lead: _weights(),
}
NO_BOOKINGS = (
    "No bookings yet. Leads come in on Dispatch ({place.dispatch}); their outcomes are "
    "counted here, by status, destination, source and method; enter on a figure lists its bookings."
)
EMPTY = {
    "pulse": NO_BOOKINGS,
    "bookings": NO_BOOKINGS,
    "alerts": "No alerts. Bookings that are overdue or left alone, work of agents who are away, leads that "
    "nobody takes, agents above a cap and late issues are listed here.",
    "agents": "No agents yet: {place.roster} opens the roster, where {agent.add} adds one.",
}
"""The text of a section without rows, with keys by their ids."""


LEADING = {
    *("insights.view", "insights.view.back", "insights.report", "insights.train", "copy"),
    *("help.letter", "log"),
}
"""The keys of a section of words: none of them writes anything on the desk before it has asked."""


class ToRead(Reading):
    """A section of words: no list, in which all letters act; those that lead somewhere do here, too."""

    BINDINGS = [
        replace(binding, action=f"{owner}.{binding.action}", show=False)
        for owner, bindings in (("screen", keys.INSIGHTS), ("app", keys.APP))
        for binding in bindings
        if binding.id in LEADING or str(binding.id).startswith("place.")
    ]
