"""The keys at the bottom of a screen."""

from __future__ import annotations

from textual.app import ComposeResult
from textual.binding import Binding
from textual.widgets import Footer

Shown = list[tuple[Binding, bool, str]]


class KeyLine(Footer):
    """The keys that work now. It is made anew only when they are others, not whenever the focus moves."""

    def __init__(self) -> None:
        super().__init__(show_command_palette=False, compact=True)
        self._shown: Shown | None = None

    def compose(self) -> ComposeResult:
        for key in super().compose():
            key.add_class("-compact", update=False)  # else each would be styled a second time
            yield key

    async def recompose(self) -> None:
        if not self.is_attached or self.screen is not self.app.screen:
            return  # gone, or below a modal: it waits for its screen to be on top again
        keys = self._keys()
        if keys != self._shown:
            self._shown = keys
            await super().recompose()

    def _keys(self) -> Shown:
        active = self.screen.active_bindings.values()
        return [(key.binding, key.enabled, key.tooltip) for key in active if key.binding.show]
