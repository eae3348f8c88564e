"""Mending a customer, and making two into one."""

from __future__ import annotations

from rich.text import Text
from textual import on
from textual.app import ComposeResult
from textual.binding import Binding
from textual.containers import Horizontal, Vertical
from textual.content import Content
from textual.widgets import Button, Static

from dispatch import customers
from dispatch.customers.row_types import MergePreview
from dispatch.queries.row_types import CustomerRow
from screens.dialogs.command_modal import CommandModal
from screens.dialogs.form import Field, FormModal
from screens.widgets.key_line import KeyLine
from screens.wording.text import moment

LABELS = {"name": "Name", "phone": "Phone", "email": "E-mail"}


def customer_form(customer: CustomerRow) -> FormModal[CustomerRow]:
    """Another name, phone or e-mail; an empty one clears phone and e-mail."""
    before = {
        "name": customer["name"],
        "phone": customer["phone"] or "",
        "email": customer["email"] or "",
    }
    number = customer["customer_id"]
    return FormModal(
        f"Edit customer {number}",
        [Field(name, label, before[name]) for name, label in LABELS.items()],
        lambda desk, given: customers.edit(
            desk, number, **{name: text for name, text in given.items() if text != before[name]}
        ),
        submit="Save",
        changes_only=True,
        about="A new name is shown on all bookings that were under the old one.",
    )


class MergeCustomers(CommandModal[CustomerRow]):
    """Tells what a merge would do, either way round, and does it; closes with its result.

    ``previews`` are two of ``customers.preview_merge``: the first is done unless they are swapped.
    """

    BINDINGS = [
        Binding("escape", "close", "Close", id="form.close", tooltip="Close without doing anything"),
        Binding("f9", "submit", "Merge", id="form.submit", tooltip="Do it, from any field", priority=True),
        Binding("s", "swap", "Swap", id="merge.swap", tooltip="Keep the other of the two instead"),
    ]

    def __init__(self, previews: tuple[MergePreview, MergePreview]) -> None:
        super().__init__()
        self._previews = previews

    def compose(self) -> ComposeResult:
        with Vertical(id="merge"):
            yield Static(merge_text(self._previews[0]), id="preview")
            yield Static(Content(""), id="problem")
            with Horizontal(id="buttons"):
                yield Button("Merge", id="submit", variant="primary", compact=True)
                yield Button("Swap", id="swap", compact=True)
                yield Button("Close", id="close", compact=True)
        yield KeyLine()

    def on_mount(self) -> None:
        self.query_one("#merge").border_title = Content("Make two customers one")

    @on(Button.Pressed, "#swap")
    def action_swap(self) -> None:
        self._previews = self._previews[1], self._previews[0]
        self.query_one("#preview", Static).update(merge_text(self._previews[0]))

    @on(Button.Pressed, "#submit")
    def action_submit(self) -> None:
        if not self._busy:
            keep, other = self._previews[0]["keep"], self._previews[0]["other"]
            self._send(lambda desk: customers.merge(desk, keep["customer_id"], other["customer_id"]))


def merge_text(preview: MergePreview) -> Text:
    """Who stays, who is merged into them, and what moves."""
    keep, other, leads = preview["keep"], preview["other"], preview["leads"]
    text = Text(overflow="fold")
    for row, word in ((keep, "stays"), (other, "is merged into it, and not found any more")):
        text.append(f"{row['name']} ({row['customer_id']})", "bold")
        known = filter(None, (row["phone"], row["email"], f"known since {moment(row['created_at'])}"))
        text.append(f" {word}\n")
        text.append(f"  {', '.join(known)}, {row['open_bookings']} open\n\n", "dim")
    text.append("1 lead moves" if leads == 1 else f"{leads} leads move")
    text.append(" over, with bookings and notes.\n")
    for value in preview["takes_over"].values():
        text.append(f"{value} is taken over.\n")
    for value in preview["gives_up"].values():
        text.append(f"{value} is not taken over: there is one already.\n")
    text.append("ctrl+z takes it back afterwards.", "dim")
    return text
