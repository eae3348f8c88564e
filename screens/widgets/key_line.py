"""The keys at the bottom: what can be done here and with this row, as far as there is room."""

from __future__ import annotations

from dataclasses import dataclass, replace
from itertools import pairwise, zip_longest

from rich.cells import cell_len
from textual.binding import ActiveBinding, Binding
from textual.containers import Horizontal
from textual.content import Content
from textual.message import Message
from textual.screen import Screen
from textual.widgets import DataTable, Static

from screens.base.hosted import Hosted
from screens.base.textual_internals import bindings_of, is_character
from screens.widgets.key_order import place_of

GAP, GROUP_GAP = 1, 3  # behind each key, and behind the last of a group
KEY_STYLE = "bold $footer-key-foreground on $footer-key-background"
OFF_STYLE = "$footer-description-foreground on $footer-key-background"  # its colour alone would say: press me
VERB_STYLE = "$footer-description-foreground on $footer-description-background"


@dataclass(frozen=True)
class ShownKey:
    """A key of the line, by the name the user knows: whether it works here, and whether it ends a group."""

    binding: Binding
    name: str
    is_enabled: bool
    tooltip: str
    ends_group: bool = False

    @property
    def cells(self) -> int:
        return cell_len(f"{self.name} {self.binding.description}")

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
        self.shown: ShownKey | None = None
        self._is_off: bool | None = None  # as painted

    def show(self, shown: ShownKey) -> None:
        """Show another key."""
        if shown == self.shown:
            self.dim()
            return
        self.shown = shown
        self.tooltip = Content(shown.tooltip) if shown.tooltip else None
        # an automatic width would be remembered from before, if this is the second text between two layouts
        self.styles.width = shown.cells
        self.styles.margin = (0, shown.gap, 0, 0)
        self._is_off = None
        self.dim()

    def dim(self) -> None:
        """Be dim while the verb cannot be done: its key says why."""
        if self.shown is not None:
            is_possible = self.shown.is_enabled and can_be_done(self.screen, self.shown)
            self._paint(self.shown, is_off=not is_possible)

    def _paint(self, shown: ShownKey, *, is_off: bool) -> None:
        if is_off != self._is_off:
            self._is_off = is_off
            self.set_class(is_off, "-disabled")
            name, verb = (shown.name, OFF_STYLE if is_off else KEY_STYLE), f" {shown.binding.description}"
            self.update(Content.assemble(name, (verb, VERB_STYLE)))

    def on_mouse_down(self) -> None:
        if self.shown is not None:
            self.app.simulate_key(self.shown.binding.key)


def can_be_done(screen: Screen[object], shown: ShownKey) -> bool:
    """Return whether a key's verb can be done now with what is under the cursor."""
    action = shown.binding.action.removeprefix("screen.").removeprefix("app.")
    return not isinstance(screen, Hosted) or screen.can_do(action)


class KeyLine(Horizontal):
    """The keys in their order, in groups, first those that can be used now; a place's help has them all.

    Textual's Footer makes new widgets whenever the keys change, and keeps the old ones for ever
    (docs/decisions/0021): here the widgets stay, and show the keys of the moment.
    """

    DEFAULT_CSS = """
    KeyLine { dock: bottom; height: 1; color: $footer-foreground; background: $footer-background; }
    """

    @dataclass
    class Fitted(Message):
        """Other keys are shown; letters may be keys here, or text."""

        takes_letters: bool

    def __init__(self) -> None:
        super().__init__()
        self._shown: list[ShownKey] = []
        self._arranged: list[ShownKey] = []

    def on_mount(self) -> None:
        self.screen.bindings_updated_signal.subscribe(self, self._keys_changed)

    def on_unmount(self) -> None:
        self.screen.bindings_updated_signal.unsubscribe(self)

    async def on_resize(self) -> None:
        await self._arrange()

    def row_changed(self) -> None:
        """Look again at what can be done: another row is under the cursor, or the same one has changed."""
        if self._shown and self._in_order() != self._arranged:
            self.call_next(self._arrange)
            return
        for button in self.query(KeyButton):
            if button.display:
                button.dim()

    def _keys_changed(self, screen: Screen[object]) -> None:
        if self.app.app_focus:
            self.call_after_refresh(self._show)

    async def _show(self) -> None:
        """Show the keys that work now; below another screen it waits for its own to be on top again."""
        if not self.is_attached or self.screen is not self.app.screen:
            return
        keys = self._keys()
        if keys != self._shown:
            self._shown = keys
            await self._arrange()

    async def _arrange(self) -> None:
        """Show the keys that there is room for."""
        self._arranged = self._in_order()
        fitting = self._fitting()
        buttons = [*self.query(KeyButton)]
        added = [KeyButton() for _ in fitting[len(buttons) :]]
        await self.mount_all(added)
        for button, shown in zip_longest([*buttons, *added], fitting):
            button.display = shown is not None
            if shown is not None:
                button.show(shown)
        takes_letters = isinstance(self.screen, Hosted) and self.screen.takes_letters()
        self.post_message(self.Fitted(takes_letters))

    def _in_order(self) -> list[ShownKey]:
        """Return the keys: each group of those that can be used now, and then of the others."""
        off = [not can_be_done(self.screen, key) for key in self._shown]
        keys = sorted(zip(off, self._shown, strict=True), key=lambda one: one[0])
        groups = [(is_off, place_of(key.binding.id)[1]) for is_off, key in keys]
        ends = [group != following for group, following in pairwise(groups)]
        return [replace(key, ends_group=end) for (_, key), end in zip(keys, [*ends, False], strict=False)]

    def _fitting(self) -> list[ShownKey]:
        """Return the keys that fit side by side; the gap behind the last one may be cut."""
        room, fitting = self.size.width, list[ShownKey]()
        for key in self._arranged:
            if key.cells <= room:
                fitting.append(key)
                room -= key.cells + key.gap
        return fitting

    def _meant(self, key: ActiveBinding) -> Binding:
        """Return what a key does here: a table leaves its enter to the place."""
        if isinstance(key.node, DataTable) and key.binding.action == "select_cursor":
            return next(iter(bindings_of(self.screen).key_to_bindings.get(key.binding.key, [])), key.binding)
        return key.binding

    def _is_left_out(self, binding: Binding) -> bool:
        return isinstance(self.screen, Hosted) and not self.screen.is_of_use(_verb_of(binding))

    def _keys(self) -> list[ShownKey]:
        """Return the keys for the line in order, the way out last; of several for one verb the shortest."""
        found: dict[str, ShownKey] = {}
        for key in self.screen.active_bindings.values():
            binding = self._meant(key)
            if not (binding.show or is_on_line(binding)) or self._is_left_out(binding):
                continue
            verb = (binding.id or binding.action).removesuffix(".letter")
            known = found.get(verb)
            if known is None or (is_character(binding.key) and not is_character(known.binding.key)):
                name = self.app.get_key_display(binding)
                found[verb] = ShownKey(binding, name, key.enabled, binding.tooltip or key.tooltip)
        return sorted(found.values(), key=_order)


def _order(shown: ShownKey) -> tuple[int, bool]:
    return place_of(shown.binding.id)[0], shown.binding.key == "escape"


def _verb_of(binding: Binding) -> str:
    """Return the action without its owner: a widget in the focus may repeat a key of its screen."""
    return binding.action.removeprefix("screen.")


def is_on_line(binding: Binding) -> bool:
    """Return whether a key has its place on the line, even if it is not one of the main ones."""
    return place_of(binding.id) != place_of(None)
