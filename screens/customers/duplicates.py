"""Possible duplicates of the whole file: two customers side by side, to be merged or kept apart."""

from __future__ import annotations

from collections.abc import Sequence

from rich.table import Table
from rich.text import Text
from textual import getters, on
from textual.app import ComposeResult
from textual.widgets import DataTable, Static

from dispatch import customers
from dispatch.customers.row_types import CustomerCard, DuplicatePair, PairApart
from dispatch.queries.row_types import CustomerRow
from dispatch.queries.wording import exact, plural
from screens.base import keys
from screens.base.keys import key
from screens.base.messages import DeskChanged
from screens.customers.forms import MergeCustomers
from screens.dialogs.modal import Modal
from screens.widgets.columns import Column
from screens.widgets.live_table import LiveTable
from screens.wording.text import short

MOST_SHOWN = 200

COLUMNS: tuple[Column[DuplicatePair], ...] = (
    Column("score", "Score", 5, lambda row: f"{row['score']:.2f}", right=True),
    Column("one", "Customer", 16, lambda row: row["customer"]["name"], grows=True),
    Column("two", "Same as", 16, lambda row: row["other"]["name"], grows=True),
    Column("why", "Why", 24, lambda row: ", ".join(row["reasons"]), grows=True, drop=1),
)


class PairList(LiveTable[DuplicatePair]):
    """The pairs of customers who may be one."""


class Duplicates(Modal[int | None]):
    """A list of pairs, with both customers of one below it; closes with None."""

    FRAME = "duplicates"
    AUTO_FOCUS = "#pairs"
    _table = getters.query_one("#pairs", PairList)
    BINDINGS = [
        key("pairs.close", "escape", "Close", "Back to where you were"),
        key("pairs.merge", "enter,m", "Merge", "Look at the merge of the two, and make it", priority=True),
        key("pairs.apart", "n", "Not the same", "They are two people: do not offer them again"),
        *keys.UNDO,
    ]

    def __init__(self) -> None:
        super().__init__("Possible duplicates")

    def body(self) -> ComposeResult:
        yield PairList(COLUMNS, "pair", id="pairs")
        yield Static(id="both")
        yield Static("Looking through all customers…", id="told")

    def on_mount(self) -> None:
        self._read()

    def on_desk_changed(self, message: DeskChanged) -> None:
        if message.own:
            self._read()

    def _read(self) -> None:
        def query() -> list[DuplicatePair]:
            return customers.duplicates(MOST_SHOWN)

        self.ask_newest("duplicates", query, self._show, opens=True)

    def _show(self, rows: list[DuplicatePair]) -> None:
        self._table.show_rows(rows)
        many = "+" if len(rows) >= MOST_SHOWN else ""
        told = f"{plural(len(rows), 'possible duplicate')}{many}" if rows else "No possible duplicates"
        self.query_one("#told", Static).update(Text(told, "dim"))
        self._show_both()

    @on(DataTable.RowHighlighted)
    def _show_both(self) -> None:
        row = self._table.current
        both = self.query_one("#both", Static)
        if row is None:
            both.update("")
            return
        numbers = row["customer"]["customer_id"], row["other"]["customer_id"]
        self.ask_newest("both", lambda: [customers.card(number) for number in numbers], self._compare)

    def _compare(self, cards: list[CustomerCard]) -> None:
        self.query_one("#both", Static).update(side_by_side(cards))

    def is_possible(self, action: str) -> bool:
        return action not in ("merge", "apart") or self._table.current is not None

    @on(DataTable.RowSelected)
    def action_merge(self) -> None:
        row = self._table.current
        if row is None:
            return
        one, two = row["customer"]["customer_id"], row["other"]["customer_id"]
        ways = (one, two), (two, one)
        self.open_made(lambda: MergeCustomers([customers.preview_merge(*way) for way in ways]), self._merged)

    def _merged(self, row: CustomerRow) -> None:
        self.say_done(f"Merged into {short(row['name'])} ({row['customer_id']})")

    def action_apart(self) -> None:
        row = self._table.current
        if row is None:
            return
        one, two = row["customer"], row["other"]

        def done(_: PairApart) -> None:
            self.say_done(f"Not the same: {short(one['name'])} and {short(two['name'])}")

        self.host.perform(
            lambda desk: customers.keep_apart(desk, one["customer_id"], two["customer_id"]), done
        )

    def action_undo(self) -> None:
        self.host.reverse()

    def action_redo(self) -> None:
        self.host.reverse(redo=True)


def side_by_side(cards: Sequence[CustomerCard]) -> Table:
    """Compare two customers, a fact a line; what differs is bold."""
    table = Table.grid(padding=(0, 2), expand=True)
    table.add_column(width=10)
    table.add_column(ratio=1)
    table.add_column(ratio=1)
    for label, *texts in zip(LABELS, *(facts(card) for card in cards), strict=True):
        if any(texts):
            style = "bold" if texts[0] != texts[1] else ""
            table.add_row(Text(label, "dim"), *(Text(text or "–", style, overflow="fold") for text in texts))
    return table


LABELS = ("Customer", "Phone", "E-mail", "Tier", "Since", "Open", "Leads", "")


def facts(card: CustomerCard) -> list[str]:
    """A customer's facts, in the order of LABELS."""
    reach = {
        kind: ", ".join(row["value"] for row in card["contacts"] if row["kind"] == kind)
        for kind in ("phone", "email")
    }
    return [
        f"{card['name']} ({card['customer_id']})",
        reach["phone"],
        reach["email"],
        card["tier"] or "",
        exact(card["created_at"]),
        plural(card["open_bookings"], "booking") if card["open_bookings"] else "",
        str(len(card["leads"])),
        "do not contact" if card["do_not_contact"] else "",
    ]
