"""The bar for a lost database: why, since when, and how to try again."""

from __future__ import annotations

from textual import events
from textual.content import Content
from textual.widgets import Static

from models.errors import DeskError
from screens.base import keys
from screens.base.harmless_text import visible


class OutageBar(Static):
    """A bar shown while the database cannot be reached; a click tries again."""

    DEFAULT_CSS = """
    OutageBar {
        display: none; height: auto; padding: 0 1; background: $error; color: $background; pointer: pointer;
    }
    """

    def __init__(self) -> None:
        super().__init__(Content(""), id="lost")
        self.tooltip = "Click to try again now"

    def show(self, error: DeskError, since: str, key: str) -> None:
        """Show the error, its time (hour and minute), and the key that tries again."""
        what = f"{keys.refusal(self.app, error)}. Not read or written since {since}; what you typed is kept."
        self._say(f"{what} Trying again… {key} tries now")

    def offer(self, error: DeskError, since: str, load: str, leave: str) -> None:
        """Show that another file has the desk's place, and the keys that load it and that quit."""
        what = f"{keys.refusal(self.app, error)}. Not read or written since {since}; what you typed is kept."
        self._say(f"{what} {load} loads the new file, {leave} quits")

    def _say(self, text: str) -> None:
        self.update(Content(visible(text)))
        self.display = True

    async def on_click(self, event: events.Click) -> None:
        event.stop()
        await self.run_action("app.retry")
