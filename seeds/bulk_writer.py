"""Bulk writing of history: assignments with their customers, leads and bookings, in small commits.

Insert queries fire no signals, so every commit recounts the loads of agents with new Pending bookings, adds
closed assignments to the tallies, and has an event with the keys of its rows. All are correct whenever a run
is interrupted (docs/decisions/0022-import-one-act.md).
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from functools import partial
from operator import attrgetter
from types import MappingProxyType
from typing import Any, NamedTuple

from peewee import IntegrityError, Query, chunked, fn

from dispatch.desk.commands import MOVED
from dispatch.desk.desk import Desk
from dispatch.inputs.trip_facts import COLUMNS
from dispatch.operations.import_record import Made, Run
from dispatch.operations.integrity.ledger import FIRST
from models import cap_counts, shares
from models.agents import Agent
from models.audit import Decision
from models.base import BaseModel, CompiledQuery, Json, parameter
from models.bookings import PENDING, Assignment, Booking
from models.customers import Customer, Lead
from models.database import current_database
from models.errors import Conflict
from models.priorities import MEDIUM
from models.tallies import PARTS, Decided, TallyChanges, addition
from models.triggers import change_score, recount_loads

TIMERS = ("given_at", "progress_at", "asked_at", "shuffled_at", "pinned_at")
NO_TIMERS = (None,) * len(TIMERS)  # none of the desk's timers run for imported bookings
KEYS_AT_ONCE = 1000  # ids per query; agents per commit
NO_MORE: Mapping[str, Any] = MappingProxyType({})

Tuple = tuple[Any, ...]


class History(NamedTuple):
    """An assignment to write, with its outcome.

    ``booking`` is None if the customer was never reached. An assignment already on the desk (``is_known``)
    only gets its booking. Without a lead on the desk (``lead_id``) it gets a new one, of a new customer. The
    booking of a lead that waits has no assignment.
    """

    assignment_id: int | None
    agent_id: int | None
    customer_name: str
    method: str
    source: str
    assigned_at: str
    destination: str | None = None
    launch_location: str | None = None
    requests: str | None = None
    booking: Outcome | None = None
    is_known: bool = False
    lead_id: int | None = None


class Outcome(NamedTuple):
    """The booking of an assignment and its progress so far; ``more`` has further columns of it."""

    booking_id: int
    status: str
    package: str | None
    destination_revenue_cents: int | None
    package_revenue_cents: int | None
    completed_at: str | None = None
    cancelled_at: str | None = None
    claimed_at: str | None = None
    contacted_at: str | None = None
    cancel_reason: str | None = None
    date_fault: str | None = None
    more: Mapping[str, Any] = NO_MORE


class Batch(NamedTuple):
    """A commit to come: ``rows`` of history, and the function that writes them inside its transaction."""

    rows: int
    write: Callable[[], Made]


class ManyRows:
    """A Peewee query compiled once and executed for many rows: tuples in the order of ``columns``."""

    def __init__(self, columns: Sequence[str], build: Callable[[], Query]) -> None:
        self._columns = tuple(columns)
        self._query = CompiledQuery(build)

    def __call__(self, rows: list[Tuple]) -> None:
        sql, places = self._query.compiled()
        if tuple(getattr(place, "name", None) for place in places) != self._columns:
            raise TypeError(f"the query takes {places}, not {self._columns}")
        current_database.obj.run_many(sql, rows)


def _insert(model: type[BaseModel]) -> ManyRows:
    names = model._meta.sorted_field_names
    return ManyRows(names, lambda: model.insert({name: parameter(name) for name in names}))


_insert_agents = _insert(Agent)
_insert_customers = _insert(Customer)
_insert_leads = _insert(Lead)
_insert_assignments = _insert(Assignment)
_insert_bookings = _insert(Booking)
_insert_decisions = _insert(Decision)
_last_decision = CompiledQuery(lambda: Decision.select(fn.MAX(Decision.decision_id)))
_INSERTS: dict[type[BaseModel], ManyRows] = {
    Agent: _insert_agents,
    Customer: _insert_customers,
    Lead: _insert_leads,
    Assignment: _insert_assignments,
}
_complete_leads = ManyRows(
    ("destination", "launch_location", "lead_id"),
    lambda: Lead.update(
        {Lead.destination: parameter("destination"), Lead.launch_location: parameter("launch_location")}
    ).where(Lead.lead_id == parameter("lead_id")),
)
_given_last = ManyRows(
    ("at", "agent_id", "at"),
    lambda: Agent.update({Agent.last_given_at: parameter("at")}).where(
        Agent.agent_id == parameter("agent_id"),
        Agent.last_given_at.is_null() | (Agent.last_given_at < parameter("at")),
    ),
)
_add_tallies = ManyRows(PARTS, addition)
_last_customer = CompiledQuery(lambda: Customer.select(fn.MAX(Customer.customer_id)))
_last_lead = CompiledQuery(lambda: Lead.select(fn.MAX(Lead.lead_id)))


def new_agents(desk: Desk, rows: Iterable[Json]) -> list[Tuple]:
    """Build agent rows to write: available, without load, defaults for missing columns.

    ``rating`` is an existing average or None; it counts as ``rating_prior_answers`` answers.
    """
    answers, capacity = desk.settings["rating_prior_answers"], desk.settings["default_capacity"]
    made = []
    for given in rows:
        rating = given["rating"]
        known = {
            "prior_answers": 0 if rating is None else answers,
            "prior_rating": rating or 0.0,
            "capacity": capacity,
        }
        agent = Agent(**(known | given | {"rating": rating or 0.0}))
        made.append(tuple([getattr(agent, name) for name in Agent._meta.sorted_field_names]))
    return made


def new_rows(model: type[BaseModel], rows: Iterable[Json]) -> Iterator[Tuple]:
    """Build rows of a model to write; missing columns are as in a new row, mostly empty."""
    names, usual = model._meta.sorted_field_names, model._meta.get_default_dict()
    return (tuple([row.get(name, usual.get(name)) for name in names]) for row in rows)


def in_batches(
    agents: Iterable[Tuple],
    history: Iterable[History],
    batch_rows: int,
    customers: Iterable[Tuple] = (),
    leads: Iterable[Tuple] = (),
    decisions: Iterable[Tuple] = (),
    *,
    end: bool = False,
) -> Iterator[Batch]:
    """Divide rows into commits: ``batch_rows`` assignments each, after all else.

    Decisions come without their numbers. The ``end`` has a commit of its own where some of the bookings may
    be waiting: its event is about those that are given to the agents.
    """
    for model, rows in ((Agent, agents), (Customer, customers), (Lead, leads)):
        for some in chunked(rows, KEYS_AT_ONCE):
            yield Batch(0, partial(_write_rows, model, some))
    for some in chunked(decisions, KEYS_AT_ONCE):
        yield Batch(0, partial(_write_decisions, some))
    for batch in chunked(history, batch_rows):
        yield Batch(len(batch), partial(write_batch, batch))
    if end:
        yield Batch(0, dict)


def write_all(
    run: Run, batches: Iterable[Batch], done: Callable[[int], None], *, is_end: bool = True
) -> None:
    """Write batches, each with its event in one commit; ``done`` gets the rows of history written so far.

    With ``is_end`` the last one finishes the import, and there is one even if nothing is left to write.
    Each batch is prepared before taking the lock. Raises Conflict if an id or licence has been taken in the
    meantime, or another terminal writes the same rows, and Refused if the import was undone.
    """
    prepared = iter(batches)
    # a continued import may find that nothing is missing but its end
    batch: Batch | None = next(prepared, Batch(0, dict) if is_end else None)
    written = 0
    while batch is not None:
        following = next(prepared, None)
        with _reporting_conflicts(), run.part():
            run.record(batch.write(), is_last=is_end and following is None)
        written += batch.rows
        done(written)
        batch = following


def _write_rows(model: type[BaseModel], rows: list[Tuple]) -> Made:
    _INSERTS[model](rows)
    if model is Agent:
        shares.recount()
    return {model: _said(model, rows)}


def _said(model: type[BaseModel], rows: list[Tuple]) -> dict[int, Json]:
    """Return what the event says of new rows, by their ids."""
    names = model._meta.sorted_field_names
    first = [(names.index(column), value) for column, value in FIRST.get(model, {}).items()]
    moved: Json = {MOVED: True}
    said = {row[0]: moved if any(row[place] != value for place, value in first) else {} for row in rows}
    if model is Agent:  # derived from the bookings here, but those of another desk are not all here
        given = names.index(Agent.last_given_at.name)
        said |= {row[0]: {MOVED: {names[given]: row[given]}} for row in rows if said[row[0]] or row[given]}
    return said


def _write_decisions(rows: list[Tuple]) -> Made:
    """Write decisions with the next numbers; events never name them."""
    first = (_last_decision()[0][0] or 0) + 1
    numbers = range(first, first + len(rows))
    _insert_decisions([(number, *row[1:]) for number, row in zip(numbers, rows, strict=True)])
    return {}


def write_batch(batch: list[History]) -> Made:
    """Write a batch inside a transaction, and update the loads and ``last_given_at`` of its agents."""
    fresh = [item for item in batch if not item.is_known]
    known = [item for item in batch if item.is_known]
    bookings: list[Tuple] = []
    made: dict[type[BaseModel], dict[int, Json]] = {}
    last = {item.agent_id: item.assigned_at for item in sorted(fresh, key=attrgetter("assigned_at"))}
    _given_last([(at, agent_id, at) for agent_id, at in last.items() if agent_id is not None])
    if fresh:
        _count((_decided(item), 1) for item in fresh)
        bookings += _write_leads(fresh, made)
    if known:
        bookings += _complete(known)
    if bookings:
        _insert_bookings(bookings)
        made[Booking] = _said(Booking, bookings)
        recount_loads({agent_id for _, _, _, agent_id, status, *_ in bookings if status == PENDING})
        # those of another desk's export may have been given in the windows of now
        cap_counts.recount({agent_id for _, _, _, agent_id, *_ in bookings if agent_id is not None})
        _add_scores(batch)
    return made


def _add_scores(batch: Iterable[History]) -> None:
    """Add the bookings' scores to the averages of the agents who got them."""
    points: Counter[int] = Counter()
    answers: Counter[int] = Counter()
    for item in batch:
        if item.booking is not None and item.booking.more.get("score"):
            scored: int = item.booking.more["scored_agent_id"]
            points[scored] += item.booking.more["score"]
            answers[scored] += 1
    for agent_id, count in answers.items():
        change_score(agent_id, points[agent_id], count)


