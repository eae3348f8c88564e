"""A panel about one issue, with the verbs that its text suggests."""

from __future__ import annotations

from dataclasses import replace

from rich.text import Text

from dispatch.service.row_types import IssueStory
from screens.base import keys
from screens.dialogs.panel import Panel
from screens.service.possible import RULES

VERBS = ("reply", "resolve", "escalate", "note")
"""By action: what a reader of the whole issue does next."""


class IssuePanel(Panel):
    """A panel that closes with the action that a verb's key asks for; any other way with None."""

    BINDINGS = [replace(each, show=True) for each in keys.SERVICE if each.action in VERBS]

    def __init__(self, title: str, text: Text, issue: IssueStory) -> None:
        super().__init__(title, text)
        self._issue = issue

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
