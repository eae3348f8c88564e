"""The one line on which the application speaks, and the toast above it for what must not be missed."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, cast

from rich.cells import cell_len, set_cell_size
from textual import events
from textual.app import ComposeResult
from textual.containers import Container, Horizontal
from textual.content import Content
from textual.notifications import SeverityLevel
from textual.widget import Widget
from textual.widgets import Static

from screens.base.harmless_text import visible
from screens.base.message_log import QUESTION, Message
from screens.widgets.key_line import KeyLine

if TYPE_CHECKING:
    from screens.base.app_protocol import Host

MOST_CELLS = 66  # of a toast's text
AROUND_LINE = 2
MOST_LINES = 4  # of a text in a modal
AROUND = 3  # its border and padding
LEVELS: tuple[SeverityLevel, ...] = ("information", "warning", "error")


def room_of(width: int, *, is_whole: bool = True) -> int:
    """Return the cells for a text on the line of a terminal: of the whole line, or of half of it."""
    return (width if is_whole else width // 2) - AROUND_LINE


class MessageLine(Static):
    """The newest message, in at most the right half of the key line; a click opens the last ones."""

    DEFAULT_CSS = """
    MessageLine {
        display: none; height: 1; padding: 0 1; background: $boost; color: $foreground; pointer: pointer;
        text-wrap: nowrap; text-overflow: ellipsis;
    }
    MessageLine.-wrapped { text-wrap: wrap; text-overflow: fold; }
    MessageLine.-warning { color: $text-warning; text-style: bold; }
    MessageLine.-error { color: $text-error; text-style: bold; }
    """

    def __init__(self) -> None:
        super().__init__(Content(""))
        self._message: Message | None = None

    def on_mount(self) -> None:
        cast("Host", self.app).show_messages()

    def show(self, message: Message | None) -> None:
        """Show one line of text; None leaves the room to the others on the line."""
        self._message = message
        for level in LEVELS:
            self.set_class(message is not None and level == message.severity, f"-{level}")
        self.display = message is not None
        self.fit()

    def fit(self) -> None:
        """Take as many cells as the text has, at most half of the line; a text that is cut keeps its key.

        A question may take the whole line, as may what was undone: no row need show it. So may anything in a
        modal, which has no toast: there a text that is still too long goes on for a few lines.
        """
        message = self._message
        if message is None:
            self._take_lines(1)
            return
        text, key = visible(message.line), message.key and f" · {message.key}"
        width, is_modal = self.app.size.width, self.screen.is_modal
        is_whole = is_modal or message.kind == QUESTION or message.letter == "redo.letter"
        most = room_of(width, is_whole=is_whole)
        if message.brief and cell_len(text + key) > most and not is_modal:
            text = visible(message.brief)
        lines = Content(text + key).wrap(most) if is_modal and cell_len(text + key) > most else []
        if not lines and cell_len(text + key) > most:
            text = set_cell_size(text, max(0, most - cell_len(key) - 1)).rstrip() + "…"
        self.styles.width = width if lines else cell_len(text + key) + AROUND_LINE
        self.update(Content(text + key))
        self._take_lines(len(lines))

    def _take_lines(self, number: int) -> None:
        self.set_class(number > 1, "-wrapped")
        height = max(1, min(number, MOST_LINES))
        for one in (self, self.parent):
            if isinstance(one, Widget):
                one.styles.height = height

    async def on_click(self, event: events.Click) -> None:
        event.stop()
        await self.run_action("app.messages")


class SpeakingLine(Horizontal):
    """The keys, and what is said; ``QUIET`` selects what gives way to a message."""

    QUIET = ""
    DEFAULT_CSS = """
    SpeakingLine { dock: bottom; height: 1; background: $footer-background; }
    SpeakingLine > KeyLine { dock: none; width: 1fr; }
    """

    def compose(self) -> ComposeResult:
        yield KeyLine()
        yield MessageLine()

    def say(self, message: Message | None) -> None:
        """Show a message, or none."""
        for line in self.query(MessageLine):  # it asks when it is there
            line.show(message)
        if self.QUIET:
            for widget in self.query(self.QUIET):
                widget.display = message is None

    def on_resize(self) -> None:
        for line in self.query(MessageLine):
            line.fit()


class MessageToast(Static):
    """The messages that must not be missed, above the line; there is never more than one toast."""

    DEFAULT_CSS = """
    MessageToast {
        visibility: visible; height: auto; max-height: 8; padding: 0 1;
        background: $panel; color: $foreground; border-left: outer $primary; pointer: pointer;
    }
    MessageToast.-warning { border-left: outer $warning; }
    MessageToast.-error { border-left: outer $error; }
    """

    def show(self, messages: Sequence[Message]) -> None:
        """Show these, each with its hint."""
        level = max(LEVELS.index(one.severity) for one in messages)
        for place, name in enumerate(LEVELS):
            self.set_class(place == level, f"-{name}")
        text = visible("\n".join(one.whole for one in messages))
        # an automatic width would be remembered from before, if this is the second text between two layouts
        self.styles.width = min(MOST_CELLS, max(map(cell_len, text.splitlines()))) + AROUND
        self.update(Content(text))

    async def on_click(self, event: events.Click) -> None:
        event.stop()
        await self.run_action("app.messages")


class MessageRack(Container):
    """Keeps the toast on the right, above the line; nothing else of it is seen."""

    DEFAULT_CSS = """
    MessageRack {
        display: none; visibility: hidden; layer: toast; dock: bottom; width: 1fr; height: auto;
        margin-bottom: 1; align: right bottom;
    }
    """

    def compose(self) -> ComposeResult:
        yield MessageToast(Content(""))

    def show(self, messages: Sequence[Message]) -> None:
        """Show these messages; none hides the toast."""
        self.display = bool(messages)
        for toast in self.query(MessageToast):
            if messages:
                toast.show(messages)