NO_FACTS = (None,) * len(COLUMNS)  # of the trip


def _write_leads(fresh: list[History], made: dict[type[BaseModel], dict[int, Json]]) -> list[Tuple]:
    """Write customers, leads and assignments, noted in ``made``; returns the rows of their bookings."""
    customer_id = (_last_customer()[0][0] or 0) + 1
    new_lead = (_last_lead()[0][0] or 0) + 1
    customers: list[Tuple] = []
    leads: list[Tuple] = []
    assignments: list[Tuple] = []
    bookings: list[Tuple] = []
    for item in fresh:
        number, agent_id, name, method, source, at, destination, launch, requests, booking, _, lead = item
        if lead is None:
            lead = new_lead + len(leads)
            since = booking.more.get("created_at", at) if booking is not None else at
            customers.append((customer_id, name, *(None,) * 2, since, *(None,) * 4, False))
            leads.append(
                (lead, customer_id, name, method, source, destination, launch, requests, since, *NO_FACTS)
            )
            customer_id += 1
        if number is not None:
            assignments.append((number, lead, agent_id, name, method, source, at))
        if booking is not None:
            bookings.append(_booking_row(item, booking, lead, agent_id))
    for model, rows in ((Customer, customers), (Lead, leads), (Assignment, assignments)):
        if rows:
            _INSERTS[model](rows)
            made[model] = _said(model, rows)
    return bookings


