"""Queue: all bookings, newest change first, with every action on them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import ClassVar

from rich.text import Text
from textual.widgets import Input

from dispatch import queries
from dispatch.queries.booking_filter_keys import BOOKING_KEYS
from dispatch.queries.bookings import BookingFilter
from dispatch.queries.row_types import BookingRow
from dispatch.queries.totals import UNDONE
from dispatch.queries.wording import short_age, until, with_next_step
from models.bookings import CANCELLED
from screens.base import figures, keys
from screens.bookings.detail import booking_aside
from screens.bookings.list import EXTRA_COLUMNS
from screens.bookings.list_window import Window
from screens.bookings.multi_select import MarkedBookings
from screens.filters.bookings import VIEWS, parse_filter, view_of, whole_text, without_view
from screens.shell.paged_list import Held, PagedList
from screens.widgets.columns import Column
from screens.widgets.detail_pane import Detail
from screens.wording.bookings import customer, due_mark, plain_state, state_with_sign

NEWEST_FIRST = ("changed", "id", "created", "revenue", "priority")
COLUMNS: tuple[Column[BookingRow], ...] = (
    Column("booking_id", "No.", 6, right=True, sort="id"),
    Column("customer_name", "Customer", 10, customer, grows=True, sort="customer"),
    Column("destination", "To", 8, drop=3, sort="destination"),
    Column("agent_name", "Agent", 9, lambda row: row["agent_name"] or "–", grows=True, drop=1, sort="agent"),
    Column("state", "State", 14, state_with_sign, sort="status", plain=plain_state),
    Column("changed_at", "Changed", 8, lambda row: row["age"], right=True, drop=4, sort="changed"),
    Column("follow_up_at", "Due", 9, due_mark, right=True, drop=2, sort="due"),
    *(column for column in EXTRA_COLUMNS if column.key != "follow_up_at"),
)


class Queue(PagedList[BookingFilter, BookingRow, BookingRow], MarkedBookings):
    NAME = "queue"
    FIGURES = (figures.STATE, figures.REVENUE, figures.CHANGED)
    HELP = (
        "Find any booking and act on it. Newest changes come first; the pane shows the one under the "
        "cursor: quote, history, and why it went to its agent. {queue.view} changes the view. {filter} "
        "filters by words or by keys such as status:pending, agent:6, created:today, with and, or, not. "
        "{mark} marks a booking, {mark.range} a range, {mark.all} the whole list; ctrl+click or a click "
        "left of a row marks too. {booking.reassign}, {booking.cancel}, {booking.follow_up}, "
        "{booking.release} and {booking.edit} (the priority) then act on all marked, after a preview; {back} "
        "unmarks. Arrows before a name are a higher priority, or a lower one."
    )
    BINDINGS = [*keys.BOOKING, *keys.QUEUE, *keys.LIST, *keys.WHY]
    COLUMNS = COLUMNS
    HINT = "/ words, status:pending, agent:6, to:mars, priority:high"
    KEYS = BOOKING_KEYS
    VIEWS = tuple(VIEWS)
    EMPTY = "No bookings yet: leads come in on Dispatch ({place.dispatch})"
    HAS_ASIDE = True
    AGED = "changed_at"
    IS_TIMELY = True
    SORTS: ClassVar[tuple[str, ...]] = tuple(queries.BOOKING_SORTS)

    def __init__(self) -> None:
        super().__init__(Window())

    def on_mount(self) -> None:
        """Restore the last list."""
        text, recall = self.host.recall("queue.filter", ""), self.host.recall
        sort, view = recall("queue.sort", self._filter.sort), recall("queue.view", "")
        self.view = view if view in self.VIEWS else self.view
        which = replace(
            self._filter,
            sort=sort if sort in self.SORTS else self._filter.sort,
            descending=recall("queue.descending", self._filter.descending),
            **VIEWS[self.view],
        )
        with self.prevent(Input.Changed):
            self.query_one("#filter", Input).value = text
        self._window = Window(which)
        self._window = Window(self._parsed(text) or which)

    def dressed(self, rows: list[BookingRow]) -> list[BookingRow]:
        now = self.backend.desk.now()
        return [_as_of(row, now) for row in rows]

    def show(self, data: Held[BookingRow]) -> None:
        self.table.mark_sort(data.window.which.sort, data.window.which.descending)
        super().show(data)

    def show_booking(self, booking_id: int) -> None:
        """List everything, and put the cursor on this booking."""
        self.view = self.VIEWS[0]
        with self.prevent(Input.Changed):
            self.query_one("#filter", Input).value = ""
        self.table.focus()
        self.seek(Window(), booking_id)

    def parse(self, text: str) -> BookingFilter:
        reading, now = self.backend.filter_reading(), self._filter
        return parse_filter(text, self.view, reading, sort=now.sort, descending=now.descending)

    def without_view(self, text: str) -> str:
        return without_view(text, self.backend.filter_reading())

    def view_in_sight(self) -> str:
        return view_of(self._filter)

    def count(self, which: BookingFilter) -> int:
        return queries.count_bookings(which)

    def count_views(self) -> Mapping[str, int]:
        return queries.count_by_view()

    def beside_count(self, by_view: Mapping[str, int]) -> str:
        """Tell how many rows no figure counts, so that Insights and this list are seen to agree."""
        undone = by_view.get(UNDONE, 0)
        return (
            f", {undone:,} undone"
            if undone and self._filter == self._unfiltered() and self._has_undone
            else ""
        )

    @property
    def _has_undone(self) -> bool:
        return self._filter.status == CANCELLED or self.view_in_sight() == self.VIEWS[0]

    def order(self) -> str:
        return f"{self._filter.sort.replace('id', 'number')} {'▾' if self._filter.descending else '▴'}"

    def aside_of(self, row: BookingRow) -> Detail:
        return booking_aside(row["booking_id"], self.backend.desk.now())

    def whole_text(self) -> str:
        return whole_text(super().whole_text(), self._filter, self.backend.filter_reading())

    def action_mark_all(self) -> None:
        which = self._filter
        self.mark_all_of(lambda limit: queries.booking_ids(which, limit))

    def action_back(self) -> None:
        """Remove the marks first, then clear what was typed."""
        if not self.unmark_all():
            super().action_back()

    def show_marks(self) -> None:
        super().show_marks()
        self._say_listed(self.table.rows_shown)

    def _unfiltered(self) -> BookingFilter:
        now = self._filter
        return BookingFilter(sort=now.sort, descending=now.descending, **VIEWS[self.view])

    @property
    def sorted_by(self) -> str:
        return self._filter.sort

    def order_by(self, sort: str) -> None:
        self._use(replace(self._filter, sort=sort, descending=sort in NEWEST_FIRST))

    def action_reverse(self) -> None:
        self._use(replace(self._filter, descending=not self._filter.descending))

    def _list(self, which: BookingFilter, *, opens: bool = True) -> None:
        super()._list(which, opens=opens)
        self._remember()

    def _remember(self) -> None:
        self.host.remember("queue.sort", self._filter.sort)
        self.host.remember("queue.descending", self._filter.descending)
        self.host.remember("queue.view", self.view)
        self.host.remember("queue.filter", self._text)

    def _message(self, rows: list[BookingRow]) -> Text:
        marked = self.marked_text()
        return super()._message(rows) if marked is None or self._misread else marked


def _as_of(row: BookingRow, now: str) -> BookingRow:
    """Return a row with what depends on the time."""
    follow_up = row["follow_up_at"]
    away = until(follow_up, now) if follow_up else ""
    return with_next_step(row, now) | {
        "age": short_age(row["changed_at"], now),
        "until": away,
        "as_of": now,
    }
