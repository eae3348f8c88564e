"""A lead whose customer may be known already: whose lead is it?"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Literal

from rich.text import Text
from textual import on
from textual.app import ComposeResult
from textual.content import Content
from textual.widgets import DataTable, Static

from screens.base.keys import key
from screens.dialogs.modal import Modal, buttons
from screens.widgets.columns import Column
from screens.widgets.live_table import LiveTable
from screens.wording.bookings import state
from screens.wording.text import short

Row = dict[str, Any]
Verb = Literal["same", "open", "enter"]

COLUMNS = (
    Column("name", "Customer", 12, grows=True),
    Column("phone", "Phone", 14, lambda row: row["phone"] or "–"),
    Column("email", "E-mail", 16, lambda row: row["email"] or "–", grows=True, drop=1),
    Column("because", "Why", 12),
    Column("open", "Open", 4, lambda row: str(row["open_bookings"]), right=True),
)
ANSWERS = (
    ("same", "1 Same customer"),
    ("open", "2 Open it", "open_it"),
    ("enter", "3 Enter anyway", "enter_anyway"),
    ("back", "Back"),
)
HINT = "Choose with the arrows, then press 1, 2 or 3; escape goes back to the form"


@dataclass(frozen=True)
class Answer:
    """What to do with the lead, and which of the known customers is meant."""

    verb: Verb
    customer: Row


class KnownCustomer(Modal[Answer | None]):
    """Shows who the customer may be, with their open bookings; closes with an Answer, or None on escape.

    It comes up under fast hands, so neither a letter nor enter decides anything here.
    """

    FRAME = "question"
    AUTO_FOCUS = "#suspects"
    BINDINGS = [
        key("known.back", "escape", "Back", "Back to the form, with all that is typed"),
        key("known.same", "1", "Same customer", "The lead is the chosen customer's"),
        key("known.open", "2", "Open it", "Go to the open booking in the queue", "open_it"),
        key("known.enter", "3", "Enter anyway", "Assign the lead as it is typed", "enter_anyway"),
    ]

    def __init__(self, name: str, suspected: Sequence[Row]) -> None:
        super().__init__("Known already?")
        self._typed_name = name
        self._suspected = tuple(suspected)
        self._is_settled = any(row["same"] for row in suspected)

    def body(self) -> ComposeResult:
        yield Static(Content(self._about()), id="about")
        yield LiveTable(COLUMNS, "customer_id", id="suspects")
        yield Static(id="detail")
        yield from buttons(*ANSWERS, has_primary=False)

    def _about(self) -> str:
        if self._is_settled:
            return f"{short(self._typed_name)} is a customer by phone or e-mail, and has a booking open."
        return (
            f"Is {short(self._typed_name)} somebody you know? 1 gives the lead to the chosen customer, "
            "3 makes a new customer."
        )

    def on_mount(self) -> None:
        self.query_one(LiveTable).show_rows(self._suspected)

    @property
    def _chosen(self) -> Row:
        return self.query_one(LiveTable).current or self._suspected[0]

    @on(DataTable.RowHighlighted)
    def _show_detail(self) -> None:
        self._tell(_detail(self._chosen))

    @on(DataTable.RowSelected)
    def _entered(self) -> None:
        self._tell(_detail(self._chosen).append(f"\n{HINT}", "bold"))

    def _tell(self, text: Text) -> None:
        self.query_one("#detail", Static).update(text)

    def action_same(self) -> None:
        self.leave(Answer("same", self._chosen))

    def action_open_it(self) -> None:
        if self._chosen["bookings"]:
            self.leave(Answer("open", self._chosen))
        else:
            self._tell(Text(f"{short(self._chosen['name'])} has no open booking", "bold"))

    def action_enter_anyway(self) -> None:
        self.leave(Answer("enter", self._chosen))

    def action_back(self) -> None:
        self.leave()


def _detail(customer: Row) -> Text:
    """The open bookings of a customer, a line each."""
    text = Text(overflow="fold")
    for one in customer["bookings"][:4]:
        trip = f"{one['destination']} from {one['launch_location']}"
        text.append(f"Booking {one['booking_id']}  ", "bold").append(
            f"{trip}, {one['agent_name'] or 'waiting'}, "
        )
        text.append_text(state(one)).append("\n")
    if not customer["bookings"]:
        last = customer["last_booking_id"]
        text.append(f"nothing open; the last booking was {last}" if last else "no booking yet", "dim")
    text.rstrip()
    return text
