"""Running counts of the outcomes of each agent's assignments, for the match score.

One row for each (kind, value, agent): how many assignments are closed, how many of them Confirmed, and
their revenue. Pending assignments are not counted: they are few and indexed, so a new lead writes nothing
here (docs/decisions/0011-match-tallies.md). An assignment without a booking counts as closed; one entered
by mistake does not count.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any, NamedTuple

from peewee import (
    EXCLUDED,
    JOIN,
    Case,
    CompositeKey,
    Expression,
    IntegerField,
    Query,
    TextField,
    chunked,
    fn,
)

from models.base import CompiledQuery, DeskModel, after_save, parameter, tuples
from models.bookings import PENDING, Assignment, Booking
from models.sql import beginning, listed

ALL, METHOD, SOURCE, DESTINATION, DAY = "all", "method", "source", "destination", "day"

Key = tuple[str, str, int]
Count = tuple[int, int, int]
Tallies = dict[Key, Count]
"""Closed, Confirmed, and revenue in cents, by kind, value and agent; all-zero counts are left out."""

COUNTED = (
    "status",
    "agent_id",
    "assignment_id",
    "destination",
    "completed_at",
    "voided",
    "destination_revenue_cents",
    "package_revenue_cents",
)
ROWS_AT_ONCE = 1000


class Tally(DeskModel):
    """The closed assignments of one agent, kind and value; the kind ``day`` is the day of completion."""

    table = "match_tallies"

    kind = TextField()
    value = TextField()
    agent_id = IntegerField()
    closed = IntegerField()
    confirmed = IntegerField()
    revenue_cents = IntegerField()

    class Meta:
        primary_key = CompositeKey("kind", "value", "agent_id")


class Decided(NamedTuple):
    """An assignment whose outcome is known; without a ``destination`` it never became a booking."""

    agent_id: int
    method: str
    source: str
    destination: str | None = None
    completed_at: str | None = None
    revenue_cents: int = 0

    def counted_in(self) -> list[Key]:
        """List the tallies that include it."""
        agent = self.agent_id
        keys = [(ALL, "", agent), (METHOD, self.method, agent), (SOURCE, self.source, agent)]
        if self.destination is not None:
            keys.append((DESTINATION, self.destination, agent))
        if self.completed_at is not None:
            keys.append((DAY, self.completed_at[:10], agent))
        return keys


class TallyChanges:
    """Changes to tallies, collected and then written together."""

    def __init__(self) -> None:
        self._by_key: dict[Key, list[int]] = {}

    def add(self, decided: Decided | None, step: int = 1, times: int = 1) -> None:
        """Add an outcome (``step`` 1) or subtract it (-1); ``times`` for equal ones, with summed revenue."""
        if decided is None:
            return
        confirmed = decided.completed_at is not None
        change = (step * times, step * times * confirmed, step * confirmed * decided.revenue_cents)
        for key in decided.counted_in():
            count = self._by_key.setdefault(key, [0, 0, 0])
            for place, number in enumerate(change):
                count[place] += number

    def tallies(self) -> Tallies:
        """Return the net changes, without zeros."""
        return {key: (a, b, c) for key, (a, b, c) in self._by_key.items() if a or b or c}

    def write(self) -> None:
        """Add the changes to the stored tallies."""
        for key, count in self.tallies().items():
            _add.later(**dict(zip(PARTS, (*key, *count), strict=True)))


def addition() -> Query:
    """Build the query that adds to one tally, or creates it; its parameters are PARTS, in that order."""
    counts = (Tally.closed, Tally.confirmed, Tally.revenue_cents)
    return Tally.insert({name: parameter(name) for name in PARTS}).on_conflict(
        conflict_target=[Tally.kind, Tally.value, Tally.agent_id],
        update={count: count + EXCLUDED[count.name] for count in counts},
    )


PARTS = Tally._meta.sorted_field_names
_add = CompiledQuery(addition)
_terms = CompiledQuery(
    lambda: Assignment.select(Assignment.method, Assignment.source).where(
        Assignment.assignment_id == parameter("assignment_id")
    )
)
_booking = CompiledQuery(
    lambda: Booking.select(*(Booking._meta.fields[name] for name in COUNTED)).where(
        Booking.lead_id == parameter("lead_id")
    )
)


@after_save(Booking)
def count_booking(_sender: type[Booking], booking: Booking, created: bool) -> None:
    """Update the agent's tallies when a booking closes, reopens or is voided; Pending ones do not count."""
    if booking.status == PENDING and (created or booking.was("status") == PENDING):
        return
    if booking.changed.keys().isdisjoint(COUNTED):
        return
    changes = TallyChanges()
    if booking.loaded is not None:
        changes.add(_decided(booking.loaded, booking.loaded["assignment_id"]), -1)
    changes.add(_decided(booking.__data__, booking.assignment_id))
    changes.write()


