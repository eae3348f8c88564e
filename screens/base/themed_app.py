"""The application's themes: those on offer, the colours of roles in them, and readable text in each."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import suppress
from typing import TYPE_CHECKING, Any

from rich.style import Style
from rich.theme import Theme as NamedStyles
from rich.theme import ThemeStackError
from textual.widgets import Static

from screens.base.contrast import READABLE_TEXT
from screens.base.key_queue import SteadyApp
from screens.base.textual_internals import all_screens
from screens.base.theme import CURSOR, CURSOR_GROUND, CURSOR_INK, OFFERED, TERMINALS_OWN

if TYPE_CHECKING:
    from textual.filter import LineFilter

ROLES = ("success", "warning", "error", "primary")


class ThemedApp(SteadyApp):
    """Offers the themes whose text can be read, and keeps the colours of Rich's texts those of the theme."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        for name in TERMINALS_OWN:
            self.unregister_theme(name)
        for theme in OFFERED:
            self.register_theme(theme)

    def get_line_filters(self) -> Sequence[LineFilter]:
        return [*super().get_line_filters(), READABLE_TEXT]

    def watch_theme(self) -> None:
        """Let Rich know the roles by the names that style sheets use; it resolves no variables itself."""
        colours = self.current_theme.to_color_system().generate()
        plain = {f"${role}": Style(color=colours[role]) for role in ROLES}
        loud = {f"bold {name}": style + Style(bold=True) for name, style in plain.items()}
        quiet = {f"dim {name}": style + Style(dim=True) for name, style in plain.items()}
        cursor = {CURSOR: Style(color=colours[CURSOR_INK], bgcolor=colours[CURSOR_GROUND], bold=True)}
        with suppress(ThemeStackError):  # there is none before the first theme
            self.console.pop_theme()
        self.console.push_theme(NamedStyles(plain | loud | quiet | cursor))
        for screen in all_screens(self):
            for text in screen.query(Static):
                text.update(text.content, layout=False)
