"""Help on a place: its purpose, every key that works there, and where its numbers come from.

The keys come from the bindings themselves, as the user has them; a click on one runs it.
"""

from __future__ import annotations

import textwrap
from dataclasses import dataclass, field
from typing import Any

from rich.style import Style
from rich.text import Text
from textual.binding import Binding
from textual.content import Content
from textual.dom import DOMNode
from textual.markup import escape
from textual.screen import Screen

from screens.base import figures, keys
from screens.base.textual_internals import bindings_of
from screens.dialogs.panel import Panel
from screens.shell.desk_screen import Place

NAME_WIDTH, TEXT_WIDTH = 13, 56  # cells, in a panel on a terminal of 80
LIST_IDS = {binding.id for binding in keys.LIST}


@dataclass
class Verb:
    """An action of a screen, and the keys that run it."""

    node: DOMNode
    binding: Binding
    keys: list[str] = field(default_factory=list)

    @property
    def sentence(self) -> str:
        """What it does, in a sentence."""
        return self.binding.tooltip or self.binding.description

    @property
    def palette_text(self) -> str:
        """The same for the palette, which reads it as markup."""
        return escape(f"{self.sentence} ({' '.join(dict.fromkeys(self.keys))})")

    @property
    def group(self) -> str:
        """The heading above it."""
        identifier = self.binding.id or ""
        if not isinstance(self.node, Screen):
            return "Anywhere"
        if identifier.startswith(("booking.", "why")):
            return "The booking under the cursor"
        if identifier.startswith("issue.") and identifier != "issue.open":
            return "The issue under the cursor"
        if identifier.startswith("agent.") and getattr(self.node, "NAME", "") == "roster":
            return "The agent under the cursor"
        return "The list" if identifier in LIST_IDS else "This place"


class Help(Panel):
    """The panel; ``chosen`` is the clicked verb, to be run when the panel has closed."""

    DEFAULT_CSS = """
    Help Static {
        link-style: none; link-color: $foreground; link-background: transparent;
        link-style-hover: none; link-color-hover: $background; link-background-hover: $primary;
    }
    """

    chosen: Verb | None = None

    def __init__(self, title: str, text: Text, offered: list[Verb]) -> None:
        super().__init__(title, text)
        self._offered = offered

    def on_mount(self) -> None:
        self.query_one("#panel").border_subtitle = Content("click a line to run it")

    def action_do(self, number: int) -> None:
        self.chosen = self._offered[number]
        self.leave()


def verbs(screen: Screen[Any]) -> list[Verb]:
    """Return the verbs of a screen with the user's keys, regardless of the focus."""
    app, found, taken = screen.app, dict[tuple[str, str], Verb](), set[str]()
    for node in (screen,) if screen.is_modal else (screen, app):
        own = [binding for _, binding in bindings_of(node) if binding.key not in taken]
        taken |= {binding.key for binding in own}
        for binding in own:
            if binding.id or binding.action == "command_palette":  # the others move the focus and the like
                verb = found.setdefault((binding.action, binding.description), Verb(node, binding))
                verb.keys.append(app.get_key_display(binding))
    return list(found.values())


def help_panel(screen: Screen[Any]) -> Help:
    text, offered = Text(overflow="fold"), verbs(screen)
    if isinstance(screen, Place):
        text.append(f"{keys.with_keys(screen.app, screen.HELP)}\n")
    for group in dict.fromkeys(verb.group for verb in offered):
        _add_heading(text, group)
        for number, verb in enumerate(offered):
            if verb.group == group:
                shown = " ".join(dict.fromkeys(verb.keys))
                style = Style.from_meta({"@click": f"screen.do({number})"})
                text.append_text(_line(shown, verb.sentence, style))
    if isinstance(screen, Place):
        _add_heading(text, "Where the numbers come from")
        for name, meaning in (*screen.FIGURES, *figures.EVERYWHERE):
            text.append_text(_line(name, meaning))
    title = f"Help: {screen.NAME.replace('-', ' ')}" if isinstance(screen, Place) else "Help"
    return Help(title, text, offered)


def _add_heading(text: Text, heading: str) -> None:
    text.append(f"\n{heading}\n", "bold underline")


def _line(name: str, meaning: str, style: Style | None = None) -> Text:
    """Format a name and its meaning, wrapped under itself."""
    lines = textwrap.wrap(meaning, TEXT_WIDTH)
    line = Text().append(f"{name:<{NAME_WIDTH - 1}} ", "bold")
    line.append(f"\n{'':<{NAME_WIDTH}}".join(lines))
    if style is not None:
        line.stylize(style)
    return line.append("\n")
