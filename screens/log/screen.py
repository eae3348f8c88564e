"""Log: everything that was done at the desk, newest first, and how to take it back."""

from __future__ import annotations

from typing import Any

from rich.text import Text
from textual import on
from textual.widgets import DataTable, Input

from dispatch import queries
from dispatch.desk.event_filter import EventFilter
from dispatch.inputs import date_ranges
from dispatch.operations import undo
from dispatch.operations.command_list import describe_command, describe_subject
from models.clock import local_offset
from models.errors import InvalidInput
from screens.base import keys
from screens.filters.log import EXAMPLE, parse_log_filter
from screens.log.event_detail import EventDetail, event_detail
from screens.log.list_window import LogWindow
from screens.shell.paged_list import Held, PagedList
from screens.shell.row_actions import at_once, on_chosen
from screens.widgets.columns import Column
from screens.widgets.detail_pane import Detail
from screens.wording.events import event_line, said, taken_back
from screens.wording.text import CARE, short_moment

Row = dict[str, Any]


def _what(row: Row) -> Text:
    word = describe_command(row["command"])
    return Text(f"{word}, undone", "dim") if row["undone_by"] else Text(word)


COLUMNS = (
    Column("event_id", "Event", 7, right=True, drop=3),
    Column("at", "When", 11, lambda row: short_moment(row["at"])),
    Column("actor", "By", 8),
    Column("what", "What", 14, _what),
    Column("about", "About", 12, describe_subject),
    Column("customer", "Customer", 12, lambda row: row["customer_name"] or "", grows=True),
    Column("agent_id", "Agent", 5, right=True, drop=2),
    Column("said", "Said", 10, lambda row: said(row["command"], row["detail"]), grows=True, drop=1),
)


class Log(PagedList[EventFilter]):
    """The commands of the desk."""

    NAME = "log"
    HELP = (
        "Every command of the desk, newest first: who did it, when, and what it changed. / filters by "
        "booking:12, issue:3, agent:6, by:kim, command:claim, since:today, until:2082-11-22, is:undone, and "
        "by words in the command or the actor. Times are today, yesterday, 9:30, -2h, a date; one with a "
        'blank is quoted: since:"yesterday 17:00". u takes back the command under the cursor, whoever gave '
        "it; escape clears the filter, and then goes back to where you were."
    )
    BINDINGS = [*keys.LOG]
    NUMBER = "event_id"
    NOTHING_CHOSEN = "No event is chosen: move the cursor to one first"
    COLUMNS = COLUMNS
    HINT = f"/ {EXAMPLE}"
    PANE = EventDetail
    AUTO_FOCUS = "#log"

    def __init__(self) -> None:
        super().__init__(LogWindow())

    def show(self, data: Held) -> None:
        self._describe(self._take(data))
        self.show_detail()

    def parse(self, text: str) -> EventFilter:
        return parse_log_filter(text, self.backend.desk.now(), local_offset())

    def _unfiltered(self) -> EventFilter:
        return EventFilter()

    def apply_typed(self, *, opens: bool = True) -> None:
        """The same, with a time that is none told; the list stays meanwhile."""
        try:
            super().apply_typed(opens=opens)
            self._describe(self.table.rows_shown)
        except InvalidInput as error:
            self.headline.update(Text(f"{error.message}: {date_ranges.EXAMPLES}", f"bold {CARE}"))

    def detail_of(self, row: Row) -> Detail:
        return event_detail(row)

    def describe_done(self, word: str, row: Row) -> str:
        return taken_back(row)

    @on(DataTable.RowSelected)
    def _entered(self) -> None:
        self.action_go_to()

    @on_chosen
    def action_go_to(self, event: Row) -> None:
        if event["issue_id"] is not None:
            self.host.show_issue(event["issue_id"])
        elif event["booking_id"] is not None:
            self.host.show_booking(event["booking_id"])
        elif event["customer_id"] is not None:
            self.open_customer(event["customer_id"])
        elif event["agent_id"] is not None:
            self.host.show_bookings(f"agent:{event['agent_id']}")
        else:
            self.say("That was about no issue, booking, customer or agent", severity="warning")

    action_undo_event = at_once("", undo.undo)

    @on_chosen
    def action_customer(self, event: Row) -> None:
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
            self.say("That was about no customer", severity="warning")

    @on_chosen
    def action_booking_log(self, event: Row) -> None:
        if event["booking_id"] is None:
            self.say("That was about no booking", severity="warning")
        else:
            self.show_only(f"booking:{event['booking_id']}")

    @on_chosen
    def action_copy(self, event: Row) -> None:
        self.copy(f"Event {event['event_id']}, {describe_subject(event)}: {event_line(event)}")

    def action_back(self) -> None:
        """First clear what was typed, then go back to where one was before."""
        if self.query_one("#filter", Input).value or self.focused is not self.table:
            super().action_back()
        else:
            self.host.go(self.host.came_from)

    def _describe(self, rows: list[Row]) -> None:
        self.tell_listed(Text("Log", "bold"), rows, "newest first", "nothing has been done here yet")
