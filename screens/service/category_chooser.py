"""Choosing an issue's category with one key; triage learns from it."""

from __future__ import annotations

from rich.text import Text
from textual import events, on
from textual.app import ComposeResult
from textual.content import Content
from textual.widgets import Static

from dispatch.service.row_types import IssueRow
from dispatch.service.wording import category
from models.issues import CATEGORIES
from screens.base.keys import hidden, key
from screens.dialogs.modal import Modal
from screens.fields.type_ahead import TypeAhead
from screens.widgets.movable import Options
from screens.wording.text import short

MEANINGS = {
    "technical_support": "something does not work",
    "billing_dispute": "a wrong charge",
    "product_complaint": "the trip was not as promised",
    "feature_request": "asks for something new",
    "account_access": "cannot get in",
    "refund_request": "wants money back",
    "general_inquiry": "a question, or none of these",
}
LABELS = {name.replace("_", " ").capitalize(): MEANINGS[name] for name in CATEGORIES}
TITLE_CELLS = 62
MOVES = "jkG"  # in a list, as no name begins with them


class ChooseCategory(Modal[str | None]):
    """A modal that closes with the chosen category, or None on escape."""

    BINDINGS = [
        key("category.close", "escape", "Close", "Close without choosing"),
        key(
            "category.take",
            "enter",
            "Choose",
            "Choose the highlighted one, or type number or letters",
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
        self._ahead = TypeAhead(waits=False)

    def takes_for_a_name(self) -> bool:
        return True

    def body(self) -> ComposeResult:
        yield Static(Content(self._about()), id="about")
        options = (
            Text.assemble((f"{number}  ", "bold"), f"{label.lower():<20}", (meaning, "dim"))
            for number, (label, meaning) in enumerate(LABELS.items(), start=1)
        )
        yield Options(*options, compact=True, markup=False)

    def on_mount(self) -> None:
        self.query_one(Options).highlighted = CATEGORIES.index(self._issue["category"])

    def _about(self, told: str = "") -> str:
        return f"{short(self._issue['title'], TITLE_CELLS)}\n{told or f'now: {category(self._issue)}'}"

    def on_key(self, event: events.Key) -> None:
        """Go to the category whose name begins with what is typed; say so if none does."""
        if event.character is None or not event.character.isalpha():
            return
        options, names = self.query_one(Options), [*LABELS]
        name = self._ahead.add(event.character, event.time, names, names[options.highlighted or 0])
        if name is None and self._ahead.typed in MOVES:
            self._ahead.forget()
            return
        event.stop()
        told = "" if name else f"No category begins with {self._ahead.typed}"
        self.query_one("#about", Static).update(Content(self._about(told)))
        if name:
            options.highlighted = names.index(name)

    @on(Options.OptionSelected)
    def action_take(self) -> None:
        highlighted = self.query_one(Options).highlighted
        if highlighted is not None:
            self.leave(CATEGORIES[highlighted])

    def action_choose(self, number: int) -> None:
        self.leave(CATEGORIES[number - 1])
