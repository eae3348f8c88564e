"""The keys at the bottom: as many as there is room for, and none of them cut."""

from __future__ import annotations

from collections.abc import Iterable

from rich.cells import cell_len
from textual.binding import Binding
from textual.containers import Horizontal
from textual.content import Content
from textual.screen import Screen
from textual.widgets import Static

GAP = 1  # behind each key
KEY_STYLE = "bold $footer-key-foreground on $footer-key-background"
VERB_STYLE = "$footer-description-foreground on $footer-description-background"


class KeyButton(Static):
    """A key and its verb; a click is that key. It shows one key after another and is never replaced."""

    ALLOW_SELECT = False
    DEFAULT_CSS = """
    KeyButton { margin-right: 1; text-wrap: nowrap; background: $footer-item-background; }
    KeyButton:hover { background: $block-hover-background; pointer: pointer; }
    KeyButton.-disabled { text-style: dim; }
    """

    def __init__(self) -> None:
        super().__init__()
        self.shrink = False
        self.key = ""
        self.label = ""

    @property
    def cells(self) -> int:
        return cell_len(self.label)

    def show(self, binding: Binding, is_enabled: bool, tooltip: str) -> None:
        """Show another key; one that does nothing here is dim."""
        name = self.app.get_key_display(binding)
        self.key, self.label = binding.key, f"{name} {binding.description}"
        self.tooltip = Content(tooltip) if tooltip else None
        self.set_class(not is_enabled, "-disabled")
        # an automatic width would be remembered from before, if this is the second text between two layouts
        self.styles.width = self.cells
        self.update(Content.assemble((name, KEY_STYLE), (f" {binding.description}", VERB_STYLE)))

    def on_mouse_down(self) -> None:
        if self.has_class("-disabled"):
            self.app.bell()
        else:
            self.app.simulate_key(self.key)


class KeyLine(Horizontal):
    """Keys in their screen's order, the most important first; help has them all.

    Textual's Footer makes new widgets whenever the keys change, and keeps the old ones for ever
    (docs/decisions/0021): here the widgets stay, and show the keys of the moment.
    """

    DEFAULT_CSS = """
    KeyLine { dock: bottom; height: 1; color: $footer-foreground; background: $footer-background; }
    """

    def __init__(self) -> None:
        super().__init__()
        self._shown: list[tuple[Binding, bool, str]] = []

    def on_mount(self) -> None:
        self.screen.bindings_updated_signal.subscribe(self, self._keys_changed)

    def on_unmount(self) -> None:
        self.screen.bindings_updated_signal.unsubscribe(self)

    def on_resize(self) -> None:
        self._fit(self.query(KeyButton))

    def _keys_changed(self, screen: Screen[object]) -> None:
        if self.app.app_focus:
            self.call_after_refresh(self._show)

    async def _show(self) -> None:
        """Show the keys that work now; below another screen it waits for its own to be on top again."""
        if not self.is_attached or self.screen is not self.app.screen:
            return
        shown = self._keys()
        if shown == self._shown:
            return
        self._shown = shown
        buttons = [*self.query(KeyButton)]
        added = [KeyButton() for _ in shown[len(buttons) :]]
        for button, (binding, is_enabled, tooltip) in zip([*buttons, *added], shown, strict=False):
            button.show(binding, is_enabled, tooltip)
        self._fit([*buttons, *added])
        await self.mount_all(added)

    def _keys(self) -> list[tuple[Binding, bool, str]]:
        """Return the keys for the line, the first of those that do the same."""
        found: dict[str, tuple[Binding, bool, str]] = {}
        for key in self.screen.active_bindings.values():
            if key.binding.show:
                found.setdefault(key.binding.action, (key.binding, key.enabled, key.tooltip))
        return [*found.values()]

    def _fit(self, buttons: Iterable[KeyButton]) -> None:
        room = self.size.width
        for place, button in enumerate(buttons):
            needed = button.cells + GAP
            # the gap behind the last one may be cut
            button.display = place < len(self._shown) and (not self.size.width or needed - GAP <= room)
            room -= needed if button.display else 0
