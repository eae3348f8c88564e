"""A window on a long list: at most 500 rows are held, the rest stays in the database."""

from __future__ import annotations

from abc import ABC, abstractmethod
from dataclasses import dataclass, field, replace
from typing import Any, Generic, Self, TypeVar

from dispatch import logbook, views
from dispatch.event_filter import EventFilter
from dispatch.views import BookingFilter
from models.errors import NotFound

Row = dict[str, Any]
Which = TypeVar("Which")
PAGE = 100
MOST_HELD = 500


@dataclass(frozen=True)
class ListWindow(ABC, Generic[Which]):
    """Which part of a filtered list is held: ``limit`` rows that come after the row ``anchor``."""

    which: Which
    anchor: Row | None = None
    limit: int = PAGE

    @abstractmethod
    def page(self, limit: int, beyond: Row | None, *, upwards: bool = False) -> list[Row]:
        """The rows next to the row ``beyond``, by one keyset query; ``upwards`` the nearest first."""

    def fetch(self) -> list[Row]:
        """The rows of the window."""
        return self.page(self.limit, self.anchor)

    def held(self) -> tuple[Self, list[Row]]:
        """The window with its rows; from the top where everything below the anchor has gone."""
        rows = self.fetch()
        if rows or self.anchor is None:
            return self, rows
        top = replace(self, anchor=None)
        return top, top.fetch()

    def further(self, rows: list[Row]) -> Self:
        """The window that shows a page more below; a full one lets go of its first page."""
        if self.limit < MOST_HELD:
            return replace(self, limit=min(MOST_HELD, self.limit + PAGE))
        return replace(self, anchor=rows[PAGE - 1])

    def back(self, rows: list[Row]) -> Self:
        """The window a page higher up, which holds as much below as there is room for. Reads the database."""
        if self.anchor is None or not rows:
            return self
        above = self.page(PAGE + 1, rows[0], upwards=True)
        limit = min(MOST_HELD, self.limit + PAGE)
        return replace(self, anchor=above[PAGE] if len(above) > PAGE else None, limit=limit)


@dataclass(frozen=True)
class Window(ListWindow[BookingFilter]):
    """A window on the bookings, in any of their orders."""

    which: BookingFilter = field(default_factory=BookingFilter)

    def page(self, limit: int, beyond: Row | None, *, upwards: bool = False) -> list[Row]:
        which = replace(self.which, descending=not self.which.descending) if upwards else self.which
        return views.bookings(which, limit=limit, after=beyond)

    def at(self, booking_id: int) -> tuple[Window, list[Row]]:
        """The window on all bookings that begins with this one; from the top if there is none such."""
        try:
            row = views.booking(booking_id)
        except NotFound:  # another file has the database's path now
            return Window().held()
        return Window(anchor=row | {"booking_id": booking_id + 1}).held()  # the place just before it


@dataclass(frozen=True)
class LogWindow(ListWindow[EventFilter]):
    """A window on the log, newest first."""

    which: EventFilter = field(default_factory=EventFilter)

    def page(self, limit: int, beyond: Row | None, *, upwards: bool = False) -> list[Row]:
        number = beyond["event_id"] if beyond is not None else None
        if upwards:
            return logbook.page(self.which, limit, after=number)[::-1]
        return logbook.page(self.which, limit, before=number)
