"""A field for sentences, not for code."""

from __future__ import annotations

from textual.widgets import TextArea


class Prose(TextArea):
    """A text of several lines: no bracket is matched, and the cursor is behind the text that is there."""

    def __init__(self, text: str = "", *, placeholder: str = "", id: str | None = None) -> None:
        super().__init__(text, placeholder=placeholder, compact=True, tab_behavior="focus", id=id)
        self.match_cursor_bracket = False
        self.move_cursor(self.document.end)

    def load_text(self, text: str) -> None:
        super().load_text(text)
        self.move_cursor(self.document.end)