def _complete(known: list[History]) -> list[Tuple]:
    """Build the bookings of assignments already written, and fill in their leads' destinations."""
    ids = [item.assignment_id for item in known if item.assignment_id is not None]
    columns = (Assignment.lead_id, Assignment.agent_id, Assignment.method, Assignment.source)
    query = Assignment.select(Assignment.assignment_id, *columns)
    rows: Any = query.where(Assignment.assignment_id.in_(ids)).tuples()
    held = {assignment_id: rest for assignment_id, *rest in rows}
    leads: list[Tuple] = []
    bookings: list[Tuple] = []
    counted: list[tuple[Decided | None, int]] = []
    for item in known:
        lead_id, agent_id, method, source = held[item.assignment_id]
        before = item._replace(agent_id=agent_id, method=method, source=source, booking=None)
        counted += [(_decided(before), -1), (_decided(before._replace(booking=item.booking)), 1)]
        leads.append((item.destination, item.launch_location, lead_id))
        if item.booking is not None:
            bookings.append(_booking_row(item, item.booking, lead_id, agent_id))
    _complete_leads(leads)
    _count(counted)
    return bookings


def _count(outcomes: Iterable[tuple[Decided | None, int]]) -> None:
    """Add outcomes to the tallies (1) or subtract them (-1)."""
    changes = TallyChanges()
    for outcome, step in outcomes:
        changes.add(outcome, step)
    _add_tallies([(*key, *count) for key, count in changes.tallies().items()])


