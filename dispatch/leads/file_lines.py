"""The lines of a file of leads: where each row is, and which rows are in already."""

from __future__ import annotations

from pathlib import PurePath
from typing import TypedDict

from dispatch.desk import file_acts
from dispatch.leads import file_record

OWN_LISTING = "a lead of this desk, as its listing has it"


class KnownFrom(TypedDict):
    """Rows that are in already, by their lines (``2-51, 53``): from which file, when, and its event.

    Earlier versions wrote no event for a file: it has the same content then. Without a file, the rows are of
    the desk's own listing.
    """

    file: str | None
    at: str
    event_id: int | None
    rows: int
    lines: str


class Places:
    """The places of a file's rows, asked for in their order."""

    def __init__(self) -> None:
        self._line = self._on_line = self._sheet = 0

    def of(self, line: int) -> str:
        """Return the place of a row: its line, and its number there if others begin on the same line.

        Where the lines begin again, so does a sheet.
        """
        self._sheet += line < self._line
        self._on_line = self._on_line + 1 if line == self._line else 1
        self._line = line
        place = f"{line}.{self._on_line}" if self._on_line > 1 else str(line)
        return f"{self._sheet}/{place}" if self._sheet else place


class KnownLines:
    """The lines of rows that are in already, from one file, as ranges."""

    def __init__(self, at: str) -> None:
        self._at = at
        self._rows = 0
        self._ranges: list[list[int]] = []

    def add(self, line: int) -> None:
        self._rows += 1
        if self._ranges and line - self._ranges[-1][1] <= 1:
            self._ranges[-1][1] = line
        else:
            self._ranges.append([line, line])

    def told(self, act: int | None, name: str) -> KnownFrom:
        """Return what the result says; ``name`` is the present file's."""
        file: str | None = None
        at = self._at
        if act is None:
            file = PurePath(name).name
        elif act != file_record.OWN:
            _, file, at = file_acts.named(act)
        lines = ", ".join(str(first) if first == last else f"{first}-{last}" for first, last in self._ranges)
        return KnownFrom(file=file, at=at, event_id=act or None, rows=self._rows, lines=lines)
