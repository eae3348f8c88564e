"""The question whether a lead's customer is already known."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from rich.text import Text
from textual import on
from textual.app import ComposeResult
from textual.content import Content
from textual.widgets import DataTable, Static

from dispatch.customers.row_types import Suspect
from screens.base.keys import key
from screens.dialogs.modal import Modal, buttons
from screens.widgets.columns import Column
from screens.widgets.live_table import LiveTable
from screens.wording.bookings import state
from screens.wording.text import short

COLUMNS: tuple[Column[Suspect], ...] = (
    Column("name", "Customer", 12, grows=True),
    Column("phone", "Phone", 14, lambda row: row["phone"] or "–"),
    Column("email", "E-mail", 16, lambda row: row["email"] or "–", grows=True, drop=1),
    Column("because", "Why", 12),
    Column("open", "Open", 4, lambda row: str(row["open_bookings"]), right=True),
)
ANSWERS = (
    ("same", "1 Same person"),
    ("open", "2 Open card", "open_card"),
    ("enter", "3 Add as new", "add_as_new"),
    ("back", "Back", "close"),
)
HINT = "1 uses the selected customer, 2 opens their card, 3 adds a new customer"


@dataclass(frozen=True)
class Answer:
    """What to do with the lead, and which known customer is meant."""

    verb: Literal["same", "open", "enter"]
    customer: Suspect


class KnownCustomer(Modal[Answer | None]):
    """Show the known customers, with their open bookings; closes with an Answer, or None on escape.

    It opens while somebody types fast, so neither a letter nor enter decides anything here.
    """

    FRAME = "question"
    AUTO_FOCUS = "#suspects"
    BINDINGS = [
        key("known.back", "escape", "Back", "Back to the form; what is typed stays", "close"),
        key("known.same", "1", "Same person", "The lead is the chosen customer's"),
        key("known.open", "2", "Open card", "Open the card of the chosen customer", "open_card"),
        key("known.enter", "3", "Add as new", "Assign the lead as it is typed", "add_as_new"),
    ]

    def __init__(self, name: str, suspected: Sequence[Suspect]) -> None:
        super().__init__("Existing customer?")
        self._typed_name = name
        self._suspected = tuple(suspected)
        self._is_settled = any(row["same"] for row in suspected)

    def body(self) -> ComposeResult:
        yield Static(Content(f"{self._about()}\n{HINT}"), id="about")
        yield LiveTable(COLUMNS, "customer_id", id="suspects")
        yield Static(id="detail")
        yield from buttons(*ANSWERS, has_primary=False)

    def _about(self) -> str:
        if self._is_settled:
            return f"{short(self._typed_name)}: same phone or e-mail, and a booking is open."
        return f"{short(self._typed_name)}: a customer of this name has a booking open."

    def on_mount(self) -> None:
        self.query_one(LiveTable).show_rows(self._suspected)

    @property
    def _chosen(self) -> Suspect:
        table: LiveTable[Suspect] = self.query_one(LiveTable)
        return table.current or self._suspected[0]

    @on(DataTable.RowHighlighted)
    def _show_detail(self) -> None:
        self.query_one("#detail", Static).update(_detail(self._chosen))

    def action_same(self) -> None:
        self.leave(Answer("same", self._chosen))

    def action_open_card(self) -> None:
        self.leave(Answer("open", self._chosen))

    def action_add_as_new(self) -> None:
        self.leave(Answer("enter", self._chosen))


def _detail(customer: Suspect) -> Text:
    text = Text(overflow="fold")
    for one in customer["bookings"][:4]:
        trip = f"{one['destination']} from {one['launch_location']}"
        text.append(f"Booking {one['booking_id']}  ", "bold")
        text.append(f"{trip}, {one['agent_name'] or 'waiting'}, ").append_text(state(one)).append("\n")
    if not customer["bookings"]:
        last = customer["last_booking_id"]
        text.append(f"nothing open; the last booking was {last}" if last else "no booking yet", "dim")
    text.rstrip()
    return text
