"""Training data: decided assignments with what was known when they were made."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray
from peewee import JOIN, fn

from dispatch.desk.separate_process import Progress
from dispatch.desk.undo_chain import undone_events
from dispatch.matching.features import FEATURES, one_moment
from dispatch.matching.learning.point_in_time import Floats, Past, PastAssignment, Rating, seconds
from models.audit import Event
from models.base import tuples
from models.bookings import PENDING, Assignment, Booking
from models.customers import Lead

MOST_SAMPLES = 200_000  # the newest; more would add nothing
REPORT_EVERY = 2_000
COVARIATES = ("method", "source", "destination", "launch")


@dataclass(frozen=True)
class Samples:
    """Decided assignments in order of time; ``won`` where the booking was Confirmed.

    ``known_at`` is the second at which the outcome was known. ``features`` has a column for each of FEATURES,
    ``covariates`` a list of words for each of COVARIATES; None for unknown ones. ``late`` names features
    known only after the outcome, with the reason.
    """

    at: NDArray[np.int64]
    known_at: NDArray[np.int64]
    won: NDArray[np.bool_]
    features: Floats
    covariates: dict[str, list[str | None]]
    first_at: str
    last_at: str
    late: dict[str, str]

    def __len__(self) -> int:
        return len(self.won)


def collect(progress: Progress, *, published_recipe: bool = False) -> Samples:
    """Go through the history once, inside ``desk.reading()``.

    ``published_recipe`` builds the features as the published recipe did: over the whole history, with the
    revenue of the same booking. It exists for the audit to catch.
    """
    with one_moment():
        past = Past(_ratings())
        number = Assignment.select().count()
        samples = _Gathered(past, skip=number - MOST_SAMPLES)
        for done, row in enumerate(_history()):
            samples.take(row)
            if done % REPORT_EVERY == 0:
                progress(done, number, "going through the history")
    return samples.as_published() if published_recipe else samples.as_known()


def _history() -> Iterator[PastAssignment]:
    """Yield every assignment with an agent, oldest first, without those entered by mistake."""
    cents = fn.COALESCE(Booking.destination_revenue_cents, 0) + fn.COALESCE(Booking.package_revenue_cents, 0)
    closed_at = fn.COALESCE(Booking.completed_at, Booking.cancelled_at)
    columns = (Assignment.agent_id, Assignment.method, Assignment.source, Assignment.assigned_at)
    trip = (
        fn.COALESCE(Booking.destination, Lead.destination),
        fn.COALESCE(Booking.launch_location, Lead.launch_location),
        Booking.status,
        closed_at,
        cents,
    )
    query = (
        Assignment.select(*columns, *trip, fn.COALESCE(Lead.requests, ""))
        .join(Lead, on=(Lead.lead_id == Assignment.lead_id))
        .join(Booking, JOIN.LEFT_OUTER, on=(Booking.lead_id == Assignment.lead_id))
        .where(Assignment.agent_id.is_null(False), Booking.booking_id.is_null() | ~Booking.voided)
        .order_by(Assignment.assigned_at, Assignment.assignment_id)
    )
    for values in query.tuples().iterator():
        yield PastAssignment(*values)


def _ratings() -> list[Rating]:
    """Return the valid scores, each from the moment it was given; a second one replaces the first."""
    query = (
        Event.select(Event.at, Event.booking_id, Event.agent_id, Event.detail)
        .where(Event.command == "booking.rate", Event.event_id.not_in(undone_events()))
        .order_by(Event.event_id)
    )
    found: list[Rating] = []
    standing: dict[int, tuple[int, int]] = {}
    for at, booking_id, agent_id, detail in tuples(query):
        second, points = seconds(at), json.loads(detail)["score"]
        if booking_id in standing:
            rated_agent, rated = standing[booking_id]
            found.append((second, rated_agent, -rated, -1))
        found.append((second, agent_id, points, 1))
        standing[booking_id] = agent_id, points
    return found


class _Gathered:
    def __init__(self, past: Past, skip: int) -> None:
        self.past = past
        self.skip = skip
        self.seen = 0
        self.rows: list[PastAssignment] = []
        self.features: list[list[float]] = []

    def take(self, row: PastAssignment) -> None:
        """Take an assignment: its features as they were, then its effect on later ones."""
        at = seconds(row.assigned_at)
        self.past.go_on_to(at)
        self.seen += 1
        if row.status != PENDING and self.seen > self.skip:
            self.rows.append(row)
            self.features.append(self.past.features(row, at))
        self.past.assign(row)

    def as_known(self) -> Samples:
        return self._samples(self.features, {})

    def as_published(self) -> Samples:
        end = 1 + max((seconds(row.closed_at) for row in self.rows if row.closed_at), default=0)
        self.past.go_on_to(end)
        features = [self.past.features(row, end) for row in self.rows]
        revenue = FEATURES.index("revenue_score")
        for row, values in zip(self.rows, features, strict=True):
            values[revenue] = row.cents * row.won
        counted = ("dest_expertise_score", "lead_conversion_score", "communication_score", "recency_score")
        late = dict.fromkeys(counted, "it is counted over the whole history, the outcome included")
        return self._samples(features, {"revenue_score": "it is the revenue of the same booking"} | late)

    def _samples(self, features: list[list[float]], late: dict[str, str]) -> Samples:
        rows = self.rows
        words: dict[str, list[Any]] = {name: [getattr(row, name) for row in rows] for name in COVARIATES}
        return Samples(
            at=np.array([seconds(row.assigned_at) for row in rows], dtype=np.int64),
            known_at=np.array([seconds(row.closed_at or row.assigned_at) for row in rows], dtype=np.int64),
            won=np.array([row.won for row in rows], dtype=np.bool_),
            features=np.array(features, dtype=np.float64).reshape(len(rows), len(FEATURES)),
            covariates=words,
            first_at=rows[0].assigned_at if rows else "",
            last_at=rows[-1].assigned_at if rows else "",
            late=late,
        )
