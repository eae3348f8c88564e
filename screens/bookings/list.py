"""A list of bookings with a pane for the one under the cursor."""

from __future__ import annotations

from textual import on
from textual.widgets import DataTable

from dispatch.queries.row_types import BookingRow
from screens.bookings.actions import BookingActions
from screens.bookings.detail import BookingDetail, BookingStory, booking_query
from screens.widgets.columns import Column
from screens.widgets.live_table import LiveTable
from screens.wording.text import money, short_moment

EXTRA_COLUMNS: tuple[Column[BookingRow], ...] = (
    Column("phone", "Phone", 14, lambda row: row["phone"] or "", extra=True),
    Column("email", "E-mail", 14, lambda row: row["email"] or "", grows=True, extra=True),
    Column("source", "Source", 8, lambda row: row["source"], extra=True),
    Column("method", "Reach by", 10, lambda row: row["method"], extra=True),
    Column("launch_location", "Launch", 18, lambda row: row["launch_location"], extra=True),
    Column("package", "Package", 18, lambda row: row["package"] or "", extra=True),
    Column("total_revenue", "Revenue", 12, lambda row: money(row["total_revenue"]), right=True, extra=True),
    Column("created_at", "Came in", 11, lambda row: short_moment(row["created_at"]), extra=True),
    Column("follow_up_at", "Follow-up", 11, lambda row: short_moment(row["follow_up_at"]), extra=True),
    Column("requests", "Requests", 20, lambda row: row["requests"] or "", extra=True),
)


class BookingList(BookingActions):
    """A place with one LiveTable of bookings and one BookingDetail."""

    def __init__(self) -> None:
        super().__init__()
        self._detail_ticket = 0

    @property
    def table(self) -> LiveTable[BookingRow]:
        return self.query_one(LiveTable)

    def chosen_booking(self) -> BookingRow | None:
        return self.table.current

    @on(DataTable.RowHighlighted)
    def show_detail(self) -> None:
        """Fill the pane; when the cursor has moved on meanwhile, the answer is dropped."""
        self._detail_ticket += 1
        ticket, row = self._detail_ticket, self.table.current

        def then(data: BookingStory | None) -> None:
            if ticket == self._detail_ticket and self.is_laid_out:
                self.query_one(BookingDetail).show(data)

        now = self.backend.desk.now()
        self.host.ask(booking_query(row["booking_id"] if row else None, now), then)

    @on(DataTable.RowSelected)
    def _entered(self) -> None:
        self.action_why()
