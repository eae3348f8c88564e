"""Checks of the log against the rows: what the newest event says it wrote is what a row holds now.

Rows of imports by earlier versions have no event of their own; the import's event has their number.
"""

from __future__ import annotations

import json
import re
from collections import Counter
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass, field
from typing import Any

from peewee import fn

from dispatch.desk.commands import AUDITED, TABLES
from dispatch.operations.import_record import DIGEST, ROWS
from dispatch.operations.integrity.findings import RESTORE, Finding, counted, finding, joined, named
from dispatch.operations.integrity.ledger import AT_ONCE, Ledger, chunks
from models.agents import Agent
from models.audit import Event, EventBooking, LogLine, last_line, write_lines
from models.base import BaseModel, Json, tuples
from models.bookings import Assignment, Booking
from models.customers import Customer, Lead
from models.dispositions import FIRST as FIRST_DISPOSITIONS
from models.dispositions import Disposition
from models.inspection import agreements
from models.inspection.scan import found_by
from models.sql import listed

_NUMBER = re.compile(r"\d+")
UNREADABLE = (ValueError, TypeError, AttributeError, LookupError)
WINDOW = 50_000  # bookings whose columns are in memory at once
IMPORTED: dict[type[BaseModel], str] = {
    Agent: "agents",
    Customer: "assignments",
    Lead: "assignments",
    Assignment: "assignments",
    Booking: "bookings",
}
"""The number in an import's event that counts the rows of a model."""
WITH_THE_DESK = {Disposition.table: len(FIRST_DISPOSITIONS)}
"""Rows that every desk begins with, without an event."""


@dataclass
class Announced:
    """The new rows that events name, and those that imports of earlier versions count."""

    numbers: dict[str, set[int]] = field(default_factory=dict)  # not looked up yet
    named: Counter[str] = field(default_factory=Counter)
    counted: Counter[str] = field(
        default_factory=lambda: Counter({Disposition.table: len(FIRST_DISPOSITIONS)})
    )
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
        known = self.named + self.counted
        more = {model.table: model.select().count() - known[model.table] for model in AUDITED}
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
            faults.add(event_id, command, booking_id, old, new)
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
    detail, hint = f"no event records {problem}", "repeat the import that was interrupted"
    return [Finding("imports", False, detail, hint, warning=True)] if problem else []


def _rows(text: str | None) -> dict[str, Json]:
    rows: dict[str, Json] = json.loads(text) if text else {}
    for key, columns in rows.items():
        table, _, number = key.rpartition(":")
        if table not in TABLES or int(number) < 1 or not isinstance(columns, dict):
            raise ValueError(key)
    return rows


@dataclass
class Faults:
    """Events that cannot be read, and those whose further bookings are not the ones they changed."""

    unreadable: list[int] = field(default_factory=list)
    astray: dict[int, set[int]] = field(default_factory=dict)  # with the right bookings
    waiting: dict[int, set[int]] = field(default_factory=dict)  # not looked up yet

    def add(
        self,
        event_id: int,
        command: str,
        booking_id: int | None,
        before: dict[str, Json],
        after: dict[str, Json],
    ) -> None:
        """Add an event's bookings (dispatch/desk/commands.py)."""
        # a booking's history does not show the import that brought it
        shown = before.keys() if command == ROWS else after.keys()
        if before.keys() - after.keys():
            raise ValueError("a row without its new values")
        prefix = f"{Booking.table}:"
        changed = {int(key[len(prefix) :]) for key in shown if key.startswith(prefix)}
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
    for some in chunks(numbers):
        query = Event.select(Event.before, Event.after).where(Event.event_id.in_(listed(some)))
        for before, after in tuples(query.order_by(Event.event_id)):
            ledger.add(_rows(before), _rows(after))
    return list(ledger.differing())


def _of_each_kind(differing: list[str]) -> str:
    """Join differences, the first rows of each table, column and fault."""
    kinds: dict[str, list[str]] = {}
    for one in differing:
        kinds.setdefault(_NUMBER.sub("", one), []).append(one)
    return joined(counted(of_kind, str, "differ") for of_kind in kinds.values())


def repair() -> int:
    """Write the log's copy and the events' bookings again where they differ; return how many events."""
    faults = Faults()
    for event_id, command, booking_id, _, before, after in _events():
        with suppress(*UNREADABLE):
            old, new = _rows(before), _rows(after)
            faults.add(event_id, command, booking_id, old, new)
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
