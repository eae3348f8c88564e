"""What reading costs: steps of SQLite, counted without a clock, and plans, read without an index's name.

A test measures a function on a small desk, adds many rows that do not concern it, and measures again.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager

from peewee import fn

from dispatch.desk.desk import Desk
from models.agents import Agent
from models.base import BaseModel, Json
from models.bookings import Assignment, Booking
from models.customers import Lead
from models.engine import Engine
from models.issues import Issue, Watch

Run = Callable[[], object]

MANY = 1000  # rows to add: reading them would take thousands of steps
FEW = 100  # steps


def steps(desk: Desk, run: Run) -> int:
    """The steps of SQLite's virtual machine in ``run()``: several for each row read, skipped or sorted.

    They are the same every time. A first run, which compiles the queries, does not count.
    """
    taken = 0

    def step() -> None:
        nonlocal taken
        taken += 1

    with desk.reading():
        run()
        connection = desk.database.driver()
        connection.set_progress_handler(step, 1)
        try:
            run()
        finally:
            connection.set_progress_handler(None, 1)
    return taken


def extra_steps(desk: Desk, run: Run, change: Run) -> int:
    """How many more steps ``run()`` takes after a change to the desk."""
    before = steps(desk, run)
    change()
    return steps(desk, run) - before


@contextmanager
def statements(database: Engine) -> Iterator[list[str]]:
    """Every SQL statement of this thread's connection inside the block, with its values."""
    seen: list[str] = []
    database.driver().set_trace_callback(seen.append)
    try:
        yield seen
    finally:
        database.driver().set_trace_callback(None)


def plans(desk: Desk, run: Run) -> list[str]:
    """How the queries of ``run()`` find their rows, and what they sort: the lines of EXPLAIN QUERY PLAN."""
    queries = [one for one in _statements(desk, run) if one.startswith("SELECT")]
    return [row[3] for row in _explained(desk, "EXPLAIN QUERY PLAN", queries)]


def index_entries_written(desk: Desk, run: Run, table: str) -> int:
    """In how many indexes the updates of a table in ``run()`` may move a row."""
    updates = [one for one in _statements(desk, run) if one.replace('"', "").startswith(f"UPDATE {table} ")]
    return [row[1] for row in _explained(desk, "EXPLAIN", updates)].count("IdxInsert")


def _statements(desk: Desk, run: Run) -> list[str]:
    with desk.reading(), statements(desk.database) as seen:
        run()
    return seen


def _explained(desk: Desk, how: str, statements: list[str]) -> list[tuple[int, str, int, str]]:
    # another connection: the desk's own may still know the plan from before an index was dropped
    with closing(sqlite3.connect(desk.database.file)) as connection:
        return [row for each in statements for row in connection.execute(f"{how} {each}")]


def add_agents(desk: Desk, number: int = MANY, /, **columns: object) -> None:
    """Add copies of agent 1 that differ in these columns; no trigger fires."""
    _copy(desk, (Agent,), number, columns)


def add_bookings(desk: Desk, number: int = MANY, /, **columns: object) -> None:
    """Add copies of booking 1 that differ in these columns, with leads and assignments of their own."""
    _copy(desk, (Lead, Assignment, Booking), number, columns)


def add_issues(desk: Desk, number: int = MANY, /, **columns: object) -> None:
    """Add copies of issue 1 that differ in these columns, and the time of their next check."""
    _copy(desk, (Issue, Watch), number, columns)


def _copy(desk: Desk, models: tuple[type[BaseModel], ...], number: int, columns: dict[str, object]) -> None:
    """Copy the first row of each model; rows that belong together have the same id."""
    keys = {model: model._meta.primary_key.name for model in models}
    with desk.transaction():
        first = 1 + max(model.select(fn.MAX(getattr(model, key))).scalar() for model, key in keys.items())
        for model, key in keys.items():
            row = model.lock(1).__data__
            row |= {name: value for name, value in columns.items() if name in row}
            own = {key} | (row.keys() & keys.values()) - columns.keys()
            _insert(desk, model, [row | dict.fromkeys(own, new) for new in range(first, first + number)])


def _insert(desk: Desk, model: type[BaseModel], rows: list[Json]) -> None:
    """Insert rows with the same columns, in a tenth of Peewee's time."""
    names = ", ".join(model._meta.fields[name].column_name for name in rows[0])
    marks = ", ".join("?" * len(rows[0]))
    desk.database.driver().executemany(
        f"INSERT INTO {model.table} ({names}) VALUES ({marks})", [tuple(row.values()) for row in rows]
    )
