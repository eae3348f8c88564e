"""A panel to read: why, help, or an error; it can be copied and is closed with escape."""

from __future__ import annotations

import traceback

from rich.text import Text
from textual.app import ComposeResult

from screens.base.keys import key
from screens.dialogs.modal import Modal
from screens.widgets.movable import Reading
from screens.widgets.steady_text import HangingText


class Panel(Modal[str | None]):
    FRAME, FRAME_TYPE = "panel", Reading
    BINDINGS = [
        key("panel.close", "escape,enter", "Close", "Back to where you were"),
        key("panel.copy", "y", "Copy", "Copy the text to the clipboard"),
    ]

    def __init__(self, title: str, text: Text, *, error: bool = False) -> None:
        super().__init__(title, classes="-error" if error else "")
        self.text = text

    def body(self) -> ComposeResult:
        yield HangingText(self.text)

    def on_mount(self) -> None:
        self.query_one("#panel").focus()

    def takes_letters(self) -> bool:
        """The only one here copies: one that closed it would leave the rest of a text to the list below."""
        return True

    def action_copy(self) -> None:
        self.app.copy_to_clipboard(self.text.plain)
        self.say("Copied")


def error_panel(error: Exception) -> Panel:
    """Return the panel for an error that nobody expected, with all that a report needs."""
    lines = "".join(traceback.format_exception(error))
    about = (
        "Something went wrong; nothing was saved. y copies the details for a report.\n\n"
        f"{type(error).__name__}: {error}\n\n"
    )
    return Panel("Unexpected error", Text(about + lines, overflow="fold"), error=True)
