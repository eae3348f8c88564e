"""A list of bookings with a pane for the one under the cursor."""

from __future__ import annotations

from typing import Any

from textual import on
from textual.widgets import DataTable

from screens.booking_actions import BookingActions
from screens.widgets.booking_detail import BookingDetail, booking_query
from screens.widgets.live_table import LiveTable

Row = dict[str, Any]


class BookingList(BookingActions):
    """A place with one LiveTable of bookings and one BookingDetail."""

    CSS_PATH = "lists.tcss"

    def __init__(self) -> None:
        super().__init__()
        self._detail_ticket = 0

    @property
    def table(self) -> LiveTable:
        return self.query_one(LiveTable)

    def chosen_booking(self) -> Row | None:
        return self.table.current

    @on(DataTable.RowHighlighted)
    def show_detail(self) -> None:
        """Fill the pane; when the cursor has moved on meanwhile, the answer is dropped."""
        self._detail_ticket += 1
        ticket, row = self._detail_ticket, self.table.current

        def then(data: Row | None) -> None:
            if ticket == self._detail_ticket and self.is_laid_out:
                self.query_one(BookingDetail).show(data)

        now = self.backend.desk.now()
        self.host.ask(booking_query(row["booking_id"] if row else None, now), then)

    @on(DataTable.RowSelected)
    def _entered(self) -> None:
        self.action_why()
