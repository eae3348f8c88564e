"""Rows of an import by their ids: in memory while they are few, else in a temporary file without a name.

In memory, a million bookings with their assignments would need more than a GB.
"""

from __future__ import annotations

import marshal
import sqlite3
from collections.abc import Callable, ItemsView, Iterator, MutableMapping, ValuesView
from contextlib import contextmanager
from typing import Any, Self, TypeVar

from models.errors import DatabaseUnavailable
from seeds.importing.row_rules import Place

KEPT = 10_000  # entries of a store in memory; if there are more, they go to the file
WRITTEN_AT_ONCE, READ_AT_ONCE = 2_000, 500
PUT = "INSERT INTO {rows} (key, value) VALUES (?, ?) ON CONFLICT (key) DO UPDATE SET value = excluded.value"
PRAGMAS = ("journal_mode = OFF", "synchronous = OFF", "cache_size = -8000")

V = TypeVar("V")
Row = TypeVar("Row", bound=tuple[Any, ...])


class Workspace:
    """The temporary file of several stores, which only this process can read; it ends with the block."""

    def __init__(self) -> None:
        self._file: sqlite3.Connection | None = None
        self._tables = 0

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_error: object) -> None:
        if self._file is not None:
            self._file.close()

    def rows_of(self, kind: type[Row]) -> RowStore[Row]:
        """Return a store of rows of a NamedTuple with a place."""
        fields: tuple[str, ...] = kind._fields  # type: ignore[attr-defined]
        at, more = fields.index("place"), fields.index("more") if "more" in fields else None

        def pack(row: Row) -> list[Any]:
            cells = [*row]
            cells[at] = tuple(cells[at])
            if more is not None:  # the empty mapping that rows share is no dict
                cells[more] = dict(cells[more])
            return cells

        def unpack(cells: list[Any]) -> Row:
            cells[at] = Place(*cells[at])
            return kind(*cells)

        return RowStore(self, pack, unpack)

    def file(self) -> sqlite3.Connection:
        """Return the file, open."""
        if self._file is None:
            self._file = sqlite3.connect("", isolation_level=None)
            for pragma in PRAGMAS:
                self._file.execute(f"PRAGMA {pragma}")
            self._file.execute("BEGIN")  # and never committed: it is nobody else's
        return self._file

    def new_table(self) -> str:
        """Add a table for a store; return its name."""
        self._tables += 1
        table = f"rows_{self._tables}"
        columns = "number INTEGER PRIMARY KEY, key INTEGER NOT NULL UNIQUE, value BLOB NOT NULL"
        self.file().execute(f"CREATE TABLE {table} ({columns})")
        return table


class RowStore(MutableMapping[int, V]):
    """A dict by whole numbers that needs a few MB of memory, whatever its length; it keeps its order.

    A value is text, numbers, or tuples, lists and dicts of them, unless ``pack`` and ``unpack`` turn it into
    those; it may be a copy, so a changed one must be set again. Raises DatabaseUnavailable if the disk is
    full.
    """

    def __init__(
        self,
        space: Workspace,
        pack: Callable[[V], Any] = lambda value: value,
        unpack: Callable[[Any], V] = lambda value: value,
    ) -> None:
        self._space, self._pack, self._unpack = space, pack, unpack
        self._recent: dict[int, V] = {}  # not in the file yet, or changed since
        self._table = ""
        self._largest = 0  # key in the file

    def __getitem__(self, key: int) -> V:
        if key in self._recent:
            return self._recent[key]
        found = self._found(key)
        if found is None:
            raise KeyError(key)
        return self._read(found[0])

    def __setitem__(self, key: int, value: V) -> None:
        self._recent[key] = value
        if len(self._recent) > (WRITTEN_AT_ONCE if self._table else KEPT):
            self._write()

    def __delitem__(self, key: int) -> None:
        if key not in self:
            raise KeyError(key)
        self._recent.pop(key, None)
        if self._table:
            self._ask("DELETE FROM {rows} WHERE key = ?", key)

    def __contains__(self, key: object) -> bool:
        return key in self._recent or (isinstance(key, int) and self._found(key) is not None)

    def __iter__(self) -> Iterator[int]:
        return (key for key, _ in self.entries())

    def __len__(self) -> int:
        self._write()
        if not self._table:
            return len(self._recent)
        count: int = self._ask("SELECT count(*) FROM {rows}").fetchone()[0]
        return count

    def __bool__(self) -> bool:
        return bool(self._recent) or next(iter(self), None) is not None

    def items(self) -> ItemsView[int, V]:
        return _Items(self)

    def values(self) -> ValuesView[V]:
        return _Values(self)

    def entries(self) -> Iterator[tuple[int, V]]:
        """Yield keys and values; meanwhile, entries may be changed and removed."""
        self._write()
        if not self._table:
            yield from list(self._recent.items())
            return
        page = "SELECT number, key, value FROM {rows} WHERE number > ? ORDER BY number LIMIT ?"
        last = 0
        while some := self._ask(page, last, READ_AT_ONCE).fetchall():
            for _, key, value in some:
                yield key, self._read(value)
            last = some[-1][0]

    def _found(self, key: int) -> tuple[Any, ...] | None:
        if not self._table or key > self._largest:  # most new keys are larger
            return None
        found: tuple[Any, ...] | None = self._ask("SELECT value FROM {rows} WHERE key = ?", key).fetchone()
        return found

    def _ask(self, sql: str, *values: int) -> sqlite3.Cursor:
        return self._space.file().execute(sql.format(rows=self._table), values)

    def _read(self, value: bytes) -> V:
        return self._unpack(marshal.loads(value))

    def _write(self) -> None:
        """Move what is in memory to the file, if there is one or must be one."""
        if not self._recent or not (self._table or len(self._recent) > KEPT):
            return
        rows = [(key, marshal.dumps(self._pack(value))) for key, value in self._recent.items()]
        with _reporting_full_disks():
            self._table = self._table or self._space.new_table()
            self._space.file().executemany(PUT.format(rows=self._table), rows)
        self._largest = max(self._largest, *self._recent)
        self._recent.clear()


class _Items(ItemsView[int, V]):
    _mapping: RowStore[V]

    def __iter__(self) -> Iterator[tuple[int, V]]:
        return self._mapping.entries()


class _Values(ValuesView[V]):
    _mapping: RowStore[V]

    def __iter__(self) -> Iterator[V]:
        return (value for _, value in self._mapping.entries())


@contextmanager
def _reporting_full_disks() -> Iterator[None]:
    try:
        yield
    except sqlite3.Error as error:
        problem = f"the temporary file of the rows cannot be written: {error}"
        raise DatabaseUnavailable("temporary_file", problem, "free space there, or set TMPDIR") from error
