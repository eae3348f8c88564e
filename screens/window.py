"""A window on a long list: at most 500 bookings are held, the rest stays in the database."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import Any

from dispatch import views
from dispatch.views import BookingFilter

Row = dict[str, Any]
PAGE = 100
MOST_HELD = 500


@dataclass(frozen=True)
class Window:
    """Which part of a filtered list is held: ``limit`` rows that come after the row ``anchor``."""

    which: BookingFilter = field(default_factory=BookingFilter)
    anchor: Row | None = None
    limit: int = PAGE

    def fetch(self) -> list[Row]:
        """The rows of the window, by one keyset query."""
        return views.bookings(self.which, limit=self.limit, after=self.anchor)

    def held(self) -> tuple[Window, list[Row]]:
        """The window with its rows; from the top where everything below the anchor has gone."""
        rows = self.fetch()
        if rows or self.anchor is None:
            return self, rows
        top = replace(self, anchor=None)
        return top, top.fetch()

    def further(self, rows: list[Row]) -> Window:
        """The window that shows a page more below; a full one lets go of its first page."""
        if self.limit < MOST_HELD:
            return replace(self, limit=min(MOST_HELD, self.limit + PAGE))
        return replace(self, anchor=rows[PAGE - 1])

    def back(self, rows: list[Row]) -> Window:
        """The window a page higher up. Reads the database."""
        if self.anchor is None or not rows:
            return self
        upwards = replace(self.which, descending=not self.which.descending)
        above = views.bookings(upwards, limit=PAGE + 1, after=rows[0])
        return replace(self, anchor=above[PAGE] if len(above) > PAGE else None)
