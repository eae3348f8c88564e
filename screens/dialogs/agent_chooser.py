"""Choosing one agent from all."""

from __future__ import annotations

from collections.abc import Sequence

from textual import on
from textual.app import ComposeResult

from dispatch.queries.row_types import AgentRow
from screens.base.keys import key
from screens.dialogs.modal import Modal
from screens.fields.agent_picker import AgentPicker


class PickAgent(Modal[int | None]):
    """A modal that closes with the agent's id, or None on escape; it begins on the present one, ``here``."""

    BINDINGS = [
        key("pick.close", "escape", "Close", "Close without choosing"),
        key("pick.take", "enter", "Choose", "Choose the highlighted agent", priority=True),
    ]

    def __init__(self, title: str, agents: Sequence[AgentRow], here: int | None = None) -> None:
        super().__init__(title)
        self._agents = agents
        self._here = here

    def body(self) -> ComposeResult:
        yield AgentPicker(self._agents, self._here, id="agent")

    @on(AgentPicker.Picked)
    def action_take(self) -> None:
        picked = self.query_one(AgentPicker).value
        if picked:
            self.leave(int(picked))
