"""Help on a place: what it is for, and every key that works there, made from the bindings themselves."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from rich.text import Text
from textual.binding import Binding
from textual.dom import DOMNode
from textual.screen import Screen

from screens.modals.panel import Panel
from screens.place import Place


@dataclass
class Verb:
    """Something that can be done on a screen, and the keys that do it."""

    node: DOMNode
    binding: Binding
    keys: list[str] = field(default_factory=list)

    @property
    def told(self) -> str:
        """What it does, in a sentence."""
        return self.binding.tooltip or self.binding.description


def verbs(screen: Screen[Any]) -> list[Verb]:
    """What can be done on a screen with the keys as the user has them, whatever is in focus."""
    app, found, taken = screen.app, dict[tuple[str, str], Verb](), set[str]()
    for node in (screen,) if screen.is_modal else (screen, app):
        bindings = node._bindings.copy()  # active_bindings has only those that work where the focus is
        bindings.apply_keymap(app._keymap)
        own = [binding for _, binding in bindings if binding.key not in taken]
        taken |= {binding.key for binding in own}
        for binding in own:
            if binding.id or binding.action == "command_palette":  # all else moves the focus and the like
                verb = found.setdefault((binding.action, binding.description), Verb(node, binding))
                verb.keys.append(app.get_key_display(binding))
    return list(found.values())


def help_panel(screen: Screen[Any]) -> Panel:
    """The help of the screen in sight."""
    text = Text(overflow="fold")
    if isinstance(screen, Place):
        text.append(screen.HELP)
        text.append("\n\n")
    for verb in verbs(screen):
        text.append(f"{' '.join(dict.fromkeys(verb.keys)):<12}", "bold")
        text.append(f"{verb.told}\n")
    title = f"Help: {screen.NAME.replace('-', ' ')}" if isinstance(screen, Place) else "Help"
    return Panel(title, text)
