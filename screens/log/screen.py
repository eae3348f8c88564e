"""Log: every command at the desk, newest first, and the way to undo it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import cast

from rich.text import Text
from textual.widgets import Input

from dispatch import queries
from dispatch.desk import event_log
from dispatch.desk.event_filter import EVENT_KEYS, EventFilter
from dispatch.desk.folded_log import folds
from dispatch.desk.row_types import ListedEvent
from dispatch.operations.command_list import every_command
from dispatch.operations.row_types import UndoResult
from dispatch.queries.wording import age, exact, short_moment
from screens.base import keys
from screens.base.keys import key_of
from screens.filters.events import (
    VIEWS,
    parse_event_filter,
    view_of,
    view_parts,
    whole_event_text,
    without_view,
)
from screens.log.event_detail import event_detail, folded_detail
from screens.log.list_window import LogWindow
from screens.shell.paged_list import Held, PagedList
from screens.shell.panes import Panes
from screens.shell.row_actions import Said, on_chosen
from screens.widgets.columns import DOWN, UP, Column
from screens.widgets.detail_pane import Detail
from screens.wording.events import describe_undo, undone_word

EXAMPLE = "booking:12 agent:6 by:kim command:claim since:today is:undone"


TIME, ORDER = "time", "number"
IN_ORDER = (TIME, ORDER)  # events are numbered as they happen; a clock may have been set back since
SENTENCE_NEEDS = {1: 150}  # cells of the list, before the pane beside it gets more
BESIDE_FROM = (
    150  # columns of the terminal: with fewer the pane is below, and leaves the sentences their room
)


def _what(row: ListedEvent) -> Text:
    if row["undone_by"]:
        return Text(f"{row['sentence']} ({undone_word(row)})", "dim")
    return Text(row["sentence"], "dim" if "folded" in row else "")


def can_be_undone(event: ListedEvent) -> bool:
    """Return whether an event stands, and is of a command that can ever be undone."""
    known = every_command().get(event["command"])
    return event["undone_by"] is None and known is not None and not known.undo.never


COLUMNS: tuple[Column[ListedEvent], ...] = (
    Column("event_id", "No.", 6, right=True, drop=1, sort=ORDER),
    Column("age", "When", 9, right=True, sort=TIME),
    Column("actor", "By", 9, sort="actor"),
    Column("what", "What happened", 40, _what, grows=True, sort="what"),
    Column("at", "Time", 11, lambda row: short_moment(row["at"]), extra=True, sort=TIME),
    Column(
        "customer",
        "Customer",
        12,
        lambda row: row["customer_name"] or "",
        grows=True,
        extra=True,
        sort="customer",
    ),
)


class Log(PagedList[EventFilter, ListedEvent, UndoResult]):
    """The commands of the desk."""

    NAME = "log"
    HELP = (
        "See every command in its order: who, when, and what changed. Enter opens what it was about. "
        "{log.view} shows all, yours, or what was undone; {sort.reverse}, or a click on No., reverses the "
        "order. What the clock did in a row shares a line; enter lists it, as do is:all and by:sweeper. "
        "/ filters by booking:12, issue:3, agent:6, by:kim, command:claim, since:today, until:2082-11-22, "
        "is:undone, and by words, with and, or, not. Times are today, yesterday, 9:30, -2h or a date; "
        'quote one with a space: since:"yesterday 17:00". u undoes the command under the cursor, '
        "whoever gave it; U redoes it. Escape clears the filter, then goes back."
    )
    BINDINGS = [*keys.LOG]
    NUMBER = "event_id"
    ENTER = "go_to"
    POSSIBLE = {
        "undo_event": can_be_undone,
        "redo_event": lambda event: event["undone_by"] is not None,
        "customer": lambda event: event["booking_id"] is not None or event["customer_id"] is not None,
        "booking_log": lambda event: event["booking_id"] is not None,
    }
    NOTHING_CHOSEN = "No event selected: move to one first"
    COLUMNS = COLUMNS
    HINT = f"/ {EXAMPLE}"
    KEYS = EVENT_KEYS
    VIEWS = VIEWS
    EMPTY = "No commands yet"
    NOTHING = "Choose an event to see it here"
    IS_TIMELY = True
    AGED = "at"

    def __init__(self) -> None:
        super().__init__(LogWindow())

    @property
    def _me(self) -> str:
        return self.backend.desk.actor

    def panes(self) -> Panes:
        return Panes(self.NAME, list_needs=SENTENCE_NEEDS, side_by_side=BESIDE_FROM)

    def parse(self, text: str) -> EventFilter:
        return parse_event_filter(text, self.view, self._me, self.backend.filter_reading())

    def _unfiltered(self) -> EventFilter:
        return EventFilter(**view_parts(self.view, self._me))

    def without_view(self, text: str) -> str:
        return without_view(text, self.backend.filter_reading())

    def view_in_sight(self) -> str:
        return view_of(self._filter, self._me)

    def whole_text(self) -> str:
        reading = self.backend.filter_reading()
        return whole_event_text(super().whole_text(), self.view, self._filter, self._me, reading)

    def count(self, which: EventFilter) -> int:
        return event_log.count(which)

    def count_views(self) -> Mapping[str, int]:
        return {view: event_log.count(EventFilter(**view_parts(view, self._me))) for view in VIEWS}

    def _rows_are_counted(self) -> bool:
        return not folds(self._filter)  # a row may be several acts of the clock

    @property
    def _order(self) -> LogWindow:
        return cast(LogWindow, self._window)

    def order(self) -> str:
        return f"{ORDER} {UP if self._order.oldest_first else DOWN}"

    def show(self, data: Held[ListedEvent]) -> None:
        self.table.mark_sort(ORDER, not self._order.oldest_first)
        super().show(data)

    @property
    def sorted_by(self) -> str:
        return ORDER

    def order_by(self, sort: str) -> None:
        if sort in IN_ORDER:
            self.action_reverse()
        else:
            self._refuse_order()

    def _refuse_order(self) -> None:
        reverse = key_of(self.app, "sort.reverse")
        self.say(f"The log is sorted by number only: {reverse} reverses it", severity="warning")

    def action_sort(self) -> None:
        """Show the newest first, which is the log's order."""
        if self._order.oldest_first:
            self.action_reverse()
        else:
            self._refuse_order()

    def action_reverse(self) -> None:
        turned = not self._order.oldest_first
        self._window, self._listed = replace(self._order, oldest_first=turned), None
        self._list(self._filter)

    def dressed(self, rows: list[ListedEvent]) -> list[ListedEvent]:
        now = self.backend.desk.now()
        return [{**row, "age": age(row["at"], now)} for row in rows]

    def detail_of(self, row: ListedEvent) -> Detail:
        return folded_detail(row) if "folded" in row else event_detail(row)

    def describe_done(self, word: str, row: UndoResult) -> Said:
        return describe_undo(row), ""

    @on_chosen
    def action_go_to(self, event: ListedEvent) -> None:
        if "folded" in event:
            self.show_only(f"is:all number>={event['event_id']} number<={event['newest_id']}")
        elif event["issue_id"] is not None:
            self.host.show_issue(event["issue_id"])
        elif event["booking_id"] is not None:
            self.host.show_booking(event["booking_id"])
        elif event["customer_id"] is not None:
            self.open_customer(event["customer_id"])
        elif event["agent_id"] is not None:
            self.host.show_bookings(f"agent:{event['agent_id']}")
        else:
            self.say("Nothing to open: no issue, booking, customer or agent", severity="warning")

    @on_chosen
    def action_undo_event(self, event: ListedEvent) -> None:
        self._reverse(event)

    @on_chosen
    def action_redo_event(self, event: ListedEvent) -> None:
        self._reverse(event, redo=True)

    def _reverse(self, event: ListedEvent, *, redo: bool = False) -> None:
        if "folded" in event:
            self.say(f"{event['folded']} events share this line: enter lists them", severity="warning")
        else:
            self.host.reverse(event["event_id"], redo=redo)

    @on_chosen
    def action_customer(self, event: ListedEvent) -> None:
        number = event["booking_id"]
        if number is not None:
            self.host.ask(
                lambda: queries.booking(number),
                lambda row: self.open_customer(row["customer_id"]),
                opens=True,
            )
        elif event["customer_id"] is not None:
            self.open_customer(event["customer_id"])
        else:
            self.say("This event has no customer", severity="warning")

    @on_chosen
    def action_booking_log(self, event: ListedEvent) -> None:
        if event["booking_id"] is None:
            self.say("This event has no booking", severity="warning")
        else:
            self.show_only(f"booking:{event['booking_id']}")

    @on_chosen
    def action_copy(self, event: ListedEvent) -> None:
        what = f"{event['actor']} {event['sentence']}"
        number = (
            f"Events {event['event_id']}-{event['newest_id']}"
            if "folded" in event
            else f"Event {event['event_id']}"
        )
        self.copy(f"{number}, {exact(event['at'])}: {what}")

    def action_back(self) -> None:
        """Clear what was typed first, then go back to the previous place; the view stays."""
        if self.query_one("#filter", Input).value or self.focused is not self.table:
            super().action_back()
        else:
            self.host.go(self.host.came_from)
