"""The preview of a form while it is filled in: rehearsed in the reading thread, never written."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Collection
from typing import TYPE_CHECKING, cast

from rich.text import Text
from textual.app import ComposeResult
from textual.content import Content
from textual.widgets import Static

from dispatch.desk.desk import Desk
from models.errors import DeskError
from screens.base.keys import said
from screens.widgets.movable import Reading

if TYPE_CHECKING:
    from screens.base.app_protocol import Host

Values = dict[str, str]
Look = Callable[[Desk, Values], Text]
"""Describes the effect of a form's values; may raise DeskError."""
TYPING_PAUSE_S = 0.12


class Preview(Reading, can_focus=False):
    """A few lines that follow the form; an answer to older values is dropped.

    With ``only`` it follows just those fields: a rehearsal holds the desk's write lock while it runs.
    """

    DEFAULT_CSS = """
    Preview { height: auto; max-height: 9; margin-top: 1; padding: 0 1; background: $panel;
        scrollbar-gutter: stable; }
    Preview:focus { background: $primary 20%; }
    Preview > Static { width: 1fr; height: auto; }
    """

    def __init__(self, look: Look, only: Collection[str] | None = None) -> None:
        super().__init__()
        self._look = look
        self._only = only
        self._asked: Values | None = None
        self._ticket = 0

    def compose(self) -> ComposeResult:
        yield Static(Content("…"))

    def follow(self, values: Values) -> None:
        """Preview these values, once typing pauses."""
        asked = {name: text for name, text in values.items() if self._only is None or name in self._only}
        if asked == self._asked:
            return
        self._asked = asked
        self._ticket += 1
        self.run_worker(self._ask(self._ticket, values), group="preview")

    def _let_scroll(self) -> None:
        """Let the keyboard reach and scroll what is too long for its room."""
        self.can_focus = self.max_scroll_y > 0

    async def _ask(self, ticket: int, values: Values) -> None:
        await asyncio.sleep(TYPING_PAUSE_S)
        if ticket != self._ticket or not self.is_attached:
            return  # somebody has typed on, or left
        host = cast("Host", self.app)
        desk = host.backend.desk

        def then(text: Text) -> None:
            if ticket == self._ticket:
                for lines in self.query(Static):  # none when the form has closed meanwhile
                    lines.update(text)
                self.call_after_refresh(self._let_scroll)

        def refused(error: DeskError) -> None:
            then(Text(f"✗ {said(error)}", "bold"))

        host.ask(lambda: self._look(desk, values), then, refused)
