"""A customer's card: how to reach them, their bookings and leads, and their history."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from rich.text import Text
from textual import on
from textual.app import ComposeResult
from textual.content import Content
from textual.widgets import DataTable, Static

from dispatch import customers
from dispatch.customers.records import MOST_ON_CARD
from dispatch.customers.row_types import CustomerCard as Card
from dispatch.customers.row_types import IssueLine, LeadRow
from dispatch.operations.command_list import describe_subject
from dispatch.queries.row_types import BookingRow, CustomerRow
from dispatch.queries.wording import exact, moment_column, money, plural
from dispatch.reporting.event_sentences import names_in
from dispatch.service.wording import status as issue_status
from screens.base import keys
from screens.base.keys import key
from screens.base.messages import DeskChanged
from screens.customers.duplicates import Duplicates
from screens.customers.finder import FindCustomer
from screens.customers.forms import MergeCustomers, customer_form
from screens.dialogs.modal import Modal
from screens.fields.type_ahead import next_of
from screens.widgets.columns import Column
from screens.widgets.detail_pane import add_facts
from screens.widgets.live_table import LiveTable
from screens.widgets.movable import Reading
from screens.wording import issues as issue_words
from screens.wording.bookings import state_with_sign
from screens.wording.events import event_line
from screens.wording.text import CARE, short
from screens.wording.times import aged, as_of

COLUMNS: tuple[Column[BookingRow], ...] = (
    Column("booking_id", "No.", 7, right=True),
    Column("created_at", "Came in", 9, aged("created_at"), right=True, drop=2),
    Column("destination", "To", 8),
    Column("agent_name", "Agent", 14, lambda row: row["agent_name"] or "–", grows=True, drop=1),
    Column("state", "State", 14, state_with_sign),
    Column("customer_name", "Booked as", 12, grows=True, drop=3),
)


ISSUES: tuple[Column[IssueLine], ...] = (
    Column("issue_id", "Issue", 7, right=True),
    Column("opened_at", "Came in", 9, aged("opened_at"), right=True, drop=1),
    Column("priority", "Priority", 10, issue_words.priority),
    Column("status", "State", 13, issue_status),
    Column("category", "About", 17, lambda row: row["category"].replace("_", " "), drop=2),
    Column("title", "Title", 14, grows=True),
)


class CustomerCard(Modal[tuple[str, int] | None]):
    """Everything about one customer; closes with the ("booking" or "issue", number) to go to, or None.

    ``card`` is a result of ``customers.card``. It is read again whenever the desk changes.
    """

    FRAME = "card"
    AUTO_FOCUS = "#card-bookings"
    BINDINGS = [
        key("card.close", "escape", "Close", "Back to where you were"),
        key(
            "card.booking",
            "enter",
            "Open",
            "Go to the booking or issue under the cursor",
            "go_to",
            priority=True,
        ),
        key("customer.edit", "e", "Edit", "Edit name, phone or e-mail"),
        key("customer.merge", "m", "Merge", "Merge with a duplicate of this customer"),
        key("customer.duplicates", "d", "Duplicates", "Possible duplicates among all customers"),
        key("customer.copy", "y", "Copy", "Copy the phone; again, the e-mail"),
        *keys.UNDO,
    ]

    def __init__(self, card: Card) -> None:
        super().__init__()
        self._card = card
        self._copied = ""

    def body(self) -> ComposeResult:
        yield Static(id="person")
        yield LiveTable(COLUMNS, "booking_id", id="card-bookings")
        yield LiveTable(ISSUES, "issue_id", id="card-issues")
        with Reading(id="card-history"):
            yield Static()

    def on_mount(self) -> None:
        self._show(self._card)

    def on_desk_changed(self, message: DeskChanged) -> None:
        self._reload(opens=message.own)

    def _reload(self, *, opens: bool) -> None:
        """Read the card again; keys wait for the result of one's own command (``opens``)."""
        number = self._card["customer_id"]
        self.ask_newest("card", lambda: customers.card(number), self._show, opens=opens)

    def _show(self, card: Card) -> None:
        self._card, now = card, self.host.backend.desk.now()
        self.query_one("#card").border_title = Content(f"Customer {card['customer_id']}")
        self.query_one("#person", Static).update(person(card))
        self.query_one("#card-bookings", LiveTable).show_rows(as_of(card["bookings"], now))
        issues = self.query_one("#card-issues", LiveTable)
        issues.display = bool(card["issues"])
        issues.show_rows(as_of(card["issues"], now))
        self.ask_newest(
            "names", lambda: history(card), self.query_one("#card-history > Static", Static).update
        )

    @on(DataTable.RowSelected)
    def action_go_to(self) -> None:
        """Go to the row of the table in focus; of the bookings, if neither is."""
        kind = "issue" if self.query_one("#card-issues").has_focus else "booking"
        row = self.query_one(f"#card-{kind}s", LiveTable).current
        if row is not None:
            self.leave((kind, row[f"{kind}_id"]))

    def action_copy(self) -> None:
        known = [value for value in (self._card["phone"], self._card["email"]) if value]
        if not known:
            self.say("No phone or e-mail yet: Edit adds them", severity="warning")
            return
        self._copied = next_of(known, self._copied)
        self.app.copy_to_clipboard(self._copied)
        self.say(f"Copied: {self._copied}")

    def action_edit(self) -> None:
        self._open_unless_erased(lambda: customer_form(self._card), self._edited)

    def _open_unless_erased(self, make: Callable[[], Modal[Any]], then: Callable[[Any], object]) -> None:
        """Open a form for the customer; refused at once for an erased one, and not when it is filled in."""
        number = self._card["customer_id"]

        def made() -> Modal[Any]:
            customers.refuse_erased(number)
            return make()

        self.open_made(made, then)

    def _edited(self, row: CustomerRow) -> None:
        self._reload(opens=True)
        self.say_done(f"Saved: {short(row['name'])} ({row['customer_id']})")

    def action_merge(self) -> None:
        number, name = self._card["customer_id"], self._card["name"]
        title = f"Merge {short(name, 30)} ({number}) with…"
        self._open_unless_erased(
            lambda: FindCustomer(title, customers.similar(number), without=number), self._preview_merge
        )

    def _preview_merge(self, other: int) -> None:
        ways = (self._card["customer_id"], other), (other, self._card["customer_id"])
        self.open_made(lambda: MergeCustomers([customers.preview_merge(*way) for way in ways]), self._merged)

    def _merged(self, row: CustomerRow) -> None:
        self._card["customer_id"] = row["customer_id"]
        self._reload(opens=True)
        self.say_done(f"Merged into {short(row['name'])} ({row['customer_id']})")

    def action_duplicates(self) -> None:
        self.open(Duplicates())

    def in_sight(self) -> frozenset[str]:
        rows = (name for table in self.query(LiveTable) for name in table.names_in_sight())
        return frozenset((f"customer {self._card['customer_id']}", *rows))

    def action_undo(self) -> None:
        self.host.reverse()

    def action_redo(self) -> None:
        self.host.reverse(redo=True)


