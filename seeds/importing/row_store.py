"""Rows of an import by their ids: in memory while they are few, else in a temporary file without a name.

In memory, a million bookings with their assignments would need more than a GB.
"""

from __future__ import annotations

import marshal
from collections.abc import Callable, ItemsView, Iterator, MutableMapping, ValuesView
from contextlib import contextmanager
from typing import Any, Self, TypeVar

from models.errors import DatabaseUnavailable
from models.sqlite.scratch import Scratch, ScratchErrors, Table
from seeds.importing.row_rules import Place

KEPT = 10_000  # entries of a store in memory; if there are more, they go to the file
WRITTEN_AT_ONCE = 2_000

V = TypeVar("V")
Row = TypeVar("Row", bound=tuple[Any, ...])


class Workspace:
    """The temporary file of several stores, which only this process can read; it ends with the block."""

    def __init__(self) -> None:
        self._scratch = Scratch()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_error: object) -> None:
        self._scratch.close()

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

    def new_table(self) -> Table:
        """Add a table for a store."""
        return self._scratch.new_table()


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
        self._table: Table | None = None
        self._largest = 0  # key in the file

    def __getitem__(self, key: int) -> V:
        if key in self._recent:
            return self._recent[key]
        found = self._found(key)
        if found is None:
            raise KeyError(key)
        return self._read(found)

    def __setitem__(self, key: int, value: V) -> None:
        self._recent[key] = value
        if len(self._recent) > (KEPT if self._table is None else WRITTEN_AT_ONCE):
            self._write()

    def __delitem__(self, key: int) -> None:
        if key not in self:
            raise KeyError(key)
        self._recent.pop(key, None)
        if self._table is not None:
            self._table.remove(key)

    def __contains__(self, key: object) -> bool:
        return key in self._recent or (isinstance(key, int) and self._found(key) is not None)

    def __iter__(self) -> Iterator[int]:
        return (key for key, _ in self.entries())

    def __len__(self) -> int:
        self._write()
        return len(self._recent) if self._table is None else len(self._table)

    def __bool__(self) -> bool:
        return bool(self._recent) or next(iter(self), None) is not None

    def items(self) -> ItemsView[int, V]:
        return _Items(self)

    def values(self) -> ValuesView[V]:
        return _Values(self)

    def entries(self) -> Iterator[tuple[int, V]]:
        """Yield keys and values; meanwhile, entries may be changed and removed."""
        self._write()
        if self._table is None:
            yield from list(self._recent.items())
            return
        for key, value in self._table:
            yield key, self._read(value)

    def _found(self, key: int) -> bytes | None:
        if self._table is None or key > self._largest:  # most new keys are larger
            return None
        return self._table.get(key)

    def _read(self, value: bytes) -> V:
        return self._unpack(marshal.loads(value))

    def _write(self) -> None:
        """Move what is in memory to the file, if there is one or must be one."""
        if not self._recent or (self._table is None and len(self._recent) <= KEPT):
            return
        rows = [(key, marshal.dumps(self._pack(value))) for key, value in self._recent.items()]
        with _reporting_full_disks():
            if self._table is None:
                self._table = self._space.new_table()
            self._table.put(rows)
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
    except ScratchErrors as error:
        problem = f"the temporary file of the rows cannot be written: {error}"
        raise DatabaseUnavailable("temporary_file", problem, "free space there, or set TMPDIR") from error
