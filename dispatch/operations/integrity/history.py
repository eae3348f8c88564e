"""Checks of the log against the rows: what the newest event says it wrote is what a row holds now.

Events name new rows without their values, and leave out derived columns (dispatch/desk/commands.py). Rows of
imports by earlier versions have no event of their own; the import's event has their number.
"""

from __future__ import annotations

import json
import re
from collections import Counter
from collections.abc import Iterable, Iterator
from contextlib import suppress
from dataclasses import dataclass, field
from typing import Any

from peewee import fn

from dispatch.desk.commands import AUDITED, TABLES
from dispatch.operations.import_record import DIGEST, ROWS
from dispatch.operations.integrity.findings import RESTORE, Finding, counted, finding, joined, named
from models.agents import AVAILABLE, Agent
from models.audit import Event, EventBooking, LogLine, last_line, write_lines
from models.base import BaseModel, Json, listed, tuples
from models.bookings import Assignment, Booking
from models.customers import Customer, Lead
from models.inspection import agreements
from models.inspection.scan import found_by
from models.issues import Issue, Survey

AT_ONCE = 1000
_NUMBER = re.compile(r"\d+")
UNREADABLE = (ValueError, TypeError, AttributeError, LookupError)
WINDOW = 50_000  # bookings whose columns are in memory at once

# A migration wrote these without an event.
MIGRATED = ("given_at", "contact_attempts", "last_outcome")
IMPORTED: dict[type[BaseModel], str] = {
    Agent: "agents",
    Customer: "assignments",
    Lead: "assignments",
    Assignment: "assignments",
    Booking: "bookings",
}
"""The number in an import's event that counts the rows of a model."""


FIRST: dict[type[BaseModel], Json] = {
    Booking: {
        "score": None,
        "voided": False,
        "follow_up_at": None,
        "progress_at": None,
        "asked_at": None,
        "shuffled_at": None,
    },
    Agent: {"presence": AVAILABLE, "presence_until": None, "hours": None, "left_at": None},
    Customer: {"merged_into": None},
    Issue: {"resolved_at": None, "closed_at": None, "reopened_at": None, "voided": False},
    Survey: {"score": None},
}
"""What every new row has in these columns; only an event can have changed it."""


@dataclass
class Ledger:
    """What events say about rows, read oldest first."""

    models: frozenset[type[BaseModel]]
    window: range | None = None  # of bookings
    columns: dict[str, Json] = field(default_factory=dict)  # by row: the newest value of each
    broken: dict[str, str] = field(default_factory=dict)  # by row: the column whose history has a gap

    def add(self, before: dict[str, Json], after: dict[str, Json]) -> None:
        """Add an event's changed columns."""
        for key, old in before.items():
            table, _, number = key.rpartition(":")
            model = TABLES.get(table)
            if model not in self.models or not self._is_watched(model, number):
                continue
            known = self.columns.setdefault(key, {})
            for column, value in old.items():
                if column not in MIGRATED and column in known and known[column] != value:
                    self.broken.setdefault(key, column)
            known.update(after.get(key, {}))

    def _is_watched(self, model: type[BaseModel], number: str) -> bool:
        return self.window is None or model is not Booking or int(number) in self.window

    def differing(self) -> Iterator[str]:
        """Name each row that differs from what its events say, with the column."""
        for model in self.models:
            table = f"{model._meta.table_name}:"
            yield from _differing(
                model, {key: self.columns[key] for key in self.columns if key.startswith(table)}
            )
            yield from self._unexplained(model)
        for key, column in self.broken.items():
            yield f"{_row(key)} {column} (its history has a gap)"

    def _unexplained(self, model: type[BaseModel]) -> Iterator[str]:
        """Name the rows with a value that no event has written."""
        key, first = model._meta.primary_key, FIRST.get(model, {})
        for column, value in first.items():
            field = model._meta.fields[column]
            query: Any = model.select(key).where(field.is_null(False) if value is None else field != value)
            if self.window is not None and model is Booking:
                query = query.where(key.between(self.window[0], self.window[-1]))
            for (number,) in query.tuples().iterator():
                if column not in self.columns.get(f"{model._meta.table_name}:{number}", ()):
                    yield f"{model.label} {number} {column} (no event)"


def _differing(model: type[BaseModel], columns: dict[str, Json]) -> Iterator[str]:
    names, label = model._meta.sorted_field_names, model.label
    derived = AUDITED[model]
    for some in _chunks(columns):
        wanted = {int(key.rpartition(":")[2]): columns[key] for key in some}
        key = model._meta.primary_key
        for values in tuples(model.select().where(key.in_(listed(wanted)))):
            row = dict(zip(names, values, strict=True))
            for column, value in wanted.pop(row[key.name]).items():
                if (
                    column in row
                    and column not in derived
                    and row[column] != value
                    and not _is_known(row, column)
                ):
                    yield f"{label} {row[key.name]} {column}"
        yield from (f"{label} {number} is missing" for number in wanted)


