"""Tables in a temporary file without a name, which is no desk's: room for what does not fit into memory."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator

from peewee import (
    EXCLUDED,
    SQL,
    AutoField,
    BlobField,
    IntegerField,
    Model,
    PeeweeException,
    Query,
    SqliteDatabase,
    fn,
)

READ_AT_ONCE = 500
PRAGMAS = {"journal_mode": "off", "synchronous": 0, "cache_size": -8000}
ScratchErrors = (sqlite3.Error, PeeweeException)


class Scratch:
    """The file, made with its first table; only this process can read it, until it is closed."""

    def __init__(self) -> None:
        self._file: SqliteDatabase | None = None
        self._tables = 0

    def new_table(self) -> Table:
        """Add a table. Raises ScratchErrors."""
        if self._file is None:
            self._file = SqliteDatabase("file:", uri=True, pragmas=PRAGMAS)  # without a name
            self._file.connect()
            self._file.begin()  # and never committed: the file is nobody else's
        self._tables += 1
        return Table(self._file, f"rows_{self._tables}")

    def close(self) -> None:
        if self._file is not None:
            self._file.close()


class Table:
    """A table of values by key, in the order of their insertion; its queries are compiled once.

    Everything raises ScratchErrors where the disk is full.
    """

    def __init__(self, database: SqliteDatabase, name: str) -> None:
        class Stored(Model):
            number = AutoField()
            key = IntegerField(constraints=[SQL("UNIQUE")])  # an index would have one name in all tables
            value = BlobField()

            class Meta:
                table_name = name

        Stored._meta.set_database(database)
        Stored.create_table()
        self._connection: sqlite3.Connection = database.connection()
        number, key, value = Stored.number, Stored.key, Stored.value
        self._get = _sql(Stored.select(value).where(key == 0))
        self._remove = _sql(Stored.delete().where(key == 0))
        self._count = _sql(Stored.select(fn.COUNT(number)))
        self._page = _sql(Stored.select(number, key, value).where(number > 0).order_by(number).limit(1))
        put = Stored.insert({key: 0, value: b""})
        self._put = _sql(put.on_conflict(conflict_target=[key], update={value: EXCLUDED.value}))

    def get(self, key: int) -> bytes | None:
        found = self._connection.execute(self._get, (key,)).fetchone()
        return None if found is None else found[0]

    def put(self, rows: list[tuple[int, bytes]]) -> None:
        self._connection.executemany(self._put, rows)

    def remove(self, key: int) -> None:
        self._connection.execute(self._remove, (key,))

    def __len__(self) -> int:
        count: int = self._connection.execute(self._count).fetchone()[0]
        return count

    def __iter__(self) -> Iterator[tuple[int, bytes]]:
        """Yield keys and values; the table may change meanwhile."""
        last = 0
        while some := self._connection.execute(self._page, (last, READ_AT_ONCE)).fetchall():
            for _, key, value in some:
                yield key, value
            last = some[-1][0]


def _sql(query: Query) -> str:
    """Return a query's text; its values only stand for those of each call."""
    text: str = query.sql()[0]
    return text
