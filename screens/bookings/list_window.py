"""The window over a list of bookings."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field, replace

from dispatch import queries
from dispatch.queries.bookings import BookingFilter
from dispatch.queries.row_types import BookingRow
from models.errors import NotFound
from screens.base.list_window import ListWindow


@dataclass(frozen=True)
class Window(ListWindow[BookingFilter, BookingRow]):
    """A window on the bookings, in any of their orders."""

    which: BookingFilter = field(default_factory=BookingFilter)

    def page(self, limit: int, beyond: BookingRow | None, *, upwards: bool = False) -> list[BookingRow]:
        which = replace(self.which, descending=not self.which.descending) if upwards else self.which
        return queries.with_seen(queries.list_bookings(which, limit=limit, after=beyond))

    def everything(self) -> Iterable[BookingRow]:
        return queries.each_booking(self.which)

    def at(self, number: int) -> tuple[Window, list[BookingRow]]:
        """Return the window on all bookings that begins with this one; from the top if there is none."""
        try:
            row = queries.booking(number)
        except NotFound:  # another file has the database's path now
            return Window().held()
        return Window(anchor=row | {"booking_id": number + 1}).held()  # the place just before it
