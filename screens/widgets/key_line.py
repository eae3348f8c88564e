"""The keys at the bottom: what can be done here and with this row, as far as there is room."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from itertools import pairwise

from rich.cells import cell_len
from textual.binding import Binding
from textual.containers import Horizontal
from textual.content import Content
from textual.message import Message
from textual.screen import Screen
from textual.widgets import Static

from screens.base.hosted import Hosted
from screens.base.key_order import place_of
from screens.base.textual_internals import is_character

GAP, GROUP_GAP = 1, 3  # behind each key, and behind the last of a group
KEY_STYLE = "bold $footer-key-foreground on $footer-key-background"
VERB_STYLE = "$footer-description-foreground on $footer-description-background"


@dataclass(frozen=True)
class ShownKey:
    """A key of the line: whether it works here at all, and whether it ends a group."""

    binding: Binding
    is_enabled: bool
    tooltip: str
    ends_group: bool = False

    @property
    def gap(self) -> int:
        return GROUP_GAP if self.ends_group else GAP


class KeyButton(Static):
    """A key and its verb; a click is that key. It shows one key after another and is never replaced."""

    ALLOW_SELECT = False
    DEFAULT_CSS = """
    KeyButton { text-wrap: nowrap; background: $footer-item-background; }
    KeyButton:hover { background: $block-hover-background; pointer: pointer; }
    KeyButton.-disabled { text-style: dim; }
    """

    def __init__(self) -> None:
        super().__init__()
        self.shrink = False
        self.key = ""
        self.label = ""
        self._shown: ShownKey | None = None

    @property
    def cells(self) -> int:
        return cell_len(self.label)

    @property
    def gap(self) -> int:
        return self._shown.gap if self._shown else GAP

    def show(self, shown: ShownKey) -> None:
        """Show another key."""
        binding = shown.binding
        name = self.app.get_key_display(binding)
        self._shown = shown
        self.key, self.label = binding.key, f"{name} {binding.description}"
        self.tooltip = Content(shown.tooltip) if shown.tooltip else None
        # an automatic width would be remembered from before, if this is the second text between two layouts
        self.styles.width = self.cells
        self.styles.margin = (0, shown.gap, 0, 0)
        self.update(Content.assemble((name, KEY_STYLE), (f" {binding.description}", VERB_STYLE)))
        self.dim()

    def dim(self) -> None:
        """Be dim while the verb cannot be done: its key says why."""
        shown, screen = self._shown, self.screen
        if shown is not None:
            possible = not isinstance(screen, Hosted) or screen.is_possible(shown.binding.action)
            self.set_class(not (shown.is_enabled and possible), "-disabled")

    def on_mouse_down(self) -> None:
        self.app.simulate_key(self.key)


class KeyLine(Horizontal):
    """The keys in their order, in groups; a place's help has them all.

    Textual's Footer makes new widgets whenever the keys change, and keeps the old ones for ever
    (docs/decisions/0021): here the widgets stay, and show the keys of the moment.
    """

    DEFAULT_CSS = """
    KeyLine { dock: bottom; height: 1; color: $footer-foreground; background: $footer-background; }
    """

    @dataclass
    class Fitted(Message):
        """Other keys are shown: whether there are more than fit, and whether letters are keys here."""

        has_more: bool
        takes_letters: bool

    def __init__(self) -> None:
        super().__init__()
        self._shown: list[ShownKey] = []

    def on_mount(self) -> None:
        self.screen.bindings_updated_signal.subscribe(self, self._keys_changed)

    def on_unmount(self) -> None:
        self.screen.bindings_updated_signal.unsubscribe(self)

    def on_resize(self) -> None:
        self._fit(self.query(KeyButton))

    def row_changed(self) -> None:
        """Look again at what can be done: another row is under the cursor, or the same one has changed."""
        for button in self.query(KeyButton):
            button.dim()

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
        await self.mount_all(added)
        for button, key in zip([*buttons, *added], shown, strict=False):
            button.show(key)
        self._fit([*buttons, *added])

    def _keys(self) -> list[ShownKey]:
        """Return the keys for the line in their order; of those that do the same, the shortest."""
        found: dict[str, ShownKey] = {}
        for key in self.screen.active_bindings.values():
            binding = key.binding
            if not (binding.show or is_on_line(binding)):
                continue
            known = found.get(binding.action)
            if known is None or (is_character(binding.key) and not is_character(known.binding.key)):
                found[binding.action] = ShownKey(binding, key.enabled, key.tooltip)
        keys = sorted(found.values(), key=lambda one: place_of(one.binding.id)[0])
        groups = [place_of(one.binding.id)[1] for one in keys]
        ends = [group != following for group, following in pairwise(groups)]
        return [
            ShownKey(one.binding, one.is_enabled, one.tooltip, end)
            for one, end in zip(keys, [*ends, False], strict=False)
        ]

    def _fit(self, buttons: Iterable[KeyButton]) -> None:
        room, has_more = self.size.width, False
        for place, button in enumerate(buttons):
            is_used = place < len(self._shown)
            # the gap behind the last one may be cut
            button.display = is_used and (not self.size.width or button.cells <= room)
            has_more |= is_used and not button.display
            room -= button.cells + button.gap if button.display else 0
        takes_letters = isinstance(self.screen, Hosted) and self.screen.takes_letters()
        self.post_message(self.Fitted(has_more, takes_letters))


def is_on_line(binding: Binding) -> bool:
    """Return whether a key has its place on the line, even if it is not one of the main ones."""
    return place_of(binding.id) != place_of(None)