@after_save(Assignment)
def count_assignment(_sender: type[Assignment], assignment: Assignment, created: bool) -> None:
    """Move a closed assignment to other tallies when its method or source is corrected."""
    if created or not ("method" in assignment.changed or "source" in assignment.changed):
        return
    rows = _booking(lead_id=assignment.lead_id)
    row = dict(zip(COUNTED, rows[0], strict=True)) if rows else None
    changes = TallyChanges()
    changes.add(_outcome(row, assignment.agent_id, assignment.was("method"), assignment.was("source")), -1)
    changes.add(_outcome(row, assignment.agent_id, assignment.method, assignment.source))
    changes.write()


def _decided(row: Mapping[str, Any], assignment_id: int | None) -> Decided | None:
    """Return the outcome of a booking's columns, with its assignment's method and source looked up."""
    if assignment_id is None or not _is_counted(row):
        return None
    return _outcome(row, None, *_terms(assignment_id=assignment_id)[0])


def _is_counted(row: Mapping[str, Any]) -> bool:
    return row["status"] != PENDING and row["agent_id"] is not None and not row["voided"]


def _outcome(row: Mapping[str, Any] | None, agent_id: int | None, method: str, source: str) -> Decided | None:
    """Return the outcome of an assignment; ``row`` holds its booking's columns, None if it has no booking."""
    if row is None:
        return None if agent_id is None else Decided(agent_id, method, source)
    if not _is_counted(row):
        return None
    cents = (row["destination_revenue_cents"] or 0) + (row["package_revenue_cents"] or 0)
    return Decided(row["agent_id"], method, source, row["destination"], row["completed_at"], cents)


def recomputed() -> Tallies:
    """Compute the tallies from the whole history, for checks and repairs."""
    changes = TallyChanges()
    _add_outcomes(changes, 1)
    return changes.tallies()


def subtract(changes: TallyChanges, assignment_ids: Iterable[int]) -> None:
    """Subtract the outcomes of assignments, before a query that fires no signals voids their bookings."""
    _add_outcomes(changes, -1, Assignment.assignment_id.in_(listed(assignment_ids)))


def _add_outcomes(changes: TallyChanges, step: int, *which: Expression) -> None:
    """Add (1) or subtract (-1) the outcomes of all closed assignments, or of some."""
    holder = Case(None, [(Booking.booking_id.is_null(), Assignment.agent_id)], Booking.agent_id)
    day = beginning(Booking.completed_at, 10)
    cents = fn.COALESCE(Booking.destination_revenue_cents, 0) + fn.COALESCE(Booking.package_revenue_cents, 0)
    alike = (holder, Assignment.method, Assignment.source, Booking.destination, day)
    query = (
        Assignment.select(*alike, fn.COUNT(Assignment.assignment_id), fn.SUM(cents))
        .join(Booking, JOIN.LEFT_OUTER, on=(Booking.lead_id == Assignment.lead_id))
        .where(Booking.booking_id.is_null() | ((Booking.status != PENDING) & ~Booking.voided), *which)
        .group_by(*alike)
    )
    for agent_id, method, source, destination, completed, number, revenue in query.tuples().iterator():
        if agent_id is not None:
            decided = Decided(agent_id, method, source, destination, completed, revenue)
            changes.add(decided, step, times=number)


def stored() -> Tallies:
    rows = tuples(Tally.select())
    return {(kind, value, agent): (a, b, c) for kind, value, agent, a, b, c in rows if a or b or c}


def replace(tallies: Tallies) -> None:
    """Replace all stored tallies, inside a transaction."""
    Tally.delete().execute()
    rows = [(*key, *count) for key, count in tallies.items()]
    for some in chunked(rows, ROWS_AT_ONCE):
        Tally.insert_many(some, Tally._meta.sorted_fields).execute()


def differing(one: Tallies, other: Tallies) -> list[Key]:
    """List the keys at which two sets of tallies differ, in order."""
    return sorted(key for key in one.keys() | other.keys() if one.get(key) != other.get(key))