def person(card: Card) -> Text:
    text = Text.assemble((card["name"], "bold"), overflow="fold")
    if card["merged_into"] is not None:
        text.append(f"\nmerged into customer {card['merged_into']}", f"bold {CARE}")
    if card["do_not_contact"]:
        text.append("\nDo not contact", f"bold {CARE}")
    merged = ", ".join(map(str, card["merged"]))
    is_cut = max(len(card["bookings"]), len(card["leads"]), len(card["events"])) >= MOST_ON_CARD
    facts = (
        ("Phone", _reach(card, "phone") or "not known"),
        ("E-mail", _reach(card, "email") or "not known"),
        ("Since", exact(card["created_at"])),
        ("Open", _open(card)),
        ("Service", _service(card)),
        ("Merged", f"customer {merged} too" if merged else ""),
        ("Shown", f"only the newest {MOST_ON_CARD}" if is_cut else ""),
    )
    add_facts(text, facts, 8)
    return text


def _reach(card: Card, kind: str) -> str:
    """Name all numbers or addresses, each as compared, with how it was typed and its note."""
    told = []
    for row in card["contacts"]:
        if row["kind"] == kind:
            notes = ", ".join(filter(None, (row["typed"], row["note"])))
            told.append(f"{row['value']} ({notes})" if notes else row["value"])
    return "\n".join(told)


def _open(card: Card) -> str:
    """Count the work that is not done: ``1 booking, 2 issues``, or ``nothing``."""
    counted = (("booking", card["open_bookings"]), ("issue", card["open_issues"]))
    return ", ".join(plural(number, noun) for noun, number in counted if number) or "nothing"


def _service(card: Card) -> str:
    """Describe the tier, what they have paid, and their record with support."""
    if not (card["tier"] or card["previous_issues"]):
        return ""
    count, score = card["previous_issues"], card["satisfaction"]
    parts = (
        card["tier"] or "no tier",
        f"{count} issue{'' if count == 1 else 's'}",
        f"rated {score:.1f}" if score is not None else "",
        f"paid {money(card['total_value'])}" if card["total_value"] else "",
    )
    return ", ".join(filter(None, parts))


def history(card: Card) -> Text:
    """Format the history, newest first, with each lead's request below it. Reads the agents' names."""
    names = names_in(card["events"])
    events = "\n".join(f"{event_line(event, names)}  {describe_subject(event)}" for event in card["events"])
    text = Text.assemble(("History\n", "bold"), events or "imported; nothing done here yet", overflow="fold")
    return text.append("\n\nLeads\n", "bold").append("\n".join(map(_lead_line, card["leads"])) or "none")


def _lead_line(lead: LeadRow) -> str:
    trip = f"{lead['destination']} from {lead['launch_location']}" if lead["destination"] else "no trip"
    wishes = " ".join((lead["requests"] or "").split())
    said = (lead["customer_name"], lead["method"], lead["source"], trip, wishes)
    return f"{moment_column(lead['received_at'])}  {', '.join(filter(None, said))}"
