"""A panel about one issue, wrapped to its width, with the verbs that its text suggests."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from rich.text import Text
from textual import events
from textual.app import ComposeResult
from textual.widgets import Static

from dispatch.service.row_types import IssueStory
from screens.base import keys
from screens.dialogs.panel import Panel
from screens.service.possible import RULES

VERBS = ("reply", "resolve", "escalate", "note")
"""By action: what a reader of the whole issue does next."""


class WrappedText(Static):
    """A text that is made again for another width."""

    def __init__(self, describe: Callable[[int], Text]) -> None:
        super().__init__()
        self._describe = describe

    def on_resize(self, event: events.Resize) -> None:
        self.update(self._describe(event.size.width))


class IssuePanel(Panel):
    """A panel that closes with the action that a verb's key asks for; any other way with None."""

    BINDINGS = [replace(each, show=True) for each in keys.SERVICE if each.action in VERBS]

    def __init__(self, title: str, issue: IssueStory, describe: Callable[[int | None], Text]) -> None:
        super().__init__(title, describe(None))
        self._issue = issue
        self._describe = describe

    def body(self) -> ComposeResult:
        yield WrappedText(self._describe)

    def is_possible(self, action: str) -> bool:
        rule = RULES.get(action)
        return rule is None or rule(self._issue)

    def action_reply(self) -> None:
        self.leave("reply")

    def action_resolve(self) -> None:
        self.leave("resolve")

    def action_escalate(self) -> None:
        self.leave("escalate")

    def action_note(self) -> None:
        self.leave("note")
