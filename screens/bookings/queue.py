"""Queue: all bookings, newest change first, with every action on them."""

from __future__ import annotations

from dataclasses import replace
from typing import ClassVar

from rich.text import Text
from textual import on
from textual.widgets import Input

from dispatch import queries
from dispatch.queries.bookings import BookingFilter
from dispatch.queries.row_types import BookingRow
from dispatch.queries.wording import short_moment, with_next_step
from screens.base import figures, keys
from screens.bookings.list import EXTRA_COLUMNS
from screens.bookings.list_window import Window
from screens.bookings.multi_select import MarkedList
from screens.filters.bookings import VIEWS, parse_filter, view_of, whole_text
from screens.shell.paged_list import Held, PagedList
from screens.widgets.choice import next_of
from screens.widgets.columns import Column
from screens.widgets.live_table import LiveTable
from screens.wording.bookings import state

FOR_MARKED = (
    "  {booking.reassign} reassign  {booking.cancel} cancel  {booking.follow_up} follow-up"
    "  {booking.release} release  {back} unmark"
)
ORDERS = {"changed": ("oldest first", "newest first"), "id": ("lowest first", "highest first")}
COLUMNS: tuple[Column[BookingRow], ...] = (
    Column("booking_id", "No.", 6, right=True, sort="id"),
    Column("customer_name", "Customer", 16, grows=True, sort="customer"),
    Column("destination", "To", 8, drop=2, sort="destination"),
    Column("agent_name", "Agent", 14, lambda row: row["agent_name"] or "–", grows=True, sort="agent"),
    Column("state", "State", 18, state, sort="status"),
    Column("changed_at", "Changed", 11, lambda row: short_moment(row["changed_at"]), drop=3, sort="changed"),
    *EXTRA_COLUMNS,
)


class Queue(PagedList[BookingFilter, BookingRow, BookingRow], MarkedList):
    NAME = "queue"
    FIGURES = (figures.STATE, figures.REVENUE, figures.CHANGED)
    HELP = (
        "Every booking of the desk, newest change first. The pane shows all about the one under the "
        "cursor: quote, its history, and why it went to its agent. {queue.view} changes what is listed; "
        "{filter} filters by words in the customer's name, the destination or the number, and by "
        "status:pending, agent:6, created:today, with and, or, not. {mark} marks a booking, {mark.range} "
        "all from the last mark to the cursor, {mark.all} all that is listed; a click with ctrl, or before "
        "a row, marks too. {booking.reassign}, {booking.cancel} and {booking.release} then do it to "
        "all that are marked, after a preview of each; {back} removes the marks."
    )
    BINDINGS = [*keys.BOOKING, *keys.QUEUE, *keys.LIST, *keys.WHY]
    COLUMNS = COLUMNS
    HINT = "/ words, status:pending, agent:6, to:mars, is:unclaimed"
    IS_TIMELY = True
    SORTS: ClassVar[tuple[str, ...]] = tuple(queries.BOOKING_SORTS)

    def __init__(self) -> None:
        super().__init__(Window())

    def on_mount(self) -> None:
        """Restore the last list."""
        text, recall = self.host.recall("queue.filter", ""), self.host.recall
        sort = recall("queue.sort", self._filter.sort)
        which = replace(
            self._filter,
            sort=sort if sort in self.SORTS else self._filter.sort,
            descending=recall("queue.descending", self._filter.descending),
            **VIEWS.get(recall("queue.view", ""), {}),
        )
        with self.prevent(Input.Changed):
            self.query_one("#filter", Input).value = text
        self._window = Window(which)
        self._window = Window(self._parsed(text) or which)
        self.table.picks = True

    def dressed(self, rows: list[BookingRow]) -> list[BookingRow]:
        now = self.backend.desk.now()
        return [with_next_step(row, now) for row in rows]

    def show(self, data: Held[BookingRow]) -> None:
        self.table.mark_sort(data[0].which.sort, data[0].which.descending)
        super().show(data)

    def show_booking(self, booking_id: int) -> None:
        """List everything, and put the cursor on this booking."""
        self.query_one("#filter", Input).value = ""
        self.table.focus()
        self.seek(Window(), booking_id)

    def parse(self, text: str) -> BookingFilter:
        return parse_filter(text, self._filter, self.backend.filter_reading())

    def whole_text(self) -> str:
        return whole_text(super().whole_text(), self._filter, self.backend.filter_reading())

    def action_mark_all(self) -> None:
        self.mark_all_of(self._filter)

    def action_back(self) -> None:
        """Remove the marks first, then clear what was typed."""
        if not self.unmark_all():
            super().action_back()

    def _show_marks(self) -> None:
        super()._show_marks()
        self._say_listed(self.table.rows_shown)

    def _unfiltered(self) -> BookingFilter:
        return BookingFilter(sort=self._filter.sort, descending=self._filter.descending)

    @on(LiveTable.SortAsked)
    def _sort_by_header(self, message: LiveTable.SortAsked) -> None:
        descending = message.sort == self._filter.sort and not self._filter.descending
        self._use(replace(self._filter, sort=message.sort, descending=descending))

    def action_next_view(self) -> None:
        self._use(replace(self._filter, **VIEWS[next_of(VIEWS, view_of(self._filter))]))

    def action_sort(self) -> None:
        following = next_of(self.SORTS, self._filter.sort)
        self._use(replace(self._filter, sort=following, descending=following in ("changed", "id")))

    def action_reverse(self) -> None:
        self._use(replace(self._filter, descending=not self._filter.descending))

    def _list(self, which: BookingFilter, *, opens: bool = True) -> None:
        super()._list(which, opens=opens)
        self._remember()

    def _remember(self) -> None:
        self.host.remember("queue.sort", self._filter.sort)
        self.host.remember("queue.descending", self._filter.descending)
        self.host.remember("queue.view", view_of(self._filter))
        self.host.remember("queue.filter", self.query_one("#filter", Input).value)

    def _describe(self, rows: list[BookingRow]) -> None:
        up, down = ORDERS.get(self._filter.sort, ("A to Z", "Z to A"))
        by = "number" if self._filter.sort == "id" else self._filter.sort
        order = f"by {by}, {down if self._filter.descending else up}"
        line = Text(view_of(self._filter), "bold")
        if self._marks:
            line.append(f"  {len(self._marks)} marked ✓", "bold")
            line.append(keys.with_keys(self.app, FOR_MARKED), "dim")
            self.headline.update(line)
        else:
            how = order + "  ·  {queue.view} view"
            self.show_listed(line, rows, how, "no bookings yet: leads come in on Dispatch (f2)")
