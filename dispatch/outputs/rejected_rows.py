"""The refused rows of a file, written so that they can be put right and read again."""

from __future__ import annotations

import json
import tempfile
from collections.abc import Iterator, Sequence
from pathlib import Path

from dispatch.outputs.files import new_file, write_table
from models.errors import InvalidInput

ENDINGS = (".csv", ".jsonl", ".ndjson")
IN_MEMORY = 1_000_000
UNREADABLE = "unreadable"
"""The column for what is left of a row without columns."""


class RejectedRows:
    """Rows for a new file; they wait in a temporary one until all are known, and so are their columns.

    Raises InvalidInput if the file exists or has no known ending. The reason is in the column ``reason``.
    """

    def __init__(self, name: str, reason: str) -> None:
        self.path: Path = new_file(name)
        if self.path.suffix.lower() not in ENDINGS:
            raise InvalidInput("path", f"{self.path.name} has no known ending", "end it with .csv or .jsonl")
        self._reason = reason
        self._shapes: dict[tuple[str, ...], int] = {}
        self._waiting = tempfile.SpooledTemporaryFile(IN_MEMORY, "w+", encoding="ascii")  # noqa: SIM115
        self.count = 0

    def add(self, names: Sequence[str], values: Sequence[str | None], reason: str) -> None:
        """Add a row; without names, its values are what could be read of it."""
        names = tuple(names) or (UNREADABLE,) * bool(values)
        if self._reason in names:  # the rows were refused before
            place = names.index(self._reason)
            names, values = (*names[:place], *names[place + 1 :]), (*values[:place], *values[place + 1 :])
        shape = self._shapes.setdefault(names, len(self._shapes))
        self._waiting.write(json.dumps([shape, values[: len(names)], reason]) + "\n")
        self.count += 1

    def write(self) -> int:
        """Write the file, if there are rows, and return their number. Raises InvalidInput."""
        with self._waiting:
            if self.count:
                write_table(self.path, (*self._header(), self._reason), self._rows())
        return self.count

    def _header(self) -> tuple[str, ...]:
        if len(self._shapes) == 1:
            return next(iter(self._shapes))
        every = dict.fromkeys(name for names in self._shapes for name in names)
        return tuple(every)

    def _rows(self) -> Iterator[list[str | None]]:
        header = self._header()
        places = [[names.index(name) if name in names else None for name in header] for names in self._shapes]
        self._waiting.seek(0)
        for line in self._waiting:
            shape, values, reason = json.loads(line)
            if len(places) > 1:
                values = [None if place is None else values[place] for place in places[shape]]
            yield [*map(_writable, values), reason]


def _writable(value: str | None) -> str | None:
    """Return a value that a file can hold: half a surrogate pair becomes a question mark."""
    return None if value is None else value.encode("utf-8", "replace").decode()
