"""The keys at the bottom: as many as there is room for, and none of them cut."""

from __future__ import annotations

from collections.abc import Iterable

from rich.cells import cell_len
from textual.app import ComposeResult
from textual.widgets import Footer
from textual.widgets._footer import FooterKey

GAP = 1  # behind each key


class KeyFooter(Footer):
    """Keys in the order in which their screen lists them, the most important first; help has them all."""

    def __init__(self) -> None:
        super().__init__(show_command_palette=False, compact=True)

    def compose(self) -> ComposeResult:
        found = list(super().compose())
        self._fit(key for key in found if isinstance(key, FooterKey))
        yield from found

    def on_resize(self) -> None:
        self._fit(self.query(FooterKey))

    def _fit(self, keys: Iterable[FooterKey]) -> None:
        room = self.size.width
        for key in keys:
            needed = cell_len(f"{key.key_display} {key.description}") + GAP
            # the gap behind the last one may be cut
            key.display = not self.size.width or needed - GAP <= room
            room -= needed if key.display else 0
