"""A text that is laid out and painted only when it changes."""

from __future__ import annotations

from textual.visual import VisualType

from screens.base.textual_internals import Leaf


class SteadyText(Leaf):
    """A Static that takes the same text again for nothing.

    Places are filled again each time they come into sight; each update of a Static lays the whole screen out.
    The very object it has is drawn again, as for another theme's colours.
    """

    def update(self, content: VisualType = "", *, layout: bool = True) -> None:
        if content is self.content or content != self.content:
            super().update(content, layout=layout)
