"""The keys that move in lists and texts, as in vi, and widgets that have them; none writes anything."""

from __future__ import annotations

from textual.binding import Binding
from textual.containers import VerticalScroll
from textual.widgets import OptionList

DOWN, UP, TOP, BOTTOM, PAGE_DOWN, PAGE_UP = "j", "k", "g", "G", "ctrl+d", "ctrl+u"


def motions(down: str, up: str, top: str, bottom: str) -> list[Binding]:
    """Return the keys for a widget's own actions; every widget that scrolls has the two of a page."""
    meant = {DOWN: down, UP: up, TOP: top, BOTTOM: bottom, PAGE_DOWN: "page_down", PAGE_UP: "page_up"}
    return [Binding(key, action, action.replace("_", " "), show=False) for key, action in meant.items()]


IN_TABLES = motions("cursor_down", "cursor_up", "scroll_top", "scroll_bottom")
IN_OPTIONS = motions("cursor_down", "cursor_up", "first", "last")
IN_TEXTS = motions("scroll_down", "scroll_up", "scroll_home", "scroll_end")


class Options(OptionList):
    """A list of options to choose from."""

    BINDINGS = [*IN_OPTIONS]


class Reading(VerticalScroll):
    """A text that is longer than its frame."""

    BINDINGS = [*IN_TEXTS]
