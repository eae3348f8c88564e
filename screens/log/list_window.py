"""The window over the log."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field

from dispatch.desk import event_log
from dispatch.desk.event_filter import EventFilter
from dispatch.desk.row_types import EventRow
from screens.base.list_window import ListWindow


@dataclass(frozen=True)
class LogWindow(ListWindow[EventFilter, EventRow]):
    """A window on the log, newest first."""

    which: EventFilter = field(default_factory=EventFilter)

    def page(self, limit: int, beyond: EventRow | None, *, upwards: bool = False) -> list[EventRow]:
        number = beyond["event_id"] if beyond is not None else None
        if upwards:
            return event_log.page(self.which, limit, after=number)[::-1]
        return event_log.page(self.which, limit, before=number)

    def everything(self) -> Iterable[EventRow]:
        return event_log.each(self.which)
