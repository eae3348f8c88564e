"""What an issue is about, chosen by a person with one key; triage learns from it."""

from __future__ import annotations

from rich.text import Text
from textual import on
from textual.app import ComposeResult
from textual.binding import Binding
from textual.containers import Vertical
from textual.content import Content
from textual.widgets import OptionList, Static
from textual.widgets.option_list import Option

from dispatch.service.row_types import IssueRow
from dispatch.service.wording import category
from models.issues import CATEGORIES
from screens.dialogs.modal import Modal
from screens.widgets.key_line import KeyLine
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
TITLE_CELLS = 62


class ChooseCategory(Modal[str | None]):
    """Closes with the chosen category, or None on escape."""

    DEFAULT_CSS = """
    ChooseCategory { align: center middle; background: $background 60%; }
    ChooseCategory #form {
        width: 70; max-width: 96%; height: auto; max-height: 96%;
        border: round $primary; background: $surface; padding: 0 1;
    }
    ChooseCategory #about { height: auto; color: $text-muted; margin-bottom: 1; }
    ChooseCategory OptionList { height: 7; border: none; padding: 0; background: $surface; }
    """
    BINDINGS = [
        Binding("escape", "close", "Close", id="category.close", tooltip="Close without choosing"),
        Binding(
            "enter",
            "take",
            "Choose",
            id="category.take",
            tooltip="Choose the highlighted one; its number does too",
            priority=True,
        ),
        *(
            Binding(
                str(number),
                f"choose({number})",
                name.replace("_", " ").capitalize(),
                id=f"category.{number}",
                tooltip=f"{name.replace('_', ' ').capitalize()}: {MEANINGS[name]}",
                show=False,
            )
            for number, name in enumerate(CATEGORIES, start=1)
        ),
    ]

    def __init__(self, issue: IssueRow) -> None:
        super().__init__()
        self._issue = issue

    def compose(self) -> ComposeResult:
        with Vertical(id="form"):
            about = f"{short(self._issue['title'], TITLE_CELLS)}\nnow: {category(self._issue)}"
            yield Static(Content(about), id="about")
            yield OptionList(*map(_option, enumerate(CATEGORIES, start=1)), compact=True, markup=False)
        yield KeyLine()

    def on_mount(self) -> None:
        self.query_one("#form").border_title = Content(f"What is issue {self._issue['issue_id']} about?")
        self.query_one(OptionList).highlighted = CATEGORIES.index(self._issue["category"])

    @on(OptionList.OptionSelected)
    def action_take(self) -> None:
        highlighted = self.query_one(OptionList).highlighted
        if highlighted is not None:
            self.leave(CATEGORIES[highlighted])

    def action_choose(self, number: int) -> None:
        self.leave(CATEGORIES[number - 1])

    def action_close(self) -> None:
        self.leave()


def _option(numbered: tuple[int, str]) -> Option:
    number, name = numbered
    line = Text.assemble((f"{number}  ", "bold"), f"{name.replace('_', ' '):<20}", (MEANINGS[name], "dim"))
    return Option(line, id=name)
