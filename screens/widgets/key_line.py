"""The keys at the bottom: as many as there is room for, and none of them cut."""

from __future__ import annotations

from collections.abc import Iterable

from rich.cells import cell_len
from textual.app import ComposeResult
from textual.binding import Binding
from textual.widgets import Footer

from screens.base.textual_internals import FooterKey

GAP = 1  # behind each key

Shown = list[tuple[Binding, bool, str]]


class KeyLine(Footer):
    """Keys in their screen's order, the most important first; help has them all.

    The line is rebuilt only when the keys differ, not whenever the focus moves.
    """

    def __init__(self) -> None:
        super().__init__(show_command_palette=False, compact=True)
        self._shown: Shown | None = None

    def compose(self) -> ComposeResult:
        found = list(super().compose())
        for key in found:
            key.add_class("-compact", update=False)  # otherwise each would be styled a second time
        self._fit(key for key in found if isinstance(key, FooterKey))
        yield from found

    def on_resize(self) -> None:
        self._fit(self.query(FooterKey))

    async def recompose(self) -> None:
        if not self.is_attached or self.screen is not self.app.screen:
            return  # gone, or below a modal: it waits for its screen to be on top again
        keys = self._keys()
        if keys != self._shown:
            self._shown = keys
            await super().recompose()

    def _fit(self, keys: Iterable[FooterKey]) -> None:
        room = self.size.width
        for key in keys:
            needed = cell_len(f"{key.key_display} {key.description}") + GAP
            # the gap behind the last one may be cut
            key.display = not self.size.width or needed - GAP <= room
            room -= needed if key.display else 0

    def _keys(self) -> Shown:
        active = self.screen.active_bindings.values()
        return [(key.binding, key.enabled, key.tooltip) for key in active if key.binding.show]