def _is_known(row: Json, column: str) -> bool:
    """Return whether a migration may have written it: a lead entered by mistake was given to nobody."""
    return column == "given_at" and bool(row.get("voided")) and row[column] is None


def _row(key: str) -> str:
    table, _, number = key.rpartition(":")
    return f"{TABLES[table].label} {number}"


@dataclass
class Announced:
    """The new rows that events name, and those that imports of earlier versions count."""

    numbers: dict[str, set[int]] = field(default_factory=dict)  # not looked up yet
    named: Counter[str] = field(default_factory=Counter)
    counted: Counter[str] = field(default_factory=Counter)
    unchanged: Counter[str] = field(default_factory=Counter)
    imports: int = 0
    missing: list[str] = field(default_factory=list)

    def add(self, command: str, detail: Json, before: dict[str, Json], after: dict[str, Json]) -> None:
        """Add an event's new rows."""
        for key in after.keys() - before.keys():
            table, _, number = key.rpartition(":")
            self.named[table] += 1
            waiting = self.numbers.setdefault(table, set())
            waiting.add(int(number))
            if len(waiting) >= AT_ONCE:
                self.look_up(table)
        if command == "import":
            self.imports += 1
            unchanged = detail.get("unchanged") or {}
            for model, kind in IMPORTED.items():
                if DIGEST not in detail:
                    self.counted[model._meta.table_name] += int(detail.get(kind, 0))
                self.unchanged[model._meta.table_name] += int(unchanged.get(kind, 0))

    def look_up(self, table: str) -> None:
        """Look for the rows named so far."""
        model, numbers = TABLES[table], self.numbers.pop(table, set())
        key = model._meta.primary_key
        those = key.in_(listed(numbers))
        if model.select().where(those).count() == len(numbers):
            return
        there = {number for (number,) in tuples(model.select(key).where(those))}
        self.missing += [f"{model.label} {number}" for number in sorted(numbers - there)]

    def problems(self) -> Iterator[str]:
        """Compare the numbers of rows with those that the log knows."""
        for table in list(self.numbers):
            self.look_up(table)
        yield named("named by an event, but missing", self.missing)
        for model in AUDITED:
            table = model._meta.table_name
            extra = model.select().count() - self.named[table] - self.counted[table]
            lost = -extra - sum(one.startswith(f"{model.label} ") for one in self.missing)
            if lost > 0:
                yield f"{lost} imported rows of {table} are missing"
            elif extra > self.unchanged[table] and self.imports:
                yield f"{extra - self.unchanged[table]} rows of {table} have no event"

    def unlogged(self) -> str:
        """Rows on a desk without any import's event: of an import that was interrupted."""
        if self.imports:
            return ""
        more = {model.table: model.select().count() - self.named[model.table] for model in AUDITED}
        return ", ".join(f"{number} of {table}" for table, number in more.items() if number > 0)


def checks() -> list[Finding]:
    """Check the events' rows: their columns, their existence, and the bookings they name."""
    is_large = Booking.select().count() > WINDOW
    others = frozenset(AUDITED) - ({Booking} if is_large else set())
    ledger, announced, faults = Ledger(others), Announced(), Faults()
    for event_id, command, booking_id, detail, before, after in _events():
        try:
            old, new = _rows(before), _rows(after)
            announced.add(command, json.loads(detail or "{}"), old, new)
            ledger.add(old, new)
            faults.add(event_id, booking_id, old, new if command != ROWS else _changed(old, new))
        except UNREADABLE:
            faults.unreadable.append(event_id)
    differing = list(ledger.differing())
    if is_large:
        differing += [one for window in _windows() for one in _of_bookings(window)]
    return [
        finding(
            "events", "every event can be read, and names its bookings", joined(faults.problems()), RESTORE
        ),
        finding("history", "every row is as its last event says", _of_each_kind(differing), RESTORE),
        finding("origins", "every row was announced", joined(announced.problems()), RESTORE),
        *_unlogged(announced.unlogged()),
    ]


def _unlogged(problem: str) -> list[Finding]:
    detail, hint = f"no event tells of {problem}", "repeat the import that was interrupted"
    return [Finding("imports", False, detail, hint, warning=True)] if problem else []


def _rows(text: str | None) -> dict[str, Json]:
    rows: dict[str, Json] = json.loads(text) if text else {}
    for key, columns in rows.items():
        table, _, number = key.rpartition(":")
        if table not in TABLES or int(number) < 1 or not isinstance(columns, dict):
            raise ValueError(key)
    return rows


def _changed(before: dict[str, Json], after: dict[str, Json]) -> dict[str, Json]:
    """Leave out the new rows: the history of a booking does not show the import that brought it."""
    return {key: after[key] for key in before if key in after}


