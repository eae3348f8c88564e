"""Choosing one agent from all."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from textual import on
from textual.app import ComposeResult
from textual.containers import Vertical
from textual.content import Content

from screens.base.keys import key
from screens.dialogs.modal import Modal
from screens.widgets.agent_picker import AgentPicker
from screens.widgets.key_line import KeyLine

Row = dict[str, Any]


class PickAgent(Modal[int | None]):
    """Closes with the agent's id, or None on escape."""

    DEFAULT_CSS = """
    PickAgent { align: center middle; background: $background 60%; }
    PickAgent #form {
        width: 60; max-width: 96%; height: 16; max-height: 96%;
        border: round $primary; background: $surface; padding: 0 1;
    }
    PickAgent AgentPicker { height: 1fr; }
    """
    BINDINGS = [
        key("pick.close", "escape", "Close", "Close without choosing"),
        key("pick.take", "enter", "Choose", "Choose the highlighted agent"),
    ]

    def __init__(self, title: str, agents: Sequence[Row]) -> None:
        super().__init__()
        self._heading = title
        self._agents = agents

    def compose(self) -> ComposeResult:
        with Vertical(id="form"):
            yield AgentPicker(id="agent")
        yield KeyLine()

    def on_mount(self) -> None:
        self.query_one("#form").border_title = Content(self._heading)
        self.query_one(AgentPicker).offer(self._agents)

    @on(AgentPicker.Picked)
    def action_take(self) -> None:
        picked = self.query_one(AgentPicker).value
        if picked:
            self.leave(int(picked))

    def action_close(self) -> None:
        self.leave()
