"""A list of bookings with a pane for the one under the cursor."""

from __future__ import annotations

from functools import partial

from dispatch.queries.row_types import BookingRow
from dispatch.queries.wording import money
from screens.base.keys import key_of
from screens.bookings.actions import BookingActions
from screens.bookings.detail import booking_detail, last_change
from screens.shell.detailed_list import DetailedList
from screens.widgets.columns import Column
from screens.widgets.detail_pane import Detail
from screens.wording.bookings import priority
from screens.wording.times import aged, ahead


def _revenue(row: BookingRow) -> str:
    return money(row["total_revenue"])


EXTRA_COLUMNS: tuple[Column[BookingRow], ...] = (
    Column("phone", "Phone", 14, sort="phone", extra=True),
    Column("email", "E-mail", 14, grows=True, sort="email", extra=True),
    Column("source", "Source", 8, sort="source", extra=True),
    Column("method", "Contact", 10, sort="method", extra=True),
    Column("launch_location", "From", 18, sort="launch", extra=True),
    Column("package", "Package", 18, sort="package", extra=True),
    Column(
        "total_revenue",
        "Revenue",
        16,
        lambda row: money(row["total_revenue"]),
        right=True,
        sort="revenue",
        extra=True,
    ),
    Column("created_at", "Came in", 9, aged("created_at"), right=True, sort="created", extra=True),
    Column("follow_up_at", "Follow-up", 9, ahead("follow_up_at"), right=True, extra=True),
    Column("requests", "Wishes", 20, sort="wishes", extra=True),
    Column("priority", "Priority", 12, priority, sort="priority", extra=True),
    Column("departs_on", "Departs", 10, extra=True),
    Column("returns_on", "Returns", 10, extra=True),
    Column("travellers", "People", 6, right=True, extra=True),
    Column("budget", "Budget", 14, lambda row: money(row["budget"]), right=True, extra=True),
    Column("language", "Language", 10, extra=True),
)


class BookingList(BookingActions, DetailedList[BookingRow, BookingRow]):
    NOTHING = "Choose a booking to see it here"

    def detail_of(self, row: BookingRow) -> Detail:
        return self._told(row, has_why=True)

    def detail_beside(self, row: BookingRow) -> Detail:
        return self._told(row, has_why=False)

    def _told(self, row: BookingRow, *, has_why: bool) -> Detail:
        name_key, now = partial(key_of, self.app), self.backend.desk.now()
        settings = self.backend.desk.settings
        return booking_detail(
            row["booking_id"], now, name_key, has_why=has_why, since=self.since, settings=settings
        )

    def since(self, row: BookingRow) -> str:
        """Return the time that the age of a row counts from."""
        return last_change(row)
