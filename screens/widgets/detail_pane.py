"""The pane beside a list, for all about the row under the cursor."""

from __future__ import annotations

from collections.abc import Iterable

from rich.text import Text
from textual.app import ComposeResult
from textual.binding import Binding
from textual.content import Content

from screens.base.harmless_text import visible
from screens.widgets.movable import Reading
from screens.widgets.steady_text import HangingText
from screens.wording.text import add_value

Detail = tuple[str, Text]
"""A title, and the text under it."""


class DetailPane(Reading):
    """A frame with a title and a text."""

    BINDINGS = [  # letters of the screen act in lists only
        Binding("z", "screen.zoom", "Zoom", show=False),
        Binding("left_square_bracket", "screen.border(-1)", "Border left", show=False),
        Binding("right_square_bracket", "screen.border(1)", "Border right", show=False),
    ]
    DEFAULT_CSS = """
    DetailPane {
        border: round $border-blurred; border-title-color: $foreground; padding: 0 1; background: $surface;
        scrollbar-gutter: stable; }
    DetailPane:focus { border: heavy $border; border-title-style: bold; }
    DetailPane > HangingText { width: 1fr; height: auto; }
    """

    _title = ""

    def compose(self) -> ComposeResult:
        yield HangingText()  # blank until the first answer: nothing is said that may not be so

    def show(self, detail: Detail) -> None:
        title, text = detail
        if title != self._title:
            self._title = title
            self.border_title = Content(visible(title))
        self.query_one(HangingText).show(text)


def add_facts(text: Text, facts: Iterable[tuple[str, str | Text]], label: int = 12) -> None:
    """Add a line for each fact that is known, behind its label of ``label`` cells."""
    for name, value in facts:
        if value:
            add_value(text.append(f"\n{name:<{label}}", "dim"), value, " " * label)
