"""A warning before quitting with text that is typed and not sent."""

from __future__ import annotations

from collections.abc import Sequence

from textual.app import ComposeResult
from textual.content import Content
from textual.widgets import Static

from screens.base.keys import key
from screens.dialogs.modal import Modal, buttons


class Leaving(Modal[bool | None]):
    """Show what is typed and not sent; closes with True if the person quits all the same."""

    FRAME = "question"
    AUTO_FOCUS = "#stay"
    BINDINGS = [
        key("leaving.stay", "escape", "Stay", "Keep editing", "close"),
        key("leaving.quit", "ctrl+q", "Quit", "Quit anyway", "quit_now"),
    ]

    def __init__(self, unsaved: Sequence[str]) -> None:
        super().__init__("Quit Astra?")
        self._unsaved = tuple(unsaved)

    def body(self) -> ComposeResult:
        yield Static(Content("\n".join(self._unsaved)), id="about")
        yield from buttons(("stay", "Stay", "close"), ("leave", "Quit", "quit_now"))

    def action_quit_now(self) -> None:
        self.leave(True)