def _decided(item: History) -> Decided | None:
    """Return the outcome to tally; an assignment without a booking never reached its customer."""
    agent_id, booking = item.agent_id, item.booking
    if agent_id is None or (
        booking is not None and (booking.status == PENDING or booking.more.get("voided"))
    ):
        return None
    if booking is None:
        return Decided(agent_id, item.method, item.source)
    cents = (booking.destination_revenue_cents or 0) + (booking.package_revenue_cents or 0)
    return Decided(agent_id, item.method, item.source, item.destination, booking.completed_at, cents)


def _booking_row(item: History, booking: Outcome, lead_id: int, agent_id: int | None) -> Tuple:
    completed, cancelled = booking.completed_at, booking.cancelled_at
    claimed = booking.more.get("claimed_at", booking.claimed_at)
    contacted = booking.more.get("contacted_at", booking.contacted_at)
    created = booking.more.get("created_at", item.assigned_at)
    row = (
        booking.booking_id,
        lead_id,
        item.assignment_id,
        agent_id,
        booking.status,
        item.destination,
        item.launch_location,
        booking.package,
        booking.destination_revenue_cents,
        booking.package_revenue_cents,
        created,
        max(created, completed or "", cancelled or "", claimed or "", contacted or ""),
        claimed,
        contacted,
        *((1, "reached") if contacted else (0, None)),
        None,
        completed,
        cancelled,
        booking.cancel_reason,
        None,
        None,
        booking.date_fault,
        False,
        1,
        *NO_TIMERS,
        MEDIUM,
        *(None, 0, False),  # no clock to the first contact of its own, no attempts in a row, not unreachable
    )
    if not booking.more:
        return row
    names = Booking._meta.sorted_field_names
    return tuple([booking.more.get(name, value) for name, value in zip(names, row, strict=True)])


@contextmanager
def _reporting_conflicts() -> Iterator[None]:
    """Raise Conflict for a key that someone else has written in the meantime."""
    try:
        yield
    except IntegrityError as error:
        problem = f"someone else is writing ({error})"
        raise Conflict(problem, "repeat it: what is written is skipped") from error
