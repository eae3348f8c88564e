"""The line a list is filtered in: what is typed, how many rows it finds, and below it the answer."""

from __future__ import annotations

from collections.abc import Sequence
from typing import ClassVar

from rich.cells import cell_len
from rich.text import Text
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Horizontal, Vertical
from textual.content import Content
from textual.message import Message
from textual.widgets import Input, Static

from screens.base.harmless_text import visible
from screens.base.keys import TYPED_FILTER

MOST_OFFERED = 12
COUNT = 10  # cells of a number: one that follows another lays nothing out again
FIRST, OTHERS = "bold", "dim"
LAST_VALID = "below: the last valid filter"
"""In place of the number of rows while the text cannot be read."""


class FilterInput(Input):
    """An input whose last word tab completes; without a completion tab goes on to the list."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("tab", "take", "Complete", show=False),
        *TYPED_FILTER,
    ]

    class TakeAsked(Message):
        """The last word is to be completed."""

    def __init__(self, hint: str) -> None:
        super().__init__(placeholder=hint, compact=True, id="filter")

    @property
    def word(self) -> str:
        """The word before the end of the text, with its quotation mark; "" behind a blank."""
        return last_word(self.value)

    def action_take(self) -> None:
        if self.word and self.cursor_position == len(self.value):
            self.post_message(self.TakeAsked())
        else:
            self.screen.focus_next()

    def take(self, offered: Sequence[tuple[str, str]]) -> None:
        """Complete the last word by the first that is offered; without any go on to the list."""
        word = self.word
        first = next((text for text, _ in offered if text != word), "")
        if not first:
            self.screen.focus_next()
            return
        behind = "" if first.endswith(":") else " "
        self.value = self.value[: len(self.value) - len(word)] + first + behind
        self.cursor_position = len(self.value)


def last_word(text: str) -> str:
    """Return the last word of a filter text: a value in quotation marks may have blanks."""
    start, is_quoted = 0, False
    for place, letter in enumerate(text):
        if letter == '"':
            is_quoted = not is_quoted
        elif letter in " ()" and not is_quoted:
            start = place + 1
    return text[start:]


class FilterBar(Vertical):
    """``#filter`` with the number of rows it finds beside it, and below it the answer, if any."""

    DEFAULT_CSS = """
    FilterBar { height: auto; }
    FilterBar > Horizontal { height: 1; background: $panel; }
    FilterBar #filter { width: 1fr; }
    FilterBar .found { width: 10; padding-right: 1; text-align: right; text-wrap: nowrap; }
    FilterBar .found { color: $text-muted; background: $panel; }
    FilterBar .answer { display: none; height: 1; padding: 0 1; text-wrap: nowrap; text-overflow: ellipsis; }
    """

    def __init__(self, hint: str) -> None:
        super().__init__()
        self._hint = hint
        self._message = Text()
        self._found = ""

    def compose(self) -> ComposeResult:
        with Horizontal():
            yield FilterInput(self._hint)
            yield Static(Content(""), classes="found")
        yield Static(Content(""), classes="answer")

    @property
    def input(self) -> FilterInput:
        return self.query_one(FilterInput)

    def show_found(self, text: str) -> None:
        """Show how many rows were found, and whom the names in the text mean."""
        if text == self._found:
            return
        self._found, label = text, self.query_one(".found", Static)
        label.styles.width = max(COUNT, min(cell_len(text) + 1, self.size.width * 2 // 3))
        label.update(Content(visible(text)), layout=False)

    def show_message(self, message: Text) -> None:
        """Show an answer below the input; an empty one hides the line."""
        self._message = message
        self._answer()

    def offer(self, offered: Sequence[tuple[str, str]]) -> None:
        """Show how the last word may go on: each completion with its meaning."""
        self._offers = offered
        self._answer()

    _offers: Sequence[tuple[str, str]] = ()

    def on_descendant_focus(self) -> None:
        self._answer()

    def on_descendant_blur(self) -> None:
        self._answer()

    def _answer(self) -> None:
        offered = self._offers if self.input.has_focus else ()
        line = _offered(offered) if offered else self._message
        label = self.query_one(".answer", Static)
        label.display = bool(line.plain)
        label.update(line, layout=False)


def _offered(offered: Sequence[tuple[str, str]]) -> Text:
    """Format completions: the one that tab takes, what it means, and the others."""
    (first, meaning), *others = offered[:MOST_OFFERED]
    line = Text.assemble(("tab ", OTHERS), (first, FIRST), (f"  {meaning}" if meaning else "", OTHERS))
    for text, _ in others:
        line.append(f"   {text}", OTHERS)
    return line
