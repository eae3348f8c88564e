"""Keys that move in a list or a text, as in vi; none of them writes anything."""

from __future__ import annotations

from textual.binding import Binding

DOWN, UP, TOP, BOTTOM, PAGE_DOWN, PAGE_UP = "j", "k", "g", "G", "ctrl+d", "ctrl+u"


def motions(down: str, up: str, top: str, bottom: str) -> list[Binding]:
    """Return the keys for a widget's own actions; every widget that scrolls has the two of a page."""
    meant = {DOWN: down, UP: up, TOP: top, BOTTOM: bottom, PAGE_DOWN: "page_down", PAGE_UP: "page_up"}
    return [Binding(key, action, action.replace("_", " "), show=False) for key, action in meant.items()]


IN_TABLES = motions("cursor_down", "cursor_up", "scroll_top", "scroll_bottom")
IN_OPTIONS = motions("cursor_down", "cursor_up", "first", "last")
IN_TEXTS = motions("scroll_down", "scroll_up", "scroll_home", "scroll_end")
