"""Forms that edit a customer, and merge two into one."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

from rich.text import Text
from textual.app import ComposeResult
from textual.widgets import Static

from dispatch import customers
from dispatch.customers.row_types import MergePreview
from dispatch.inputs import validation
from dispatch.queries.row_types import CustomerRow
from dispatch.queries.wording import exact, plural
from screens.base.keys import key
from screens.dialogs.command_modal import CommandModal
from screens.dialogs.form import Field, FormModal
from screens.dialogs.modal import buttons
from screens.dialogs.row_forms import RowForms
from screens.fields.field_line import CUSTOMER_NAME

LABELS = {"name": "Name", "phone": "Phone", "email": "E-mail"}
CHECKS: dict[str, Callable[[str], object]] = {
    "name": partial(validation.name, field="customer_name"),
    "phone": validation.phone,
    "email": validation.email,
}

ABOUT = "The new name appears on all of the customer's bookings."
FORMS = RowForms[CustomerRow]("customer", lambda _: ABOUT)


def customer_form(customer: CustomerRow) -> FormModal[CustomerRow]:
    """Edit the name, phone or e-mail; an empty field clears phone or e-mail."""
    fields = [
        Field(
            name,
            label,
            str(customer.get(name) or ""),
            required=name == "name",
            check=CHECKS[name],
            called=CUSTOMER_NAME if name == "name" else "",
        )
        for name, label in LABELS.items()
    ]
    return FORMS.form(customer, "Edit", fields, customers.edit, submit="Save changes", changes_only=True)


class MergeCustomers(CommandModal[CustomerRow]):
    """Preview a merge, either way round, and run it; closes with its result.

    ``previews`` are two results of ``customers.preview_merge``: the first is done unless they are swapped.
    """

    FRAME = "merge"
    BINDINGS = [
        key("form.close", "escape", "Cancel", "Close without merging"),
        key("form.submit", "f9", "Merge customers", "Merge, from any field", priority=True),
        key("merge.swap", "ctrl+t", "Swap", "Keep the other one instead"),
    ]

    def __init__(self, previews: list[MergePreview]) -> None:
        super().__init__("Merge two customers")
        self._previews = previews

    def body(self) -> ComposeResult:
        yield Static(merge_text(self._previews[0]), id="preview")
        yield Static(id="problem")
        yield from buttons(("submit", "Merge customers"), ("swap", "Swap"), ("close", "Cancel"))

    def action_swap(self) -> None:
        self._previews.reverse()
        self.query_one("#preview", Static).update(merge_text(self._previews[0]))

    def action_submit(self) -> None:
        if not self._busy:
            keep, other = self._previews[0]["keep"], self._previews[0]["other"]
            self._send(lambda desk: customers.merge(desk, keep["customer_id"], other["customer_id"]))


def merge_text(preview: MergePreview) -> Text:
    keep, other, leads = preview["keep"], preview["other"], preview["leads"]
    text = Text(overflow="fold")
    for row, verb in ((keep, "Keep"), (other, "Merge in")):
        text.append(f"{verb:<10}").append(f"{row['name']} ({row['customer_id']})\n", "bold")
        known = filter(None, (row["phone"], row["email"], f"known since {exact(row['created_at'])}"))
        held = f", {plural(row['open_bookings'], 'open booking')}" if row["open_bookings"] else ""
        text.append(f"{'':<10}{', '.join(known)}{held}\n\n", "dim")
    text.append("1 lead moves" if leads == 1 else f"{leads} leads move")
    text.append(" over, with bookings and notes.\n")
    for value in preview["takes_over"].values():
        text.append(f"{value} is copied.\n")
    for value in preview["gives_up"].values():
        text.append(f"{value} is not copied: there is one already.\n")
    text.append("ctrl+z undoes it.", "dim")
    return text
