"""Log: every command at the desk, newest first, and the way to undo it."""

from __future__ import annotations

from rich.text import Text
from textual.widgets import Input

from dispatch import queries
from dispatch.desk.event_filter import EVENT_KEYS, EventFilter
from dispatch.desk.row_types import EventRow
from dispatch.inputs.filter_language import parse
from dispatch.inputs.filter_reader import asked
from dispatch.operations.command_list import describe_command, describe_subject
from dispatch.operations.row_types import UndoResult
from dispatch.queries.wording import short_moment
from screens.base import keys
from screens.log.event_detail import event_detail
from screens.log.list_window import LogWindow
from screens.shell.paged_list import PagedList
from screens.shell.row_actions import on_chosen
from screens.widgets.columns import Column
from screens.widgets.detail_pane import Detail
from screens.wording.events import describe_undo, event_line, format_detail, undone_word

EXAMPLE = "booking:12 agent:6 by:kim command:claim since:today is:undone"


def _what(row: EventRow) -> Text:
    word = describe_command(row["command"])
    return Text(f"{word}, {undone_word(row)}", "dim") if row["undone_by"] else Text(word)


COLUMNS: tuple[Column[EventRow], ...] = (
    Column("event_id", "Event", 7, right=True, drop=3),
    Column("at", "When", 11, lambda row: short_moment(row["at"])),
    Column("actor", "By", 8),
    Column("what", "What", 17, _what),
    Column("about", "About", 12, describe_subject),
    Column("customer", "Customer", 12, lambda row: row["customer_name"] or "", grows=True),
    Column("agent_id", "Agent", 5, right=True, drop=2),
    Column("said", "Said", 10, lambda row: format_detail(row["command"], row["detail"]), grows=True, drop=1),
)


class Log(PagedList[EventFilter, EventRow, UndoResult]):
    """The commands of the desk."""

    NAME = "log"
    HELP = (
        "Every command of the desk, newest first: who did it, when, and what it changed. / filters by "
        "booking:12, issue:3, agent:6, by:kim, command:claim, since:today, until:2082-11-22, is:undone, and "
        "by words in the command or the actor, with and, or, not. Times are today, yesterday, 9:30, -2h, "
        'a date; one with a blank is quoted: since:"yesterday 17:00". u undoes the command under the '
        "cursor, no matter who gave it, and U does it again; escape clears the filter, and then goes back to "
        "where you were."
    )
    BINDINGS = [*keys.LOG]
    NUMBER = "event_id"
    ENTER = "go_to"
    POSSIBLE = {
        "undo_event": lambda event: event["undone_by"] is None,
        "redo_event": lambda event: event["undone_by"] is not None,
        "customer": lambda event: event["booking_id"] is not None or event["customer_id"] is not None,
        "booking_log": lambda event: event["booking_id"] is not None,
    }
    NOTHING_CHOSEN = "No event is chosen: move the cursor to one first"
    COLUMNS = COLUMNS
    HINT = f"/ {EXAMPLE}"
    NOTHING = "Choose an event to see it here"

    def __init__(self) -> None:
        super().__init__(LogWindow())

    def parse(self, text: str) -> EventFilter:
        fields, _ = asked(parse(text), EVENT_KEYS, self.backend.filter_reading())
        return EventFilter(**fields)

    def _unfiltered(self) -> EventFilter:
        return EventFilter()

    def detail_of(self, row: EventRow) -> Detail:
        return event_detail(row)

    def describe_done(self, word: str, row: UndoResult) -> str:
        return describe_undo(row)

    @on_chosen
    def action_go_to(self, event: EventRow) -> None:
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

    @on_chosen
    def action_undo_event(self, event: EventRow) -> None:
        self.host.reverse(event["event_id"])

    @on_chosen
    def action_redo_event(self, event: EventRow) -> None:
        self.host.reverse(event["event_id"], redo=True)

    @on_chosen
    def action_customer(self, event: EventRow) -> None:
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
    def action_booking_log(self, event: EventRow) -> None:
        if event["booking_id"] is None:
            self.say("That was about no booking", severity="warning")
        else:
            self.show_only(f"booking:{event['booking_id']}")

    @on_chosen
    def action_copy(self, event: EventRow) -> None:
        self.copy(f"Event {event['event_id']}, {describe_subject(event)}: {event_line(event)}")

    def action_back(self) -> None:
        """Clear what was typed first, then go back to the previous place."""
        if self.query_one("#filter", Input).value or self.focused is not self.table:
            super().action_back()
        else:
            self.host.go(self.host.came_from)

    def _describe(self, rows: list[EventRow]) -> None:
        self.show_listed(Text("Log", "bold"), rows, "newest first", "nothing has been done here yet")
