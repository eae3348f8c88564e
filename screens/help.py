"""Help on a place: what it is for, and every key that works there, made from the bindings themselves."""

from __future__ import annotations

from rich.text import Text
from textual.binding import ActiveBinding
from textual.screen import Screen

from screens.modals.panel import Panel
from screens.place import Place


def help_panel(screen: Screen[object]) -> Panel:
    """The help of the screen in sight."""
    text = Text(overflow="fold")
    if isinstance(screen, Place):
        text.append(screen.HELP)
        text.append("\n\n")
    shown: dict[str, tuple[list[str], str]] = {}
    for active in screen.active_bindings.values():
        if active.binding.id:  # ours; how a table or an input is moved in is Textual's affair
            keys, _ = shown.setdefault(
                _name(active), ([], active.binding.tooltip or active.binding.description)
            )
            keys.append(screen.app.get_key_display(active.binding))
    for keys, tooltip in shown.values():
        text.append(f"{' '.join(dict.fromkeys(keys)):<12}", "bold")
        text.append(f"{tooltip}\n")
    title = f"Help: {screen.NAME.replace('-', ' ')}" if isinstance(screen, Place) else "Help"
    return Panel(title, text)


def _name(active: ActiveBinding) -> str:
    return f"{active.binding.action} {active.binding.description}"
