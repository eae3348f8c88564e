"""Choosing an issue's category with one key; triage learns from it."""

from __future__ import annotations

from rich.text import Text
from textual import on
from textual.app import ComposeResult
from textual.content import Content
from textual.widgets import Static

from dispatch.service.row_types import IssueRow
from dispatch.service.wording import category
from models.issues import CATEGORIES
from screens.base.keys import hidden, key
from screens.dialogs.modal import Modal
from screens.widgets.movable import Options
from screens.wording.text import short

MEANINGS = {
    "technical_support": "something does not work",
    "billing_dispute": "a charge that is wrong",
    "product_complaint": "the trip was not as promised",
    "feature_request": "a wish for something new",
    "account_access": "cannot get in",
    "refund_request": "wants money back",
    "general_inquiry": "a question, or none of these",
}
LABELS = {name.replace("_", " ").capitalize(): MEANINGS[name] for name in CATEGORIES}
TITLE_CELLS = 62


class ChooseCategory(Modal[str | None]):
    """A modal that closes with the chosen category, or None on escape."""

    BINDINGS = [
        key("category.close", "escape", "Close", "Close without choosing"),
        key(
            "category.take",
            "enter",
            "Choose",
            "Choose the highlighted one; its number does too",
            priority=True,
        ),
        *(
            hidden(f"category.{number}", str(number), label, f"{label}: {meaning}", f"choose({number})")
            for number, (label, meaning) in enumerate(LABELS.items(), start=1)
        ),
    ]

    def __init__(self, issue: IssueRow) -> None:
        super().__init__(f"What is issue {issue['issue_id']} about?")
        self._issue = issue

    def body(self) -> ComposeResult:
        about = f"{short(self._issue['title'], TITLE_CELLS)}\nnow: {category(self._issue)}"
        yield Static(Content(about), id="about")
        options = (
            Text.assemble((f"{number}  ", "bold"), f"{label.lower():<20}", (meaning, "dim"))
            for number, (label, meaning) in enumerate(LABELS.items(), start=1)
        )
        yield Options(*options, compact=True, markup=False)

    def on_mount(self) -> None:
        self.query_one(Options).highlighted = CATEGORIES.index(self._issue["category"])

    @on(Options.OptionSelected)
    def action_take(self) -> None:
        highlighted = self.query_one(Options).highlighted
        if highlighted is not None:
            self.leave(CATEGORIES[highlighted])

    def action_choose(self, number: int) -> None:
        self.leave(CATEGORIES[number - 1])
