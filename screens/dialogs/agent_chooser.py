"""Choosing one agent from all."""

from __future__ import annotations

from collections.abc import Sequence

from textual import on
from textual.app import ComposeResult
from textual.binding import Binding
from textual.containers import Vertical
from textual.content import Content

from dispatch.queries.row_types import AgentRow
from screens.dialogs.modal import Modal
from screens.widgets.agent_picker import AgentPicker
from screens.widgets.key_line import KeyLine


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
        Binding("escape", "close", "Close", id="pick.close", tooltip="Close without choosing"),
        Binding("enter", "take", "Choose", id="pick.take", tooltip="Choose the highlighted agent"),
    ]

    def __init__(self, title: str, agents: Sequence[AgentRow]) -> None:
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
