"""Queue: all bookings, newest change first, with everything that can be done to one."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from dataclasses import replace
from typing import Any, ClassVar

from rich.text import Text
from textual import on
from textual.app import ComposeResult
from textual.containers import Horizontal, Vertical
from textual.content import Content
from textual.widgets import Input, Static

from dispatch import views
from dispatch.views import BookingFilter
from screens import figures, keys
from screens.booking_list import EXTRA_COLUMNS, BookingList
from screens.filters import VIEWS, parse_filter, view_of
from screens.keys import key_of
from screens.text import short_moment, state
from screens.widgets.booking_detail import BookingDetail
from screens.widgets.live_table import Column, LiveTable
from screens.window import Window

Row = dict[str, Any]
TYPING_PAUSE_S = 0.15

ORDERS = {"changed": ("oldest first", "newest first"), "id": ("lowest first", "highest first")}
COLUMNS = (
    Column("booking_id", "No.", 6, lambda row: str(row["booking_id"]), right=True, sort="id"),
    Column("customer_name", "Customer", 16, lambda row: row["customer_name"], grows=True, sort="customer"),
    Column("destination", "To", 8, lambda row: row["destination"], drop=2, sort="destination"),
    Column("agent_name", "Agent", 14, lambda row: row["agent_name"] or "–", grows=True, sort="agent"),
    Column("state", "State", 18, state, sort="status"),
    Column("changed_at", "Changed", 11, lambda row: short_moment(row["changed_at"]), drop=3, sort="changed"),
    *EXTRA_COLUMNS,
)


class Queue(BookingList):
    """The bookings of the desk."""

    NAME = "queue"
    FIGURES = (figures.STATE, figures.REVENUE, figures.CHANGED)
    HELP = (
        "Every booking of the desk, newest change first. The pane tells all about the one under the "
        "cursor: quote, its history, and why it went to its agent. {queue.view} changes what is listed; "
        "{filter} filters by words in the customer's name, the destination or the number, and by "
        "status:pending, agent:6, to:mars, is:unclaimed, is:waiting."
    )
    BINDINGS = [*keys.BOOKING, *keys.QUEUE, *keys.LIST, *keys.WHY]
    AUTO_FOCUS = "#queue"
    SORTS: ClassVar[tuple[str, ...]] = tuple(views.BOOKING_SORTS)

    def __init__(self) -> None:
        super().__init__()
        self._window = Window()
        self._listed: BookingFilter | None = None

    def on_mount(self) -> None:
        """List what was listed last time."""
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
        self._window = Window(parse_filter(text, which))

    def body(self) -> ComposeResult:
        with Horizontal(classes="list-body"):
            with Vertical():
                yield Static(Content(""), classes="headline")
                yield Input(
                    placeholder="/ words, status:pending, agent:6, to:mars, is:unclaimed",
                    compact=True,
                    id="filter",
                )
                yield LiveTable(COLUMNS, "booking_id", id="queue")
            yield BookingDetail()

    def look_up(self) -> Callable[[], tuple[Window, list[Row]]]:
        return self._window.held

    def show(self, data: tuple[Window, list[Row]]) -> None:
        self._window, rows = data
        is_another_list, self._listed = self._filter != self._listed, self._filter
        self.table.mark_sort(self._filter.sort, self._filter.descending)
        self.table.show_rows(rows, more_above=self._window.anchor is not None)
        if is_another_list:
            self.table.move_cursor(row=0)
        self._describe(rows)
        self.show_detail()

    @property
    def _filter(self) -> BookingFilter:
        return self._window.which

    def show_only(self, text: str) -> None:
        """List what a filter text asks for, whatever was listed before."""
        self.query_one("#filter", Input).value = text
        self._use(parse_filter(text, self._unfiltered()))

    def find(self) -> None:
        """List everything, and wait for a part of a customer's name."""
        self.show_only("")
        self.action_filter()

    def _unfiltered(self) -> BookingFilter:
        return BookingFilter(sort=self._filter.sort, descending=self._filter.descending)

    @on(Input.Changed, "#filter")
    def _typed(self) -> None:
        # a worker that the next key cancels, so that a fast typist asks the database once
        self.run_worker(self._apply_after_pause(), group="typing", exclusive=True)

    async def _apply_after_pause(self) -> None:
        await asyncio.sleep(TYPING_PAUSE_S)
        self._apply_typed(opens=False)

    @on(Input.Submitted, "#filter")
    def _filtered(self) -> None:
        self._apply_typed()
        self.table.focus()

    def _apply_typed(self, *, opens: bool = True) -> None:
        self._use(parse_filter(self.query_one("#filter", Input).value, self._filter), opens=opens)

    @on(LiveTable.SortAsked)
    def _sort_by_header(self, message: LiveTable.SortAsked) -> None:
        same = message.sort == self._filter.sort
        self._use(
            replace(
                self._filter, sort=message.sort, descending=not self._filter.descending if same else False
            )
        )

    @on(LiveTable.NearEnd)
    def _load_further(self) -> None:
        rows = self.table.rows_shown
        if len(rows) >= self._window.limit:
            self._window = self._window.further(rows)
            self.reload()

    @on(LiveTable.NearStart)
    def _load_back(self) -> None:
        if self._window.anchor is not None:
            window, rows = self._window, self.table.rows_shown

            def query() -> tuple[Window, list[Row]]:
                return window.back(rows).held()

            self.reload(query)

    def action_filter(self) -> None:
        self.query_one("#filter", Input).focus()

    def action_back(self) -> None:
        """First clear what was typed, then go back to the list."""
        self.query_one("#filter", Input).value = ""
        self._use(self._unfiltered())
        self.table.focus()

    def action_next_view(self) -> None:
        names = list(VIEWS)
        current = view_of(self._filter)
        following = names[(names.index(current) + 1) % len(names)] if current in names else names[0]
        self._use(replace(self._filter, **VIEWS[following]))

    def action_sort(self) -> None:
        following = self.SORTS[(self.SORTS.index(self._filter.sort) + 1) % len(self.SORTS)]
        self._use(replace(self._filter, sort=following, descending=following in ("changed", "id")))

    def action_reverse(self) -> None:
        self._use(replace(self._filter, descending=not self._filter.descending))

    def _use(self, which: BookingFilter, *, opens: bool = True) -> None:
        if which != self._filter:
            self._window = Window(which)
            self.reload(opens=opens)
            self._remember()

    def _remember(self) -> None:
        self.host.remember("queue.sort", self._filter.sort)
        self.host.remember("queue.descending", self._filter.descending)
        self.host.remember("queue.view", view_of(self._filter))
        self.host.remember("queue.filter", self.query_one("#filter", Input).value)

    def _describe(self, rows: list[Row]) -> None:
        above = "above" if self._window.anchor else ""
        below = "below" if len(rows) >= self._window.limit else ""
        more = ", more " + " and ".join(filter(None, (above, below))) if above or below else ""
        up, down = ORDERS.get(self._filter.sort, ("A to Z", "Z to A"))
        order = f"by {self._filter.sort}, {down if self._filter.descending else up}"
        line = Text(view_of(self._filter), "bold")
        if rows:
            line.append(
                f"  {len(rows)} shown{more}  ·  {order}  ·  {key_of(self.app, 'queue.view')} view", "dim"
            )
        elif self._filter == self._unfiltered():
            line.append("  no bookings yet: leads come in on Dispatch (f2)", "dim")
        else:
            line.append("  nothing like this: escape lists everything", "dim")
        self.query_one(".headline", Static).update(line)
