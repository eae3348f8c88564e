"""The window over the log."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import cast

from dispatch.desk import event_log, folded_log
from dispatch.desk.event_filter import EventFilter
from dispatch.desk.row_types import ListedEvent
from dispatch.queries.wording import time_range
from dispatch.reporting.event_sentences import clock_acts, names_in
from screens.base.list_window import MOST_HELD, ListWindow
from screens.wording.events import sentence

BEFORE_ALL = cast(ListedEvent, {"event_id": 0})


@dataclass(frozen=True)
class LogWindow(ListWindow[EventFilter, ListedEvent]):
    """A window on the log by time, each event with its sentence; the clock's acts are folded."""

    which: EventFilter = field(default_factory=EventFilter)
    oldest_first: bool = False

    def page(self, limit: int, beyond: ListedEvent | None, *, upwards: bool = False) -> list[ListedEvent]:
        is_later = upwards != self.oldest_first
        start = BEFORE_ALL if is_later and beyond is None else beyond
        rows = self._rows(limit, start, is_later)
        names = names_in(rows)
        for row in rows:
            row["sentence"] = _folded(row) if "folded" in row else sentence(row, names)
        return rows[::-1] if is_later else rows

    def _rows(self, limit: int, beyond: ListedEvent | None, is_later: bool) -> list[ListedEvent]:
        if folded_log.folds(self.which):
            ends = (None, beyond) if is_later else (beyond, None)
            return folded_log.page(self.which, limit, *ends)
        number = beyond["event_id"] if beyond is not None else None
        if is_later and beyond is not None:
            number = beyond.get("newest_id", number)
        ids = (None, number) if is_later else (number, None)
        return cast(list[ListedEvent], event_log.page(self.which, limit, *ids))

    def everything(self) -> Iterator[ListedEvent]:
        beyond = None
        while rows := self.page(MOST_HELD, beyond):
            yield from rows
            beyond = rows[-1]


def _folded(row: ListedEvent) -> str:
    """Describe several acts of the clock: ``12 clock checks, 1 presence change, 01:00-01:10``."""
    return f"{clock_acts(row['kinds'])}, {time_range(row['since'], row['at'])}"
