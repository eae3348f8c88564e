"""What a screen is in a terminal of this size, from its first moment on."""

from __future__ import annotations

from typing import Any

from textual.screen import Screen


def fit(screen: Screen[Any]) -> None:
    """Give a new screen the classes of its breakpoints.

    Textual does so only once it has styled and laid out the screen without them, and does all of it again.
    """
    width, height = screen.app.size
    for size, points in ((width, screen.HORIZONTAL_BREAKPOINTS), (height, screen.VERTICAL_BREAKPOINTS)):
        reached = [name for least, name in sorted(points or [], reverse=True) if size >= least]
        screen.add_class(*reached[:1], update=False)
