"""Forms that edit a customer, and merge two into one."""

from __future__ import annotations

from collections.abc import Callable, Collection
from functools import partial
from typing import Any

from rich.text import Text
from textual.app import ComposeResult
from textual.widgets import Static

from dispatch import customers
from dispatch.customers.row_types import MergePreview
from dispatch.desk.desk import Desk
from dispatch.inputs import validation
from dispatch.queries.row_types import CustomerRow
from dispatch.queries.wording import exact, plural
from screens.base.keys import key
from screens.dialogs.command_modal import CommandModal
from screens.dialogs.form import Field, FormModal
from screens.dialogs.modal import buttons
from screens.dialogs.row_forms import RowForms
from screens.fields.field_line import CUSTOMER_NAME
from screens.wording.text import CARE

LABELS = {"name": "Name", "phone": "Phone", "email": "E-mail"}
CHECKS: dict[str, Callable[[str], object]] = {
    "name": partial(validation.name, field="customer_name"),
    "phone": validation.phone,
    "email": validation.email,
}

NOUNS = {"phone": "phone", "email": "e-mail"}
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
    further = ", ".join(map(customers.written, customers.further_rows(customer["customer_id"])))
    fields.append(Field("further", "Also", further, hint="further contacts: work: 0171 1, a@example.com"))
    mark = "Yes" if customer["do_not_contact"] else "No"
    fields.append(Field("do_not_contact", "Do not contact", mark, ("No", "Yes"), required=True))
    return FORMS.form(customer, "Edit", fields, _edit, submit="Save changes", changes_only=True)


def _edit(desk: Desk, number: int, **given: Any) -> CustomerRow:
    if "do_not_contact" in given:
        given["do_not_contact"] = given["do_not_contact"] == "Yes"
    return customers.edit(desk, number, **given)


class MergeCustomers(CommandModal[CustomerRow]):
    """Preview a merge, either way round, and run it; closes with its result.

    ``previews`` are two results of ``customers.preview_merge``: the first is done unless they are swapped.
    """

    FRAME = "merge"
    BINDINGS = [
        key("form.close", "escape", "Cancel", "Close without merging"),
        key("form.submit", "f9", "Merge customers", "Merge, from any field", priority=True),
        key("merge.swap", "ctrl+t", "Swap", "Keep the other one instead"),
        key("merge.phone", "p", "Main phone", "Make the other phone the main one, or not", "take_phone"),
        key("merge.email", "e", "Main e-mail", "Make the other e-mail the main one, or not", "take_email"),
    ]

    def __init__(self, previews: list[MergePreview]) -> None:
        super().__init__("Merge two customers")
        self._previews = previews
        self._taken: set[str] = set()

    def body(self) -> ComposeResult:
        yield Static(merge_text(self._previews[0], self._taken), id="preview")
        yield Static(id="problem")
        yield from buttons(("submit", "Merge customers"), ("swap", "Swap"), ("close", "Cancel"))

    def action_swap(self) -> None:
        self._previews.reverse()
        self._taken.clear()
        self._show()

    def takes_letters(self) -> bool:
        """Nothing is typed here."""
        return True

    def is_of_use(self, action: str) -> bool:
        """Offer the other's contact where both have one."""
        kind = action.removeprefix("take_")
        return kind == action or kind in self._previews[0]["asks"]

    def action_take_phone(self) -> None:
        self._take("phone")

    def action_take_email(self) -> None:
        self._take("email")

    def _take(self, kind: str) -> None:
        """Let the other's phone or e-mail be the main one; again, no more."""
        if kind in self._previews[0]["asks"]:
            self._taken ^= {kind}
            self._show()

    def _show(self) -> None:
        self.query_one("#preview", Static).update(merge_text(self._previews[0], self._taken))

    def action_submit(self) -> None:
        if not self._busy:
            keep, other = self._previews[0]["keep"], self._previews[0]["other"]
            take = sorted(self._taken)
            self._send(lambda desk: customers.merge(desk, keep["customer_id"], other["customer_id"], take))


def merge_text(preview: MergePreview, taken: Collection[str] = ()) -> Text:
    """Describe a merge; of the main contacts that both have, ``taken`` are to be the other's."""
    keep, other, leads = preview["keep"], preview["other"], preview["leads"]
    text = Text(overflow="fold")
    for row, verb in ((keep, "Keep"), (other, "Merge in")):
        text.append(f"{verb:<10}").append(f"{row['name']} ({row['customer_id']})\n", "bold")
        known = filter(None, (row["phone"], row["email"], f"since {exact(row['created_at'])}"))
        held = f", {plural(row['open_bookings'], 'open booking')}" if row["open_bookings"] else ""
        text.append(f"{'':<10}{', '.join(known)}{held}\n", "dim")
    text.append("\n1 lead moves" if leads == 1 else f"{leads} leads move")
    text.append(" over, with bookings and notes.\n")
    for value in preview["takes_over"].values():
        text.append(f"{value} is copied.\n")
    for kind, theirs in preview["asks"].items():
        own = keep["phone"] if kind == "phone" else keep["email"]
        main, also = (theirs, own) if kind in taken else (own, theirs)
        text.append(f"Main {NOUNS[kind]} ({kind[0]} changes): ").append(f"{main}", "bold")
        text.append(f", also {also}\n")
    if preview["tier"]:
        text.append(f"Tier: {preview['tier']}\n")
    if preview["do_not_contact"]:
        text.append("Do not contact\n", f"bold {CARE}")
    text.append("ctrl+z undoes it.", "dim")
    return text
