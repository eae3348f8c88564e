"""Finding a customer while typing: by part of a name, phone or e-mail, or by a booking's number."""

from __future__ import annotations

from collections.abc import Sequence

from rich.text import Text
from textual import events, getters, on
from textual.app import ComposeResult
from textual.widgets import DataTable, Input, Static

from dispatch import customers
from dispatch.inputs.filters.filter_language import parse
from dispatch.inputs.filters.filter_reader import read
from dispatch.queries import customer_index
from dispatch.queries.row_types import CustomerRow
from dispatch.queries.wording import plural
from models.customer_index import CUSTOMERS
from models.errors import InvalidInput
from screens.base import keys
from screens.base.keys import key
from screens.base.messages import DeskChanged
from screens.customers.duplicates import Duplicates
from screens.dialogs.modal import Modal
from screens.widgets.columns import Column
from screens.widgets.key_line import KeyLine
from screens.widgets.live_table import LiveTable
from screens.wording.contacts import with_mark
from screens.wording.text import CARE
from screens.wording.times import aged, as_of

Found = tuple[list[CustomerRow], int]

TYPING_PAUSE_S = 0.12
MOST_SHOWN = 50
MOVES = {"up": "cursor_up", "down": "cursor_down", "pageup": "page_up", "pagedown": "page_down"}


def named(row: CustomerRow) -> Text:
    """Format a customer's name, behind the sign of one who must not be contacted."""
    return with_mark(row["name"], row["do_not_contact"])


COLUMNS: tuple[Column[CustomerRow], ...] = (
    Column("name", "Customer", 16, named, grows=True),
    Column("phone", "Phone", 13),
    Column("email", "E-mail", 16, grows=True),
    Column("open_bookings", "Open", 4, lambda row: str(row["open_bookings"] or ""), right=True),
    Column("last_booking_at", "Last booked", 11, aged("last_booking_at"), right=True, drop=1),
)
BECAUSE = Column[CustomerRow]("because", "The same?", 12, lambda row: str(row.get("because") or ""))


class FoundList(LiveTable[CustomerRow]):
    """A list whose cursor is seen although the focus stays in the text: enter chooses its row."""

    fills_cursor = True


class FindCustomer(Modal[int | None]):
    """A modal that closes with the chosen customer's id, or None on escape.

    ``first`` are shown before anything is typed: customers as ``suspects`` returns them. ``without``
    is not offered.
    """

    FRAME = "find"
    _table = getters.query_one("#found", FoundList)
    BINDINGS = [
        key("find.close", "escape", "Close", "Close without choosing"),
        key("find.duplicates", "ctrl+t", "Duplicates", "Possible duplicates among all customers"),
        key("find.take", "enter", "Choose", "Choose the customer under the cursor", priority=True),
    ]

    def __init__(
        self, title: str = "Find a customer", first: Sequence[CustomerRow] = (), without: int | None = None
    ) -> None:
        super().__init__(title)
        self._first = list(first)
        self._without = without
        self._idle = "Start typing a name, phone, e-mail or number"
        if without is not None:
            count = (
                f"{plural(len(self._first), 'possible duplicate')}" if self._first else "No duplicates found"
            )
            self._idle = f"{count}; type to find another customer"
        self._wanted: str | None = None  # the text whose first answer is to be taken
        self._answered: str | None = None

    def body(self) -> ComposeResult:
        yield Input(
            placeholder="part of a name, phone or e-mail, or a booking's number", compact=True, id="text"
        )
        yield FoundList((*COLUMNS, BECAUSE) if self._first else COLUMNS, "customer_id", id="found")
        yield Static(id="told")

    def on_mount(self) -> None:
        self._table.can_focus = False
        self.host.catch_up()
        self.call_after_refresh(self._search)

    def tell(self, text: str) -> None:
        self.query_one("#told", Static).update(Text(text, CARE))

    @property
    def _text(self) -> str:
        return self.query_one("#text", Input).value.strip()

    def on_key(self, event: events.Key) -> None:
        """Pass the keys that move to the list, even while typing."""
        if event.key in MOVES:
            event.stop()
            getattr(self._table, f"action_{MOVES[event.key]}")()

    @on(Input.Changed)
    def _typed(self) -> None:
        self.after_typing(TYPING_PAUSE_S, self._search)

    def on_desk_changed(self, message: DeskChanged) -> None:
        """Search again: a customer may be new, changed, or newly indexed."""
        self._search()

    def _search(self) -> None:
        """Search for what is typed; a late answer is dropped."""
        if not self.is_laid_out:
            return
        text = self._text

        def then(answer: Found) -> None:
            self._show(text, *answer)
            if text == self._wanted:
                self._wanted = None
                self._take_current()

        try:
            asked = read(parse(text), customers.CUSTOMER_KEYS, self.host.backend.filter_reading())
        except InvalidInput as error:
            self.query_one("#told", Static).update(Text(keys.refusal(self.app, error), CARE))
            return

        def query() -> Found:
            return customers.filtered(asked, MOST_SHOWN + 2), CUSTOMERS.backlog()

        self.ask_newest("found", query, then, opens=text == self._wanted)

    def _show(self, text: str, rows: list[CustomerRow], behind: int) -> None:
        is_another, self._answered = text != self._answered, text
        others = [row for row in rows if row["customer_id"] != self._without] if text else self._first
        self._table.show_rows(as_of(others[:MOST_SHOWN], self.host.backend.desk.now()))
        if is_another:
            self._table.move_cursor(row=0)
        line = describe_count(len(others), behind) if text else self._idle
        self.query_one("#told", Static).update(Text(line, overflow="fold"))
        self.query_one(KeyLine).row_changed()

    def is_possible(self, action: str) -> bool:
        return action != "take" or self._table.current is not None

    def action_take(self) -> None:
        if self._answered == self._text:
            self._take_current()
        else:  # enter was quicker than the answer, and holds for whichever search answers first
            self._wanted = self._text
            self._search()

    def action_duplicates(self) -> None:
        self.open(Duplicates())

    @on(DataTable.RowSelected)
    def _take_current(self) -> None:
        row = self._table.current
        if row is not None:
            self.leave(row["customer_id"])


def describe_count(number: int, behind: int) -> str:
    """Say how many were found, and whether the search index is complete yet."""
    if not number:
        line = "No matches"
    elif number > MOST_SHOWN:
        line = f"Best {MOST_SHOWN} shown; type more to narrow"
    else:
        line = f"{number} customer{'s' if number > 1 else ''}"
    missing = behind - customer_index.MOST_LOOKED_THROUGH
    return f"{line}  ·  {missing:,} older ones are still being indexed" if missing > 0 else line
