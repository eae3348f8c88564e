"""The pane beside a list, for all about the row under the cursor."""

from __future__ import annotations

from rich.text import Text
from textual.app import ComposeResult
from textual.containers import VerticalScroll
from textual.content import Content
from textual.widgets import Static


class DetailPane(VerticalScroll, can_focus=False):
    """A frame with a text; a subclass knows what it is about."""

    DEFAULT_CSS = """
    DetailPane {
        border: round $border-blurred; border-title-color: $foreground; padding: 0 1; background: $surface; }
    DetailPane > Static { width: 1fr; height: auto; }
    """

    def compose(self) -> ComposeResult:
        yield Static(Content("Nothing chosen"))

    def tell(self, title: str, text: Text | str) -> None:
        """Show a text under a title."""
        self.border_title = Content(title)
        self.query_one(Static).update(Content(text) if isinstance(text, str) else text)
