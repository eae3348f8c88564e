"""What is in a desk, row by row, on either engine: read, written, and compared (docs/decisions/0040)."""

from __future__ import annotations

import marshal
from abc import ABC, abstractmethod
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager
from hashlib import blake2b
from typing import Any, NamedTuple

from models.errors import DatabaseUnavailable
from models.hints import act

AT_ONCE = 2_000  # rows
BY_VALUE = 2  # the newest format of marshal in which equal values look the same
DIGEST_BYTES = 16

Batch = Sequence[tuple[Any, ...]]
"""So many rows as AT_ONCE says, but for a table's last."""
Progress = Callable[[int, int], object]
"""Takes the number of rows done, and of all."""


class Shape(NamedTuple):
    """A table's columns, without those that follow from others, and which of them its rows are ordered by."""

    columns: tuple[str, ...]
    key: tuple[str, ...]


class Content(ABC):
    """The rows of a desk, without what only its engine needs.

    Values are those of SQLite: whole numbers, fractions, texts and None; a switch is 1 or 0.
    """

    @abstractmethod
    def tables(self) -> Mapping[str, Shape]:
        """Return all tables, those first that others refer to."""

    @abstractmethod
    def hold(self, tables: Iterable[str]) -> None:
        """Keep everybody from changing the tables themselves, as a snapshot's first statement."""

    @abstractmethod
    def count(self, table: str) -> int:
        """Return the number of rows."""

    @abstractmethod
    def read(self, table: str, shape: Shape) -> Iterator[Batch]:
        """Yield all rows in the order of their key; inside a snapshot or a transaction only."""

    @abstractmethod
    def write(self, table: str, shape: Shape, batches: Iterable[Batch]) -> None:
        """Add rows, inside a transaction. Raises Refused for values that the engine does not take."""

    @abstractmethod
    def unhindered(self) -> AbstractContextManager[None]:
        """Set aside, in the transaction that made the tables, what slows the writing of many rows."""

    def replaced(self) -> AbstractContextManager[None]:
        """Delete all rows, in a transaction under the lock, and set aside what slows the writing of others.

        Not of a file, which is replaced page by page.
        """
        raise NotImplementedError


class Written(NamedTuple):
    """What was copied: the number of rows of each table, and a digest of all their values."""

    rows: dict[str, int]
    digest: str


class _Digest:
    """The number and the hash of a table's rows, in the order of their key."""

    def __init__(self) -> None:
        self.rows = 0
        self._hash = blake2b(digest_size=DIGEST_BYTES)

    def passed(self, batches: Iterable[Batch]) -> Iterator[Batch]:
        """Let rows pass, and take their values."""
        for batch in batches:
            self.rows += len(batch)
            self._hash.update(marshal.dumps(list(batch), BY_VALUE))
            yield batch

    def value(self) -> str:
        return self._hash.hexdigest()


def transfer(source: Content, target: Content, progress: Progress | None = None) -> Written:
    """Write all rows of a desk to another, which has none, and compare what is there then.

    The source is in a snapshot, the target in a transaction. Raises DatabaseUnavailable if they differ, and
    Refused as ``write`` does.
    """
    shapes, wanted = source.tables(), target.tables()
    _check_alike(shapes, wanted)
    total = 2 * sum(map(source.count, shapes)) if progress else 0
    report = _reporter(progress, total)
    digests: dict[str, _Digest] = {}
    for table, shape in wanted.items():
        sent, arrived = _Digest(), _Digest()
        target.write(table, shape, sent.passed(report(source.read(table, shape))))
        for _ in arrived.passed(report(target.read(table, shape))):
            pass
        if (sent.rows, sent.value()) != (arrived.rows, arrived.value()):
            problem = f"{table} differs after the copy: {arrived.rows:,} rows of {sent.rows:,}"
            raise DatabaseUnavailable("damaged", problem, f"{act('doctor')} names what differs")
        digests[table] = sent
    return Written({table: one.rows for table, one in sorted(digests.items())}, _digest_of_all(digests))


def _digest_of_all(digests: Mapping[str, _Digest]) -> str:
    values = "".join(f"{table} {one.value()}\n" for table, one in sorted(digests.items()))
    return blake2b(values.encode(), digest_size=DIGEST_BYTES).hexdigest()


def _check_alike(shapes: Mapping[str, Shape], wanted: Mapping[str, Shape]) -> None:
    """Refuse a source whose tables are not those of this version: no row may stay behind unsaid."""

    def parts(of: Mapping[str, Shape]) -> set[str]:
        return {f"{table}.{column}" for table, shape in of.items() for column in shape.columns}

    if differing := sorted(parts(shapes) ^ parts(wanted)):
        problem = f"the source has other tables than a desk: {', '.join(differing[:3])}"
        raise DatabaseUnavailable("damaged", problem, f"{act('doctor')} names what differs")


def _reporter(progress: Progress | None, total: int) -> Callable[[Iterable[Batch]], Iterator[Batch]]:
    """A function that lets rows pass, and reports how many there were so far."""
    done = 0

    def report(batches: Iterable[Batch]) -> Iterator[Batch]:
        nonlocal done
        for batch in batches:
            yield batch
            done += len(batch)
            if progress:
                progress(done, total)

    return report
