"""Rows per second of ``astra copy`` from a file to a server, beside row inserts with executemany.

The copy makes the desk, writes every row, makes references and indexes, and compares all rows on both sides.
The other side only inserts rows, of the largest tables, into a desk that is made already.
"""

from __future__ import annotations

import time
from contextlib import closing
from itertools import chain, islice
from pathlib import Path

from benchmarks.large import large_desk
from benchmarks.measure import Effort, Row
from dispatch.bootstrap import open_desk
from dispatch.desk.desk import Desk
from models import opening
from models.desk_copies import fill
from models.engine import Engine
from tests.server import Server, binaries

WHAT = "rows copied to a server beside executemany"
BUDGET = 8
# Each refers to rows of those before it; of the last one fewer, so that all of those are there.
INSERTED = {
    "space_travel_agents": 20_000,
    "customers": 20_000,
    "customer_search": 20_000,
    "new_customer": 20_000,
    "assignment_history": 20_000,
    "bookings": 17_000,
}


def run(effort: Effort, _folder: Path) -> list[Row]:
    if binaries() is None:
        return [Row(WHAT, note="no PostgreSQL on this machine")]
    desk, bookings = large_desk(effort)
    with closing(desk), Server() as server:
        copied = _copy(desk, server.url(server.new_database()))
        inserted = _insert(desk, server.url(server.new_database()))
    ratio = copied / inserted
    return [
        Row(
            f"{WHAT}, {bookings:,} bookings",
            f">= {BUDGET} x",
            f"{copied:,.0f} /s",
            f"{inserted:,.0f} /s",
            f"{ratio:.1f} x",
            ratio >= BUDGET,
        )
    ]


def _copy(desk: Desk, address: str) -> float:
    """Copy a desk; return the rows per second."""
    start = time.perf_counter()
    database, _ = opening.connect(address, create=True)
    with closing(database):
        written = fill(desk.database, database)
    return sum(written.rows.values()) / (time.perf_counter() - start)


def _insert(desk: Desk, address: str) -> float:
    """Insert some rows as they are; return the rows per second."""
    with closing(open_desk(address, create=True)) as target, desk.database.active():
        columns = desk.database.content.tables()
        rows = {table: _first(desk, table) for table in INSERTED}
        start = time.perf_counter()
        _executemany(target.database, rows, {table: columns[table].columns for table in INSERTED})
        return sum(map(len, rows.values())) / (time.perf_counter() - start)


def _first(desk: Desk, table: str) -> list[list[str | None]]:
    """The first rows, as texts: the server makes of them what a column holds."""
    content = desk.database.content
    rows = islice(chain.from_iterable(content.read(table, content.tables()[table])), INSERTED[table])
    return [[None if value is None else str(value) for value in row] for row in rows]


def _executemany(
    database: Engine, rows: dict[str, list[list[str | None]]], columns: dict[str, tuple[str, ...]]
) -> None:
    """As plainly as a driver allows: one statement for many rows, all in one transaction."""
    with database.driver().transaction(), database.driver().cursor() as cursor:
        for table, some in rows.items():
            names, places = ", ".join(columns[table]), ", ".join("%s" for _ in columns[table])
            cursor.executemany(f"INSERT INTO {table} ({names}) VALUES ({places})", some)
