"""The contents of the screen, as a terminal would show them."""

from __future__ import annotations

from collections.abc import Iterator

from rich.style import Style
from textual._context import visible_screen_stack
from textual.strip import Strip

from astra_tui.app import AstraApp


def strips(app: AstraApp) -> list[Strip]:
    """Every line of the current screen, with what shows through from below."""
    visible_screen_stack.set(app._background_screens)
    return app.screen._compositor.render_strips()


def text_of(app: AstraApp) -> str:
    """The screen as plain text, without the blanks at the ends of lines."""
    return "\n".join(strip.text.rstrip() for strip in strips(app)) + "\n"


def visible_text(app: AstraApp) -> Iterator[tuple[str, Style]]:
    """Every stretch of text that is not blank, with its style."""
    for strip in strips(app):
        for text, style, control in strip:
            if text.strip() and not control:
                yield text, style or Style.null()


def own_text(app: AstraApp, selector: str = "*") -> Iterator[tuple[str, Style]]:
    """The same for widgets of the current screen, without what shows through a modal from below."""
    for widget in app.screen.query(selector):
        if widget.display and widget.region:
            for strip in widget.render_lines(widget.outer_size.region):
                for text, style, control in strip:
                    if text.strip() and not control:
                        yield text, style or Style.null()


def widths(app: AstraApp) -> set[int]:
    """Widths of the lines in cells: more than one means misalignment."""
    return {strip.cell_length for strip in strips(app)}