@dataclass
class Faults:
    """Events that cannot be read, and those whose further bookings are not the ones they changed."""

    unreadable: list[int] = field(default_factory=list)
    astray: dict[int, set[int]] = field(default_factory=dict)  # with the right bookings
    waiting: dict[int, set[int]] = field(default_factory=dict)  # not looked up yet

    def add(
        self, event_id: int, booking_id: int | None, before: dict[str, Json], after: dict[str, Json]
    ) -> None:
        """Add an event's bookings (dispatch/desk/commands.py)."""
        if before.keys() - after.keys():
            raise ValueError("a row without its new values")
        if any(after[key] for key in after.keys() - before.keys()):
            raise ValueError("a new row with values, which events leave out")
        prefix = f"{Booking.table}:"
        changed = {int(key[len(prefix) :]) for key in after if key.startswith(prefix)}
        if len(changed) > 1 or booking_id is None:
            self.waiting[event_id] = changed - {booking_id}
        else:
            self.waiting[event_id] = set()
        if len(self.waiting) >= AT_ONCE:
            self.look_up()

    def look_up(self) -> None:
        """Compare the events so far with their rows in event_bookings."""
        low, high = min(self.waiting), max(self.waiting)
        found: dict[int, set[int]] = {}
        for event_id, booking_id in tuples(
            EventBooking.select(EventBooking.event_id, EventBooking.booking_id).where(
                EventBooking.event_id.between(low, high)
            )
        ):
            found.setdefault(event_id, set()).add(booking_id)
        self.astray |= {one: right for one, right in self.waiting.items() if found.get(one, set()) != right}
        self.waiting.clear()

    def problems(self) -> Iterator[str]:
        if self.waiting:
            self.look_up()
        yield named("unreadable", self.unreadable)
        yield named("their bookings are not those they changed", list(self.astray))


def _events() -> Iterator[tuple[int, str, int | None, str | None, str | None, str | None]]:
    columns = (Event.event_id, Event.command, Event.booking_id, Event.detail, Event.before, Event.after)
    query: Any = Event.select(*columns).order_by(Event.event_id)
    yield from query.tuples().iterator()


def _windows() -> Iterator[range]:
    for (last,) in tuples(Booking.select(Booking.booking_id).order_by(Booking.booking_id.desc()).limit(1)):
        for low in range(0, last + 1, WINDOW):
            yield range(low, low + WINDOW)


def _of_bookings(window: range) -> list[str]:
    """Compare the bookings of a window with the events that changed them."""
    low, high = window[0], window[-1]
    others = EventBooking.select(EventBooking.event_id).where(EventBooking.booking_id.between(low, high))
    own = Event.select(Event.event_id).where(Event.booking_id.between(low, high))
    numbers = sorted({number for query in (own, others) for (number,) in tuples(query)})
    ledger = Ledger(frozenset({Booking}), window)
    for some in _chunks(numbers):
        query = Event.select(Event.before, Event.after).where(
            Event.event_id.in_(listed(some)), Event.before.is_null(False)
        )
        for before, after in tuples(query.order_by(Event.event_id)):
            ledger.add(_rows(before), _rows(after))
    return list(ledger.differing())


def _of_each_kind(differing: list[str]) -> str:
    """Join differences, the first rows of each table, column and fault."""
    kinds: dict[str, list[str]] = {}
    for one in differing:
        kinds.setdefault(_NUMBER.sub("", one), []).append(one)
    return joined(counted(of_kind, str, "differ") for of_kind in kinds.values())


def _chunks(items: Iterable[Any]) -> Iterator[list[Any]]:
    some: list[Any] = []
    for item in items:
        some.append(item)
        if len(some) == AT_ONCE:
            yield some
            some = []
    if some:
        yield some


def repair() -> int:
    """Write the log's copy and the events' bookings again where they differ; return how many events."""
    faults = Faults()
    for event_id, command, booking_id, _, before, after in _events():
        with suppress(*UNREADABLE):
            old, new = _rows(before), _rows(after)
            faults.add(event_id, booking_id, old, new if command != ROWS else _changed(old, new))
    if faults.waiting:
        faults.look_up()
    for event_id, bookings in faults.astray.items():
        EventBooking.delete().where(EventBooking.event_id == event_id).execute()
        for booking_id in sorted(bookings):
            EventBooking(event_id=event_id, booking_id=booking_id).save()
    return len(faults.astray) + _rewrite_lines()


def _rewrite_lines() -> int:
    """Write the log's copy from its first wrong line on."""
    wrong = {int(key) for rule in agreements.LOG_COPY for one in found_by(*rule) for key in one.keys}
    if not wrong:
        return 0
    removed = LogLine.delete().where(LogLine.event_id >= min(wrong)).execute()
    last = Event.select(fn.MAX(Event.event_id)).scalar() or 0
    while last_line() < last:
        write_lines()
    return int(removed) or len(wrong)
