"""What the events say that rows hold, read oldest first, and the rows that hold something else.

Events leave out derived columns (dispatch/desk/commands.py). A row that still is as it was made is looked at
and forgotten, so that a long log needs little memory.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from typing import Any

from dispatch.desk.commands import AUDITED, MOVED, TABLES, TOLD
from dispatch.desk.event_chain import is_erased
from models.agents import AVAILABLE, Agent
from models.base import BaseModel, Json, tuples
from models.bookings import Booking
from models.customers import Customer
from models.issues import Issue, Survey
from models.priorities import MEDIUM
from models.sql import listed

AT_ONCE = 1000

# A migration wrote these without an event.
MIGRATED = ("given_at", "contact_attempts", "last_outcome")

FIRST: dict[type[BaseModel], Json] = {
    Booking: {
        "score": None,
        "voided": False,
        "follow_up_at": None,
        "progress_at": None,
        "asked_at": None,
        "shuffled_at": None,
        "pinned_at": None,
        "clock_from": None,
        "priority": MEDIUM,
        "attempts_in_row": 0,
        "unreachable": False,
    },
    Agent: {"presence": AVAILABLE, "presence_until": None, "hours": None, "left_at": None},
    Customer: {"merged_into": None},
    Issue: {"resolved_at": None, "closed_at": None, "reopened_at": None, "voided": False},
    Survey: {"score": None},
}
"""What a new row has in these columns, unless its event says otherwise."""


@dataclass
class Ledger:
    """What events say about rows, read oldest first."""

    models: frozenset[type[BaseModel]]
    window: range | None = None  # of bookings
    columns: dict[str, Json] = field(default_factory=dict)  # by row: the newest value of each
    broken: dict[str, str] = field(default_factory=dict)  # by row: the column whose history has a gap
    made: dict[str, Json] = field(default_factory=dict)  # new rows not looked at yet: what each column held
    moved: set[str] = field(default_factory=set)  # new rows with a history on another desk

    def add(self, before: dict[str, Json], after: dict[str, Json]) -> None:
        """Add an event's new rows and changed columns."""
        for key, new in after.items():
            table, _, number = key.rpartition(":")
            model = TABLES[table]
            if model not in self.models or not self._is_watched(model, number):
                continue
            if key in before:
                self._change(key, before[key], new)
            elif MOVED in new:
                self.moved.add(key)
            elif new:
                self.made[key] = dict.fromkeys(TOLD[table]) | FIRST.get(model, {}) | new
        if len(self.made) >= AT_ONCE:
            self._look_at_new()

    def _change(self, key: str, old: Json, new: Json) -> None:
        known = self.columns.setdefault(key, self.made.pop(key, {}))
        for column, value in old.items():
            if column not in MIGRATED and column in known and not is_same(known[column], value):
                self.broken.setdefault(key, column)
        known.update(new)

    def _look_at_new(self) -> None:
        """Keep only the new rows that have changed since, by whomever, or began unlike others."""
        for model in self.models:
            made, first = _of(model, self.made), FIRST.get(model, {})
            kept = {f"{model.table}:{number}" for number, _ in _differing(model, made)}
            kept |= {
                key
                for key, columns in made.items()
                if any(columns[name] not in (None, value) for name, value in first.items())
            }
            self.columns |= {key: made[key] for key in kept}
        self.made.clear()

    def _is_watched(self, model: type[BaseModel], number: str) -> bool:
        return self.window is None or model is not Booking or int(number) in self.window

    def differing(self) -> Iterator[str]:
        """Name each row that differs from what its events say, with the column."""
        self._look_at_new()
        for model in self.models:
            for number, fault in _differing(model, _of(model, self.columns)):
                yield f"{model.label} {number} {fault}"
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
                row = f"{model.table}:{number}"
                if column not in self.columns.get(row, ()) and row not in self.moved:
                    yield f"{model.label} {number} {column} (no event)"


def _of(model: type[BaseModel], columns: dict[str, Json]) -> dict[str, Json]:
    return {key: columns[key] for key in columns if key.startswith(f"{model.table}:")}


def _differing(model: type[BaseModel], columns: dict[str, Json]) -> Iterator[tuple[int, str]]:
    """Yield the number of each row that does not hold these values, with the column, or "is missing"."""
    names, key, derived = model._meta.sorted_field_names, model._meta.primary_key, set(AUDITED[model])
    for some in chunks(columns):
        wanted = {int(one.rpartition(":")[2]): columns[one] for one in some}
        for values in tuples(model.select().where(key.in_(listed(wanted)))):
            row = dict(zip(names, values, strict=True))
            number = row[key.name]
            for column in wanted[number].keys() & row.keys() - derived:
                if not is_same(row[column], wanted[number][column]) and not _is_known(row, column):
                    yield number, column
            del wanted[number]
        yield from ((number, "is missing") for number in wanted)


def is_same(one: Any, other: Any) -> bool:
    """Return whether two values of a column are equal, as far as they have not been erased."""
    return one == other or is_erased(one) or is_erased(other)


def _is_known(row: Json, column: str) -> bool:
    """Return whether a migration may have written it: a lead entered by mistake was given to nobody."""
    return column == "given_at" and bool(row.get("voided")) and row[column] is None


def _row(key: str) -> str:
    table, _, number = key.rpartition(":")
    return f"{TABLES[table].label} {number}"


def chunks(items: Iterable[Any]) -> Iterator[list[Any]]:
    """Yield the items, AT_ONCE in a list."""
    some: list[Any] = []
    for item in items:
        some.append(item)
        if len(some) == AT_ONCE:
            yield some
            some = []
    if some:
        yield some
